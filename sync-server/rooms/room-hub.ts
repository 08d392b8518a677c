import type { Room, RoomName } from '#common/domain/ids.ts'
import type { DurableGroup } from './commit-pipeline.ts'
import type { RightsChange, RoomUpdate } from './transaction.ts'

/** Someone who has a room open and wants its updates in the moment they are durable. */
export type RoomFollower = {
  readonly parsed: Room
  /** Rights may have changed: asks whether this follower may still read; one that may not leaves by itself. */
  recheck(): void
  follow(update: RoomUpdate): void
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
    for (const update of updates) {
      for (const follower of this.followers.get(update.room) ?? []) follower.follow(update)
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
