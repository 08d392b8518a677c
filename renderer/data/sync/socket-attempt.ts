import type { Clock } from '#common/domain/clock.ts'
import { decodeServerFrame, encodeClientFrame } from '#common/protocol/control-frames.ts'
import type { ClientFrame, ServerFrame, Welcome } from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import { protocolVersion, syncSubprotocol } from '#common/protocol/version.ts'
import type { ClientPorts, ClientSocket } from '../client-core.ts'
import { watchLiveness, type Liveness } from './liveness.ts'

/** An access token, or why there is none now: `ended` means that no attempt can help before the user signs in again. */
export type Authorization = { ok: true; token: string } | { ok: false; reason: 'unreachable' | 'ended' }

export type AttemptOptions = {
  clock: Clock
  openSocket: ClientPorts['openSocket']
  /** `wss://server/sync` */
  url: string
  deviceId: string
  authorize(): Promise<Authorization>
}

export type AttemptEvents = {
  welcome(welcome: Welcome): void
  /** A frame of the control channel, other than WELCOME and PONG. */
  frame(frame: ServerFrame): void
  payload(channel: number, payload: Uint8Array): void
  /** Something came; everything of one physical message was reported. */
  messageEnd(): void
  /** A PING was answered. */
  alive(): void
  /** The attempt is over. `silent`: it looked open, but nothing came any more. */
  closed(code: number, silent: boolean): void
  /** There is no token, and there will be none. */
  unauthorized(): void
}

/** What a socket that was cut is closed with. */
export const cutCode = 1006

/** Authorisation, opening and greeting together. */
const timeoutMs = 15_000

/** One try to be connected: from the token to the end of the physical socket. Once over or abandoned it reports nothing. */
export class SocketAttempt {
  readonly startedAt: number
  lastReceivedAt: number | null = null
  private readonly options: AttemptOptions
  private readonly events: AttemptEvents
  private socket: ClientSocket | null = null
  private batch: FrameBatch | null = null
  private liveness: Liveness | null = null
  private readonly cancelTimeout: () => void
  private isOver = false

  constructor(options: AttemptOptions, events: AttemptEvents) {
    this.options = options
    this.events = events
    this.startedAt = options.clock.nowMs()
    this.cancelTimeout = options.clock.after(timeoutMs, () => this.end(cutCode))
    void this.authorize()
  }

  /** WELCOME came: both sides know each other. */
  get isGreeted(): boolean {
    return this.liveness !== null
  }

  /** Dropped before the greeting. */
  send(channel: number, payload: Uint8Array): void {
    if (this.isGreeted && !this.isOver) this.batch?.add(channel, payload)
  }

  sendControl(frame: ClientFrame): void {
    this.send(controlChannel, encodeClientFrame(frame))
  }

  probe(): void {
    this.liveness?.probe()
  }

  /** Ends it without a report. */
  abandon(): void {
    if (this.isOver) return
    this.isOver = true
    this.cancelTimeout()
    this.liveness?.stop()
    this.socket?.close()
  }

  /** Ends it with a report. */
  end(code: number, silent = false): void {
    if (this.isOver) return
    this.abandon()
    this.events.closed(code, silent)
  }

  private async authorize(): Promise<void> {
    const authorization = await this.options.authorize()
    if (this.isOver) return
    if (authorization.ok) return this.open(authorization.token)
    if (authorization.reason === 'unreachable') return this.end(cutCode)
    this.abandon()
    this.events.unauthorized()
  }

  private open(token: string): void {
    const { deviceId, url, openSocket } = this.options
    const socket = openSocket(url, [syncSubprotocol])
    this.socket = socket
    const handlers: Pick<ClientSocket, 'onopen' | 'onmessage' | 'onclose'> = {
      onopen: () => {
        if (this.isOver) return
        // Wrapped: a browser's queueMicrotask must not be called as somebody's method.
        const schedule = (flush: () => void) => queueMicrotask(flush)
        this.batch = new FrameBatch(schedule, (message) => {
          if (!this.isOver) socket.send(message)
        })
        const hello = { type: 'HELLO', token, deviceId, version: protocolVersion } as const
        this.batch.add(controlChannel, encodeClientFrame(hello))
      },
      onmessage: (message) => {
        if (!this.isOver) this.receive(message)
      },
      onclose: (code) => this.end(code),
    }
    Object.assign(socket, handlers)
  }

  private receive(message: Uint8Array): void {
    this.lastReceivedAt = this.options.clock.nowMs()
    this.liveness?.received()
    const frames = decodeFrames(message)
    if (!frames.ok) return this.end(cutCode)
    for (const { channel, payload } of frames.value) {
      if (channel !== controlChannel) this.events.payload(channel, payload)
      else if (!this.control(payload)) return this.end(cutCode)
      // A listener may have dropped the connection.
      if (this.isOver) return
    }
    this.events.messageEnd()
  }

  /** False when the bytes are damaged; a frame that only a newer version knows is passed over. */
  private control(payload: Uint8Array): boolean {
    const frame = decodeServerFrame(payload)
    if (!frame.ok) return frame.reason.startsWith('unknown opcode')
    if (frame.value.type === 'WELCOME') this.greeted(frame.value.welcome)
    else if (frame.value.type === 'PONG') this.events.alive()
    else this.events.frame(frame.value)
    return true
  }

  private greeted(welcome: Welcome): void {
    if (this.isGreeted) return
    this.cancelTimeout()
    this.liveness = watchLiveness(this.options.clock, {
      ping: () => this.sendControl({ type: 'PING' }),
      dead: () => this.end(cutCode, true),
    })
    this.events.welcome(welcome)
  }
}
