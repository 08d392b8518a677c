import '#tests/support/simulation/virtual-globals.ts'
import { expect, test } from 'vitest'
import { planSteps } from '#tests/support/simulation/step-plan.ts'
import { simulate } from '#tests/support/simulation/simulation.ts'

const fiveMinutes = 300_000

test(
  'a seed replays exactly: same bytes on every connection, same events, same end',
  { timeout: fiveMinutes },
  async () => {
    for (const seed of [11, 12]) {
      const [first, second] = [await simulate(seed, planSteps(seed, 200)), await simulate(seed, planSteps(seed, 200))]
      expect(second.digest).toBe(first.digest)
      expect([second.events, second.virtualMs, second.messages]).toEqual([
        first.events,
        first.virtualMs,
        first.messages,
      ])
    }
  },
)

test('another seed is another world', { timeout: fiveMinutes }, async () => {
  const [first, second] = [await simulate(21, planSteps(21, 50)), await simulate(22, planSteps(22, 50))]
  expect(second.digest).not.toBe(first.digest)
})
