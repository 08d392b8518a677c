import { chatRoom, ticketRoom, type ChatKind, type RoomName, type TicketId, type UserId } from '#common/domain/ids.ts'
import { hasRight, type Situation, type Tie } from '#tests/support/rights/rights-table.ts'

/** What the rules of rights look at, as the durable log says. */
export type World = {
  splitChats: boolean
  users: Map<UserId, Person>
  tickets: Map<TicketId, TicketPeople>
}

type Person = {
  kind: 'employee' | 'customer'
  roleId: string
  permissions: ReadonlySet<string>
  isActive: boolean
  districts: ReadonlySet<string>
  company: string
}

type TicketPeople = {
  assigneeId: UserId | null
  requesterId: UserId
  customerId: UserId | null
  district: string
  company: string
  /** Who takes part, with their lock; undefined while nothing was written into the chat. */
  participants: Record<ChatKind, ReadonlyMap<UserId, string | undefined> | undefined>
}

export const chats = ['team', 'customer'] as const

/**
 * Who may see what, decided without the product's own functions, by a table written from SPEC.md, and what they could see
 * once: a text committed before a right was lost may still be under way to its former reader.
 */
export class VisibilityOracle {
  private readonly visible = new Set<string>()
  private readonly lostAt = new Map<string, number>()

  /** Decides again after the commit that ended at `position`; without `tickets` about everything. */
  update(world: World, position: number, tickets: Iterable<TicketId> = world.tickets.keys()): void {
    for (const ticketId of tickets) {
      const ticket = world.tickets.get(ticketId)
      if (ticket === undefined) continue
      for (const [userId, person] of world.users) {
        const situation = situationOf(world, userId, person, ticket)
        const may = (right: Parameters<typeof hasRight>[1]): boolean => person.isActive && hasRight(situation, right)
        this.set(userId, ticketRoom(ticketId), may('see ticket'), position)
        for (const chat of chats) this.set(userId, chatRoom(ticketId, chat), may(`read ${chat} chat`), position)
      }
    }
    for (const [userId, { kind, isActive }] of world.users) {
      this.set(userId, 'directory', isActive && kind === 'employee', position)
      this.set(userId, `me.${userId}`, isActive, position)
    }
  }

  sees(userId: UserId, room: RoomName): boolean {
    return this.visible.has(`${userId} ${room}`)
  }

  /** Whether bytes committed at `position` may ever have been sent to the user (P7). */
  mayHaveSeen(userId: UserId, room: RoomName, position: number): boolean {
    const key = `${userId} ${room}`
    return this.visible.has(key) || (this.lostAt.get(key) ?? 0) > position
  }

  private set(userId: UserId, room: RoomName, sees: boolean, position: number): void {
    const key = `${userId} ${room}`
    if (sees) this.visible.add(key)
    else if (this.visible.delete(key)) this.lostAt.set(key, position)
  }
}

/** Whom the ticket itself puts into a chat, and as what: nobody can take them out of it. */
export function namedIn(world: World, ticket: TicketPeople, chat: ChatKind): Map<UserId, 'assignee' | 'requester'> {
  const { assigneeId, requesterId, customerId } = ticket
  const named = new Map<UserId, 'assignee' | 'requester'>()
  for (const userId of [customerId, requesterId]) if (userId !== null) named.set(userId, 'requester')
  if (assigneeId !== null) named.set(assigneeId, 'assignee')
  for (const userId of named.keys()) {
    const kind = world.users.get(userId)?.kind
    if (kind === undefined || (chat === 'team' && kind === 'customer')) named.delete(userId)
  }
  return named
}

function situationOf(world: World, userId: UserId, person: Person, ticket: TicketPeople): Situation {
  const ties = new Set<Tie>()
  if (ticket.assigneeId === userId) ties.add('assignee')
  if (ticket.requesterId === userId) ties.add('requester')
  if (ticket.customerId === userId) ties.add('customer')
  if (ticket.district !== '' && person.districts.has(ticket.district)) ties.add('district')
  for (const chat of chats)
    if ((ticket.participants[chat] ?? namedIn(world, ticket, chat)).has(userId)) ties.add(`${chat}-chat`)
  return { kind: person.kind, permissions: person.permissions, ties, split: world.splitChats }
}
