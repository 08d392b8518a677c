import '#tests/support/simulation/virtual-globals.ts'
import { expect, test } from 'vitest'
import { plantedBugs } from '#tests/support/simulation/planted-bugs.ts'
import { planSteps } from '#tests/support/simulation/step-plan.ts'
import { simulate } from '#tests/support/simulation/simulation.ts'
import { Tally } from '#tests/support/simulation/tally.ts'

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

/** What must have come to pass in those seeds, or their being clean would prove little. */
const seen = [
  'participants.add: applied',
  'participants.add: E_FORBIDDEN',
  'participants.remove: applied',
  'participants.remove: E_FORBIDDEN',
  'remove: somebody locked',
  'ticket.assign: applied',
  'role.update: applied',
  'user.update: applied',
  'user.update: E_FORBIDDEN',
  'organisation.update: applied',
  'cross-post: written',
  'cross-post: edit of both copies',
  'cross-post: delete of both copies',
  'cancel: while held done',
  'held: crash in the hold',
  'step: prowl',
] as const

test('the same seeds are clean without a planted defect', { timeout: fiveMinutes }, async () => {
  const tally = new Tally()
  for (const seed of seeds) {
    const result = await simulate(seed, planSteps(seed, steps))
    expect(result.violation?.message).toBeUndefined()
    tally.add(result.tally)
  }
  expect(seen.filter((what) => tally.of(what) === 0)).toEqual([])
})
