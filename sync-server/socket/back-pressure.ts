import { closeCodes } from '#common/protocol/close-codes.ts'
import type { Clock } from '#common/domain/clock.ts'
import type { Limits } from '../limits.ts'
import type { Connection } from '../server-core.ts'

/** A connection may say «drained» a little early; then it is asked again after this. */
const lookAgainMs = 20

/** Watches how much a client lets wait. Those who write much for it ask {@link high} first and wait for {@link drained}. */
export class BackPressure {
  private readonly connection: Connection
  private readonly clock: Clock
  private readonly limits: Limits
  private readonly giveUp: (code: number, reason: string) => void
  private cancelTimer: (() => void) | undefined
  private ended = false
  /** Bytes of the largest message that may still wait: of one room's content, however large, the client is not to blame. */
  private largest = 0

  constructor(connection: Connection, clock: Clock, limits: Limits, giveUp: (code: number, reason: string) => void) {
    this.connection = connection
    this.clock = clock
    this.limits = limits
    this.giveUp = giveUp
  }

  get high(): boolean {
    return this.connection.bufferedBytes() > this.limits.coalesceBytes
  }

  /** After each message of so many bytes: far too much waiting ends the connection at once, too much for too long ends it later. */
  sent(bytes: number): void {
    const waiting = this.connection.bufferedBytes()
    const { coalesceBytes, slowConsumerBytes } = this.limits
    this.largest = waiting > coalesceBytes ? Math.max(bytes, this.largest) : 0
    if (waiting > Math.max(slowConsumerBytes, this.largest + 2 * coalesceBytes))
      return this.giveUp(closeCodes.slowConsumer, 'slow consumer')
    if (waiting <= coalesceBytes || this.cancelTimer) return
    this.cancelTimer = this.clock.after(this.limits.slowConsumerMs, () => {
      this.cancelTimer = undefined
      if (this.high) this.giveUp(closeCodes.slowConsumer, 'slow consumer')
    })
    void this.connection.drained().then(() => {
      this.cancelTimer?.()
      this.cancelTimer = undefined
    })
  }

  /** Resolves when there is room again, or when the connection is over. */
  async drained(): Promise<void> {
    while (this.high && !this.ended) {
      await this.connection.drained()
      if (this.high) await new Promise<void>((resolve) => this.clock.after(lookAgainMs, resolve))
    }
  }

  /** The connection is over. */
  end(): void {
    this.ended = true
    this.cancelTimer?.()
    this.cancelTimer = undefined
  }
}
