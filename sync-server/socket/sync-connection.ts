import type { DeviceId, RoomName, UserId } from '#common/domain/ids.ts'
import { assertNever } from '#common/domain/result.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import {
  decodeClientFrame,
  encodeServerFrame,
  type ClientFrame,
  type ServerFrame,
} from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch, type Frame } from '#common/protocol/frames.ts'
import { refusalMeanings } from '#common/protocol/refusals.ts'
import { oldestClientVersion } from '#common/protocol/version.ts'
import { FeedSession, type FeedParts } from '../feed/feed-session.ts'
import { standingOf } from '../policy/standing.ts'
import type { Connection, ConnectionHandler, VerifiedToken } from '../server-core.ts'
import { BackPressure } from './back-pressure.ts'
import type { ConnectionRegistry, ManagedConnection } from './connection-registry.ts'
import { conductListener, RoomChannel } from './room-channel.ts'
import type { RoomPort, SessionParts } from './room-session.ts'

export type SyncParts = SessionParts & {
  feed: FeedParts
  registry: ConnectionRegistry
  verifyToken(accessToken: string): VerifiedToken | undefined
  /** The connections that are fed live. */
  feeds: Set<FeedSession>
}

/** Rooms one connection has open at a time: what is on screen, many times over. */
const channelsPerConnection = 5_000
/** The first message may hold what the client wants at once besides HELLO. */
const firstMessageBytes = 65_536
/** All frames of a message are taken in one turn of the event loop, in which nobody else is served. */
const framesPerMessage = 8_192

/** The first version whose clients know STANDING. */
const standingVersion = 2

type SignedIn = { channels: Map<number, RoomChannel>; feed: FeedSession; cancelExpiry: () => void }

/** `GET /sync`: everything over one socket. Nothing but HELLO is heard before a token was checked. */
export class SyncConnection implements ConnectionHandler, ManagedConnection {
  readonly endpoint = 'sync'
  userId: UserId = ''
  sessionId = ''
  deviceId: DeviceId | undefined
  private readonly connection: Connection
  private readonly parts: SyncParts
  private readonly batch: FrameBatch
  private readonly pressure: BackPressure
  private readonly cancelHello: () => void
  private signedIn: SignedIn | undefined
  private knowsStanding = false
  private toldStanding = ''
  private over = false

  constructor(connection: Connection, parts: SyncParts) {
    this.connection = connection
    this.parts = parts
    const { clock, limits } = parts
    this.pressure = new BackPressure(connection, clock, limits, (code, reason) => this.close(code, reason))
    // The end of the present turn of the event loop: what one group of commits gives a client travels together.
    this.batch = new FrameBatch(queueMicrotask, (message) => this.write(message))
    this.cancelHello = clock.after(limits.helloTimeoutMs, () => this.close(closeCodes.idle, 'no HELLO'))
  }

  receive(message: Uint8Array): void {
    if (this.over) return
    if (!this.signedIn && message.length > firstMessageBytes) return this.close(closeCodes.tooBig, 'HELLO too big')
    const frames = decodeFrames(message)
    if (!frames.ok) return this.close(closeCodes.malformed, frames.reason)
    if (frames.value.length > framesPerMessage) return this.close(closeCodes.malformed, 'too many frames')
    for (const frame of frames.value) {
      if (this.signedIn && !this.allowFrame()) return this.close(closeCodes.rateLimited, 'E_RATE')
      this.take(frame)
      if (this.over) return
    }
  }

  closed(): void {
    this.finish(undefined)
  }

  close(code: number, reason: string): void {
    if (this.over) return
    this.batch.flush()
    if (this.over) return
    this.finish(code)
    this.connection.close(code, reason)
  }

  /** Before anything else that came with the change, for whatever it sends leaves behind this. */
  rightsChanged(): void {
    this.tellStanding()
  }

  shutDown(): void {
    this.send({ type: 'SHUTDOWN' })
  }

  private allowFrame(): boolean {
    const { conduct, clock } = this.parts
    return conduct.ofUser(this.userId).frames.take(clock.nowMs())
  }

  private take({ channel, payload }: Frame): void {
    if (channel !== controlChannel) {
      if (!this.signedIn) return this.close(closeCodes.malformed, 'HELLO comes first')
      // A message for a channel closed by the server a moment ago is still on its way: no fault of the client.
      this.signedIn.channels.get(channel)?.receive(payload)
      return
    }
    if (!this.signedIn && payload.length > this.parts.limits.helloBytes)
      return this.close(closeCodes.malformed, 'HELLO too big')
    const frame = decodeClientFrame(payload)
    if (!frame.ok) return this.close(closeCodes.malformed, frame.reason)
    if (frame.value.type === 'HELLO') this.hello(frame.value)
    else if (this.signedIn) this.obey(frame.value, this.signedIn)
    else this.close(closeCodes.malformed, 'HELLO comes first')
  }

  private obey(frame: Exclude<ClientFrame, { type: 'HELLO' }>, signedIn: SignedIn): void {
    switch (frame.type) {
      case 'TOKEN':
        return this.renewToken(frame.token, signedIn)
      case 'OPEN':
        return this.openRoom(frame.channel, frame.room, signedIn)
      case 'CLOSE':
        signedIn.channels.get(frame.channel)?.end()
        signedIn.channels.delete(frame.channel)
        return
      case 'SINCE':
        return this.startFeed(frame, signedIn)
      case 'FETCH':
        return this.fetch(frame.room, frame.from, signedIn)
      case 'APPLIED':
        return signedIn.feed.applied(frame.cursor)
      case 'PING':
        return this.send({ type: 'PONG' })
      default:
        return assertNever(frame)
    }
  }

