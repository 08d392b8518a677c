import { useMemo, useSyncExternalStore } from 'react'

/** Whether the window is at least so wide; px. */
export function useMinimumWidth(px: number): boolean {
  const { subscribe, current } = useMemo(() => {
    const query = window.matchMedia(`(min-width: ${px}px)`)
    return {
      subscribe: (listener: () => void) => {
        query.addEventListener('change', listener)
        return () => query.removeEventListener('change', listener)
      },
      current: () => query.matches,
    }
  }, [px])
  return useSyncExternalStore(subscribe, current)
}
