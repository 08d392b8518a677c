import type * as Y from 'yjs'
import { historyEntrySchema, ticketSchema, type HistoryEntry, type Ticket } from '../domain/ticket.ts'

/** Document of room `ticket.<ticketId>`, written by the server only. `fields`: Y.Map of JSON values; `history`: Y.Array of JSON. */
const fieldsOf = (document: Y.Doc): Y.Map<unknown> => document.getMap('fields')
const historyOf = (document: Y.Doc): Y.Array<unknown> => document.getArray('history')

/** Server: writes what differs from the stored ticket and appends a line of history. */
export function writeTicket(document: Y.Doc, ticket: Ticket, history: HistoryEntry | null): void {
  document.transact(() => {
    const stored = fieldsOf(document)
    for (const [name, value] of Object.entries(flatten(ticket))) {
      if (JSON.stringify(stored.get(name)) !== JSON.stringify(value)) stored.set(name, value)
    }
    if (history) historyOf(document).push([history])
  })
}

/** Undefined when the document holds no whole ticket of this version. */
export function readTicket(document: Y.Doc): Ticket | undefined {
  const { id, number, stage, assigneeId, requesterId, customerId, createdById, createdAt, stageAt, ...fields } =
    fieldsOf(document).toJSON()
  const parsed = ticketSchema.safeParse({
    id,
    number,
    stage,
    assigneeId,
    requesterId,
    customerId,
    createdById,
    createdAt,
    stageAt,
    fields,
  })
  return parsed.success ? parsed.data : undefined
}

export function readHistory(document: Y.Doc): HistoryEntry[] {
  return historyOf(document)
    .toArray()
    .flatMap((value) => {
      const parsed = historyEntrySchema.safeParse(value)
      return parsed.success ? [parsed.data] : []
    })
}

/** One flat map: a client of another maker reads `title` beside `stage`. Names of `fields` never meet those of the ticket. */
function flatten({ fields, ...ticket }: Ticket): Record<string, unknown> {
  const { requesterId: _requester, customerId: _customer, ...descriptive } = fields
  return { ...descriptive, ...ticket }
}
