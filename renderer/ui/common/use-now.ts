import { useSyncExternalStore } from 'react'

/** How often what depends on the clock is drawn again, ms: countdowns show minutes. */
const tickMs = 15_000

let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === undefined) return
    clearInterval(timer)
    timer = undefined
  }
}

function current(): number {
  // The first reader after a pause must not see the time of the pause.
  if (timer === undefined) now = Date.now()
  return now
}

/** The time, ms since 1970, redrawn four times a minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, current)
}
