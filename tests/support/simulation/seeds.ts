import { expect } from 'vitest'
import { describeFailure, shrink } from './shrink.ts'
import { planSteps } from './step-plan.ts'
import { simulate } from './simulation.ts'

const shrinkBudgetMs = 60_000

function numberFrom(name: string, otherwise: number): number {
  const text = process.env[name]
  return text === undefined || text === '' ? otherwise : Number(text)
}

/** What runs by default; `NARYAD_SEEDS`, `NARYAD_STEPS` and `NARYAD_SEED` (only this one) change it. */
export const settings = {
  seeds: numberFrom('NARYAD_SEEDS', 200),
  steps: numberFrom('NARYAD_STEPS', 500),
  only: process.env['NARYAD_SEED'] === undefined ? undefined : numberFrom('NARYAD_SEED', 1),
}

/** Every `stride`-th seed from `first` on: several test files share the work, one processor each. */
export async function runSeeds(first: number, stride: number): Promise<string> {
  const total = { seeds: 0, steps: 0, events: 0, messages: 0, commands: 0, virtualMs: 0, wallMs: 0 }
  const seeds = settings.only === undefined ? range(first, settings.seeds, stride) : first === 1 ? [settings.only] : []
  for (const seed of seeds) {
    const result = await simulate(seed, planSteps(seed, settings.steps))
    if (result.violation) expect.fail(describeFailure(result, await shrink(result, shrinkBudgetMs)))
    total.seeds++
    total.steps += result.steps.length
    for (const key of ['events', 'messages', 'commands', 'virtualMs', 'wallMs'] as const) total[key] += result[key]
  }
  const perMinute = total.wallMs === 0 ? 0 : Math.round((total.steps / total.wallMs) * 60_000)
  return [
    `${total.seeds} seeds, ${total.steps} steps (${perMinute} a minute), ${total.commands} commands, ${total.messages} entries,`,
    `${total.events} events, ${(total.virtualMs / 3_600_000).toFixed(1)} h of virtual time in ${(total.wallMs / 1000).toFixed(1)} s`,
  ].join(' ')
}

function range(first: number, last: number, stride: number): number[] {
  const numbers: number[] = []
  for (let number = first; number <= last; number += stride) numbers.push(number)
  return numbers
}
