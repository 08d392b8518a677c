import type { Room, RoomName, Seq, UserId } from '#common/domain/ids.ts'
import { encodeServerFrame } from '#common/protocol/control-frames.ts'
import type { DurableGroup } from '../rooms/commit-pipeline.ts'
import { joinAdditions } from '../rooms/join-updates.ts'
import { encodeCursor } from './cursor.ts'

export type RoomChange = {
  room: RoomName
  parsed: Room
  payload: Uint8Array
  updates: number
  chatSeq?: Seq | undefined
}

/** What a group of commits looks like on the wire: encoded once, whoever it goes to. */
export class GroupFrames {
  readonly changes: RoomChange[]
  readonly cursor: string
  readonly caughtUp: Uint8Array
  /** Rooms whose visibility changed, for each person concerned. */
  readonly visibility = new Map<UserId, Set<RoomName>>()

  constructor(group: DurableGroup, epoch: number) {
    this.changes = changesOf(group)
    this.cursor = encodeCursor({ epoch, position: group.position })
    this.caughtUp = encodeServerFrame({ type: 'CAUGHT_UP', cursor: this.cursor })
    for (const { userId, room } of group.visibility) {
      const rooms = this.visibility.get(userId)
      if (rooms) rooms.add(room)
      else this.visibility.set(userId, new Set([room]))
    }
  }
}

function changesOf({ updates }: DurableGroup): RoomChange[] {
  const byRoom = new Map<RoomName, DurableGroup['updates']>()
  for (const update of updates) {
    const others = byRoom.get(update.room)
    if (others) others.push(update)
    else byRoom.set(update.room, [update])
  }
  const changes: RoomChange[] = []
  for (const [room, all] of byRoom) {
    // What came before an epoch is in its first update.
    const run = all.slice(
      Math.max(
        0,
        all.findLastIndex(({ rewritten }) => rewritten !== undefined),
      ),
    )
    const first = run[0]
    const last = run.at(-1)
    if (!first || !last) continue
    const payload = encodeServerFrame({
      type: 'CHANGES',
      room,
      epoch: first.epoch,
      from: first.rewritten ? 0 : first.seq - 1,
      to: last.seq,
      updates: joinAdditions(run.map(({ rewritten, update }) => rewritten ?? update)),
    })
    changes.push({ room, parsed: first.parsed, payload, updates: run.length, chatSeq: last.chatSeq })
  }
  return changes
}
