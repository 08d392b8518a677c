import { chatRoom, ticketRoom, type Room, type RoomName, type TicketId, type UserId } from '#common/domain/ids.ts'
import {
  canReadChat,
  canReadDirectory,
  canSeeTicket,
  type OrganisationAccess,
  type Viewer,
} from '#common/domain/permissions.ts'
import type { Facts, TicketFacts } from './facts.ts'

/** Whether a person may read a server-written room. An outbox belongs to its device and is judged where it is opened. */
export function canReadRoom(
  facts: Pick<Facts, 'organisation' | 'tickets' | 'viewer'>,
  userId: UserId,
  room: Room,
): boolean {
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
  { organisation }: Pick<Facts, 'organisation'>,
  viewer: Viewer,
  { ticket, access }: TicketFacts,
): RoomName[] {
  const readable = readablePlaces(organisation, viewer, access)
  return places.flatMap((place) => (readable & place ? [roomAt(ticket.id, place)] : []))
}

/** The rooms of a ticket as bits: comparing ten thousand tickets for each of many people must not make a name for each room. */
const places = [1, 2, 4] as const
const [ticketPlace, customerPlace, teamPlace] = places

function roomAt(ticketId: TicketId, place: (typeof places)[number]): RoomName {
  if (place === ticketPlace) return ticketRoom(ticketId)
  return chatRoom(ticketId, place === teamPlace ? 'team' : 'customer')
}

function readablePlaces(organisation: OrganisationAccess, viewer: Viewer, access: TicketFacts['access']): number {
  return (
    (canSeeTicket(viewer, access) ? ticketPlace : 0) |
    (canReadChat(viewer, access, 'customer', organisation) ? customerPlace : 0) |
    (canReadChat(viewer, access, 'team', organisation) ? teamPlace : 0)
  )
}

/** The rooms of a ticket that somebody may have a copy of: a chat nobody wrote into is nowhere. */
function writtenPlaces({ opened }: TicketFacts): number {
  return ticketPlace | (opened.customer ? customerPlace : 0) | (opened.team ? teamPlace : 0)
}

/** The part of the facts that the visibility of rooms depends on, before or after a change. */
export type VisibilityFacts = {
  readonly organisation: OrganisationAccess
  readonly tickets: ReadonlyMap<TicketId, TicketFacts>
  /** Of accounts that are switched off, too. */
  rightsOf(userId: UserId): Viewer | undefined
}

export type VisibilityChange = { userId: UserId; room: RoomName; visible: boolean }

/**
 * Which rooms each of `userIds` gains or loses between two states of the facts, among the tickets of `before`. A new ticket is
 * no gain, nor is a chat into which nothing was written: whoever sees it receives it from its first update. Switching an
 * account off loses it no room here: it has no connection then, and finds its rooms as they are by its rights when it is
 * back.
 */
export function visibilityChanges(
  before: VisibilityFacts,
  after: VisibilityFacts,
  userIds: Iterable<UserId>,
): VisibilityChange[] {
  const changes: VisibilityChange[] = []
  let related: ReadonlyMap<UserId, readonly TicketFacts[]> | undefined
  for (const userId of userIds) {
    const had = before.rightsOf(userId)
    const has = after.rightsOf(userId)
    const isBroad = (had && seesUnrelated(had)) || (has && seesUnrelated(has))
    const tickets = isBroad ? before.tickets.values() : ((related ??= relatedTickets(before, after)).get(userId) ?? [])
    for (const ticketBefore of tickets) {
      const { id } = ticketBefore.ticket
      const ticketAfter = after.tickets.get(id)
      const could = had
        ? readablePlaces(before.organisation, had, ticketBefore.access) & writtenPlaces(ticketBefore)
        : 0
      const can =
        has && ticketAfter
          ? readablePlaces(after.organisation, has, ticketAfter.access) & writtenPlaces(ticketAfter)
          : 0
      if (could === can) continue
      for (const place of places)
        if ((could ^ can) & place) changes.push({ userId, room: roomAt(id, place), visible: (can & place) > 0 })
    }
  }
  return changes
}

/** Whether somebody may see tickets they have nothing to do with. Everybody else's are found by their people. */
function seesUnrelated({ permissions }: Viewer): boolean {
  return permissions.has('tickets.view.all') || permissions.has('tickets.view.district')
}

function relatedTickets(before: VisibilityFacts, after: VisibilityFacts): ReadonlyMap<UserId, readonly TicketFacts[]> {
  const related = new Map<UserId, TicketFacts[]>()
  const note = (userId: UserId | null, known: TicketFacts): void => {
    if (userId === null) return
    const others = related.get(userId)
    if (!others) related.set(userId, [known])
    else if (others.at(-1) !== known) others.push(known)
  }
  for (const [ticketId, known] of before.tickets) {
    const now = after.tickets.get(ticketId)
    for (const { access } of now === undefined || now === known ? [known] : [known, now]) {
      note(access.assigneeId, known)
      note(access.requesterId, known)
      note(access.customerId, known)
      for (const userId of access.participants.customer) note(userId, known)
      for (const userId of access.participants.team) note(userId, known)
    }
  }
  return related
}
