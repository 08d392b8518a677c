import { parseRoom, type Room, type RoomName, type Seq, type UserId } from '#common/domain/ids.ts'
import { encodeServerFrame, type Cursor, type Scope, type ServerFrame } from '#common/protocol/control-frames.ts'
import { refusalMeanings, type RefusalCode } from '#common/protocol/refusals.ts'
import { canReadRoom } from '../policy/room-access.ts'
import type { CommitPipeline } from '../rooms/commit-pipeline.ts'
import { joinAdditions } from '../rooms/join-updates.ts'
import type { RoomReader } from '../rooms/room-reader.ts'
import type { ServerEvent } from '../server-core.ts'
import type { FeedEntry, LogStore, Position } from '../storage/log-store.ts'
import { decodeCursor, encodeCursor, type FeedPoint, type FirstSyncProgress } from './cursor.ts'
import { lastEntryOf, Unconfirmed, type DeliveryReceipts } from './delivery-receipts.ts'
import { firstSyncChunks } from './first-sync.ts'
import type { GroupFrames } from './group-frames.ts'
import { changesAfter, wholeRoom } from './room-changes.ts'

export type FeedParts = {
  store: LogStore
  epoch: number
  pipeline: CommitPipeline
  reader: RoomReader
  receipts: DeliveryReceipts
  nowMs(): number
  report(event: ServerEvent): void
}

export type FeedOutput = {
  /** One encoded control frame. */
  send(payload: Uint8Array): void
  isFull(): boolean
  drained(): Promise<void>
  /** The store does not answer: the client is asked to come back later. */
  failed(): void
}

/** Entries of the log read at a time. */
const pageEntries = 1_000
/** Rooms loaded at a time: a few hundred kilobytes of memory for each client being served. */
const roomsAtOnce = 50
/** A client to which nothing is sent keeps its old cursor; it gets a newer one after so many commits of others. */
const silentPositions = 1_000

/**
 * Everything of the log that one client may see, from where it stands on, then live. What follows a room costs no memory:
 * rights are computed. Live frames are written in the turn in which a commit became durable; whenever that is not possible
 * (a room became visible, the client is slow) it reads from the log again, which knows no difference.
 */
export class FeedSession {
  private readonly userId: UserId
  private readonly output: FeedOutput
  private readonly parts: FeedParts
  private readonly unconfirmed = new Unconfirmed()
  private state: 'idle' | 'reading' | 'live' | 'ended' = 'idle'
  private position: Position = 0
  private toldPosition: Position = 0
  /** One room after another: asking for a thousand must not load a thousand at once. */
  private fetching: Promise<void> = Promise.resolve()
  /** Another SINCE or the end makes what the present run awaits void. */
  private run = 0

  constructor(userId: UserId, output: FeedOutput, parts: FeedParts) {
    this.userId = userId
    this.output = output
    this.parts = parts
  }

  since(cursor: Cursor | null, scope: Scope): void {
    if (this.state === 'ended') return
    this.state = 'reading'
    void this.guarded(++this.run, () => this.read(this.pointOf(cursor), scope, this.run))
  }

  /** What the client lacks of one room. */
  fetch(room: RoomName, from: Seq): void {
    const parsed = parseRoom(room)
    if (!parsed) return this.refuse('E_ROOM_NAME', room)
    if (!this.mayRead(parsed)) return this.refuse('E_ROOM_FORBIDDEN', room)
    this.fetching = this.fetching.then(() => this.guarded(this.run, () => this.sendMissing(room, parsed, from)))
  }

  applied(cursor: Cursor): void {
    for (const [room, seq] of this.unconfirmed.confirm(cursor)) this.parts.receipts.note(this.userId, room, seq)
  }

