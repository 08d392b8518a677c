import type { Command } from '#common/domain/command.ts'
import type { CommandId, RoomName } from '#common/domain/ids.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { JournalEntry } from '#common/ipc.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import type { WriteFailure } from '../api.ts'
import type { ClientPorts, Value } from '../client-core.ts'
import type { OutboxRow, OutboxStore } from '../store/ports.ts'
import { createValue } from '../value.ts'
import { draftEntry, rowEntry, rowTombstone, sentMarkEntry } from './journal-value.ts'
import { keyOf, type LoadedWriting } from './load-writing.ts'
import { createOutboxList, type OutboxList } from './outbox-list.ts'

export type Drafts = ReadonlyMap<RoomName, { text: string; saved: boolean }>

/**
 * Keeps what the user wrote until the server has it. The journal comes first and decides; the browser's database follows.
 * Everything shows in {@link Keeper.list} and {@link Keeper.drafts} at once, marked as not durable until it is.
 */
export type Keeper = {
  list: OutboxList
  drafts: Value<Drafts>
  /** All or none, with those of `replaced` gone and `rewritten` changed in the same step. On failure nothing is kept and nothing will be sent. */
  add(commands: readonly Command[], along?: Along): Promise<Result<CommandId[], WriteFailure>>
  /** The server took these commands. */
  takeOff(ids: readonly CommandId[]): Promise<void>
  /** The server will not take this command; it stays, with the reason. Durable when resolved, as far as the disk allows. */
  refuse(id: CommandId, refusal: Refusal): Promise<void>
  /** Forgets a command for good, and with `draft` keeps its text as a draft in the same step. False: it could not be recorded, so the command stays. */
  discard(id: CommandId, draft?: { room: RoomName; text: string }): Promise<boolean>
  saveDraft(room: RoomName, text: string): Promise<Result<null, WriteFailure>>
  /** Highest order of a command that may have been handed to the server, also by an earlier run of the app. */
  sentUpTo(): number
  /** Must be resolved before a command of a higher order is handed over: after a crash it must be known that it may be there. */
  reserve(): Promise<void>
}

type Along = { replaced?: readonly CommandId[]; rewritten?: readonly OutboxRow[] }

export type KeeperOptions = {
  account: string
  journal: ClientPorts['journal']
  store: OutboxStore
  loaded: LoadedWriting
}

type Change = {
  rows: readonly OutboxRow[]
  removed: readonly CommandId[]
  draft?: { room: RoomName; text: string } | undefined
}

const entriesPerCall = 500
/** So many orders are marked at a time, so that not every command costs a second writing of the journal. */
const reservedOrders = 1000

