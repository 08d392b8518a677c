import type { CommandId } from '#common/domain/ids.ts'
import type { OutboxRow } from '../store/ports.ts'
import { createValue, type Value } from '../value.ts'

/** `sending`: the server may have it already, so it can't be taken back. */
export type ListedRow = OutboxRow & { unsaved: boolean; sending: boolean }

/** What is kept of a row as it is listed. */
export function storedRow(row: ListedRow): OutboxRow {
  const { id, order, command, state, refusal, heldUntil, ticketNumber, files, waits } = row
  return {
    ...{ id, order, command, state, refusal },
    ...(ticketNumber === undefined ? {} : { ticketNumber }),
    ...(heldUntil === undefined ? {} : { heldUntil }),
    ...(files === undefined ? {} : { files }),
    ...(waits === undefined ? {} : { waits }),
  }
}

type Entry = ListedRow & { blocked: boolean; sent: boolean }

/**
 * The commands of this device that are not yet to be seen in what the server sent, in the order of writing. A command that
 * the server took stays in the list as `sending` until its effect has arrived: a message must not vanish in between.
 */
export class OutboxList {
  readonly value: Value<readonly ListedRow[]>
  private readonly listed = createValue<readonly ListedRow[]>([])
  private readonly entries = new Map<CommandId, Entry>()
  private highestOrder = 0

  constructor(loaded: readonly OutboxRow[]) {
    this.value = this.listed
    this.add(
      [...loaded].sort((one, other) => one.order - other.order),
      false,
    )
  }

  /** Those that the server has not taken. */
  pending(): ListedRow[] {
    return [...this.entries.values()].filter(({ sent }) => !sent)
  }

  /** Saved, not held and not being taken back: what may be sent now, up to the first that may not. What waits for its files is not in the line. */
  sendable(): ListedRow[] {
    const queued = [...this.entries.values()].filter(({ sent, state, waits }) => !sent && state === 'queued' && !waits)
    const firstBlocked = queued.findIndex(
      ({ unsaved, blocked, heldUntil }) => unsaved || blocked || heldUntil !== undefined,
    )
    return firstBlocked < 0 ? queued : queued.slice(0, firstBlocked)
  }

  find(id: CommandId): ListedRow | undefined {
    const entry = this.entries.get(id)
    return entry?.sent === false ? entry : undefined
  }

  /** Of what the user wrote: a read mark is nobody's writing. */
  counts(): { queued: number; refused: number } {
    const rows = this.pending().filter(({ command }) => command.type !== 'read.mark')
    const refused = rows.filter(({ state }) => state === 'refused').length
    return { queued: rows.length - refused, refused }
  }

  nextOrder(): number {
    return ++this.highestOrder
  }

  /** The highest order given so far. */
  lastOrder(): number {
    return this.highestOrder
  }

  /** Later rows get a higher order than this. */
  skipOrdersTo(order: number): void {
    this.highestOrder = Math.max(this.highestOrder, order)
  }

  add(rows: readonly OutboxRow[], unsaved: boolean): void {
    for (const row of rows) {
      this.skipOrdersTo(row.order)
      this.entries.set(row.id, { ...row, unsaved, sending: false, blocked: false, sent: false })
    }
    if (rows.length > 0) this.changed()
  }

  saved(ids: readonly CommandId[]): void {
    this.change(ids, (entry) => (entry.unsaved = false))
  }

  replace(row: OutboxRow): void {
    const entry = this.entries.get(row.id)
    if (entry === undefined) return
    const { unsaved, sending, blocked, sent } = entry
    this.entries.set(row.id, { ...row, unsaved, sending, blocked, sent })
    this.changed()
  }

  /** The row, as it is from now on, goes behind all others; unsaved, so that nothing overtakes it until it is. */
  moveToEnd(row: OutboxRow): void {
    this.entries.delete(row.id)
    this.add([row], true)
  }

  remove(ids: readonly CommandId[]): void {
    const removed = ids.filter((id) => this.entries.delete(id))
    if (removed.length > 0) this.changed()
  }

  /** While a row is being taken back or changed, neither it nor any later one is sent. */
  block(id: CommandId, blocked: boolean): void {
    this.change([id], (entry) => (entry.blocked = blocked))
  }

  isBlocked(id: CommandId): boolean {
    return this.entries.get(id)?.blocked === true
  }

  setSending(ids: ReadonlySet<CommandId>): void {
    const others = this.pending().filter(({ id, sending }) => sending !== ids.has(id))
    this.change(
      others.map(({ id }) => id),
      (entry) => (entry.sending = ids.has(entry.id)),
    )
  }

  /** Time to take it back is over. */
  release(id: CommandId): void {
    this.change([id], (entry) => delete entry.heldUntil)
  }

  /** The server took them; they stay in sight until {@link arrived}. */
  sent(ids: readonly CommandId[]): void {
    this.change(ids, (entry) => (entry.sent = true))
  }

  /** Their effect is here. */
  arrived(ids: Iterable<CommandId>): void {
    this.remove([...ids].filter((id) => this.entries.get(id)?.sent === true))
  }

  private change(ids: readonly CommandId[], edit: (entry: Entry) => void): void {
    const entries = ids.flatMap((id) => this.entries.get(id) ?? [])
    for (const entry of entries) edit(entry)
    if (entries.length > 0) this.changed()
  }

  private changed(): void {
    this.listed.set(
      [...this.entries.values()].map(({ blocked: _blocked, sent, ...row }) => ({
        ...row,
        sending: row.sending || sent,
      })),
    )
  }
}
