import type { Clock } from '#common/domain/clock.ts'

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  private timeMs = Date.UTC(2026, 0, 15, 9)
  private timers: { at: number; callback: () => void }[] = []

  nowMs(): number {
    return this.timeMs
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.timeMs + delayMs, callback }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  /** Moves time and calls what became due, in order, letting promises go on in between. */
  async advance(ms: number): Promise<void> {
    const end = this.timeMs + ms
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.timers = this.timers.filter((other) => other !== due)
      this.timeMs = Math.max(this.timeMs, due.at)
      due.callback()
      await settled()
    }
    this.timeMs = end
    await settled()
  }
}

/** Resolves when everything that only waits for promises has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
