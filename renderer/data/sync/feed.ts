import type { Clock } from '#common/domain/clock.ts'
import type { RoomName } from '#common/domain/ids.ts'
import type { ServerFrame } from '#common/protocol/control-frames.ts'
import type { TextRow } from '../projection/project-chat.ts'
import { createValue } from '../value.ts'
import { applyWork, type Applied, type LostTicket, type Replica } from './apply-work.ts'
import { clearReplica, lacksProjection, projectAll } from './load-replica.ts'
import type { MultiplexedSocket } from './multiplexed-socket.ts'
import { bytesOf, FeedReader, type FeedFrame, type FeedWork } from './room-work.ts'

export type Syncing = { rooms: number; messages: number } | null

export type FeedListener = {
  arrived(messages: TextRow[], live: boolean): void
  /** Commands whose effect is stored now. */
  effects(ids: readonly string[]): void
  /** Everything that came up to this moment is stored. */
  settled(caughtUp: boolean): void
  lost(tickets: readonly LostTicket[]): void
  /** The server's history is another one; what was stored of the old one is gone. */
  restored(): void
}

export type FeedOptions = {
  clock: Clock
  socket: MultiplexedSocket
  replica: Replica
  listener: FeedListener
  /** Above this many bytes not yet stored the connection is dropped; it goes on where the store has got to. */
  queueLimitBytes?: number
}

const defaultQueueLimitBytes = 32 * 1024 * 1024
const firstRetryMs = 1_000
const lastRetryMs = 30_000
const fetchRetryMs = 2_000
/** Of a chat that is new here only what is younger than this is news while live; after an outage, what was written in it. */
const newsAgeMs = 60_000
/** A catch-up of fewer rooms is not worth a progress display. */
const longCatchUpRooms = 50

/** Keeps this device's copy of the rooms in step with the server. */
export class Feed {
  readonly syncing = createValue<Syncing>(null)
  /** When everything of the server was here for the last time, ms; null before. */
  readonly caughtUpAt = createValue<number | null>(null)
  private readonly options: FeedOptions
  private readonly reader: FeedReader
  private readonly stopListening: () => void
  private readonly queue: FeedFrame[] = []
  private queuedBytes = 0
  private isDraining = false
  private isStopped = false
  /** Rises with each connection: work for an earlier one is not answered on a later one. */
  private connection = 0
  private isCaughtUp = false
  private isFirstSync = false
  private clockDifferenceMs = 0
  private caughtUpBefore: number | null = null
  private progress = { rooms: 0, messages: 0 }
  private wantsStart = false
  private historyChanged = false
  private isProjectionChecked = false

  constructor(options: FeedOptions) {
    const { socket, replica } = options
    this.options = options
    this.reader = new FeedReader(replica.heads, (room, from) => socket.send({ type: 'FETCH', room, from }))
    this.stopListening = socket.listen({
      welcome: ({ serverTime }) => this.begin(serverTime),
      frame: (frame) => this.take(frame),
      messageEnd: () => {
        // A connection on which nothing was asked yet brings nothing that could be left out.
        const isFull = this.queuedBytes > (options.queueLimitBytes ?? defaultQueueLimitBytes)
        if (isFull && !this.wantsStart) socket.restart()
        void this.drain()
      },
      alive: () => {
        if (this.isSettled()) this.caughtUpAt.set(options.clock.nowMs())
      },
      lost: () => this.lost(),
    })
    void this.drain()
  }

  has(room: RoomName): boolean {
    return this.options.replica.heads.has(room)
  }

  /** Everything was here once on this connection; since then changes come as they happen. */
  isLive(): boolean {
    return this.isCaughtUp
  }

  /** Whether everything that came so far is stored, and nothing older is on its way. */
  isSettled(): boolean {
    return this.isCaughtUp && this.queue.length === 0 && !this.isDraining
  }

  /** Asks for a room outside the scope of the feed. */
  fetch(room: RoomName): void {
    const { socket, replica } = this.options
    socket.send({ type: 'FETCH', room, from: replica.heads.get(room)?.seq ?? 0 })
  }

  stop(): void {
    this.isStopped = true
    this.stopListening()
  }

  private begin(serverTime: number): void {
    this.connection++
    this.clockDifferenceMs = serverTime - this.options.clock.nowMs()
    this.isCaughtUp = false
    this.caughtUpBefore = this.caughtUpAt.get()
    this.wantsStart = true
    void this.drain()
  }

  private lost(): void {
    if (this.isSettled()) this.caughtUpAt.set(this.options.socket.lastReceivedAt())
    // A catch-up that was cut goes on with the next connection.
    if (this.isCaughtUp) this.progress = { rooms: 0, messages: 0 }
    this.connection++
    this.isCaughtUp = false
    this.wantsStart = false
    if (!this.isDraining) this.syncing.set(null)
  }

