import type { Clock } from '#common/domain/clock.ts'
import type { FillRandom } from '#common/domain/ids.ts'
import { reactionTo } from '#common/protocol/close-codes.ts'
import { decodeServerFrame, encodeClientFrame } from '#common/protocol/control-frames.ts'
import type { ClientFrame, ServerFrame, Welcome } from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import { protocolVersion, syncSubprotocol } from '#common/protocol/version.ts'
import { assertNever } from '#common/domain/result.ts'
import type { ClientPorts, ClientSocket, Value } from '../client-core.ts'
import { createValue } from '../value.ts'
import { createBackoff } from './backoff.ts'
import { createChannels } from './channels.ts'
import { watchLiveness, type Liveness } from './liveness.ts'

/** An access token, or why there is none now: `ended` means that no attempt can help before the user signs in again. */
export type Authorization = { ok: true; token: string } | { ok: false; reason: 'unreachable' | 'ended' }

/** Why the server will not have this client any more; until something changes no attempt is made. */
export type Ending = 'revoked' | 'superseded' | 'update-required'

export type SocketOptions = {
  clock: Clock
  fillRandom: FillRandom
  openSocket: ClientPorts['openSocket']
  /** `wss://server/sync` */
  url: string
  deviceId: string
  authorize(): Promise<Authorization>
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
  /** A greeted connection is gone. `code` as WebSocket close codes. */
  lost?(code: number): void
  /** A sign of life answered a question: at this moment nothing the server sent earlier is missing. */
  alive?(): void
}

export type MultiplexedSocket = {
  state: Value<SocketState>
  start(): void
  stop(): void
  listen(listener: SocketListener): () => void
  /** Sends a control frame; dropped when not online, because each connection starts with a clean state on both sides. */
  send(frame: ClientFrame): void
  /** The device is awake, the network is back, or the user is impatient: find out now. */
  wake(): void
  /** Drops this connection and makes a new one, for example because more arrived than can be kept. */
  restart(): void
  channelClass(): typeof WebSocket
  /** When anything last came from the server, ms; null before. */
  lastReceivedAt(): number | null
}

const retry = { baseMs: 500, capMs: 30_000 }
/** Added before each attempt after the server said that it is in trouble or we are. */
const troubleDelayMs = 5_000
/** Authorisation, opening and greeting together. */
const attemptTimeoutMs = 15_000
/** A connection that lives this long after its greeting was a success. */
const stableMs = 5_000

const freshAttemptMs = 2_000

type Attempt = {
  startedAt: number
  socket: ClientSocket | null
  batch: FrameBatch | null
  liveness: Liveness | null
  cancelTimer: () => void
}

