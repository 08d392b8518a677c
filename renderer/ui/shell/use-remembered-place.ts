import { useEffect, useRef } from 'react'
import { useApp } from '../common/app-context.tsx'
import { pathOf, placeOf, type Place } from '../routes.ts'
import { usePlace } from '../use-place.ts'

/** A place is remembered once it was shown this long; ms. */
const settledMs = 1000

/** Opens the place of the last start or `firstPlace`, follows notifications and links to theirs, and remembers where the user is. */
export function useRememberedPlace(firstPlace: Place): void {
  const { platform, settings, changeSettings } = useApp()
  const [place, go] = usePlace()
  const path = pathOf(place)
  const begun = useRef(false)
  const { lastPath } = settings

  useEffect(() => {
    if (begun.current) return
    begun.current = true
    const nowhere = window.location.hash === '' || window.location.hash === '#/'
    if (nowhere) go(lastPath === undefined ? firstPlace : placeOf(lastPath), { replace: true })
  }, [go, lastPath, firstPlace])

  useEffect(() => platform.onOpenPath((asked) => go(placeOf(asked))), [platform, go])

  useEffect(() => {
    if (path === lastPath) return undefined
    const timer = setTimeout(() => changeSettings({ lastPath: path }), settledMs)
    return () => clearTimeout(timer)
  }, [path, lastPath, changeSettings])
}
