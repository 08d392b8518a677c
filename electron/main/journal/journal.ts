import { join } from 'node:path'
import type { JournalContent, JournalEntry, JournalItem, JournalOutcome } from '#common/ipc.ts'
import type { Ballast } from './ballast.ts'
import type { Disk } from './disk.ts'
import { isDiskFull } from './disk.ts'
import type { Waiting } from './group-commit.ts'
import { createGroupCommit } from './group-commit.ts'
import type { LoadedJournal } from './load-journal.ts'
import { loadJournal } from './load-journal.ts'
import type { StoredEntry } from './record.ts'
import { encodeRecord } from './record.ts'

/** Keeps what one account's user wrote. A write is answered `ok` only when it would survive a loss of power. */
export type Journal = {
  read(): Promise<JournalContent>
  /** All entries of a call are kept, or none. Never rejects: a disk that fails is an answer. */
  write(entries: readonly JournalEntry[]): Promise<JournalOutcome>
  /** Resolves when all writes were answered and the file is closed. */
  close(): Promise<void>
}

export type JournalLimits = {
  /** A file is rewritten when it is longer than this and more than half of it is superseded. */
  compactAboveBytes: number
  /** Calls that wait together are committed together up to about this many characters. */
  groupCharacters: number
}
export const journalLimits: JournalLimits = { compactAboveBytes: 256 * 1024, groupCharacters: 4 * 1024 * 1024 }

type Call = readonly JournalEntry[]

const charactersOf = (call: Call) => call.reduce((sum, entry) => sum + (entry.value?.length ?? 0), 0)

function* knownItems(entries: StoredEntry[]): Iterable<JournalItem> {
  for (const [kind, id, value] of entries)
    if (value !== null && (kind === 'command' || kind === 'draft')) yield { kind, id, value }
}

function encode(generation: number, entries: StoredEntry[]): Uint8Array {
  const bytes = encodeRecord({ generation, entries })
  if (bytes === undefined) throw new Error('more than one record can hold')
  return bytes
}

const snapshotRecordItems = 100

/** The items as few records; also with no items one record, which carries the generation. */
function* snapshot(generation: number, entries: StoredEntry[]): Iterable<Uint8Array> {
  for (let start = 0; start === 0 || start < entries.length; start += snapshotRecordItems)
    yield encode(generation, entries.slice(start, start + snapshotRecordItems))
}

function failure(reason: 'disk-full' | 'unwritable', error: unknown): JournalOutcome {
  return { ok: false, reason, detail: error instanceof Error ? error.message : String(error) }
}

/** Opens the file of `account` in `folder`, which must exist. Rejects when the file can't be read. */
export async function openJournal(
  disk: Disk,
  folder: string,
  account: string,
  ballast: Ballast,
  limits: JournalLimits = journalLimits,
): Promise<Journal> {
  const loaded = await loadJournal(disk, join(folder, `${account}.journal`))
  const keeper = createKeeper(loaded, ballast, limits)
  const calls = createGroupCommit<Call, JournalOutcome>(limits.groupCharacters, charactersOf, keeper.commit)
  // Sound content must not stay in a file with holes; should the disk be full, the appends still go behind them.
  if (loaded.damage === 'middle') await keeper.compact().catch(() => {})
  return {
    async read() {
      await calls.idle()
      const items = [...knownItems(loaded.items.all())]
      return { generation: keeper.generation(), items, repaired: loaded.damage !== 'none' }
    },
    write: (entries) => calls.add(entries),
    async close() {
      await calls.idle()
      await loaded.file.close()
    },
  }
}

/** A file that is shorter by less gives nothing back to the disk. */
const blockBytes = 4096

function createKeeper({ file, items, generation }: LoadedJournal, ballast: Ballast, limits: JournalLimits) {
  async function compact(): Promise<void> {
    await file.replace(snapshot(generation + 1, items.all()))
    generation++
  }

  async function compactWhenWorthwhile(): Promise<void> {
    if (file.length() <= limits.compactAboveBytes || file.length() <= 2 * items.bytes()) return
    try {
      await compact()
      await ballast.fill()
    } catch {
      // Nothing is lost: the longer file says the same, and a later write tries again.
    }
  }

  async function compactForRoom(): Promise<boolean> {
    if (file.length() - items.bytes() < blockBytes) return false
    return compact().then(
      () => true,
      () => false,
    )
  }

  /**
   * Rejects with nothing changed, neither on the disk nor in memory.
   * @param waysOut of a full disk, in their order; each answers whether it made room
   */
  async function append(entries: StoredEntry[], waysOut = [() => ballast.free(), compactForRoom]): Promise<void> {
    try {
      await file.append(encode(generation, entries))
      items.apply(entries)
    } catch (error) {
      if (!isDiskFull(error)) throw error
      for (const [tried, makeRoom] of waysOut.entries())
        if (await makeRoom()) return append(entries, waysOut.slice(tried + 1))
      throw error
    }
  }

  async function commit(group: Waiting<Call, JournalOutcome>[]): Promise<void> {
    try {
      await append(group.flatMap(({ item }) => item.map(({ kind, id, value }): StoredEntry => [kind, id, value])))
    } catch (error) {
      const isFull = isDiskFull(error)
      // The room that is left may do for one of them.
      if (isFull && group.length > 1) for (const each of group) await commit([each])
      else for (const { answer } of group) answer(failure(isFull ? 'disk-full' : 'unwritable', error))
      return
    }
    const outcome: JournalOutcome = { ok: true, generation }
    for (const { answer } of group) answer(outcome)
    await compactWhenWorthwhile()
  }

  return { compact, commit, generation: () => generation }
}
