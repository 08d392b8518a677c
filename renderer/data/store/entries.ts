import type { TicketFields } from '#common/domain/ticket.ts'
import type { StoredTicket } from './ports.ts'
import type { ChatDocument, TicketDocument } from './schemas.ts'

/** What a list shows of a message's text, in characters. */
const snippetLength = 200

/** One chat as lists need it: small enough to keep all of them in memory. */
export type ChatEntry = Omit<ChatDocument, 'nlast'>

/** One ticket as lists need it. */
export type TicketEntry = Pick<StoredTicket, 'id' | 'number' | 'stage' | 'assigneeId' | 'createdAt' | 'lastAt'> & {
  fields: Pick<TicketFields, 'title' | 'company' | 'site' | 'priority' | 'dueAt'>
  /** Everything a text filter looks at, ready to be compared. */
  searched: string
  /** ms since 1970, or Infinity without a due date. */
  dueMs: number
}

export function snippetOf(text: string): string {
  return text
    .slice(0, snippetLength * 2)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, snippetLength)
}

export function chatEntry(document: ChatDocument): ChatEntry {
  const { room, ticketId, chat, lastSeq, lastAt, last, readSeq, unread, mine, lastDelivery } = document
  const shortened = last && { ...last, text: snippetOf(last.text) }
  return { room, ticketId, chat, lastSeq, lastAt, last: shortened, readSeq, unread, mine, lastDelivery }
}

export function ticketEntry(document: TicketDocument): TicketEntry {
  const { id, number, stage, assigneeId, createdAt, lastAt, fields } = document
  return {
    id,
    number,
    stage,
    assigneeId: assigneeId === '' ? null : assigneeId,
    createdAt,
    lastAt,
    fields: listedFields(fields),
    searched: searchedText(number, fields),
    dueMs: dueMsOf(fields.dueAt),
  }
}

export function listedFields({ title, company, site, priority, dueAt }: TicketFields): TicketEntry['fields'] {
  return { title, company, site, priority, dueAt }
}

export function dueMsOf(dueAt: string | undefined): number {
  return dueAt ? Date.parse(dueAt) : Infinity
}

export function searchedText(number: number | null, fields: TicketFields): string {
  const { title, company, site, address, asset, district, type, workType, contactName, contactPhone } = fields
  const texts = [title, company, site, address, asset, district, type, workType, contactName, contactPhone]
  return comparable([number ?? '', ...texts.map((text) => text ?? '')].join('\n'))
}

/** Letters as a filter compares them: without case, ё as е. */
export function comparable(text: string): string {
  return text.toLocaleLowerCase('ru').replaceAll('ё', 'е')
}

/** The words of a filter; a ticket matches when all of them occur in it. */
export function filterWords(text: string): string[] {
  return comparable(text)
    .split(/\s+/)
    .map((word) => word.replace(/^[№#]/, ''))
    .filter((word) => word !== '')
}
