import { readHistory, readTicket as readTicketDocument } from '#common/documents/ticket-document.ts'
import { ticketRoom, type TicketId, type UserId } from '#common/domain/ids.ts'
import { canSeeTicket } from '#common/domain/permissions.ts'
import type { HistoryEntry, Ticket } from '#common/domain/ticket.ts'
import type { Facts, TicketFacts } from '../policy/facts.ts'
import { OpenDocument } from '../rooms/open-document.ts'
import type { RoomReader } from '../rooms/room-reader.ts'
import type { TicketQuery } from '../server-core.ts'

/** Visible tickets, the newest activity first. Descriptions are left out; {@link readTicket} has them. */
export function listTickets(
  facts: Facts,
  userId: UserId,
  query: TicketQuery,
): { tickets: Ticket[]; cursor: string | null } {
  const viewer = facts.viewer(userId)
  if (!viewer) return { tickets: [], cursor: null }
  const words = query.text?.toLocaleLowerCase('ru').split(/\s+/).filter(Boolean) ?? []
  const after = query.cursor === undefined ? undefined : parseListCursor(query.cursor)
  const found = [...facts.tickets.values()]
    .filter(
      (known) =>
        canSeeTicket(viewer, known.access) &&
        (!query.stages || query.stages.includes(known.ticket.stage)) &&
        (query.assigneeId === undefined || known.ticket.assigneeId === query.assigneeId) &&
        (!after || isBehind(known, after)) &&
        holdsWords(known.ticket, words),
    )
    .sort((a, b) => b.activityAt - a.activityAt || (a.ticket.id < b.ticket.id ? 1 : -1))
  const page = found.slice(0, query.limit)
  const last = page.at(-1)
  return {
    tickets: page.map((known) => known.ticket),
    cursor: last && found.length > page.length ? `${last.activityAt}.${last.ticket.id}` : null,
  }
}

/** The whole ticket as it is stored; undefined for what is absent or not visible. */
export async function readTicket(
  facts: Facts,
  reader: RoomReader,
  userId: UserId,
  ticketId: TicketId,
): Promise<{ ticket: Ticket; history: HistoryEntry[] } | undefined> {
  const viewer = facts.viewer(userId)
  const known = facts.tickets.get(ticketId)
  if (!viewer || !known || !canSeeTicket(viewer, known.access)) return undefined
  const open = new OpenDocument(ticketRoom(ticketId), await reader.read(ticketRoom(ticketId)))
  try {
    const ticket = readTicketDocument(open.document)
    return ticket && { ticket, history: readHistory(open.document) }
  } finally {
    open.close()
  }
}

type ListPoint = { activityAt: number; ticketId: TicketId }

function parseListCursor(cursor: string): ListPoint {
  const [activityAt = '', ticketId = ''] = cursor.split('.')
  return { activityAt: Number.parseInt(activityAt, 10) || 0, ticketId }
}

function isBehind({ activityAt, ticket }: TicketFacts, after: ListPoint): boolean {
  return activityAt < after.activityAt || (activityAt === after.activityAt && ticket.id < after.ticketId)
}

function holdsWords({ number, fields }: Ticket, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const { title, company = '', site = '', address = '', asset = '' } = fields
  const text = [number, title, company, site, address, asset].join(' ').toLocaleLowerCase('ru')
  return words.every((word) => text.includes(word))
}
