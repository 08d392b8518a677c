import { chatRoom, type ChatKind, type UserId } from '#common/domain/ids.ts'
import { asParticipant, lockedMembers } from '#common/domain/membership.ts'
import type { Participant } from '#common/domain/message.ts'
import { canBeParticipant } from '#common/domain/permissions.ts'
import type { ChatMember, Person } from '../api.ts'
import type { AccountView } from './account-view.ts'
import { personOf } from './people-index.ts'
import type { TicketFacts } from './ticket-facts.ts'

/** Who takes part as the server has it; in a chat that nobody has opened yet those whose relation to the ticket puts them there. */
export function participantsOf(view: AccountView, facts: TicketFacts, chat: ChatKind): Record<UserId, Participant> {
  const stored = facts.members(chat)
  if (stored) return stored.participants
  const ticket = facts.unchanged()
  if (ticket === null) return {}
  const locked = lockedMembers(ticket, chat, view.people.users())
  return Object.fromEntries(
    [...locked].map(([id, member]) => [id, asParticipant(member, ticket.createdById, ticket.createdAt)]),
  )
}

/** Those who take part, with what waits on this device: people added and removed, and locks that move with the ticket's people. */
export function chatMembers(view: AccountView, facts: TicketFacts, chat: ChatKind): ChatMember[] {
  const present = participantsOf(view, facts, chat)
  const locks = locksOf(view, facts, chat)
  const wanted = wantedMembers(view, facts, chat)
  const ids = new Set([...Object.keys(present), ...locks.after.keys(), ...wanted.keys()])
  const members: ChatMember[] = []
  for (const id of ids) {
    const participant = present[id]
    const lock = locks.after.get(id)?.lock ?? (locks.before.has(id) ? null : (participant?.lock ?? null))
    const tookPart = participant !== undefined || locks.before.has(id)
    // Who loses the lock leaves, unless they are wanted for themselves.
    const takesPart = lock !== null || (wanted.get(id) ?? (tookPart && !locks.before.has(id)))
    if (!takesPart && !tookPart) continue
    const change = takesPart === tookPart ? null : takesPart ? 'adding' : 'removing'
    members.push({ person: personIn(view, id, participant), lock, change })
  }
  return members.sort(byLockAndName)
}

/** Who may be added: those who take part already, or will by what waits on this device, are left out. */
export function addablePeople(view: AccountView, facts: TicketFacts, chat: ChatKind): Person[] {
  const ticket = facts.shown()
  if (ticket === null) return []
  const access = { company: ticket.fields.company ?? '' }
  const taking = new Set(
    chatMembers(view, facts, chat).flatMap(({ person, change }) => (change === 'removing' ? [] : [person.id])),
  )
  return [...view.people.users().values()]
    .filter((user) => !taking.has(user.id) && canBeParticipant(user, access, chat))
    .map(personOf)
    .sort(byName)
}

/** Locks before and after the changes of the ticket that wait; who loses one leaves the chat. */
function locksOf(view: AccountView, facts: TicketFacts, chat: ChatKind) {
  const users = view.people.users()
  const before = facts.unchanged()
  const after = facts.shown()
  return {
    before: before ? lockedMembers(before, chat, users) : new Map<UserId, never>(),
    after: after ? lockedMembers(after, chat, users) : new Map<UserId, never>(),
  }
}

/** The last word about each of those who are to come or to go. */
function wantedMembers(view: AccountView, facts: TicketFacts, chat: ChatKind): Map<UserId, boolean> {
  const wanted = new Map<UserId, boolean>()
  const ticketId = facts.shown()?.id
  const pending =
    ticketId === undefined ? [] : (view.overlay.get().chats.get(chatRoom(ticketId, chat))?.participants ?? [])
  for (const { command } of pending) {
    if (command.type === 'participants.remove') wanted.set(command.userId, false)
    else for (const userId of command.userIds) wanted.set(userId, true)
  }
  return wanted
}

function personIn(view: AccountView, id: UserId, participant: Participant | undefined): Person {
  const person = view.people.person(id)
  return person.name === '' && participant ? { ...person, name: participant.name, kind: participant.kind } : person
}

const ranks = { assignee: 0, requester: 1 } as const

function byLockAndName(one: ChatMember, other: ChatMember): number {
  const rank = ({ lock }: ChatMember): number => (lock ? ranks[lock] : 2)
  return rank(one) - rank(other) || byName(one.person, other.person)
}

function byName(one: Person, other: Person): number {
  return one.name.localeCompare(other.name, 'ru')
}
