import type { FillRandom } from '#common/domain/ids.ts'
import { randomFraction } from './chance.ts'

/** Waiting times between attempts: each is drawn evenly from 0 to a bound that doubles («full jitter»), so that a server that comes back is not stormed. */
export type Backoff = {
  /** ms until the next attempt; raises the bound. */
  nextDelayMs(): number
  reset(): void
  /** Attempts since the last reset. */
  attempts(): number
}

export type BackoffLimits = { baseMs: number; capMs: number }

export function createBackoff(limits: BackoffLimits, fillRandom: FillRandom): Backoff {
  let attempts = 0
  return {
    nextDelayMs() {
      const bound = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempts, 20))
      attempts++
      return Math.round(randomFraction(fillRandom) * bound)
    },
    reset: () => void (attempts = 0),
    attempts: () => attempts,
  }
}
