import { describe, expect, it } from 'vitest'
import type { Clock } from '#common/domain/clock.ts'
import { StoreUnavailable, type Commit } from '#server/storage/log-store.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'

/** What simulations rely on, beyond the contract of every store. */
class ManualClock implements Clock {
  private now = 0
  private timers: { atMs: number; callback: () => void }[] = []
  nowMs(): number {
    return this.now
  }
  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.now + delayMs, callback }
    this.timers.push(timer)
    return () => (this.timers = this.timers.filter((other) => other !== timer))
  }
  async advance(ms: number): Promise<void> {
    for (let step = 0; step < ms; step++) {
      this.now++
      const due = this.timers.filter(({ atMs }) => atMs <= this.now)
      this.timers = this.timers.filter(({ atMs }) => atMs > this.now)
      for (const { callback } of due) callback()
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
  }
}

const append = (expectedHead: number): Commit => ({
  appends: [{ room: 'a', expectedHead, updates: [Uint8Array.of(expectedHead)] }],
  records: [],
  visibility: [],
})

describe('a crash of the virtual disk', () => {
  it('before the disk has it loses the commit, after that only the answer', async () => {
    for (const [crashAfterMs, head, answered] of [
      [5, 0, false],
      [11, 1, false],
      [16, 1, true],
    ] as const) {
      const clock = new ManualClock()
      const store = new MemoryLogStore({ clock, syncMs: 10, answerMs: 5 })
      let isAnswered = false
      void store.commit([append(0)]).then(() => (isAnswered = true))
      await clock.advance(crashAfterMs)
      const next = store.crash()
      await clock.advance(100)
      expect(isAnswered).toBe(answered)
      expect((await next.load('a')).head).toBe(head)
    }
  })

  it('leaves the dead process without answers and the new one undisturbed by it', async () => {
    const store = new MemoryLogStore()
    await store.commit([append(0)])
    const next = store.crash()
    let isAnswered = false
    void store.commit([append(1)]).then(() => (isAnswered = true))
    void store.position().then(() => (isAnswered = true))
    await next.commit([append(1)])
    expect(isAnswered).toBe(false)
    expect((await next.load('a')).head).toBe(2)
  })
})

describe('a fault of the virtual disk', () => {
  it('refuses one commit whole and takes the next', async () => {
    const store = new MemoryLogStore()
    store.failNextCommit()
    await expect(store.commit([append(0), append(1)])).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await store.position()).toBe(0)
    await store.commit([append(0), append(1)])
    expect((await store.load('a')).head).toBe(2)
  })
})
