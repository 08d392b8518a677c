import { WebSocket, type RawData } from 'ws'
import { closeCodes } from '#common/protocol/close-codes.ts'
import type { Connection, ConnectionHandler, ServerEvent } from '../server-core.ts'

/** Pings that may stay without an answer. */
const missedPings = 2

/** One `ws` socket as the core's connection. */
export class SocketConnection implements Connection {
  /** Resolves when the socket is gone for good. */
  readonly gone: Promise<void>
  private readonly socket: WebSocket
  private readonly coalesceBytes: number
  private readonly signOfLife: Uint8Array | undefined
  private waitingForDrain: (() => void)[] = []
  private unanswered = 0
  private pings = 0

  /** `signOfLife` is a message that says nothing, for clients that can not see a ping. */
  constructor(socket: WebSocket, coalesceBytes: number, signOfLife: Uint8Array | undefined) {
    this.socket = socket
    this.coalesceBytes = coalesceBytes
    this.signOfLife = signOfLife
    // Without a listener a torn frame of one client would end the process; `ws` closes the socket by itself.
    socket.on('error', () => {})
    socket.on('pong', () => (this.unanswered = 0))
    socket.on('ping', () => this.pings++)
    this.gone = new Promise((resolve) =>
      socket.once('close', () => {
        this.wakeWaiting()
        resolve()
      }),
    )
  }

  send(message: Uint8Array): void {
    if (this.socket.readyState !== WebSocket.OPEN) return
    this.socket.send(message, () => {
      if (this.waitingForDrain.length > 0 && this.socket.bufferedAmount < this.coalesceBytes) this.wakeWaiting()
    })
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason)
  }

  bufferedBytes(): number {
    return this.socket.bufferedAmount
  }

  drained(): Promise<void> {
    const isOpen = this.socket.readyState === WebSocket.OPEN
    if (!isOpen || this.socket.bufferedAmount < this.coalesceBytes) return Promise.resolve()
    return new Promise((resolve) => this.waitingForDrain.push(resolve))
  }

  /** Hands what comes from now on to the core. */
  attach(handler: ConnectionHandler, report: (event: ServerEvent) => void): void {
    this.socket.on('message', (data, isBinary) => {
      // What comes behind our own close frame is nobody's.
      if (this.socket.readyState !== WebSocket.OPEN) return
      if (!isBinary) {
        report({ type: 'violation', code: 'text-message', detail: 'a text message' })
        return this.close(closeCodes.malformed, 'text message')
      }
      handler.receive(bytesOf(data))
    })
    this.socket.once('close', () => handler.closed())
  }

  /** Once in a period: cuts a client that answers no ping, closes one that sends too many, asks the others for life. */
  checkLife(pingsPerPeriod: number): void {
    if (this.socket.readyState !== WebSocket.OPEN) return
    if (this.unanswered >= missedPings) return this.cut()
    if (this.pings > pingsPerPeriod) return this.close(closeCodes.rateLimited, 'pings')
    this.pings = 0
    this.unanswered++
    this.socket.ping()
    if (this.signOfLife) this.send(this.signOfLife)
  }

  /** Ends it without a word. */
  cut(): void {
    this.socket.terminate()
  }

  private wakeWaiting(): void {
    const waiting = this.waitingForDrain
    this.waitingForDrain = []
    for (const wake of waiting) wake()
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
