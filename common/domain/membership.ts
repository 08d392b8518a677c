import type { ChatKind, UserId } from './ids.ts'
import type { Participant } from './message.ts'
import type { Ticket } from './ticket.ts'
import type { User } from './user.ts'

type Lock = NonNullable<Participant['lock']>
type TicketPeople = Pick<Ticket, 'assigneeId' | 'requesterId' | 'customerId'>
export type Membership = Map<UserId, { user: User; lock: Lock }>

/**
 * Who takes part in a chat because of their relation to the ticket, and can not be removed from it. Customers are never in
 * the team chat, integrations in none. A person with two relations is locked as the assignee.
 */
export function lockedMembers(ticket: TicketPeople, chat: ChatKind, users: ReadonlyMap<UserId, User>): Membership {
  const members: Membership = new Map()
  const add = (userId: UserId | null, lock: Lock): void => {
    const user = userId === null ? undefined : users.get(userId)
    if (user && !user.integration && (chat === 'customer' || user.kind === 'employee'))
      members.set(user.id, { user, lock })
  }
  add(ticket.customerId, 'requester')
  add(ticket.requesterId, 'requester')
  add(ticket.assigneeId, 'assignee')
  return members
}

export function asParticipant(
  { user, lock }: { user: User; lock?: Lock },
  addedBy: UserId,
  addedAt: number,
): Participant {
  return { name: user.name, kind: user.kind, ...(lock && { lock }), addedBy, addedAt }
}
