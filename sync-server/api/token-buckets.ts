import type { Clock } from '#common/domain/clock.ts'

export type TokenBucketsOptions = { clock: Clock; perSecond: number; burst: number }

/** Above this many keys the full buckets, which say nothing, are thrown out. */
const sweepAbove = 10_000

/** So many takes a second for each key, after a burst. */
export class TokenBuckets {
  private readonly options: TokenBucketsOptions
  private readonly buckets = new Map<string, { tokens: number; filledAt: number }>()

  constructor(options: TokenBucketsOptions) {
    this.options = options
  }

  /** Takes one, or tells after how many ms there is one to take. */
  take(key: string): number {
    const { clock, perSecond, burst } = this.options
    const now = clock.nowMs()
    const bucket = this.buckets.get(key) ?? { tokens: burst, filledAt: now }
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.filledAt) / 1000) * perSecond)
    bucket.filledAt = now
    this.sweep()
    this.buckets.set(key, bucket)
    if (bucket.tokens < 1) return ((1 - bucket.tokens) / perSecond) * 1000
    bucket.tokens--
    return 0
  }

  private sweep(): void {
    if (this.buckets.size < sweepAbove) return
    const { clock, perSecond, burst } = this.options
    for (const [key, { tokens, filledAt }] of this.buckets)
      if (tokens + ((clock.nowMs() - filledAt) / 1000) * perSecond >= burst) this.buckets.delete(key)
  }
}
