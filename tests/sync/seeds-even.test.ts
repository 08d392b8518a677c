import '#tests/support/simulation/virtual-globals.ts'
import { expect, test } from 'vitest'
import { runSeeds, steps } from '#tests/support/simulation/seeds.ts'

const hourMs = 3_600_000

/** Two files share the seeds, so that both processors can work; `seeds.ts` says how to ask for others. */
test(`every promise holds in ${steps} random steps, even seeds`, { timeout: hourMs }, async () => {
  const summary = await runSeeds(1, 2)
  process.stdout.write(`${summary}\n`)
  expect(summary).toContain('seeds')
})
