import { useCallback, useMemo } from 'react'
import { useLocation } from 'wouter'
import { pathOf, placeOf, type Place } from './routes.ts'

/** The place that the window shows, and a function to go to another. */
export function usePlace(): [Place, (place: Place, options?: { replace?: boolean }) => void] {
  const [path, navigate] = useLocation()
  const place = useMemo(() => placeOf(path), [path])
  const go = useCallback((next: Place, options?: { replace?: boolean }) => navigate(pathOf(next), options), [navigate])
  return [place, go]
}
