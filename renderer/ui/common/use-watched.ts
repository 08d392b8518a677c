import { useMemo, useSyncExternalStore } from 'react'
import type { Watchables, WatchName } from '../../data/api.ts'
import { useApp } from './app-context.tsx'

/**
 * The present snapshot of something watched, `undefined` before the first one. Arguments are compared by content, so a caller
 * may write them in place.
 */
export function useWatched<Name extends WatchName>(
  name: Name,
  argument: Watchables[Name]['arguments'],
): Watchables[Name]['snapshot'] | undefined {
  const { data } = useApp()
  const key = JSON.stringify(argument)
  const watched = useMemo(
    () => data.watch(name, JSON.parse(key) as Watchables[Name]['arguments']),
    // `key` stands for `argument`.
    [data, name, key],
  )
  return useSyncExternalStore(watched.subscribe, watched.get)
}