/** One physical socket to `GET /sync`: greeting, reconnection, liveness and the frames of all channels. */
export function createMultiplexedSocket(options: SocketOptions): MultiplexedSocket {
  const { clock } = options
  const state = createValue<SocketState>('stopped')
  const backoff = createBackoff(retry, options.fillRandom)
  const channels = createChannels()
  const listeners = new Set<SocketListener>()
  let attempt: Attempt | null = null
  let cancelRetry: () => void = () => {}
  let lastReceivedAt: number | null = null

  function tell(call: (listener: SocketListener) => void): void {
    for (const listener of listeners) call(listener)
  }

  function connect(): void {
    cancelRetry()
    if (state.get() === 'stopped' || attempt !== null) return
    const own: Attempt = { startedAt: clock.nowMs(), socket: null, batch: null, liveness: null, cancelTimer: () => {} }
    attempt = own
    own.cancelTimer = clock.after(attemptTimeoutMs, () => giveUp(own, 1006))
    void authorize(own)
  }

  async function authorize(own: Attempt): Promise<void> {
    const authorization = await options.authorize()
    if (attempt !== own) return
    if (authorization.ok) open(own, authorization.token)
    else if (authorization.reason === 'ended') stop()
    else giveUp(own, 1006)
  }

  function open(own: Attempt, token: string): void {
    const socket = options.openSocket(options.url, [syncSubprotocol])
    own.socket = socket
    const handlers: Pick<ClientSocket, 'onopen' | 'onmessage' | 'onclose'> = {
      onopen() {
        if (attempt !== own) return
        own.batch = new FrameBatch(
          (flush) => queueMicrotask(flush),
          (message) => {
            if (attempt === own) socket.send(message)
          },
        )
        const hello = { type: 'HELLO', token, deviceId: options.deviceId, version: protocolVersion } as const
        own.batch.add(controlChannel, encodeClientFrame(hello))
      },
      onmessage(message) {
        if (attempt === own) receive(own, message)
      },
      onclose: (code) => giveUp(own, code),
    }
    Object.assign(socket, handlers)
  }

  function receive(own: Attempt, message: Uint8Array): void {
    lastReceivedAt = clock.nowMs()
    own.liveness?.received()
    const frames = decodeFrames(message)
    if (!frames.ok) return giveUp(own, 1006)
    for (const { channel, payload } of frames.value) {
      if (channel !== controlChannel) channels.receive(channel, payload)
      else if (!control(own, payload)) return giveUp(own, 1006)
      // A listener may have dropped the connection.
      if (attempt !== own) return
    }
    tell((listener) => listener.messageEnd?.())
  }

  /** False when the bytes are damaged; a frame that only a newer version knows is passed over. */
  function control(own: Attempt, payload: Uint8Array): boolean {
    const frame = decodeServerFrame(payload)
    if (!frame.ok) return frame.reason.startsWith('unknown opcode')
    switch (frame.value.type) {
      case 'WELCOME':
        greeted(own, frame.value.welcome)
        break
      case 'CLOSE':
        channels.closedByServer(frame.value.channel, frame.value.code, frame.value.reason)
        break
      case 'PONG':
        channels.touch()
        tell((listener) => listener.alive?.())
        break
      default: {
        const { value } = frame
        tell((listener) => listener.frame?.(value))
      }
    }
    return true
  }

  function greeted(own: Attempt, welcome: Welcome): void {
    if (own.liveness) return
    own.cancelTimer()
    own.cancelTimer = clock.after(stableMs, () => backoff.reset())
    own.liveness = watchLiveness(clock, { ping: () => send({ type: 'PING' }), dead: () => silent(own) })
    state.set('online')
    tell((listener) => listener.welcome?.(welcome))
    channels.open((channel, payload) => {
      if (attempt === own) own.batch?.add(channel, payload)
    })
  }

  /** Open by its looks, but nothing comes: there is no network, so it says at once that it is offline. */
  function silent(own: Attempt): void {
    giveUp(own, 1006)
    if (state.get() === 'connecting') state.set('offline')
  }

  function giveUp(own: Attempt, code: number): void {
    if (attempt !== own) return
    const wasOnline = own.liveness !== null
    abandon(own)
    if (wasOnline) tell((listener) => listener.lost?.(code))
    const reaction = reactionTo(code)
    switch (reaction) {
      case 'reconnect':
        return retryAfter(0, wasOnline)
      case 'back-off':
        return retryAfter(troubleDelayMs, wasOnline)
      case 'refresh-token':
        options.tokenRejected()
        return retryAfter(0, wasOnline)
      case 'lock':
        return end('revoked')
      case 'stop-superseded':
        return end('superseded')
      case 'update-required':
        return end('update-required')
      default:
        return assertNever(reaction)
    }
  }

  function retryAfter(leastMs: number, wasOnline: boolean): void {
    state.set(wasOnline && leastMs === 0 ? 'connecting' : 'offline')
    cancelRetry = clock.after(leastMs + backoff.nextDelayMs(), () => connect())
  }

  function end(ending: Ending): void {
    stop()
    options.ended(ending)
  }

  /** Forgets the attempt first, so that nothing it still calls back is heard. */
  function abandon(own: Attempt): void {
    attempt = null
    own.cancelTimer()
    own.liveness?.stop()
    own.socket?.close()
    channels.lose()
  }

  function stop(): void {
    const own = attempt
    cancelRetry()
    state.set('stopped')
    if (own === null) return
    const wasOnline = own.liveness !== null
    abandon(own)
    if (wasOnline) tell((listener) => listener.lost?.(1000))
  }

  function send(frame: ClientFrame): void {
    if (attempt?.liveness) attempt.batch?.add(controlChannel, encodeClientFrame(frame))
  }

  return {
    state,
    start() {
      if (state.get() !== 'stopped') return
      state.set('connecting')
      backoff.reset()
      connect()
    },
    stop,
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    send,
    wake() {
      if (state.get() === 'stopped') return
      backoff.reset()
      if (attempt?.liveness) return attempt.liveness.probe()
      // An attempt under way may hang in a network that is gone; a new one replaces it, but not at every knock.
      if (attempt && clock.nowMs() - attempt.startedAt < freshAttemptMs) return
      if (attempt) abandon(attempt)
      state.set('connecting')
      connect()
    },
    restart() {
      if (attempt?.liveness) giveUp(attempt, 1006)
    },
    channelClass: channels.channelClass,
    lastReceivedAt: () => lastReceivedAt,
  }
}