export function createKeeper({ account, journal, store, loaded }: KeeperOptions): Keeper {
  const list = createOutboxList(loaded.rows)
  const drafts = createValue<Drafts>(new Map([...loaded.drafts].map(([room, text]) => [room, { text, saved: true }])))
  const database = createDatabaseWriter(store)
  const journalKeys = loaded.journalKeys
  let generation = loaded.generation
  let sentUpTo = loaded.sentUpTo
  list.skipOrdersTo(sentUpTo)

  async function writeJournal(entries: readonly JournalEntry[]): Promise<Result<null, WriteFailure>> {
    if (journal === null) return succeed(null)
    for (let start = 0; start < entries.length; start += entriesPerCall) {
      const part = entries.slice(start, start + entriesPerCall)
      const outcome = await journal.write(account, part).catch((error: unknown) => ({
        ok: false as const,
        detail: error instanceof Error ? error.message : String(error),
      }))
      if (!outcome.ok) {
        // The parts before this one are in the journal; what the caller is told was not saved must not come back.
        if (start > 0) await journal.write(account, entries.slice(0, start).map(undone)).catch(() => undefined)
        return fail({ kind: 'not-saved', detail: outcome.detail })
      }
      generation = outcome.generation
      for (const entry of part) {
        if (entry.value === null) journalKeys.delete(keyOf(entry))
        else journalKeys.add(keyOf(entry))
      }
    }
    return succeed(null)
  }

  async function write(change: Change): Promise<Result<null, WriteFailure>> {
    const journalled = await writeJournal([
      ...change.rows.map(rowEntry),
      ...change.removed.map(rowTombstone),
      ...(change.draft ? [draftEntry(change.draft.room, change.draft.text)] : []),
    ])
    if (!journalled.ok) return journalled
    const problem = await database.write(change, journal && { generation, items: journalKeys.size })
    // The journal has it and brings it back at the next start; without a journal the database is all there is.
    return journal === null && problem !== null ? fail({ kind: 'not-saved', detail: problem }) : succeed(null)
  }

  function showDraft(room: RoomName, text: string, saved: boolean): void {
    const next = new Map(drafts.get())
    if (text === '' && saved) next.delete(room)
    else next.set(room, { text, saved })
    drafts.set(next)
  }

  return {
    list,
    drafts,
    async add(commands, { replaced = [], rewritten = [] } = {}) {
      const rows = commands.map((command): OutboxRow => ({
        id: command.id,
        order: list.nextOrder(),
        command,
        state: 'queued',
        refusal: null,
      }))
      const ids = rows.map(({ id }) => id)
      list.add(rows, true)
      const written = await write({ rows: [...rows, ...rewritten], removed: replaced })
      if (written.ok) {
        list.remove(replaced)
        for (const row of rewritten) list.replace(row)
        list.saved(ids)
        return succeed(ids)
      }
      list.remove(ids)
      return written
    },
    async takeOff(ids) {
      list.sent(ids)
      // Should this fail, they are sent again after the next start, and the server knows them by their ids.
      await write({ rows: [], removed: ids })
    },
    async refuse(id, refusal) {
      const row = list.find(id)
      if (row === undefined) return
      const refused: OutboxRow = { id, order: row.order, command: row.command, state: 'refused', refusal }
      list.replace(refused)
      await write({ rows: [refused], removed: [] })
    },
    async discard(id, draft) {
      if (list.find(id) === undefined) return false
      list.hold(id, true)
      const written = await write({ rows: [], removed: [id], draft })
      if (!written.ok) {
        list.hold(id, false)
        return false
      }
      list.remove([id])
      if (draft) showDraft(draft.room, draft.text, true)
      return true
    },
    async saveDraft(room, text) {
      showDraft(room, text, false)
      const written = await write({ rows: [], removed: [], draft: { room, text } })
      // A later keystroke may have come meanwhile.
      if (written.ok && drafts.get().get(room)?.text === text) showDraft(room, text, true)
      return written
    },
    sentUpTo: () => sentUpTo,
    async reserve() {
      sentUpTo = list.lastOrder() + reservedOrders
      if (journal === null) return
      // A full disk must not keep what is written from being sent; then only this process knows what it sent.
      await journal.write(account, [sentMarkEntry(sentUpTo)]).catch(() => undefined)
    },
  }
}

function undone(entry: JournalEntry): JournalEntry {
  return { ...entry, value: null }
}

/** Writes into the browser's database one change after the other, so that a later one never comes before an earlier. */
function createDatabaseWriter(store: OutboxStore) {
  let tail: Promise<unknown> = Promise.resolve()
  let waiting = 0

  async function apply(change: Change, mark: { generation: number; items: number } | null): Promise<string | null> {
    try {
      if (change.rows.length > 0) await store.put(change.rows)
      if (change.removed.length > 0) await store.remove(change.removed)
      if (change.draft) await store.putDraft(change.draft.room, change.draft.text)
      // Once per burst is enough: it only tells a database that lost its content from one that is a little behind.
      if (mark !== null && waiting === 1) await store.setJournalMark(mark)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    } finally {
      waiting--
    }
  }

  return {
    /** The problem's text, or null when it is stored. */
    write(change: Change, mark: { generation: number; items: number } | null): Promise<string | null> {
      waiting++
      const done = tail.then(() => apply(change, mark))
      tail = done
      return done
    },
  }
}
