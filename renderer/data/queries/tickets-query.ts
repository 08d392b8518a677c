import type { TicketId } from '#common/domain/ids.ts'
import type { Priority } from '#common/domain/ticket.ts'
import type { TicketListArguments, TicketListSnapshot, TicketSort } from '../api.ts'
import { isFilled, type AccountView } from './account-view.ts'
import { filterWords, comparable, ticketEntry, type TicketEntry } from '../store/entries.ts'
import { createdTickets, listedTicket, ticketRow, type ListedTicket } from './listed-ticket.ts'

const urgency: Record<Priority, number> = { critical: 0, high: 1, normal: 2, low: 3 }

const byActivity = (one: ListedTicket, other: ListedTicket) => other.lastAt - one.lastAt
/** Number first, the newest first; one without a number is the newest of all. */
const byNumber = (one: ListedTicket, other: ListedTicket) => (other.number ?? Infinity) - (one.number ?? Infinity)

const orders: Record<TicketSort, (one: ListedTicket, other: ListedTicket) => number> = {
  activity: byActivity,
  number: (one, other) => (one.number === other.number ? 0 : byNumber(one, other)),
  due: (one, other) => (one.dueMs === other.dueMs ? byActivity(one, other) : one.dueMs - other.dueMs),
  priority: (one, other) => urgencyOf(one) - urgencyOf(other) || byActivity(one, other),
}

function urgencyOf({ fields }: ListedTicket): number {
  return urgency[fields.priority ?? 'normal']
}

/** Whether the first page can be read by an index of the database before all tickets are in memory. */
export function isServedByIndex({ stages, text, sort }: TicketListArguments): boolean {
  return stages.length <= 1 && filterWords(text).length === 0 && sort === 'activity'
}

/** The first page while tickets are still being read into memory. */
export async function firstTickets(
  view: AccountView,
  { stages, assigneeId, limit }: TicketListArguments,
): Promise<TicketListSnapshot> {
  const { rows, total } = await view.reads.newestTickets(
    { stage: stages[0], assigneeId: assigneeId === null ? '' : assigneeId },
    limit,
  )
  view.tickets.add(rows.map((row) => [row.id, ticketEntry(row)] as const))
  const shown = rows.flatMap(({ id }) => listedTicket(view, id) ?? [])
  return { rows: shown.map((ticket) => ticketRow(view, ticket)), total, ready: isFilled(view) }
}

/** Sorted tickets are kept until one of them changes: most refreshes come from chats. */
export type SortedTickets = { version: number; sort: TicketSort; tickets: TicketEntry[] } | null

/** The list from memory; needs all tickets there. */
export function ticketsSnapshot(
  view: AccountView,
  list: TicketListArguments,
  kept: SortedTickets,
): { snapshot: TicketListSnapshot; sorted: NonNullable<SortedTickets> } {
  const sorted = sortedTickets(view, list.sort, kept)
  const order = orders[list.sort]
  const matches = matcher(view, list)
  const overlay = view.overlay.get().tickets
  // Those with a change that waits may stand elsewhere than the server has them.
  const lifted = [...overlay.keys()]
    .flatMap((ticketId) => (view.tickets.get(ticketId) ? (listedTicket(view, ticketId) ?? []) : []))
    .concat(createdTickets(view))
    .filter(matches)
    .sort(order)
  const rows: ListedTicket[] = []
  let total = 0
  const take = (ticket: ListedTicket): void => {
    total++
    if (rows.length < list.limit) rows.push(ticket)
  }
  let next = 0
  for (const ticket of sorted.tickets) {
    if (overlay.has(ticket.id) || !matches(ticket)) continue
    for (let first = lifted[next]; first && order(first, ticket) <= 0; first = lifted[++next]) take(first)
    take(ticket)
  }
  for (const ticket of lifted.slice(next)) take(ticket)
  return { snapshot: { rows: rows.map((ticket) => ticketRow(view, ticket)), total, ready: isFilled(view) }, sorted }
}

function sortedTickets(view: AccountView, sort: TicketSort, kept: SortedTickets): NonNullable<SortedTickets> {
  const version = view.tickets.version()
  if (kept?.version === version && kept.sort === sort) return kept
  return { version, sort, tickets: [...view.tickets.entries().values()].sort(orders[sort]) }
}

function matcher(
  view: AccountView,
  { stages, assigneeId, text }: TicketListArguments,
): (ticket: ListedTicket) => boolean {
  const words = filterWords(text)
  const allowed = new Set(stages)
  const names = new Map<TicketId, string>()
  const nameOf = (id: string): string => {
    const known = names.get(id) ?? comparable(view.people.name(id))
    names.set(id, known)
    return known
  }
  return (ticket) => {
    if (allowed.size > 0 && !allowed.has(ticket.stage)) return false
    if (assigneeId !== undefined && ticket.assigneeId !== assigneeId) return false
    return words.every(
      (word) =>
        ticket.searched.includes(word) || (ticket.assigneeId !== null && nameOf(ticket.assigneeId).includes(word)),
    )
  }
}
