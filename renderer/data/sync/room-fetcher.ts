import { parseRoom, ticketRoom, type RoomName, type TicketId } from '#common/domain/ids.ts'
import type { OutboxList } from '../commands/outbox-list.ts'
import type { Feed } from './feed.ts'
import type { MultiplexedSocket } from './multiplexed-socket.ts'

/** Asks for the rooms of wanted chats that this device lacks, because they are outside the scope of the feed. */
export class RoomFetcher {
  private readonly feed: Feed
  private readonly list: OutboxList
  /** Chats with how many want them. */
  private readonly wanted = new Map<RoomName, number>()
  private readonly asked = new Set<RoomName>()
  private readonly stopListening: () => void

  constructor(feed: Feed, socket: MultiplexedSocket, list: OutboxList) {
    this.feed = feed
    this.list = list
    this.stopListening = socket.listen({ lost: () => this.asked.clear() })
  }

  /** Until the returned function is called. */
  want(room: RoomName): () => void {
    const add = (count: number): void => {
      const left = (this.wanted.get(room) ?? 0) + count
      if (left === 0) this.wanted.delete(room)
      else this.wanted.set(room, left)
    }
    add(1)
    this.look()
    let ended = false
    return () => {
      if (!ended) add(-1)
      ended = true
    }
  }

  /** Everything that the feed brings by itself may be here now. */
  look(): void {
    if (!this.feed.isLive()) return
    for (const room of this.wanted.keys()) {
      const parsed = parseRoom(room)
      if (parsed?.kind !== 'chat' || this.isOnlyHere(parsed.ticketId)) continue
      this.ask(ticketRoom(parsed.ticketId))
      this.ask(room)
    }
  }

  stop(): void {
    this.stopListening()
  }

  /** A ticket that only this device knows yet can't be asked for. */
  private isOnlyHere(ticketId: TicketId): boolean {
    return this.list.pending().some(({ command }) => command.type === 'ticket.create' && command.id === ticketId)
  }

  private ask(room: RoomName): void {
    if (this.feed.has(room) || this.asked.has(room)) return
    this.asked.add(room)
    this.feed.fetch(room)
  }
}
