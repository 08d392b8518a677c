import type { TicketId } from '#common/domain/ids.ts'
import type { TicketRow } from '../api.ts'
import { unreadOfTicket, type AccountView } from './account-view.ts'
import { comparable, dueMsOf, listedFields, searchedText, type TicketEntry } from '../store/entries.ts'
import { createdTicket, withPending } from './outbox-overlay.ts'

/** A ticket as a list shows it, with what waits on this device; `number` is null while only this device knows it. */
export type ListedTicket = Omit<TicketEntry, 'number'> & { number: number | null }

/** Undefined when neither the server told of it (as far as it is in memory) nor this device made it. */
export function listedTicket(view: AccountView, ticketId: TicketId): ListedTicket | undefined {
  const overlay = view.overlay.get()
  const stored = view.tickets.get(ticketId) ?? createdHere(view, ticketId)
  return stored && withListedPending(stored, overlay.tickets.get(ticketId))
}

/** Tickets that only this device knows, as they were written. */
export function createdTickets(view: AccountView): ListedTicket[] {
  return view.overlay
    .get()
    .created.filter(({ command }) => view.tickets.get(command.id) === undefined)
    .flatMap(({ command }) => listedTicket(view, command.id) ?? [])
}

function createdHere(view: AccountView, ticketId: TicketId): ListedTicket | undefined {
  const created = view.overlay.get().created.find(({ command }) => command.id === ticketId)
  if (created === undefined) return undefined
  const { id, stage, assigneeId, createdAt, lastAt, fields } = createdTicket(created, view.account.id)
  return {
    id,
    number: null,
    stage,
    assigneeId,
    createdAt,
    lastAt,
    fields: listedFields(fields),
    searched: searchedText(null, fields),
    dueMs: dueMsOf(fields.dueAt),
  }
}

function withListedPending(ticket: ListedTicket, pending: Parameters<typeof withPending>[1] | undefined): ListedTicket {
  if (pending === undefined) return ticket
  const shown = withPending(ticket, pending)
  // What is being changed is found by its new words too.
  const changed = pending.flatMap(({ command }) =>
    command.type === 'ticket.update' ? Object.values(command.fields) : [],
  )
  return {
    ...shown,
    dueMs: dueMsOf(shown.fields.dueAt),
    searched: comparable([shown.searched, ...changed].join('\n')),
  }
}

export function ticketRow(view: AccountView, ticket: ListedTicket): TicketRow {
  const { id, number, stage, assigneeId, createdAt, lastAt, fields } = ticket
  return {
    id,
    number,
    stage,
    assigneeId,
    createdAt,
    lastAt,
    title: fields.title,
    company: fields.company ?? '',
    site: fields.site ?? '',
    priority: fields.priority ?? 'normal',
    dueAt: fields.dueAt ?? '',
    assigneeName: assigneeId === null ? '' : view.people.name(assigneeId),
    unread: unreadOfTicket(view, id),
    queued: view.overlay.get().queuedTickets.has(id),
  }
}
