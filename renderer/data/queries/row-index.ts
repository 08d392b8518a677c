import type { Feed } from '../store/projection-reads.ts'

type Disposer = () => void

/** A collection's rows in memory, as small as `make` makes them, and kept in step with the database. */
export type RowIndex<Entry> = {
  get(key: string): Entry | undefined
  /** Every row is here. */
  isComplete(): boolean
  /** Reads the whole collection, once. */
  load(): Promise<void>
  /** Rows that were read elsewhere; one that is here already is newer. */
  add(entries: Iterable<readonly [string, Entry]>): void
  entries(): ReadonlyMap<string, Entry>
  /** Rises with every change. */
  version(): number
  subscribe(listener: (changedKeys: readonly string[]) => void): Disposer
  dispose(): void
}

export function createRowIndex<Row, Entry>(
  feed: Feed<Row>,
  keyOf: (row: Row) => string,
  make: (row: Row) => Entry,
): RowIndex<Entry> {
  const entries = new Map<string, Entry>()
  /** Removed while the collection is being read: what was read before must not bring them back. */
  const removed = new Set<string>()
  const listeners = new Set<(changedKeys: readonly string[]) => void>()
  let loading: Promise<void> | null = null
  let complete = false
  let version = 0

  function changed(keys: readonly string[]): void {
    version++
    for (const listener of listeners) listener(keys)
  }

  function add(rows: Iterable<readonly [string, Entry]>): void {
    for (const [key, entry] of rows) if (!entries.has(key) && !removed.has(key)) entries.set(key, entry)
  }

  const stop = feed.onChange((changes) => {
    for (const { key, row } of changes) {
      if (row !== null) {
        removed.delete(key)
        entries.set(key, make(row))
      } else {
        if (!complete) removed.add(key)
        entries.delete(key)
      }
    }
    changed(changes.map(({ key }) => key))
  })

  return {
    get: (key) => entries.get(key),
    isComplete: () => complete,
    load() {
      loading ??= feed
        .readAll((rows) => add(rows.map((row) => [keyOf(row), make(row)] as const)))
        .then(() => {
          complete = true
          removed.clear()
          changed([])
        })
      return loading
    },
    add,
    entries: () => entries,
    version: () => version,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    dispose() {
      stop()
      listeners.clear()
    },
  }
}
