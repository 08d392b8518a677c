import type { Room, RoomName } from '#common/domain/ids.ts'
import { encodeRoomMessage } from '#common/protocol/room-messages.ts'
import type { UpdateSeq } from '../storage/log-store.ts'
import type { DurableGroup } from './commit-pipeline.ts'
import { joinUpdates } from './join-updates.ts'
import type { RightsChange, RoomUpdate } from './transaction.ts'

/** All that a group of commits added to one room, as one y-websocket message: made once, whoever it goes to. */
export type RoomNews = {
  /** Number of the last update in it. */
  seq: UpdateSeq
  payload: Uint8Array
}

/** Someone who has a room open and wants its updates in the moment they are durable. */
export type RoomFollower = {
  readonly parsed: Room
  /** Rights may have changed: asks whether this follower may still read; one that may not leaves by itself. */
  recheck(): void
  follow(news: RoomNews): void
}

/** Who has which server-written room open. */
export class RoomHub {
  private readonly followers = new Map<RoomName, Set<RoomFollower>>()

  /** Returns the disposer. */
  add(room: RoomName, follower: RoomFollower): () => void {
    const others = this.followers.get(room)
    if (others) others.add(follower)
    else this.followers.set(room, new Set([follower]))
    return () => {
      const left = this.followers.get(room)
      left?.delete(follower)
      if (left?.size === 0) this.followers.delete(room)
    }
  }

  /** Rights first: who lost a room with this group gets nothing more of it. */
  deliver({ rights, updates }: DurableGroup): void {
    if (rights.everybody || rights.tickets.size > 0) this.recheck(rights)
    const byRoom = new Map<RoomName, RoomUpdate[]>()
    for (const update of updates) {
      if (!this.followers.has(update.room)) continue
      const others = byRoom.get(update.room)
      if (others) others.push(update)
      else byRoom.set(update.room, [update])
    }
    for (const [room, run] of byRoom) {
      const news = newsOf(run)
      for (const follower of this.followers.get(room) ?? []) follower.follow(news)
    }
  }

  private recheck(rights: RightsChange): void {
    for (const followers of this.followers.values()) {
      for (const follower of followers) if (rights.everybody || concerns(follower.parsed, rights)) follower.recheck()
    }
  }
}

function concerns(room: Room, rights: RightsChange): boolean {
  return (room.kind === 'chat' || room.kind === 'ticket') && rights.tickets.has(room.ticketId)
}

function newsOf(run: readonly RoomUpdate[]): RoomNews {
  const update = joinUpdates(run.map((entry) => entry.update))
  return { seq: run.at(-1)?.seq ?? 0, payload: encodeRoomMessage({ type: 'update', update }) }
}
