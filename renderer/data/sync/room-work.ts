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

const workLimits = { bytes: 512 * 1024, rooms: 200 } as const
/** Of a connection's first work; each further one takes twice as many. The newest chats come first and are seen at once. */
const firstRooms = 20

/** How often in one connection a room is fetched whole because what came could not be used. */
const fetchesPerRoom = 3

/** Of a stored room whose content can't be used: whatever epoch comes next replaces it. */
const unusable = { epoch: -1, seq: 0 }

/** Decides for each frame of the feed what it means for this device, and which rooms must be asked for again. */
export class FeedReader {
  private readonly heads: Map<RoomName, RoomHead>
  private readonly fetch: (room: RoomName, from: Seq) => void
  /** Room → number up to which it must be here before a cursor may be kept. */
  private readonly missing = new Map<RoomName, Seq>()
  private readonly fetches = new Map<RoomName, number>()
  private held: { cursor: Cursor; caughtUp: boolean } | undefined
  private roomsAtOnce = firstRooms

  constructor(heads: Map<RoomName, RoomHead>, fetch: (room: RoomName, from: Seq) => void) {
    this.heads = heads
    this.fetch = fetch
  }

  /** Takes frames from the front of `queue` until there is enough to store at once. */
  take(queue: FeedFrame[]): FeedWork {
    const work: FeedWork = { rooms: new Map(), revoked: new Set(), cursor: undefined, caughtUp: false }
    let bytes = 0
    let taken = 0
    for (const frame of queue) {
      if (bytes >= workLimits.bytes || work.rooms.size >= this.roomsAtOnce) break
      this.takeFrame(work, frame)
      bytes += bytesOf(frame)
      taken++
    }
    queue.splice(0, taken)
    if (work.rooms.size >= this.roomsAtOnce) this.roomsAtOnce = Math.min(workLimits.rooms, 2 * this.roomsAtOnce)
    if (this.held && this.missing.size === 0) {
      work.cursor = this.held.cursor
      work.caughtUp = this.held.caughtUp
      this.held = undefined
    }
    return work
  }

  /** Content of these rooms could not be used: they are asked for as a whole, and the work's cursor waits until they are here. */
  spoiled(rooms: readonly RoomName[], work: FeedWork): void {
    for (const room of rooms) {
      const head = this.heads.get(room)
      if (head) this.heads.set(room, { ...head, ...unusable })
      this.ask(room, 0, work.rooms.get(room)?.seq ?? 0)
    }
    if (work.cursor !== undefined) this.held ??= { cursor: work.cursor, caughtUp: work.caughtUp }
  }

  /** Of a new connection nothing is missing yet. */
  reset(): void {
    this.missing.clear()
    this.fetches.clear()
    this.held = undefined
    this.roomsAtOnce = firstRooms
  }

  private takeFrame(work: FeedWork, frame: FeedFrame): void {
    switch (frame.type) {
      case 'CHANGES':
        return this.takeChanges(work, frame)
      case 'REVOKE':
        work.rooms.delete(frame.room)
        work.revoked.add(frame.room)
        this.missing.delete(frame.room)
        return
      case 'ERROR':
        // The server will not answer for this room: it is not visible any more.
        if (frame.room !== undefined) this.missing.delete(frame.room)
        return
      case 'GRANT':
        // Its content follows and says everything.
        return
      case 'CURSOR':
      case 'CAUGHT_UP':
        this.held = { cursor: frame.cursor, caughtUp: frame.type === 'CAUGHT_UP' || this.held?.caughtUp === true }
    }
  }

  private takeChanges(work: FeedWork, { room, epoch, from, to, updates }: Changes): void {
    const current = this.known(work, room)
    if (current && epoch < current.epoch) return
    const isNewer = current === undefined || epoch > current.epoch
    if (isNewer ? from > 0 : from > current.seq) {
      // Asked for already: what comes until then has the same gap.
      if (this.missing.has(room)) this.needs(room, to)
      else this.ask(room, isNewer ? 0 : current.seq, to)
      return
    }
    if (isNewer) work.rooms.set(room, { epoch, seq: to, updates: [...updates], base: 'empty' })
    else if (to > current.seq) append(work, room, { epoch, to, updates })
    if ((this.known(work, room)?.seq ?? 0) >= (this.missing.get(room) ?? 0)) this.missing.delete(room)
  }

  private known(work: FeedWork, room: RoomName): { epoch: number; seq: Seq } | undefined {
    return work.rooms.get(room) ?? (work.revoked.has(room) ? undefined : this.heads.get(room))
  }

  private ask(room: RoomName, from: Seq, until: Seq): void {
    const count = this.fetches.get(room) ?? 0
    if (count >= fetchesPerRoom) return void this.missing.delete(room)
    this.needs(room, until)
    this.fetches.set(room, count + 1)
    this.fetch(room, from)
  }

  private needs(room: RoomName, until: Seq): void {
    this.missing.set(room, Math.max(until, this.missing.get(room) ?? 0))
  }
}

function append(
  work: FeedWork,
  room: RoomName,
  { epoch, to, updates }: Pick<Changes, 'epoch' | 'to' | 'updates'>,
): void {
  const begun = work.rooms.get(room)
  if (begun === undefined) return void work.rooms.set(room, { epoch, seq: to, updates: [...updates], base: 'stored' })
  begun.seq = to
  begun.updates.push(...updates)
}

/** About how much memory a frame holds. */
export function bytesOf(frame: FeedFrame): number {
  return frame.type === 'CHANGES' ? frame.updates.reduce((sum, update) => sum + update.length, 64) : 64
}
