import { chatRoom, type UserId } from '#common/domain/ids.ts'
import type { Person, TicketSnapshot } from '../api.ts'
import { chatsOfTicket, unreadOfChat, type AccountView } from './account-view.ts'
import type { ShownTicket } from './outbox-overlay.ts'
import { mayWrite, ticketRights } from './rights.ts'
import type { TicketFacts } from './ticket-facts.ts'

/** Null when the ticket is neither stored here nor written here. */
export function ticketSnapshot(view: AccountView, facts: TicketFacts): TicketSnapshot {
  const ticket = facts.shown()
  if (ticket === null) return null
  const history = facts.stored()?.history ?? []
  const participants = facts.participants()
  return {
    ticket: withoutLastAt(ticket),
    people: peopleOf(view, facts, ticket),
    history,
    pending: facts.pending().map(({ row, command }) => ({
      id: command.id,
      type: command.type,
      state: row.state === 'refused' ? 'refused' : row.unsaved ? 'unsaved' : 'queued',
    })),
    rights: ticketRights(view, ticket, participants),
    chats: chatsOf(view, facts, ticket),
  }
}

function withoutLastAt({ lastAt: _lastAt, ...ticket }: ShownTicket): NonNullable<TicketSnapshot>['ticket'] {
  return ticket
}

function chatsOf(view: AccountView, facts: TicketFacts, ticket: ShownTicket): NonNullable<TicketSnapshot>['chats'] {
  const participants = facts.participants()
  const chats = chatsOfTicket(view, ticket.id).map((chat) => ({
    chat: chat.chat,
    room: chat.room,
    unread: unreadOfChat(view, chat),
    canWrite: mayWrite(view, ticket, participants, chat.chat),
  }))
  if (chats.length > 0 || ticket.number !== null) return chats
  // Only this device knows the ticket: its one chat can be written to before the server has made it.
  return [{ chat: 'customer', room: chatRoom(ticket.id, 'customer'), unread: 0, canWrite: true }]
}

/** Everybody the ticket and its history name. */
function peopleOf(view: AccountView, facts: TicketFacts, ticket: ShownTicket): Record<UserId, Person> {
  const { assigneeId, requesterId, customerId, createdById } = ticket
  const ids = new Set([assigneeId, requesterId, customerId, createdById])
  for (const { byId, changes } of facts.stored()?.history ?? []) {
    ids.add(byId)
    for (const { field, from, to } of changes)
      if (field.endsWith('Id')) for (const id of [from, to]) if (typeof id === 'string') ids.add(id)
  }
  const participants = { ...facts.participants().team, ...facts.participants().customer }
  const people: Record<UserId, Person> = {}
  for (const id of ids) {
    if (id === null || id === '') continue
    const person = view.people.person(id)
    const participant = participants[id]
    people[id] =
      person.name === '' && participant ? { ...person, name: participant.name, kind: participant.kind } : person
  }
  return people
}
