import '#tests/support/simulation/virtual-globals.ts'
import { expect, test } from 'vitest'
import { runSeeds, settings } from '#tests/support/simulation/seeds.ts'

const tenMinutes = 600_000

/** Two files share the seeds, so that both processors work. NARYAD_SEED, NARYAD_SEEDS and NARYAD_STEPS choose others. */
test(
  `every promise holds in ${settings.steps} random steps, even seeds`,
  { timeout: tenMinutes },
  async ({ annotate }) => {
    const summary = await runSeeds(2, 2)
    await annotate(summary)
    expect(summary).toContain('seeds')
  },
)
