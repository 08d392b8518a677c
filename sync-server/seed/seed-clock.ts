import type { Clock } from '#common/domain/clock.ts'

/** A clock that starts in the past and goes where the seeding says; what was to happen meanwhile happens on the way. */
export class SeedClock implements Clock {
  private now: number
  private timers: { atMs: number; callback: () => void }[] = []

  constructor(startMs: number) {
    this.now = Math.floor(startMs)
  }

  nowMs(): number {
    return this.now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.now + delayMs, callback }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  moveTo(momentMs: number): void {
    // Times are whole milliseconds everywhere; a cursor with a fraction could not be read again.
    const atMs = Math.floor(momentMs)
    for (;;) {
      const due = this.timers.filter((timer) => timer.atMs <= atMs).sort((a, b) => a.atMs - b.atMs)
      const [next] = due
      if (next === undefined) break
      this.timers = this.timers.filter((timer) => timer !== next)
      this.now = Math.max(this.now, next.atMs)
      next.callback()
    }
    this.now = Math.max(this.now, atMs)
  }
}
