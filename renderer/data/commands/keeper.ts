import type { Clock } from '#common/domain/clock.ts'
import { ticketOf, type Command } from '#common/domain/command.ts'
import type { CommandId, RoomName, TicketId } from '#common/domain/ids.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { JournalEntry } from '#common/ipc.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import type { WriteFailure } from '../api.ts'
import type { ClientPorts } from '../client-core.ts'
import {
  emptyDraft,
  givenBack,
  hashesOf,
  isEmptyDraft,
  takenBack,
  withoutMessage,
  type Draft,
  type KeptFile,
} from '../media/kept-file.ts'
import type { OutboxRow, OutboxStore } from '../store/ports.ts'
import { createValue, type SettableValue, type Value } from '../value.ts'
import { DatabaseWriter, type Change, type WrittenDraft } from './database-writer.ts'
import { draftEntry, rowEntry, rowTombstone, sentMarkEntry } from './journal-value.ts'
import { JournalWriter } from './journal-writer.ts'
import type { LoadedWriting } from './load-writing.ts'
import { heldFor, holdLeftMs } from './held-rows.ts'
import { OutboxList, storedRow } from './outbox-list.ts'

export type Drafts = ReadonlyMap<RoomName, Draft & { saved: boolean }>

type Along = {
  replaced?: readonly CommandId[]
  rewritten?: readonly OutboxRow[]
  holdMs?: number | undefined
  /** The message waits outside the line until these are with the server. */
  files?: readonly KeptFile[]
  /** The draft that the message leaves in the same step: after a crash it stands in one place only. */
  fromDraft?: { room: RoomName; text: string } | undefined
}
/** Where what is taken back goes; its text replaces the draft's when it is given. */
type TakenBack = { room: RoomName; text?: string | undefined }

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
  private readonly latestDrafts: Map<RoomName, Draft>
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
    this.latestDrafts = new Map(loaded.drafts)
    this.shownDrafts = createValue<Drafts>(
      new Map([...loaded.drafts].map(([room, draft]) => [room, { ...draft, saved: true }])),
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
    { replaced = [], rewritten = [], holdMs, files = [], fromDraft }: Along = {},
  ): Promise<Result<CommandId[], WriteFailure>> {
    const waiting = files.length === 0 ? {} : { files: [...files], waits: true as const }
    const rows = commands.map((command): OutboxRow => {
      const order = this.list.nextOrder()
      const row = { id: command.id, order, command, state: 'queued', refusal: null, ...waiting } as const
      return heldFor(row, holdMs ?? null, this.clock.nowMs())
    })
    const ids = rows.map(({ id }) => id)
    const former = fromDraft ? this.draftOf(fromDraft.room) : emptyDraft
    const draft =
      fromDraft && !isEmptyDraft(former)
        ? { room: fromDraft.room, draft: withoutMessage(former, fromDraft.text, files) }
        : undefined
    this.list.add(rows, true)
    // At once: a change of the draft that is written next must not bring the files back.
    if (draft) this.showDraft(draft, false)
    const written = await this.write({ rows: [...rows, ...rewritten], removed: replaced, draft })
    if (!written.ok) {
      this.list.remove(ids)
      if (draft) void this.changeDraft(draft.room, (latest) => givenBack(latest, former, files))
      return written
    }
    if (draft) this.draftSaved(draft)
    this.list.remove(replaced)
    for (const row of rewritten) this.list.replace(row)
    if (holdMs !== undefined) for (const id of ids) this.releaseAfter(id, holdMs)
    this.list.saved(ids)
    return succeed(ids)
  }

  /**
   * All files of a message are with the server: it gets a place at the end of the line. The journal is told first: a message of which a crash
   * leaves the old place was certainly not handed over. A disk that takes no writing must not keep it here.
   */
  async joinLine(id: CommandId): Promise<void> {
    const row = this.list.find(id)
    if (row?.waits !== true || row.state !== 'queued' || row.heldUntil !== undefined || this.list.isBlocked(id)) return
    const joined: OutboxRow = { ...storedRow(row), order: this.list.nextOrder() }
    delete joined.waits
    this.list.moveToEnd(joined)
    await this.write({ rows: [joined], removed: [] })
    this.list.saved([id])
  }

  /** The server took these commands. */
  async takeOff(ids: readonly CommandId[]): Promise<void> {
    this.list.sent(ids)
    // Should this fail, they are sent again after the next start, and the server knows them by their ids.
    if (ids.length > 0) await this.write({ rows: [], removed: ids })
  }

  /** The server will not take this command; it stays, with the reason. Durable when resolved, as far as the disk allows. */
  async refuse(id: CommandId, refusal: Refusal, files?: KeptFile[]): Promise<void> {
    const row = this.list.find(id)
    // One that is being taken back would come back after a crash.
    if (row === undefined || this.list.isBlocked(id)) return
    this.forgetTimer(id)
    const refused: OutboxRow = { ...storedRow(row), state: 'refused', refusal }
    delete refused.waits
    delete refused.heldUntil
    if (files) refused.files = files
    this.list.replace(refused)
    await this.write({ rows: [refused], removed: [] })
  }

  /** Puts this command, of the same id, in the place of one that was not handed over. False: it could not be recorded, so the former one stays. */
  async rewrite(command: Command): Promise<boolean> {
    const { id } = command
    const row = this.list.find(id)
    if (row === undefined || this.list.isBlocked(id)) return false
    this.list.block(id, true)
    // Released meanwhile, it would be written down once more with its former words.
    this.forgetTimer(id)
    const rewritten: OutboxRow = { ...storedRow(row), command }
    const written = await this.write({ rows: [rewritten], removed: [] })
    if (written.ok) this.list.replace(rewritten)
    this.unblock(id)
    return written.ok
  }

  /** The user may not see this ticket any more; what they wrote about it keeps its number. */
  async rememberNumber(ticketId: TicketId, ticketNumber: number): Promise<void> {
    const rows = this.list
      .pending()
      // One that is being taken back would come back after a crash.
      .filter(({ id, command }) => ticketOf(command) === ticketId && !this.list.isBlocked(id))
      .map((row): OutboxRow => ({ ...storedRow(row), ticketNumber }))
    for (const row of rows) this.list.replace(row)
    if (rows.length > 0) await this.write({ rows, removed: [] })
  }

  /** Forgets a command for good; with `into` its text and files become part of that draft in the same step. False: it could not be recorded, so the command stays. */
  async discard(id: CommandId, into?: TakenBack): Promise<boolean> {
    const row = this.list.find(id)
    if (row === undefined) return false
    this.list.block(id, true)
    // Released meanwhile, it would be written down again behind its removal and be sent after the next start.
    this.forgetTimer(id)
    const before = into && this.draftOf(into.room)
    const draft = into && { room: into.room, draft: takenBack(this.draftOf(into.room), row.files ?? [], into.text) }
    const written = await this.write({ rows: [], removed: [id], draft })
    if (!written.ok) {
      this.unblock(id)
      return false
    }
    this.list.remove([id])
    if (draft && this.draftOf(draft.room) === before) this.showDraft(draft, true)
    else if (into) void this.changeDraft(into.room, (latest) => takenBack(latest, row.files ?? [], into.text))
    return true
  }

  saveDraft(room: RoomName, text: string): Promise<Result<null, WriteFailure>> {
    return this.changeDraft(room, (draft) => ({ ...draft, text }))
  }

  /** Shown at once; durable when resolved. `change` must not wait for anything. */
  async changeDraft(room: RoomName, change: (draft: Draft) => Draft): Promise<Result<null, WriteFailure>> {
    const changed = { room, draft: change(this.draftOf(room)) }
    this.showDraft(changed, false)
    const written = await this.write({ rows: [], removed: [], draft: changed })
    if (written.ok) this.draftSaved(changed)
    return written
  }

  draftOf(room: RoomName): Draft {
    return this.latestDrafts.get(room) ?? emptyDraft
  }

  /** Hashes of all files that drafts and commands need on this device. */
  neededHashes(): Set<string> {
    const files = [
      ...this.list.pending().flatMap((row) => row.files ?? []),
      ...[...this.latestDrafts.values()].flatMap((draft) => draft.files),
    ]
    return new Set(files.flatMap(hashesOf))
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

  private unblock(id: CommandId): void {
    this.list.block(id, false)
    const row = this.list.find(id)
    if (row?.heldUntil !== undefined) this.releaseAfter(id, holdLeftMs(row, this.clock.nowMs()) ?? 0)
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
    const released = storedRow(row)
    delete released.heldUntil
    await this.write({ rows: [released], removed: [] })
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

  private showDraft({ room, draft }: WrittenDraft, saved: boolean): void {
    this.latestDrafts.set(room, draft)
    const next = new Map(this.drafts.get())
    if (isEmptyDraft(draft) && saved) {
      next.delete(room)
      this.latestDrafts.delete(room)
    } else next.set(room, { ...draft, saved })
    this.shownDrafts.set(next)
  }

  /** A later change may have come meanwhile. */
  private draftSaved(written: WrittenDraft): void {
    if (this.draftOf(written.room) === written.draft) this.showDraft(written, true)
  }
}

function entriesOf({ rows, removed, draft }: Change): JournalEntry[] {
  return [...rows.map(rowEntry), ...removed.map(rowTombstone), ...(draft ? [draftEntry(draft.room, draft.draft)] : [])]
}