  /** A group of commits became durable. */
  deliver(group: GroupFrames, position: Position): void {
    if (this.state !== 'live') return
    if (this.output.isFull()) return this.readOn()
    const changed = group.visibility.get(this.userId)
    let updates = 0
    let bytes = 0
    for (const change of group.changes) {
      if (changed?.has(change.room) || !this.mayRead(change.parsed)) continue
      this.output.send(change.payload)
      updates += change.updates
      bytes += change.payload.length
      if (change.chatSeq !== undefined) this.noteChat(change.room, change.parsed, change.chatSeq)
    }
    if (updates > 0) this.parts.report({ type: 'delivery', updates, bytes })
    this.position = position
    if (changed) return this.readOn([...changed])
    if (updates === 0 && position - this.toldPosition < silentPositions) return
    this.output.send(group.caughtUp)
    this.unconfirmed.cursorSent(group.cursor)
    this.toldPosition = position
  }

  end(): void {
    this.state = 'ended'
    this.run++
  }

  private async sendMissing(room: RoomName, parsed: Room, from: Seq): Promise<void> {
    await this.output.drained()
    if (this.hasEnded()) return
    const content = await this.parts.reader.read(room)
    if (this.hasEnded()) return
    if (!this.mayRead(parsed)) return this.refuse('E_ROOM_FORBIDDEN', room)
    for (const frame of changesAfter(room, content, from > content.head ? 0 : from)) this.sendChanges(frame, parsed)
  }

  private pointOf(cursor: Cursor | null): FeedPoint | undefined {
    if (cursor === null) return undefined
    const point = decodeCursor(cursor)
    if (point?.epoch === this.parts.epoch && point.position <= this.parts.pipeline.position) return point
    this.refuse('E_EPOCH')
    return undefined
  }

  private readOn(changedRooms: RoomName[] = []): void {
    this.state = 'reading'
    void this.guarded(++this.run, async () => {
      const { run } = this
      await this.sendVisibility(changedRooms, run)
      await this.readLog(run)
    })
  }

  private async read(point: FeedPoint | undefined, scope: Scope, run: number): Promise<void> {
    this.position = point?.position ?? this.parts.pipeline.position
    if (!point || point.firstSync) await this.firstSync(scope, point?.firstSync, run)
    await this.readLog(run)
  }

  private async firstSync(scope: Scope, progress: FirstSyncProgress | undefined, run: number): Promise<void> {
    const { pipeline, epoch, nowMs } = this.parts
    for (const chunk of firstSyncChunks(pipeline.durable, this.userId, scope, nowMs(), progress)) {
      await this.sendWhole(chunk.rooms, run)
      if (!this.isCurrent(run)) return
      if (chunk.progress) this.sendCursor('CURSOR', { epoch, position: this.position, firstSync: chunk.progress })
    }
  }

  /** Reads the log up to what is durable, then goes live in the same turn: nothing falls in between. */
  private async readLog(run: number): Promise<void> {
    const { store, pipeline, epoch } = this.parts
    while (this.isCurrent(run)) {
      if (this.position >= pipeline.position) {
        this.state = 'live'
        this.sendCursor('CAUGHT_UP', { epoch, position: this.position })
        return
      }
      await this.output.drained()
      const page = await store.readFeed(this.position, pageEntries, this.userId)
      if (!this.isCurrent(run)) return
      // What the store has beyond this is a commit whose rights are not in force yet; it comes in the next round or live.
      const upTo = Math.min(page.upTo, pipeline.position)
      await this.sendPage(
        page.entries.filter((entry) => entry.position <= upTo),
        run,
      )
      if (!this.isCurrent(run)) return
      this.position = upTo
      if (upTo < pipeline.position) this.sendCursor('CURSOR', { epoch, position: upTo })
    }
  }

  private async sendPage(entries: readonly FeedEntry[], run: number): Promise<void> {
    const changed = new Set<RoomName>()
    const byRoom = new Map<RoomName, Extract<FeedEntry, { type: 'update' }>[]>()
    for (const entry of entries) {
      const others = byRoom.get(entry.room)
      if (entry.type === 'visibility') changed.add(entry.room)
      else if (others) others.push(entry)
      else byRoom.set(entry.room, [entry])
    }
    for (const [room, updates] of byRoom) {
      if (changed.has(room)) continue
      // One update may be a whole room, and all of a page more than a connection may let wait.
      if (this.output.isFull()) await this.output.drained()
      if (!this.isCurrent(run)) return
      this.sendUpdates(room, updates)
    }
    await this.sendVisibility([...changed], run)
  }

