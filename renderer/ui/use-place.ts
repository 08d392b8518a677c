import { use, useCallback, useMemo } from 'react'
import { useLocation } from 'wouter'
import { LeaveGuardContext } from './common/leave-guard.tsx'
import { pathOf, placeOf, type Place } from './routes.ts'

type Go = (place: Place, options?: { replace?: boolean }) => void

/** The place that the window shows, and a function to go to another. */
export function usePlace(): [Place, Go] {
  const [path] = useLocation()
  const go = useGo()
  return [useMemo(() => placeOf(path), [path]), go]
}

/** For those who need not know where they are: they are not drawn anew at each place. */
export function useGo(): Go {
  const guard = use(LeaveGuardContext)
  if (!guard) throw new Error('useGo is used outside the window')
  return useCallback<Go>((next, options) => guard.navigate(pathOf(next), options), [guard])
}
