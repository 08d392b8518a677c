import type * as Y from 'yjs'
import { readHistory, readTicket } from '#common/documents/ticket-document.ts'
import type { ChatRow, StoredTicket } from '../store/ports.ts'

/** Undefined when the document holds no ticket that this version can read. */
export function projectTicket(document: Y.Doc, chats: readonly Pick<ChatRow, 'last'>[]): StoredTicket | undefined {
  const ticket = readTicket(document)
  if (ticket === undefined) return undefined
  const stored = { ...ticket, history: readHistory(document) }
  return { ...stored, lastAt: lastActivity(stored, chats) }
}

/** Time of the newest message or change of a ticket, server's ms. */
export function lastActivity(ticket: Omit<StoredTicket, 'lastAt'>, chats: readonly Pick<ChatRow, 'last'>[]): number {
  return Math.max(
    ticket.createdAt,
    ticket.stageAt,
    ...ticket.history.map(({ at }) => at),
    ...chats.map(({ last }) => last?.at ?? 0),
  )
}
