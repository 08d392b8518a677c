import { chatRoom, ticketRoom, type ChatKind, type RoomName, type TicketId, type UserId } from '#common/domain/ids.ts'

/** What the rules of rights look at, as the durable log says. */
export type World = {
  splitChats: boolean
  users: Map<UserId, Person>
  tickets: Map<TicketId, TicketPeople>
}

type Person = { kind: 'employee' | 'customer'; permissions: ReadonlySet<string>; isActive: boolean }

export type TicketPeople = {
  assigneeId: UserId | null
  requesterId: UserId
  customerId: UserId | null
  participants: Record<ChatKind, ReadonlySet<UserId>>
}

/**
 * Who may see what, decided without the product's own rules (R1–R7, R12 of SPEC.md written down a second time), and what
 * they could see once: a text committed before a right was lost may still be under way to its former reader.
 */
export class VisibilityOracle {
  private readonly visible = new Set<string>()
  private readonly lostAt = new Map<string, number>()

  /** Decides again after the commit that ended at `position`; without `tickets` about everything. */
  update(world: World, position: number, tickets: Iterable<TicketId> = world.tickets.keys()): void {
    for (const ticketId of tickets) {
      const ticket = world.tickets.get(ticketId)
      if (ticket === undefined) continue
      for (const userId of world.users.keys()) {
        this.set(userId, ticketRoom(ticketId), seesTicket(world, userId, ticket), position)
        for (const chat of ['team', 'customer'] as const)
          this.set(userId, chatRoom(ticketId, chat), seesChat(world, userId, ticket, chat), position)
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

function seesTicket(world: World, userId: UserId, ticket: TicketPeople): boolean {
  const user = world.users.get(userId)
  if (!user?.isActive) return false
  const isOwn = ticket.requesterId === userId
  if (user.kind === 'customer') return isOwn || ticket.customerId === userId
  const takesPart = ticket.participants.team.has(userId) || ticket.participants.customer.has(userId)
  return isOwn || ticket.assigneeId === userId || takesPart || user.permissions.has('tickets.view.all')
}

function seesChat(world: World, userId: UserId, ticket: TicketPeople, chat: ChatKind): boolean {
  const user = world.users.get(userId)
  if (!user?.isActive || (chat === 'team' && !world.splitChats)) return false
  const mayRead = user.permissions.has(`messages.${chat}.read`)
  if (user.kind === 'customer')
    return chat === 'customer' && mayRead && (ticket.requesterId === userId || ticket.customerId === userId)
  const reaches = ticket.participants[chat].has(userId) || user.permissions.has('messages.all')
  return reaches && (mayRead || (!world.splitChats && user.permissions.has('messages.team.read')))
}
