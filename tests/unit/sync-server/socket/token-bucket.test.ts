import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TokenBucket } from '#server/socket/token-bucket.ts'

describe('a token bucket', () => {
  it('gives a burst, then its pace, and tells how long to wait', () => {
    const bucket = new TokenBucket(2, 3, 0)
    expect([1, 2, 3, 4].map(() => bucket.take(0))).toEqual([true, true, true, false])
    expect(bucket.waitMs(0)).toBe(500)
    expect(bucket.take(499)).toBe(false)
    expect(bucket.take(500)).toBe(true)
    expect(bucket.isFull(1_000)).toBe(false)
    expect(bucket.isFull(2_000)).toBe(true)
  })

  it('never gives more than burst and pace allow, whenever it is asked, clock steps included', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 2_000 }), { maxLength: 200 }), (steps) => {
        const bucket = new TokenBucket(5, 10, 0)
        let [now, forward, taken] = [0, 0, 0]
        for (const step of steps) {
          now += step
          forward += Math.max(0, step)
          if (bucket.take(now)) taken++
        }
        expect(taken).toBeLessThanOrEqual(10 + (5 * forward) / 1_000)
      }),
    )
  })
})
