type Disposer = () => void

/** `row` is null when it was removed. */
export type RowChange<Row> = { key: string; row: Row | null }

/** A whole collection: read once, then followed. Listen first, then read: a change that comes meanwhile is the newer one. */
export type Feed<Row> = {
  readAll(onSlice: (rows: Row[]) => void): Promise<void>
  /** What lists show first, and how many rows there are. */
  readFirst?(): Promise<{ rows: Row[]; total: number }>
  onChange(listener: (changes: RowChange<Row>[]) => void): Disposer
}

/** A collection's rows in memory, as small as `make` makes them, and kept in step with the database. */
export type RowIndex<Entry> = {
  get(key: string): Entry | undefined
  /** Every row is here. */
  isComplete(): boolean
  /** How many rows there are; null as long as nobody has looked. */
  total(): number | null
  /** Reads what lists show first. */
  begin(): Promise<void>
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
  let beginning: Promise<void> | null = null
  let loading: Promise<void> | null = null
  let counted: number | null = null
  let complete = false
  let version = 0

  function changed(keys: readonly string[]): void {
    version++
    for (const listener of listeners) listener(keys)
  }

  function add(rows: Iterable<readonly [string, Entry]>): void {
    for (const [key, entry] of rows) if (!entries.has(key) && !removed.has(key)) entries.set(key, entry)
  }

  async function readFirst(): Promise<void> {
    if (feed.readFirst === undefined) return
    const { rows, total } = await feed.readFirst()
    add(rows.map((row) => [keyOf(row), make(row)] as const))
    counted = total
    changed([])
  }

  function begin(): Promise<void> {
    beginning ??= readFirst().catch((error: unknown) => {
      beginning = null
      throw error
    })
    return beginning
  }

  async function readAll(): Promise<void> {
    await begin()
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
    total() {
      if (complete) return entries.size
      // Rows may have come since they were counted.
      return counted === null ? null : Math.max(counted, entries.size)
    },
    begin,
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