  private hello({ token, deviceId, version }: Extract<ClientFrame, { type: 'HELLO' }>): void {
    if (this.signedIn) return this.close(closeCodes.malformed, 'a second HELLO')
    if (version < oldestClientVersion) return this.close(closeCodes.clientTooOld, 'client too old')
    const { verifyToken, pipeline, registry, limits, clock, feed, feeds, report } = this.parts
    const verified = verifyToken(token)
    if (!verified || !pipeline.durable.viewer(verified.userId)) return this.close(closeCodes.tokenExpired, 'E_TOKEN')
    this.cancelHello()
    this.userId = verified.userId
    this.sessionId = verified.sessionId
    this.deviceId = deviceId
    const output = {
      send: (payload: Uint8Array): void => this.sendOn(controlChannel, payload),
      isFull: (): boolean => this.pressure.high,
      drained: (): Promise<void> => this.pressure.drained(),
      failed: (): void => this.close(closeCodes.overloaded, 'E_UNAVAILABLE'),
    }
    const session = new FeedSession(verified.userId, output, feed)
    this.signedIn = { channels: new Map(), feed: session, cancelExpiry: this.expireAt(verified.expiresAt) }
    feeds.add(session)
    registry.add(this)?.close(closeCodes.superseded, 'superseded')
    report({ type: 'connection', change: 'opened', endpoint: 'sync' })
    if (registry.countOf(verified.userId, 'sync') > limits.connectionsPerUser)
      return this.close(closeCodes.rateLimited, 'too many connections')
    const { frameBytes, commandBytes } = limits
    const welcome = { userId: verified.userId, serverTime: clock.nowMs(), epoch: feed.epoch }
    this.send({ type: 'WELCOME', welcome: { ...welcome, limits: { frameBytes, commandBytes } } })
    this.knowsStanding = version >= standingVersion
    this.tellStanding()
  }

  /** Who the user is and what is switched on (S4), when it is not what the client was told last. */
  private tellStanding(): void {
    const standing = this.knowsStanding ? standingOf(this.parts.pipeline.durable, this.userId) : undefined
    if (!standing) return
    const told = JSON.stringify(standing)
    if (told === this.toldStanding) return
    this.toldStanding = told
    this.send({ type: 'STANDING', standing })
  }

  private renewToken(token: string, signedIn: SignedIn): void {
    const verified = this.parts.verifyToken(token)
    // Another session's token would outlive the end of this one.
    if (verified?.userId !== this.userId || verified.sessionId !== this.sessionId)
      return this.close(closeCodes.tokenExpired, 'E_TOKEN')
    signedIn.cancelExpiry()
    signedIn.cancelExpiry = this.expireAt(verified.expiresAt)
  }

  private expireAt(expiresAt: number): () => void {
    const { clock } = this.parts
    return clock.after(Math.max(0, expiresAt - clock.nowMs()), () =>
      this.close(closeCodes.tokenExpired, 'token expired'),
    )
  }

  private openRoom(channel: number, room: RoomName, { channels }: SignedIn): void {
    if (channel === controlChannel || channels.has(channel)) return this.close(closeCodes.malformed, 'channel in use')
    if (channels.size >= channelsPerConnection) return this.closeChannel(channel, closeCodes.rateLimited, 'E_RATE')
    const port: RoomPort = {
      send: (payload) => this.sendOn(channel, payload),
      close: (code, reason) => {
        channels.delete(channel)
        this.closeChannel(channel, code, reason)
      },
      isFull: () => this.pressure.high,
      drained: () => this.pressure.drained(),
    }
    const listener = conductListener(this.parts, this.userId, (code, reason) => this.close(code, reason))
    let refused = false
    const opening: RoomPort = {
      ...port,
      close: (code, reason) => {
        refused = true
        port.close(code, reason)
      },
    }
    const opened = new RoomChannel(room, this.userId, opening, this.parts, listener)
    if (this.over) opened.end()
    else if (!refused) channels.set(channel, opened)
  }

  private startFeed({ cursor, scope }: Extract<ClientFrame, { type: 'SINCE' }>, { feed }: SignedIn): void {
    const { conduct, clock } = this.parts
    if (conduct.ofUser(this.userId).feedStarts.take(clock.nowMs())) feed.since(cursor, scope)
    else this.close(closeCodes.rateLimited, 'E_RATE')
  }

  private fetch(room: RoomName, from: number, { feed }: SignedIn): void {
    const { conduct, clock } = this.parts
    if (conduct.ofUser(this.userId).roomOpens.take(clock.nowMs())) feed.fetch(room, from)
    else this.send({ type: 'ERROR', code: 'E_RATE', message: refusalMeanings.E_RATE, room })
  }

  private closeChannel(channel: number, code: number, reason: string): void {
    this.send({ type: 'CLOSE', channel, code, reason })
  }

  private send(frame: ServerFrame): void {
    this.sendOn(controlChannel, encodeServerFrame(frame))
  }

  private sendOn(channel: number, payload: Uint8Array): void {
    if (!this.over) this.batch.add(channel, payload)
  }

  private write(message: Uint8Array): void {
    if (this.over) return
    this.connection.send(message)
    this.pressure.sent(message.length)
  }

  private finish(code: number | undefined): void {
    if (this.over) return
    this.over = true
    this.cancelHello()
    this.pressure.end()
    const { signedIn } = this
    if (!signedIn) return
    signedIn.cancelExpiry()
    signedIn.feed.end()
    this.parts.feeds.delete(signedIn.feed)
    for (const channel of signedIn.channels.values()) channel.end()
    this.parts.registry.remove(this)
    this.parts.report({ type: 'connection', change: 'closed', endpoint: 'sync', code })
  }
}
