/** Pace after a burst: `perSecond` tokens flow in, at most `burst` are kept. Times in ms. */
export class TokenBucket {
  private readonly perSecond: number
  private readonly burst: number
  private tokens: number
  private updatedAt: number

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.perSecond = perSecond
    this.burst = burst
    this.tokens = burst
    this.updatedAt = nowMs
  }

  /** Takes a token when there is one. */
  take(nowMs: number): boolean {
    this.refill(nowMs)
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }

  /** How long until a token is there; 0 when one is. */
  waitMs(nowMs: number): number {
    this.refill(nowMs)
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) / this.perSecond) * 1000)
  }

  /** Nothing was taken for so long that a new bucket would be the same. */
  isFull(nowMs: number): boolean {
    this.refill(nowMs)
    return this.tokens >= this.burst
  }

  private refill(nowMs: number): void {
    const passed = Math.max(0, nowMs - this.updatedAt)
    this.updatedAt = nowMs
    this.tokens = Math.min(this.burst, this.tokens + (passed / 1000) * this.perSecond)
  }
}
