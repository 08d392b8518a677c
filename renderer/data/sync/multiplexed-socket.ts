import type { FillRandom } from '#common/domain/ids.ts'
import { reactionTo } from '#common/protocol/close-codes.ts'
import type { ClientFrame, ServerFrame, Welcome } from '#common/protocol/control-frames.ts'
import { assertNever } from '#common/domain/result.ts'
import { createValue, type Value } from '../value.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import { createChannels } from './channels.ts'
import { cutCode, SocketAttempt, type AttemptOptions } from './socket-attempt.ts'

/** Why the server will not have this client any more; until something changes no attempt is made. */
export type Ending = 'revoked' | 'superseded' | 'update-required'

export type SocketOptions = AttemptOptions & {
  fillRandom: FillRandom
  /** The server did not accept the token (4401). */
  tokenRejected(): void
  ended(ending: Ending): void
}

/** `connecting` is the first attempt after a start, a cut or a wake; while attempts fail it is `offline`. */
export type SocketState = 'stopped' | 'connecting' | 'online' | 'offline'

export type SocketListener = {
  /** The server knows who we are; everything can be sent now. */
  welcome?(welcome: Welcome): void
  frame?(frame: ServerFrame): void
  /** All frames of one physical message were given to `frame` and the channels. */
  messageEnd?(): void
  /** A greeted connection is gone. */
  lost?(): void
  /** A sign of life answered a question: at this moment nothing the server sent earlier is missing. */
  alive?(): void
}

const retry = { baseMs: 500, capMs: 30_000 }
/** Added before each attempt after the server said that it is in trouble or we are. */
const troubleDelayMs = 5_000
/** A connection that lives this long after its greeting was a success. */
const stableMs = 5_000
/** An attempt that has just begun is not replaced by another knock at the door. */
const freshAttemptMs = 2_000

/** The one physical socket to `GET /sync` and what becomes of it: reconnection, listeners, and the channels over it. */
export class MultiplexedSocket {
  readonly state: Value<SocketState>
  private readonly options: SocketOptions
  private readonly currentState = createValue<SocketState>('stopped')
  private readonly backoff: Backoff
  private readonly channels = createChannels()
  private readonly listeners = new Set<SocketListener>()
  private attempt: SocketAttempt | null = null
  private cancelTimer: () => void = () => {}
  private receivedAt: number | null = null

  constructor(options: SocketOptions) {
    this.options = options
    this.state = this.currentState
    this.backoff = createBackoff(retry, options.fillRandom)
  }

  start(): void {
    if (this.state.get() !== 'stopped') return
    this.currentState.set('connecting')
    this.backoff.reset()
    this.connect()
  }

  stop(): void {
    this.currentState.set('stopped')
    this.cancelTimer()
    this.leave()
  }

  listen(listener: SocketListener): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** Sends a control frame; dropped when not online, because each connection starts with a clean state on both sides. */
  send(frame: ClientFrame): void {
    this.attempt?.sendControl(frame)
  }

  /** The device is awake, the network is back, or the user is impatient: find out now. */
  wake(): void {
    if (this.state.get() === 'stopped') return
    this.backoff.reset()
    if (this.attempt?.isGreeted) return this.attempt.probe()
    if (this.attempt && this.options.clock.nowMs() - this.attempt.startedAt < freshAttemptMs) return
    // An attempt under way may hang in a network that is gone.
    this.leave()
    this.currentState.set('connecting')
    this.connect()
  }

  /** Drops this connection and makes a new one, for example because more arrived than can be kept. */
  restart(): void {
    if (this.attempt?.isGreeted) this.attempt.end(cutCode)
  }

  /** The class for y-websocket's `WebSocketPolyfill`; see {@link createChannels}. */
  channelClass(): typeof WebSocket {
    return this.channels.channelClass()
  }

  /** When anything last came from the server, ms; null before. */
  lastReceivedAt(): number | null {
    return this.attempt?.lastReceivedAt ?? this.receivedAt
  }

  private connect(): void {
    this.cancelTimer()
    const attempt = new SocketAttempt(this.options, {
      welcome: (welcome) => this.greeted(attempt, welcome),
      frame: (frame) => this.take(frame),
      payload: (channel, payload) => this.channels.receive(channel, payload),
      messageEnd: () => this.tell((listener) => listener.messageEnd?.()),
      alive: () => {
        this.channels.touch()
        this.tell((listener) => listener.alive?.())
      },
      closed: (code, silent) => this.closed(code, silent),
      unauthorized: () => this.stop(),
    })
    this.attempt = attempt
  }

  private greeted(attempt: SocketAttempt, welcome: Welcome): void {
    this.cancelTimer = this.options.clock.after(stableMs, () => this.backoff.reset())
    this.currentState.set('online')
    this.tell((listener) => listener.welcome?.(welcome))
    this.channels.open((channel, payload) => attempt.send(channel, payload))
  }

  private take(frame: ServerFrame): void {
    if (frame.type === 'CLOSE') this.channels.closedByServer(frame.channel, frame.code, frame.reason)
    else this.tell((listener) => listener.frame?.(frame))
  }

  private closed(code: number, silent: boolean): void {
    const wasOnline = this.leave()
    const reaction = reactionTo(code)
    switch (reaction) {
      case 'reconnect':
        // Open by its looks and silent: there is no network, so it says at once that it is offline.
        return this.retryAfter(0, wasOnline && !silent)
      case 'back-off':
        return this.retryAfter(troubleDelayMs, false)
      case 'refresh-token':
        this.options.tokenRejected()
        return this.retryAfter(0, wasOnline)
      case 'lock':
        return this.end('revoked')
      case 'stop-superseded':
        return this.end('superseded')
      case 'update-required':
        return this.end('update-required')
      default:
        return assertNever(reaction)
    }
  }

  private retryAfter(leastMs: number, isFirst: boolean): void {
    this.currentState.set(isFirst ? 'connecting' : 'offline')
    this.cancelTimer = this.options.clock.after(leastMs + this.backoff.nextDelayMs(), () => this.connect())
  }

  private end(ending: Ending): void {
    this.stop()
    this.options.ended(ending)
  }

  /** Forgets the attempt and tells everybody who was told of it. Returns whether it was greeted. */
  private leave(): boolean {
    const { attempt } = this
    if (attempt === null) return false
    this.receivedAt = attempt.lastReceivedAt ?? this.receivedAt
    this.attempt = null
    this.cancelTimer()
    attempt.abandon()
    if (!attempt.isGreeted) return false
    this.channels.lose()
    this.tell((listener) => listener.lost?.())
    return true
  }

  private tell(call: (listener: SocketListener) => void): void {
    for (const listener of this.listeners) call(listener)
  }
}
