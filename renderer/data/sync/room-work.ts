import type { RoomName, Seq } from '#common/domain/ids.ts'
import type { Cursor, ServerFrame } from '#common/protocol/control-frames.ts'
import type { RoomHead } from '../store/ports.ts'

type Changes = Extract<ServerFrame, { type: 'CHANGES' }>
export type FeedFrame = Extract<
  ServerFrame,
  { type: 'CHANGES' | 'GRANT' | 'REVOKE' | 'CURSOR' | 'CAUGHT_UP' | 'ERROR' }
>

/** New content of one room, to be put on top of what is stored, or in its place. */
export type RoomWork = { epoch: number; seq: Seq; updates: Uint8Array[]; base: 'stored' | 'empty' }

/** Frames that are stored together. The cursor is kept only when everything before it is in this or earlier work. */
export type FeedWork = {
  rooms: Map<RoomName, RoomWork>
  revoked: Set<RoomName>
  cursor: Cursor | undefined
  caughtUp: boolean
}

export const workLimits = { bytes: 512 * 1024, rooms: 200 } as const

/** How often in one connection a room is fetched whole because what came could not be used. */
const fetchesPerRoom = 3

/** Decides for each frame of the feed what it means for this device, and which rooms must be asked for again. */
export type FeedReader = {
  /** Takes frames from the front of `queue` until there is enough to store at once. */
  take(queue: FeedFrame[]): FeedWork
  /** Content of these rooms could not be used: they are asked for as a whole, and the work's cursor waits until they are here. */
  spoiled(rooms: readonly RoomName[], work: FeedWork): void
  /** Of a new connection nothing is missing yet. */
  reset(): void
}

export function createFeedReader(
  heads: Map<RoomName, RoomHead>,
  fetch: (room: RoomName, from: Seq) => void,
): FeedReader {
  /** Room → number up to which it must be here before a cursor may be kept. */
  const missing = new Map<RoomName, Seq>()
  const fetches = new Map<RoomName, number>()
  let held: { cursor: Cursor; caughtUp: boolean } | undefined

  function ask(room: RoomName, from: Seq, until: Seq): void {
    const count = fetches.get(room) ?? 0
    if (count >= fetchesPerRoom) return void missing.delete(room)
    missing.set(room, Math.max(until, missing.get(room) ?? 0))
    fetches.set(room, count + 1)
    fetch(room, from)
  }

  function known(work: FeedWork, room: RoomName): { epoch: number; seq: Seq } | undefined {
    return work.rooms.get(room) ?? (work.revoked.has(room) ? undefined : heads.get(room))
  }

  function takeChanges(work: FeedWork, { room, epoch, from, to, updates }: Changes): void {
    const current = known(work, room)
    const isNewer = current === undefined || epoch > current.epoch
    if (current && epoch < current.epoch) return
    if (isNewer ? from > 0 : from > current.seq) {
      // Asked for already: what comes until then has the same gap.
      if (!missing.has(room)) ask(room, isNewer ? 0 : current.seq, to)
      else missing.set(room, Math.max(to, missing.get(room) ?? 0))
      return
    }
    if (isNewer) work.rooms.set(room, { epoch, seq: to, updates: [...updates], base: 'empty' })
    else if (to > current.seq) append(work, room, epoch, to, updates)
    if ((known(work, room)?.seq ?? 0) >= (missing.get(room) ?? 0)) missing.delete(room)
  }

  function append(work: FeedWork, room: RoomName, epoch: number, to: Seq, updates: readonly Uint8Array[]): void {
    const begun = work.rooms.get(room)
    if (begun === undefined) return void work.rooms.set(room, { epoch, seq: to, updates: [...updates], base: 'stored' })
    begun.seq = to
    begun.updates.push(...updates)
  }

  function takeFrame(work: FeedWork, frame: FeedFrame): void {
    switch (frame.type) {
      case 'CHANGES':
        return takeChanges(work, frame)
      case 'REVOKE':
        work.rooms.delete(frame.room)
        work.revoked.add(frame.room)
        missing.delete(frame.room)
        return
      case 'ERROR':
        // The server will not answer for this room: it is not visible any more.
        if (frame.room !== undefined) missing.delete(frame.room)
        return
      case 'GRANT':
        // Its content follows and says everything.
        return
      case 'CURSOR':
      case 'CAUGHT_UP':
        held = { cursor: frame.cursor, caughtUp: frame.type === 'CAUGHT_UP' || held?.caughtUp === true }
    }
  }

  return {
    take(queue) {
      const work: FeedWork = { rooms: new Map(), revoked: new Set(), cursor: undefined, caughtUp: false }
      let bytes = 0
      let taken = 0
      for (const frame of queue) {
        if (bytes >= workLimits.bytes || work.rooms.size >= workLimits.rooms) break
        takeFrame(work, frame)
        bytes += bytesOf(frame)
        taken++
      }
      queue.splice(0, taken)
      if (held && missing.size === 0) {
        work.cursor = held.cursor
        work.caughtUp = held.caughtUp
        held = undefined
      }
      return work
    },
    spoiled(rooms, work) {
      for (const room of rooms) {
        heads.delete(room)
        ask(room, 0, work.rooms.get(room)?.seq ?? 0)
      }
      if (work.cursor !== undefined) held ??= { cursor: work.cursor, caughtUp: work.caughtUp }
    },
    reset() {
      missing.clear()
      fetches.clear()
      held = undefined
    },
  }
}

/** About how much memory a frame holds. */
export function bytesOf(frame: FeedFrame): number {
  return frame.type === 'CHANGES' ? frame.updates.reduce((sum, update) => sum + update.length, 64) : 64
}