  private take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'CHANGES':
      case 'GRANT':
      case 'REVOKE':
      case 'CURSOR':
      case 'CAUGHT_UP':
        this.queue.push(frame)
        this.queuedBytes += bytesOf(frame)
        return
      case 'ERROR':
        if (frame.code === 'E_RATE' && frame.room !== undefined) return this.fetchLater(frame.room)
        if (frame.code !== 'E_EPOCH') return void this.queue.push(frame)
        // What came before belongs to a history that is no more.
        this.dropQueue()
        this.historyChanged = true
        return
      default:
        return
    }
  }

  private async drain(): Promise<void> {
    if (this.isDraining) return
    this.isDraining = true
    let retryMs = firstRetryMs
    while (this.hasWork()) {
      try {
        await this.step()
        retryMs = firstRetryMs
      } catch {
        // The database did not take it; the connection starts again from what is stored, once it may have recovered.
        this.dropQueue()
        this.options.socket.restart()
        await this.pause(retryMs)
        retryMs = Math.min(lastRetryMs, retryMs * 2)
      }
    }
    this.isDraining = false
    if (this.options.socket.state.get() !== 'online') this.syncing.set(null)
  }

  private hasWork(): boolean {
    const { queue, wantsStart, historyChanged, isProjectionChecked, isStopped } = this
    return !isStopped && (queue.length > 0 || wantsStart || historyChanged || !isProjectionChecked)
  }

  private async step(): Promise<void> {
    if (this.historyChanged) return this.startAnew()
    if (!this.isProjectionChecked) return this.completeProjection()
    if (this.queue.length === 0) return this.ask()
    const { connection } = this
    const work = this.reader.take(this.queue)
    this.queuedBytes = this.queue.reduce((sum, frame) => sum + bytesOf(frame), 0)
    const applied = await applyWork(work, this.options.replica)
    if (!this.isStopped) this.report(work, applied, connection)
  }

  private async completeProjection(): Promise<void> {
    const { replica } = this.options
    if (await lacksProjection(replica)) await projectAll(replica, (done) => this.syncing.set(done))
    this.isProjectionChecked = true
    this.syncing.set(null)
  }

  /** Only now, with everything stored that came over the former connection. */
  private async ask(): Promise<void> {
    const { socket, replica } = this.options
    const { connection } = this
    this.wantsStart = false
    const cursor = await replica.stores.replica.cursor()
    if (connection !== this.connection || this.isStopped) return
    this.isFirstSync = cursor === null
    this.reader.reset()
    socket.send({ type: 'SINCE', cursor, scope: 'open' })
  }

  /** The new history follows in the queue by itself (F6). */
  private async startAnew(): Promise<void> {
    const { replica, listener } = this.options
    const hadContent = replica.heads.size > 0
    await clearReplica(replica)
    this.historyChanged = false
    this.isFirstSync = true
    if (hadContent) listener.restored()
  }

  private report(work: FeedWork, applied: Applied, connection: number): void {
    const { socket, listener, clock } = this.options
    const isCurrent = connection === this.connection
    if (isCurrent && applied.spoiled.length > 0) this.reader.spoiled(applied.spoiled, work)
    const isStored = applied.spoiled.length === 0 && !this.historyChanged
    const stored = isStored ? work.cursor : undefined
    if (isCurrent && stored !== undefined) socket.send({ type: 'APPLIED', cursor: stored })
    this.tellArrived(applied)
    if (applied.effects.length > 0) listener.effects(applied.effects)
    if (applied.lost.length > 0) listener.lost(applied.lost)
    this.showProgress(applied, work.caughtUp && stored !== undefined)
    if (!isCurrent || stored === undefined) return
    if (work.caughtUp) this.isCaughtUp = true
    if (this.isCaughtUp) this.caughtUpAt.set(clock.nowMs())
    if (this.queue.length === 0) listener.settled(this.isCaughtUp)
  }

  private tellArrived({ arrived }: Applied): void {
    const { clock, listener } = this.options
    if (this.isFirstSync && !this.isCaughtUp) return
    const since = this.isCaughtUp ? clock.nowMs() - newsAgeMs : this.caughtUpBefore
    const isNews = (at: number) => since !== null && at >= since + this.clockDifferenceMs
    const messages = arrived.flatMap(({ message, isNew }) => (!isNew || isNews(message.at) ? [message] : []))
    if (messages.length > 0) listener.arrived(messages, this.isCaughtUp)
  }

  private showProgress({ rooms, messages }: Applied, isComplete: boolean): void {
    if (this.isCaughtUp) return
    this.progress = { rooms: this.progress.rooms + rooms, messages: this.progress.messages + messages }
    if (isComplete) this.syncing.set(null)
    else if (this.isFirstSync || this.progress.rooms > longCatchUpRooms) this.syncing.set(this.progress)
  }

  private dropQueue(): void {
    this.queue.length = 0
    this.queuedBytes = 0
    this.reader.reset()
  }

  /** Too many questions at once; the answer is still needed. */
  private fetchLater(room: RoomName): void {
    const { connection } = this
    this.options.clock.after(fetchRetryMs, () => {
      if (connection === this.connection && !this.isStopped) this.fetch(room)
    })
  }

  private pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.options.clock.after(durationMs, resolve))
  }
}
