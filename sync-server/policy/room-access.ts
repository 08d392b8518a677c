import { chatRoom, ticketRoom, type Room, type RoomName, type TicketId, type UserId } from '#common/domain/ids.ts'
import { canReadChat, canReadDirectory, canSeeTicket, type Viewer } from '#common/domain/permissions.ts'
import type { Facts, TicketFacts } from './facts.ts'

/** The part of the facts that rights depend on. */
export type RightsFacts = Pick<Facts, 'organisation'> & {
  viewer(userId: UserId): Viewer | undefined
  readonly tickets: ReadonlyMap<TicketId, TicketFacts>
}

/** Whether a person may read a server-written room. An outbox belongs to its device and is judged where it is opened. */
export function canReadRoom(facts: RightsFacts, userId: UserId, room: Room): boolean {
  const viewer = facts.viewer(userId)
  if (!viewer) return false
  switch (room.kind) {
    case 'directory':
      return canReadDirectory(viewer)
    case 'me':
      return room.userId === userId
    case 'outbox':
      return false
    case 'ticket': {
      const known = facts.tickets.get(room.ticketId)
      return known !== undefined && canSeeTicket(viewer, known.access)
    }
    case 'chat': {
      const known = facts.tickets.get(room.ticketId)
      return known !== undefined && canReadChat(viewer, known.access, room.chat, facts.organisation)
    }
  }
}

/** The rooms of a ticket that a person may read, the ticket's own first. */
export function readableRooms(
  facts: Pick<RightsFacts, 'organisation'>,
  viewer: Viewer,
  { ticket, access }: TicketFacts,
): RoomName[] {
  const rooms: RoomName[] = []
  if (canSeeTicket(viewer, access)) rooms.push(ticketRoom(ticket.id))
  if (canReadChat(viewer, access, 'customer', facts.organisation)) rooms.push(chatRoom(ticket.id, 'customer'))
  if (canReadChat(viewer, access, 'team', facts.organisation)) rooms.push(chatRoom(ticket.id, 'team'))
  return rooms
}

export type VisibilityChange = { userId: UserId; room: RoomName; visible: boolean }

/**
 * Which rooms each of `userIds` gains or loses between two states of the facts, among the tickets of `before`: a new
 * ticket is no gain, since whoever sees it receives it from its first update.
 */
export function visibilityChanges(
  before: RightsFacts,
  after: RightsFacts,
  userIds: Iterable<UserId>,
): VisibilityChange[] {
  const changes: VisibilityChange[] = []
  for (const userId of userIds) {
    const viewerBefore = before.viewer(userId)
    const viewerAfter = after.viewer(userId)
    for (const [ticketId, ticketBefore] of before.tickets) {
      const ticketAfter = after.tickets.get(ticketId)
      const had = viewerBefore ? readableRooms(before, viewerBefore, ticketBefore) : []
      const has = viewerAfter && ticketAfter ? readableRooms(after, viewerAfter, ticketAfter) : []
      for (const room of has) if (!had.includes(room)) changes.push({ userId, room, visible: true })
      for (const room of had) if (!has.includes(room)) changes.push({ userId, room, visible: false })
    }
  }
  return changes
}
