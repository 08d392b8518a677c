import '#tests/support/simulation/virtual-globals.ts'
import { expect, test } from 'vitest'
import { plantedBugs } from '#tests/support/simulation/planted-bugs.ts'
import { planSteps } from '#tests/support/simulation/step-plan.ts'
import { simulate } from '#tests/support/simulation/simulation.ts'

const fiveMinutes = 300_000
const seeds = Array.from({ length: 20 }, (_, index) => 1_001 + index)
const steps = 300

test.each(plantedBugs())('a planted defect is found: $name', { timeout: fiveMinutes }, async ({ plants, breaks }) => {
  for (const seed of seeds) {
    const { violation } = await simulate(seed, planSteps(seed, steps), plants)
    if (violation === undefined) continue
    if (!breaks.includes(violation.promise)) expect.fail(`found, but as ${violation.message}`)
    return
  }
  expect.fail(`not found within ${seeds.length} seeds`)
})

test('the same seeds are clean without a planted defect', { timeout: fiveMinutes }, async () => {
  for (const seed of seeds) expect((await simulate(seed, planSteps(seed, steps))).violation?.message).toBeUndefined()
})
