import { chatRoom, type UserId } from '#common/domain/ids.ts'
import type { Person, TicketChat, TicketSnapshot } from '../api.ts'
import { unreadOfChat, type AccountView } from './account-view.ts'
import { participantsOf } from './chat-members.ts'
import { pendingState, type ShownTicket } from './outbox-overlay.ts'
import { rightsIn, type TicketRights } from './rights.ts'
import type { TicketFacts } from './ticket-facts.ts'

/** Null when the ticket is neither stored here nor written here. */
export function ticketSnapshot(view: AccountView, facts: TicketFacts): TicketSnapshot {
  const ticket = facts.shown()
  const rights = rightsIn(view, facts)
  if (ticket === null || rights === null) return null
  const history = facts.stored()?.history ?? []
  return {
    ticket: withoutLastAt(ticket),
    people: peopleOf(view, facts, ticket),
    history,
    pending: facts.pending().map(({ row, command }) => ({
      id: command.id,
      type: command.type,
      state: pendingState(row),
    })),
    rights: rights.ticket,
    chats: chatsOf(view, ticket, rights),
  }
}

function withoutLastAt({ lastAt: _lastAt, ...ticket }: ShownTicket): NonNullable<TicketSnapshot>['ticket'] {
  return ticket
}

/** By rights, not by what is stored: a chat in which nobody has written yet is there to be written in. */
function chatsOf(view: AccountView, { id }: ShownTicket, rights: TicketRights): TicketChat[] {
  return (['team', 'customer'] as const).filter(rights.read).map((chat) => {
    const room = chatRoom(id, chat)
    const stored = view.chats.get(room)
    return { chat, room, unread: stored ? unreadOfChat(view, stored) : 0, canWrite: rights.write(chat) }
  })
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
  const participants = { ...participantsOf(view, facts, 'team'), ...participantsOf(view, facts, 'customer') }
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
