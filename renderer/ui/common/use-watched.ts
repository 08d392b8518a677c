import { useMemo, useRef, useSyncExternalStore } from 'react'
import type { Watchables, WatchName } from '../../data/api.ts'
import { useApp } from './app-context.tsx'

/**
 * The present snapshot of something watched, `undefined` before the first one. Arguments are compared by content, so a caller
 * may write them in place. While the first snapshot for changed arguments is on its way, the last one of the same `family`
 * stays, so that a longer list or another filter does not blink.
 */
export function useWatched<Name extends WatchName>(
  name: Name,
  argument: Watchables[Name]['arguments'],
  family?: string,
): Watchables[Name]['snapshot'] | undefined {
  type Snapshot = Watchables[Name]['snapshot']
  const { data } = useApp()
  const key = JSON.stringify(argument)
  const watched = useMemo(
    () => data.watch(name, JSON.parse(key) as Watchables[Name]['arguments']),
    // `key` stands for `argument`.
    [data, name, key],
  )
  const snapshot: Snapshot | undefined = useSyncExternalStore(watched.subscribe, watched.get)
  const kept = useRef<{ family: string; snapshot: Snapshot }>(undefined)
  if (family === undefined) return snapshot
  if (snapshot !== undefined) kept.current = { family, snapshot }
  return snapshot ?? (kept.current?.family === family ? kept.current.snapshot : undefined)
}
