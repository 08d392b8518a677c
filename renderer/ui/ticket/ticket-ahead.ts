import { chatRoom, type ChatKind, type TicketId } from '#common/domain/ids.ts'
import type { NaryadData, Watched } from '../../data/api.ts'
import { pageSize } from '../chat/chat-panel.tsx'
import type { TicketTab } from '../routes.ts'

/** What the first drawing of a ticket needs: the ticket itself, and of the chat that its tab shows the messages, the people and the draft. */
export function neededFirst(data: NaryadData, ticketId: TicketId, tab: TicketTab): Watched<unknown>[] {
  const ticket = data.watch('ticket', { ticketId })
  if (tab === 'fields' || tab === 'history') return [ticket]
  const chat: ChatKind = tab === 'team' ? 'team' : 'customer'
  return [
    ticket,
    data.watch('conversation', { ticketId, chat, limit: pageSize }),
    data.watch('members', { ticketId, chat }),
    data.watch('draft', { room: chatRoom(ticketId, chat) }),
  ]
}

/** Asks for what will be needed in a moment: it is kept for about a second. */
export function askAhead(data: NaryadData, ticketId: TicketId, tab: TicketTab): void {
  for (const watched of neededFirst(data, ticketId, tab)) watched.subscribe(() => {})()
}
