import type { StoredEntry } from './record.ts'

/** What a journal holds: the last value of each item, in the order in which the items appeared. */
export type JournalItems = {
  apply(entries: readonly StoredEntry[]): void
  all(): StoredEntry[]
  /** About as many bytes as a file of nothing but these items takes. */
  bytes(): number
}

export function createJournalItems(): JournalItems {
  const items = new Map<string, StoredEntry>()
  let bytes = 0
  const sizeOf = (entry: StoredEntry) => Buffer.byteLength(JSON.stringify(entry)) + 1
  return {
    apply(entries) {
      for (const entry of entries) {
        const [kind, id, value] = entry
        const key = JSON.stringify([kind, id])
        const former = items.get(key)
        if (former !== undefined) bytes -= sizeOf(former)
        if (value === null) items.delete(key)
        else {
          items.set(key, entry)
          bytes += sizeOf(entry)
        }
      }
    },
    all: () => [...items.values()],
    bytes: () => bytes,
  }
}
