import type { RoomName, UserId } from '#common/domain/ids.ts'

/** One message of somebody else, as far as a banner speaks of it. */
export type Arrival = { room: RoomName; authorId: UserId; text: string; attachments: number }
/** What to show: one banner for a chat, or one for all. */
export type Banner =
  { kind: 'chat'; room: RoomName; count: number; last: Arrival } | { kind: 'summary'; messages: number; chats: number }

/** More chats than these at a time are told of by one banner. */
const mostLiveChats = 3

/** Messages of chats that are not before the user, by chat. */
export function byChat(arrivals: readonly Arrival[], focus: RoomName | null): Map<RoomName, Arrival[]> {
  const chats = new Map<RoomName, Arrival[]>()
  for (const arrival of arrivals) {
    if (arrival.room === focus) continue
    const known = chats.get(arrival.room)
    if (known) known.push(arrival)
    else chats.set(arrival.room, [arrival])
  }
  return chats
}

/**
 * Live: a banner for each chat. After a time without the network: one banner, whatever was missed. `before`: messages of a
 * chat that its present banner speaks of already.
 */
export function bannersFor(
  chats: ReadonlyMap<RoomName, readonly Arrival[]>,
  live: boolean,
  before: (room: RoomName) => number,
): Banner[] {
  const messages = [...chats.values()].reduce((sum, arrivals) => sum + arrivals.length, 0)
  if (chats.size > (live ? mostLiveChats : 1)) return [{ kind: 'summary', messages, chats: chats.size }]
  return [...chats].flatMap(([room, arrivals]) => {
    const last = arrivals.at(-1)
    return last ? [{ kind: 'chat', room, count: before(room) + arrivals.length, last } as const] : []
  })
}
