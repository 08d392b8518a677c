import { describe, expect, it } from 'vitest'
import { createWorkerKeeper, type RunningWorker } from '#renderer/data/worker-keeper.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'

function setUp(behaviour: { answers: boolean }) {
  const clock = new ManualClock()
  const started: { loadError(): void; ended: boolean }[] = []
  const keeper = createWorkerKeeper(clock, (): RunningWorker => {
    const worker = { loadError: () => {}, ended: false }
    started.push(worker)
    return {
      ask: () => {
        if (behaviour.answers) keeper.answered()
      },
      onLoadError: (listener) => (worker.loadError = listener),
      end: () => (worker.ended = true),
    }
  })
  keeper.start()
  return { clock, started, keeper }
}

describe('the keeper of the worker', () => {
  it('leaves a worker that answers alone, also when a task of it fails', async () => {
    const { clock, started } = setUp({ answers: true })
    for (let minute = 0; minute < 60; minute++) await clock.advance(60_000)
    started[0]?.loadError()
    await clock.advance(60_000)
    expect(started).toHaveLength(1)
    expect(started[0]?.ended).toBe(false)
  })

  it('replaces one that hangs, within a minute', async () => {
    const behaviour = { answers: true }
    const { clock, started } = setUp(behaviour)
    await clock.advance(5_000)
    behaviour.answers = false
    for (let second = 0; second < 60; second++) await clock.advance(1_000)
    expect(started.length).toBeGreaterThan(1)
    expect(started[0]?.ended).toBe(true)
  })

  it('replaces one whose code can not be loaded or that fails, after ever longer pauses', async () => {
    const { clock, started, keeper } = setUp({ answers: false })
    started[0]?.loadError()
    await clock.advance(1_000)
    expect(started).toHaveLength(2)
    keeper.failed()
    await clock.advance(1_000)
    expect(started).toHaveLength(2)
    await clock.advance(1_000)
    expect(started).toHaveLength(3)
  })

  it('ends its worker when stopped and starts none', async () => {
    const { clock, started, keeper } = setUp({ answers: false })
    keeper.stop()
    for (let minute = 0; minute < 10; minute++) await clock.advance(60_000)
    expect(started).toHaveLength(1)
    expect(started[0]?.ended).toBe(true)
  })
})
