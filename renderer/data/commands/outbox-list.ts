import type { CommandId } from '#common/domain/ids.ts'
import type { Value } from '../client-core.ts'
import type { OutboxRow } from '../store/ports.ts'
import { createValue } from '../value.ts'

/** `sending`: the server may have it already, so it can't be taken back. */
export type ListedRow = OutboxRow & { unsaved: boolean; sending: boolean }

/**
 * The commands of this device that are not yet to be seen in what the server sent, in the order of writing. A command that
 * the server took stays in the list as `sending` until its effect has arrived: a message must not vanish in between.
 */
export type OutboxList = {
  value: Value<readonly ListedRow[]>
  /** Those that the server has not taken. */
  pending(): ListedRow[]
  /** Saved and not held back: what may be sent now, up to the first that may not. */
  sendable(): ListedRow[]
  find(id: CommandId): ListedRow | undefined
  counts(): { queued: number; refused: number }
  nextOrder(): number
  /** The highest order given so far. */
  lastOrder(): number
  /** Later rows get a higher order than this. */
  skipOrdersTo(order: number): void
  add(rows: readonly OutboxRow[], unsaved: boolean): void
  saved(ids: readonly CommandId[]): void
  replace(row: OutboxRow): void
  remove(ids: readonly CommandId[]): void
  /** While a row is held back, neither it nor any later one is sent. */
  hold(id: CommandId, held: boolean): void
  setSending(ids: ReadonlySet<CommandId>): void
  /** The server took them; they stay in sight until {@link arrived}. */
  sent(ids: readonly CommandId[]): void
  /** Their effect is here. */
  arrived(ids: Iterable<CommandId>): void
  awaitingArrival(): CommandId[]
}

type Entry = ListedRow & { held: boolean; sent: boolean }

export function createOutboxList(loaded: readonly OutboxRow[]): OutboxList {
  const entries = new Map<CommandId, Entry>()
  let lastOrder = 0
  const value = createValue<readonly ListedRow[]>([])

  function changed(): void {
    value.set([...entries.values()].map(({ held: _held, sent, ...row }) => ({ ...row, sending: row.sending || sent })))
  }

  function change(ids: Iterable<CommandId>, edit: (entry: Entry) => void): void {
    let any = false
    for (const id of ids) {
      const entry = entries.get(id)
      if (entry === undefined) continue
      edit(entry)
      any = true
    }
    if (any) changed()
  }

  function add(rows: readonly OutboxRow[], unsaved: boolean): void {
    for (const row of rows) {
      lastOrder = Math.max(lastOrder, row.order)
      entries.set(row.id, { ...row, unsaved, sending: false, held: false, sent: false })
    }
    if (rows.length > 0) changed()
  }

  add(
    [...loaded].sort((one, other) => one.order - other.order),
    false,
  )
  const pending = () => [...entries.values()].filter(({ sent }) => !sent)
  return {
    value,
    pending,
    sendable() {
      const queued = pending().filter(({ state }) => state === 'queued')
      const firstBlocked = queued.findIndex(({ unsaved, held }) => unsaved || held)
      return firstBlocked < 0 ? queued : queued.slice(0, firstBlocked)
    },
    find(id) {
      const entry = entries.get(id)
      return entry?.sent === false ? entry : undefined
    },
    counts() {
      const rows = pending()
      const refused = rows.filter(({ state }) => state === 'refused').length
      return { queued: rows.length - refused, refused }
    },
    nextOrder: () => ++lastOrder,
    lastOrder: () => lastOrder,
    skipOrdersTo: (order) => void (lastOrder = Math.max(lastOrder, order)),
    add,
    saved: (ids) => change(ids, (entry) => (entry.unsaved = false)),
    replace: (row) => change([row.id], (entry) => Object.assign(entry, row)),
    remove(ids) {
      const any = ids.filter((id) => entries.delete(id)).length > 0
      if (any) changed()
    },
    hold: (id, held) => change([id], (entry) => (entry.held = held)),
    setSending(ids) {
      change(
        pending()
          .filter(({ id, sending }) => sending !== ids.has(id))
          .map(({ id }) => id),
        (entry) => (entry.sending = ids.has(entry.id)),
      )
    },
    sent: (ids) => change(ids, (entry) => (entry.sent = true)),
    arrived(ids) {
      const gone = [...ids].filter((id) => entries.get(id)?.sent)
      for (const id of gone) entries.delete(id)
      if (gone.length > 0) changed()
    },
    awaitingArrival: () => [...entries.values()].filter(({ sent }) => sent).map(({ id }) => id),
  }
}
