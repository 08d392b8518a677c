import type { Clock } from '#common/domain/clock.ts'
import type { RoomName } from '#common/domain/ids.ts'
import type { ServerFrame } from '#common/protocol/control-frames.ts'
import type { TextRow } from '../projection/project-chat.ts'
import { createValue } from '../value.ts'
import type { Value } from '../client-core.ts'
import { applyWork, type Applied, type LostTicket, type Replica } from './apply-work.ts'
import { clearReplica, lacksProjection, projectAll } from './load-replica.ts'
import type { MultiplexedSocket } from './multiplexed-socket.ts'
import { bytesOf, createFeedReader, type FeedFrame, type FeedWork } from './room-work.ts'

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

/** Keeps this device's copy of the rooms in step with the server. */
export type Feed = {
  syncing: Value<Syncing>
  /** When everything of the server was here for the last time, ms; null before. */
  caughtUpAt: Value<number | null>
  has(room: RoomName): boolean
  /** Everything was here once on this connection; since then changes come as they happen. */
  isLive(): boolean
  /** Whether everything that came so far is stored, and nothing older is on its way. */
  isSettled(): boolean
  /** Asks for a room outside the scope of the feed. */
  fetch(room: RoomName): void
  stop(): void
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

export function createFeed(options: FeedOptions): Feed {
  const { clock, socket, replica, listener, queueLimitBytes = defaultQueueLimitBytes } = options
  const syncing = createValue<Syncing>(null)
  const caughtUpAt = createValue<number | null>(null)
  const reader = createFeedReader(replica.heads, (room, from) => socket.send({ type: 'FETCH', room, from }))
  const queue: FeedFrame[] = []
  let queuedBytes = 0
  let draining = false
  let stopped = false
  /** Rises with each connection: work for an earlier one is not answered on a later one. */
  let connection = 0
  let isLive = false
  let isFirstSync = false
  let clockDifferenceMs = 0
  let caughtUpBefore: number | null = null
  let progress = { rooms: 0, messages: 0 }
  let wantsStart = false
  let historyChanged = false
  let isProjectionChecked = false

  function isSettled(): boolean {
    return isLive && queue.length === 0 && !draining
  }

  function hasWork(): boolean {
    return !stopped && (queue.length > 0 || wantsStart || historyChanged || !isProjectionChecked)
  }

  async function drain(): Promise<void> {
    if (draining) return
    draining = true
    let retryMs = firstRetryMs
    while (hasWork()) {
      try {
        await step()
        retryMs = firstRetryMs
      } catch {
        // The database did not take it; the connection starts again from what is stored, once it may have recovered.
        dropQueue()
        socket.restart()
        await pause(retryMs)
        retryMs = Math.min(lastRetryMs, retryMs * 2)
      }
    }
    draining = false
  }

  async function step(): Promise<void> {
    if (historyChanged) return startAnew()
    if (!isProjectionChecked) return completeProjection()
    if (queue.length === 0) return ask()
    const own = connection
    const work = reader.take(queue)
    queuedBytes = queue.reduce((sum, frame) => sum + bytesOf(frame), 0)
    const applied = await applyWork(work, replica)
    if (stopped) return
    report(work, applied, own)
  }

  async function completeProjection(): Promise<void> {
    if (await lacksProjection(replica)) await projectAll(replica, (done) => syncing.set(done))
    isProjectionChecked = true
    syncing.set(null)
  }

  /** Only now, with everything stored that came over the former connection. */
  async function ask(): Promise<void> {
    wantsStart = false
    const own = connection
    const cursor = await replica.stores.replica.cursor()
    if (own !== connection || stopped) return
    isFirstSync = cursor === null
    reader.reset()
    socket.send({ type: 'SINCE', cursor, scope: 'open' })
  }

  /** The new history follows in the queue by itself (F6). */
  async function startAnew(): Promise<void> {
    const hadContent = replica.heads.size > 0
    await clearReplica(replica)
    historyChanged = false
    isFirstSync = true
    if (hadContent) listener.restored()
  }

  function report(work: FeedWork, applied: Applied, own: number): void {
    if (own === connection && applied.spoiled.length > 0) reader.spoiled(applied.spoiled, work)
    const isStored = work.cursor !== undefined && applied.spoiled.length === 0 && !historyChanged
    if (isStored && own === connection && work.cursor !== undefined)
      socket.send({ type: 'APPLIED', cursor: work.cursor })
    tellArrived(applied)
    if (applied.effects.length > 0) listener.effects(applied.effects)
    if (applied.lost.length > 0) listener.lost(applied.lost)
    showProgress(applied, work.caughtUp && isStored)
    if (!isStored || own !== connection) return
    if (work.caughtUp) isLive = true
    if (isLive) caughtUpAt.set(clock.nowMs())
    if (queue.length === 0) listener.settled(isLive)
  }

  function tellArrived({ arrived }: Applied): void {
    if (isFirstSync && !isLive) return
    const since = isLive ? clock.nowMs() - newsAgeMs : caughtUpBefore
    const isNews = (at: number) => since !== null && at >= since + clockDifferenceMs
    const messages = arrived.filter(({ message, isNew }) => !isNew || isNews(message.at))
    if (messages.length > 0)
      listener.arrived(
        messages.map(({ message }) => message),
        isLive,
      )
  }

  function showProgress({ rooms, messages }: Applied, finished: boolean): void {
    if (isLive) return
    progress = { rooms: progress.rooms + rooms, messages: progress.messages + messages }
    if (finished) syncing.set(null)
    else if (isFirstSync || progress.rooms > longCatchUpRooms) syncing.set(progress)
  }

  function dropQueue(): void {
    queue.length = 0
    queuedBytes = 0
    reader.reset()
  }

  function pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => clock.after(durationMs, resolve))
  }

  function fetch(room: RoomName): void {
    socket.send({ type: 'FETCH', room, from: replica.heads.get(room)?.seq ?? 0 })
  }

  /** Too many questions at once; the answer is still needed. */
  function fetchLater(room: RoomName): void {
    const own = connection
    clock.after(fetchRetryMs, () => {
      if (own === connection && !stopped) fetch(room)
    })
  }

  function takeFrame(frame: ServerFrame): void {
    switch (frame.type) {
      case 'CHANGES':
      case 'GRANT':
      case 'REVOKE':
      case 'CURSOR':
      case 'CAUGHT_UP':
        queue.push(frame)
        queuedBytes += bytesOf(frame)
        return
      case 'ERROR':
        if (frame.code === 'E_RATE' && frame.room !== undefined) return fetchLater(frame.room)
        if (frame.code !== 'E_EPOCH') return void queue.push(frame)
        // What came before belongs to a history that is no more.
        dropQueue()
        historyChanged = true
        return
      default:
        return
    }
  }

  const leave = socket.listen({
    welcome({ serverTime }) {
      connection++
      clockDifferenceMs = serverTime - clock.nowMs()
      isLive = false
      caughtUpBefore = caughtUpAt.get()
      progress = { rooms: 0, messages: 0 }
      wantsStart = true
      void drain()
    },
    frame: takeFrame,
    messageEnd() {
      if (queuedBytes > queueLimitBytes) socket.restart()
      void drain()
    },
    alive() {
      if (isSettled()) caughtUpAt.set(clock.nowMs())
    },
    lost() {
      if (isSettled()) caughtUpAt.set(socket.lastReceivedAt())
      connection++
      isLive = false
      wantsStart = false
      syncing.set(null)
    },
  })

  void drain()
  return {
    syncing,
    caughtUpAt,
    has: (room) => replica.heads.has(room),
    isLive: () => isLive,
    isSettled,
    fetch,
    stop() {
      stopped = true
      leave()
    },
  }
}
