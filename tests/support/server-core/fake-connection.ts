import type { Connection, ConnectionHandler } from '#server/server-core.ts'

/** The server's side of a socket without a network: what is sent arrives a moment later, until the client stops reading. */
export class FakeConnection implements Connection {
  closedWith: { code: number; reason: string } | undefined
  /** Messages go to the buffer while false. */
  reading = true
  handler: ConnectionHandler | undefined
  private buffered: Uint8Array[] = []
  private waiters: (() => void)[] = []
  private readonly onMessage: (message: Uint8Array) => void

  constructor(onMessage: (message: Uint8Array) => void) {
    this.onMessage = onMessage
  }

  send(message: Uint8Array): void {
    if (this.closedWith) throw new Error('sent after close')
    // Never within the call, as no network does it.
    if (this.reading) queueMicrotask(() => this.onMessage(message))
    else this.buffered.push(message)
  }

  close(code: number, reason: string): void {
    this.closedWith = { code, reason }
    this.wake()
  }

  bufferedBytes(): number {
    return this.buffered.reduce((bytes, message) => bytes + message.length, 0)
  }

  drained(): Promise<void> {
    if (this.bufferedBytes() === 0) return Promise.resolve()
    return new Promise((resolve) => this.waiters.push(resolve))
  }

  /** The client reads everything that waits. */
  readAll(): void {
    this.reading = true
    for (const message of this.buffered.splice(0)) this.onMessage(message)
    this.wake()
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter()
  }
}
