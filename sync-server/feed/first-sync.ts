import { chunksOf } from '#common/domain/chunks.ts'
import { directoryRoom, personalRoom, type RoomName } from '#common/domain/ids.ts'
import { isClosed } from '#common/domain/ticket.ts'
import type { Scope } from '#common/protocol/control-frames.ts'
import type { Facts, TicketFacts } from '../policy/facts.ts'
import { readableRooms } from '../policy/room-access.ts'
import type { FirstSyncProgress } from './cursor.ts'

const closedScopeMs = 30 * 86_400_000
/** Tickets sent between two cursors. */
const chunkTickets = 50

export type FirstSyncChunk = {
  rooms: RoomName[]
  /** Where to go on after this chunk; undefined while there is nothing newer to say. */
  progress?: FirstSyncProgress | undefined
}

/**
 * The rooms of a first sync in the order they are sent: people and own state, then tickets with the newest activity first.
 * With `progress` it goes on where an earlier one was cut: what that one had not sent, and at the end what changed since.
 */
export function* firstSyncChunks(
  facts: Facts,
  userId: string,
  scope: Scope,
  nowMs: number,
  progress: FirstSyncProgress | undefined,
): Generator<FirstSyncChunk> {
  const viewer = facts.viewer(userId)
  if (!viewer) return
  const startedAt = progress?.startedAt ?? nowMs
  yield { rooms: viewer.kind === 'employee' ? [directoryRoom, personalRoom(userId)] : [personalRoom(userId)] }
  const tickets = [...facts.tickets.values()]
    .filter((known) => isInScope(known, scope, nowMs) && readableRooms(facts, viewer, known).length > 0)
    .sort(byNewestActivity)
  const unsent = progress ? tickets.filter((known) => comesAfter(known, progress)) : tickets
  for (const chunk of chunksOf(unsent, chunkTickets)) {
    const last = chunk.at(-1)
    yield {
      rooms: chunk.flatMap((known) => readableRooms(facts, viewer, known)),
      progress: last && { startedAt, lastAt: last.activityAt, lastId: last.ticket.id },
    }
  }
  if (!progress) return
  const touched = tickets.filter((known) => known.activityAt >= startedAt && !comesAfter(known, progress))
  for (const chunk of chunksOf(touched, chunkTickets))
    yield { rooms: chunk.flatMap((known) => readableRooms(facts, viewer, known)) }
}

function isInScope({ ticket }: TicketFacts, scope: Scope, nowMs: number): boolean {
  return scope === 'all' || !isClosed(ticket.stage) || nowMs - ticket.stageAt <= closedScopeMs
}

function byNewestActivity(a: TicketFacts, b: TicketFacts): number {
  return b.activityAt - a.activityAt || (a.ticket.id < b.ticket.id ? 1 : -1)
}

function comesAfter({ activityAt, ticket }: TicketFacts, { lastAt, lastId }: FirstSyncProgress): boolean {
  return activityAt < lastAt || (activityAt === lastAt && ticket.id < lastId)
}
