import { describe, expect, it } from 'vitest'
import { createPacer } from '#renderer/data/store/pacer.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'

describe('the pacer', () => {
  it('lets a writer go on at once when nobody reads', async () => {
    const clock = new ManualClock()
    const pacer = createPacer(clock)
    let done = false
    void pacer.giveWay().then(() => (done = true))
    await clock.advance(0)
    expect(done).toBe(true)
  })

  it('keeps a writer off while a query is pending, at least as long as the query needs', async () => {
    const clock = new ManualClock()
    const pacer = createPacer(clock)
    const end = pacer.begin()
    let done = false
    void pacer.giveWay().then(() => (done = true))
    await clock.advance(50)
    expect(done).toBe(false)
    end()
    end()
    await clock.advance(0)
    expect(done).toBe(true)
  })

  it('does not let readers starve a writer', async () => {
    const clock = new ManualClock()
    const pacer = createPacer(clock)
    pacer.begin()
    let done = false
    void pacer.giveWay().then(() => (done = true))
    await clock.advance(1_000)
    expect(done).toBe(true)
  })

  it('counts a failed query as ended', async () => {
    const clock = new ManualClock()
    const pacer = createPacer(clock)
    await expect(pacer.read(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    let done = false
    void pacer.giveWay().then(() => (done = true))
    await clock.advance(0)
    expect(done).toBe(true)
  })
})
