import { useEffect, useState } from 'react'

/** Longer than that what is shown would not be believed to be on its way out; ms. */
const patienceMs = 250

/**
 * What is on the screen while the next is on its way: the former stays until the next is ready, so that nothing blinks, but
 * not for long. Values are compared by identity.
 */
export function useHeld<Value>(wanted: Value, isReady: boolean): Value {
  const [shown, setShown] = useState(wanted)
  if (isReady && shown !== wanted) setShown(wanted)
  useEffect(() => {
    if (isReady) return undefined
    const timer = setTimeout(() => setShown(wanted), patienceMs)
    return () => clearTimeout(timer)
  }, [wanted, isReady])
  return isReady ? wanted : shown
}
