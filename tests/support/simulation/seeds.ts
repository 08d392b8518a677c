import { expect } from 'vitest'
import { describeFailure, shrink } from './shrink.ts'
import { planSteps } from './step-plan.ts'
import { simulate } from './simulation.ts'
import { Tally } from './tally.ts'
import { wallMs } from './virtual-globals.ts'

const shrinkBudgetMs = 60_000
/** Of real time: what a test file may take while nobody asked for a number of seeds. */
const usualBudgetMs = 100_000
const usualSeeds = 2_000

function numberFrom(name: string): number | undefined {
  const text = process.env[name]
  return text === undefined || text === '' ? undefined : Number(text)
}

/**
 * What the environment asks for. NARYAD_SEED: this seed only, for a replay. NARYAD_SEEDS: so many, however long it takes;
 * without it as many as fit into the usual time. NARYAD_FIRST_SEED: from this one on. NARYAD_STEPS: of each seed.
 */
const only = numberFrom('NARYAD_SEED')
const first = numberFrom('NARYAD_FIRST_SEED') ?? 1
const seeds = numberFrom('NARYAD_SEEDS')
export const steps = numberFrom('NARYAD_STEPS') ?? 500

const counted = ['events', 'messages', 'commands', 'virtualMs', 'wallMs'] as const

/** Runs share `share` (from 0) of `shares`: several test files divide the work, one processor each. Says what was done. */
export async function runSeeds(share: number, shares: number): Promise<string> {
  const total = { seeds: 0, steps: 0, events: 0, messages: 0, commands: 0, virtualMs: 0, wallMs: 0 }
  const tally = new Tally()
  const began = wallMs()
  for (const seed of seedsOf(share, shares)) {
    if (seeds === undefined && only === undefined && wallMs() - began > usualBudgetMs) break
    const result = await simulate(seed, planSteps(seed, steps))
    if (result.violation) expect.fail(describeFailure(result, await shrink(result, shrinkBudgetMs)))
    tally.add(result.tally)
    total.seeds++
    total.steps += result.steps.length
    for (const key of counted) total[key] += result[key]
  }
  const perMinute = total.wallMs === 0 ? 0 : Math.round((total.steps / total.wallMs) * 60_000)
  const whole = [
    `${total.seeds} seeds, ${total.steps} steps (${perMinute} a minute), ${total.commands} commands, ${total.messages} entries,`,
    `${total.events} events, ${(total.virtualMs / 3_600_000).toFixed(1)} h of virtual time in ${(total.wallMs / 1000).toFixed(1)} s`,
  ].join(' ')
  return `${whole}\n${tally.describe()}`
}

function seedsOf(share: number, shares: number): number[] {
  if (only !== undefined) return share === 0 ? [only] : []
  const all = Array.from({ length: seeds ?? usualSeeds }, (_, index) => first + index)
  return all.filter((_, index) => index % shares === share)
}
