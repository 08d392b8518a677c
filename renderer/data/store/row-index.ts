type Disposer = () => void

/** `row` is null when it was removed. */
export type RowChange<Row> = { key: string; row: Row | null }

/** A whole collection: read once, then followed. Listen first, then read: a change that comes meanwhile is the newer one. */
export type Feed<Row> = {
  readAll(onSlice: (rows: Row[]) => void): Promise<void>
  onChange(listener: (changes: RowChange<Row>[]) => void): Disposer
}

/** A collection's rows in memory, as small as `make` makes them, and kept in step with the database. */
export type RowIndex<Entry> = {
  get(key: string): Entry | undefined
  /** Every row is here. */
  isComplete(): boolean
  /** Reads the whole collection, once; after a failure it may be called again. */
  load(): Promise<void>
  /** Rows that were read elsewhere; one that is here already is newer. */
  add(entries: Iterable<readonly [string, Entry]>): void
  entries(): ReadonlyMap<string, Entry>
  /** Rises with every change. */
  version(): number
  subscribe(listener: (changedKeys: readonly string[]) => void): Disposer
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

  async function readAll(): Promise<void> {
    await feed.readAll((rows) => add(rows.map((row) => [keyOf(row), make(row)] as const)))
    complete = true
    removed.clear()
    changed([])
  }

  // Ends with the database.
  feed.onChange((changes) => {
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
      loading ??= readAll().catch((error: unknown) => {
        loading = null
        throw error
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
  }
}
