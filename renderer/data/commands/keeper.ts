import type { Clock } from '#common/domain/clock.ts'
import type { Command } from '#common/domain/command.ts'
import type { CommandId, RoomName } from '#common/domain/ids.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { JournalEntry } from '#common/ipc.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import type { WriteFailure } from '../api.ts'
import type { ClientPorts, Value } from '../client-core.ts'
import type { OutboxRow, OutboxStore } from '../store/ports.ts'
import { createValue, type SettableValue } from '../value.ts'
import { DatabaseWriter, type Change, type WrittenDraft } from './database-writer.ts'
import { draftEntry, rowEntry, rowTombstone, sentMarkEntry } from './journal-value.ts'
import { JournalWriter } from './journal-writer.ts'
import type { LoadedWriting } from './load-writing.ts'
import { heldFor, holdLeftMs } from './held-rows.ts'
import { OutboxList } from './outbox-list.ts'

export type Drafts = ReadonlyMap<RoomName, { text: string; saved: boolean }>

type Along = { replaced?: readonly CommandId[]; rewritten?: readonly OutboxRow[]; holdMs?: number | undefined }

export type KeeperOptions = {
  clock: Clock
  account: string
  journal: ClientPorts['journal']
  store: OutboxStore
  loaded: LoadedWriting
}

/** So many orders are marked at a time, so that not every command costs a second writing of the journal. */
const reservedOrders = 1000

/**
 * Keeps what the user wrote until the server has it. The journal comes first and decides; the browser's database follows.
 * Everything shows in `list` and `drafts` at once, marked as not durable until it is.
 */
export class Keeper {
  readonly list: OutboxList
  readonly drafts: Value<Drafts>
  private readonly shownDrafts: SettableValue<Drafts>
  private readonly journal: JournalWriter | null
  private readonly database: DatabaseWriter
  private readonly clock: Clock
  /** Ends the time in which a row is held. */
  private readonly timers = new Map<CommandId, () => void>()
  private highestSent: number

  constructor({ clock, account, journal, store, loaded }: KeeperOptions) {
    this.clock = clock
    const nowMs = clock.nowMs()
    const rows = loaded.rows.map((row) => ({ row, leftMs: holdLeftMs(row, nowMs) }))
    this.list = new OutboxList(rows.map(({ row, leftMs }) => heldFor(row, leftMs, nowMs)))
    this.shownDrafts = createValue<Drafts>(
      new Map([...loaded.drafts].map(([room, text]) => [room, { text, saved: true }])),
    )
    this.drafts = this.shownDrafts
    this.journal = journal && new JournalWriter(account, journal, loaded)
    this.database = new DatabaseWriter(store)
    this.highestSent = loaded.sentUpTo
    this.list.skipOrdersTo(loaded.sentUpTo)
    for (const { row, leftMs } of rows) if (leftMs !== null) this.releaseAfter(row.id, leftMs)
  }

  /** All or none, with those of `replaced` gone and `rewritten` changed in the same step. Held for `holdMs` they can be taken back for certain. On failure nothing is kept and nothing will be sent. */
  async add(
    commands: readonly Command[],
    { replaced = [], rewritten = [], holdMs }: Along = {},
  ): Promise<Result<CommandId[], WriteFailure>> {
    const rows = commands.map((command): OutboxRow => {
      const row = { id: command.id, order: this.list.nextOrder(), command, state: 'queued', refusal: null } as const
      return heldFor(row, holdMs ?? null, this.clock.nowMs())
    })
    const ids = rows.map(({ id }) => id)
    this.list.add(rows, true)
    const written = await this.write({ rows: [...rows, ...rewritten], removed: replaced })
    if (!written.ok) {
      this.list.remove(ids)
      return written
    }
    this.list.remove(replaced)
    for (const row of rewritten) this.list.replace(row)
    if (holdMs !== undefined) for (const id of ids) this.releaseAfter(id, holdMs)
    this.list.saved(ids)
    return succeed(ids)
  }

  /** The server took these commands. */
  async takeOff(ids: readonly CommandId[]): Promise<void> {
    this.list.sent(ids)
    // Should this fail, they are sent again after the next start, and the server knows them by their ids.
    if (ids.length > 0) await this.write({ rows: [], removed: ids })
  }

