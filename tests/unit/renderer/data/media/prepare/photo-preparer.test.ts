import { expect, test } from 'vitest'
import { createPhotoPreparer, type PhotoWorker } from '#renderer/data/media/prepare/photo-preparer.ts'
import type { PhotoAnswer, PhotoRequest } from '#renderer/data/media/prepare/photo-worker.ts'

function setUp() {
  const timers: { at: number; run: () => void }[] = []
  let now = 0
  const clock = {
    nowMs: () => now,
    after(delayMs: number, run: () => void) {
      const timer = { at: now + delayMs, run }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
    },
  }
  const workers: { asked: PhotoRequest[]; answer: (answer: PhotoAnswer) => void; fail: () => void; ended: boolean }[] =
    []
  const start = (): PhotoWorker => {
    const state = { asked: [] as PhotoRequest[], answer: (_: PhotoAnswer) => {}, fail: () => {}, ended: false }
    workers.push(state)
    return {
      post: (request) => void state.asked.push(request),
      onAnswer: (listener) => (state.answer = listener),
      onError: (listener) => (state.fail = listener),
      end: () => (state.ended = true),
    }
  }
  return {
    prepare: createPhotoPreparer(clock, start),
    workers,
    pass(ms: number) {
      now += ms
      for (const timer of [...timers])
        if (timer.at <= now && timers.includes(timer)) {
          timers.splice(timers.indexOf(timer), 1)
          timer.run()
        }
    },
  }
}

const photo = new Blob(['x'])
const refused = { ok: false, reason: 'too-big' } as const
const unreadable = { ok: false, reason: 'unreadable' }
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('photos are prepared one after the other by one worker, which ends when there are no more', async () => {
  const { prepare, workers, pass } = setUp()
  const both = Promise.all([prepare(photo, false), prepare(photo, true)])
  await turn()
  expect(workers[0]?.asked.map(({ original }) => original)).toEqual([false])
  workers[0]?.answer({ id: 1, outcome: refused })
  await turn()
  expect(workers[0]?.asked.map(({ original }) => original)).toEqual([false, true])
  workers[0]?.answer({ id: 2, outcome: refused })
  expect(await both).toEqual([refused, refused])
  pass(30_000)
  expect(workers.map(({ ended }) => ended)).toEqual([true])
})

test('a photo whose worker dies or hangs is refused, and the next one gets another worker', async () => {
  const { prepare, workers, pass } = setUp()
  const [first, second, third] = [prepare(photo, false), prepare(photo, false), prepare(photo, false)]
  await turn()
  workers[0]?.fail()
  expect(await first).toEqual(unreadable)
  await turn()
  pass(100_000)
  expect(await second).toEqual(unreadable)
  await turn()
  workers[2]?.answer({ id: 3, outcome: refused })
  expect(await third).toEqual(refused)
  expect(workers.map(({ ended }) => ended)).toEqual([true, true, false])
})
