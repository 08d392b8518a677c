import { useEffect, useState } from 'react'
import type { ConnectionSnapshot } from '../../data/api.ts'

/** A short loss of the connection is nobody's business; ms without it before the banner comes. */
const showAfterMs = 3000
/** The banner stays this long after the return, so that a flapping network does not make it blink; ms. */
const hideAfterMs = 2000

/** Whether the offline banner is to be seen. */
export function useOfflineShown(connection: ConnectionSnapshot | undefined): boolean {
  const [shown, setShown] = useState(false)
  const online = connection === undefined || connection.state === 'online'
  const since = connection?.offlineSince ?? null
  useEffect(() => {
    if (online === !shown) return undefined
    const waitMs = online ? hideAfterMs : showAfterMs - (since === null ? 0 : Date.now() - since)
    const timer = setTimeout(() => setShown(!online), Math.max(0, waitMs))
    return () => clearTimeout(timer)
  }, [online, shown, since])
  return shown
}