  private sendUpdates(room: RoomName, entries: readonly Extract<FeedEntry, { type: 'update' }>[]): void {
    const parsed = parseRoom(room)
    if (!parsed || !this.mayRead(parsed)) return
    let frame: Extract<ServerFrame, { type: 'CHANGES' }> | undefined
    for (const { epoch, seq, update, snapshot } of entries) {
      if (frame && !snapshot && frame.epoch === epoch && frame.to === seq - 1) {
        frame.updates.push(update)
        frame.to = seq
        continue
      }
      if (frame) this.sendChanges(frame, parsed)
      frame = { type: 'CHANGES', room, epoch, from: snapshot ? 0 : seq - 1, to: seq, updates: [update] }
    }
    if (frame) this.sendChanges(frame, parsed)
  }

  /** By the rights of this moment, whatever the log says happened in between. */
  private async sendVisibility(rooms: readonly RoomName[], run: number): Promise<void> {
    const granted: RoomName[] = []
    for (const room of rooms) {
      const parsed = parseRoom(room)
      if (parsed && this.mayRead(parsed)) granted.push(room)
      else this.send({ type: 'REVOKE', room })
    }
    await this.sendWhole(granted, run, true)
  }

  private async sendWhole(rooms: readonly RoomName[], run: number, granted = false): Promise<void> {
    for (let index = 0; index < rooms.length; index += roomsAtOnce) {
      await this.output.drained()
      const contents = await this.parts.reader.readMany(rooms.slice(index, index + roomsAtOnce))
      if (!this.isCurrent(run)) return
      for (const [room, content] of contents) {
        // A turn for each room would make a WebSocket message of each.
        if (this.output.isFull()) await this.output.drained()
        if (!this.isCurrent(run)) return
        const parsed = parseRoom(room)
        if (!parsed || !this.mayRead(parsed)) continue
        if (granted) this.send({ type: 'GRANT', room })
        for (const frame of wholeRoom(room, content)) this.sendChanges(frame, parsed)
      }
    }
  }

  private sendChanges(frame: Extract<ServerFrame, { type: 'CHANGES' }>, parsed: Room): void {
    this.send({ ...frame, updates: joinAdditions(frame.updates) })
    if (this.takesPart(parsed)) this.unconfirmed.add(frame.room, lastEntryOf(frame.updates))
  }

  private noteChat(room: RoomName, parsed: Room, seq: Seq): void {
    if (this.takesPart(parsed)) this.unconfirmed.add(room, seq)
  }

  private takesPart(parsed: Room): boolean {
    if (parsed.kind !== 'chat') return false
    const known = this.parts.pipeline.durable.tickets.get(parsed.ticketId)
    return known?.participants[parsed.chat].has(this.userId) === true
  }

  private mayRead(parsed: Room): boolean {
    return canReadRoom(this.parts.pipeline.durable, this.userId, parsed)
  }

  private sendCursor(type: 'CURSOR' | 'CAUGHT_UP', point: FeedPoint): void {
    const cursor = encodeCursor(point)
    this.send({ type, cursor })
    this.unconfirmed.cursorSent(cursor)
    this.toldPosition = point.position
  }

  private refuse(code: RefusalCode, room?: RoomName): void {
    this.send({ type: 'ERROR', code, message: refusalMeanings[code], room })
  }

  private send(frame: ServerFrame): void {
    this.output.send(encodeServerFrame(frame))
  }

  private isCurrent(run: number): boolean {
    return run === this.run && !this.hasEnded()
  }

  private hasEnded(): boolean {
    return this.state === 'ended'
  }

  private async guarded(run: number, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!this.isCurrent(run)) return
      this.parts.report({ type: 'store-unavailable', detail: error instanceof Error ? error.message : String(error) })
      this.end()
      this.output.failed()
    }
  }
}