  /** The server will not take this command; it stays, with the reason. Durable when resolved, as far as the disk allows. */
  async refuse(id: CommandId, refusal: Refusal): Promise<void> {
    const row = this.list.find(id)
    if (row === undefined) return
    const refused: OutboxRow = { id, order: row.order, command: row.command, state: 'refused', refusal }
    this.list.replace(refused)
    await this.write({ rows: [refused], removed: [] })
  }

  /** Forgets a command for good, and with `draft` keeps its text as a draft in the same step. False: it could not be recorded, so the command stays. */
  async discard(id: CommandId, draft?: WrittenDraft): Promise<boolean> {
    if (this.list.find(id) === undefined) return false
    this.list.block(id, true)
    // Released meanwhile, it would be written down again behind its removal and be sent after the next start.
    this.forgetTimer(id)
    const written = await this.write({ rows: [], removed: [id], draft })
    if (!written.ok) {
      this.list.block(id, false)
      const row = this.list.find(id)
      if (row?.heldUntil !== undefined) this.releaseAfter(id, holdLeftMs(row, this.clock.nowMs()) ?? 0)
      return false
    }
    this.list.remove([id])
    if (draft) this.showDraft(draft, true)
    return true
  }

  async saveDraft(room: RoomName, text: string): Promise<Result<null, WriteFailure>> {
    this.showDraft({ room, text }, false)
    const written = await this.write({ rows: [], removed: [], draft: { room, text } })
    // A later keystroke may have come meanwhile.
    if (written.ok && this.drafts.get().get(room)?.text === text) this.showDraft({ room, text }, true)
    return written
  }

  /** Highest order of a command that may have been handed to the server, also by an earlier run of the app. */
  sentUpTo(): number {
    return this.highestSent
  }

  /** Must be resolved before a command of a higher order is handed over: after a crash it must be known that it may be there. */
  async reserve(): Promise<void> {
    this.highestSent = this.list.lastOrder() + reservedOrders
    // A full disk must not keep what is written from being sent; then only this process knows what it sent.
    await this.journal?.write([sentMarkEntry(this.highestSent)])
  }

  /** Nothing is released any more: the next start goes on with it. */
  stop(): void {
    for (const id of [...this.timers.keys()]) this.forgetTimer(id)
  }

  private releaseAfter(id: CommandId, delayMs: number): void {
    this.timers.set(
      id,
      this.clock.after(delayMs, () => void this.release(id)),
    )
  }

  /**
   * That it may be sent is written down first: what is found held after a crash was certainly not handed over. A disk that
   * takes no writing must not keep it here.
   */
  private async release(id: CommandId): Promise<void> {
    this.forgetTimer(id)
    const row = this.list.find(id)
    if (row === undefined) return
    const { order, command, state, refusal } = row
    await this.write({ rows: [{ id, order, command, state, refusal }], removed: [] })
    this.list.release(id)
  }

  private forgetTimer(id: CommandId): void {
    this.timers.get(id)?.()
    this.timers.delete(id)
  }

  private async write(change: Change): Promise<Result<null, WriteFailure>> {
    const { journal } = this
    const problem = journal && (await journal.write(entriesOf(change)))
    if (problem !== null) return fail({ kind: 'not-saved', detail: problem })
    const databaseProblem = await this.database.write(change, journal && journal.mark())
    // The journal has it and brings it back at the next start; without a journal the database is all there is.
    if (journal === null && databaseProblem !== null) return fail({ kind: 'not-saved', detail: databaseProblem })
    return succeed(null)
  }

  private showDraft({ room, text }: WrittenDraft, saved: boolean): void {
    const next = new Map(this.drafts.get())
    if (text === '' && saved) next.delete(room)
    else next.set(room, { text, saved })
    this.shownDrafts.set(next)
  }
}

function entriesOf({ rows, removed, draft }: Change): JournalEntry[] {
  return [...rows.map(rowEntry), ...removed.map(rowTombstone), ...(draft ? [draftEntry(draft.room, draft.text)] : [])]
}
