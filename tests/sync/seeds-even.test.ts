import '#tests/support/simulation/virtual-globals.ts'
import { expect, test } from 'vitest'
import { runSeeds, steps } from '#tests/support/simulation/seeds.ts'

const hourMs = 3_600_000

/** Two files share the seeds, so that both processors work; `seeds.ts` says how to ask for others. */
test(`every promise holds in ${steps} random steps, even seeds`, { timeout: hourMs }, async ({ annotate }) => {
  const summary = await runSeeds(1, 2)
  await annotate(summary)
  expect(summary).toContain('seeds')
})
