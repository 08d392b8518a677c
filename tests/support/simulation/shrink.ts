import type { Step } from './step-plan.ts'
import { simulate, type Plants, type RunResult } from './simulation.ts'
import { wallMs } from './virtual-globals.ts'

/** Looks for fewer steps that break the same promise; gives up after `budgetMs` of real time with the best found. */
export async function shrink(failed: RunResult, budgetMs: number, plants: Plants = {}): Promise<RunResult> {
  const deadline = wallMs() + budgetMs
  let best = failed
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = best.steps.length - size; start > -size; start -= size) {
      if (wallMs() > deadline) return best
      const fewer = without(best.steps, Math.max(0, start), size)
      const result = await simulate(failed.seed, fewer, plants)
      if (result.violation?.promise === failed.violation?.promise) best = result
    }
  }
  return best
}

function without(steps: readonly Step[], start: number, size: number): Step[] {
  return [...steps.slice(0, start), ...steps.slice(start + size)]
}

/** What somebody needs who has to find the defect. */
export function describeFailure(first: RunResult, shrunk: RunResult): string {
  return [
    `seed ${first.seed} breaks ${first.violation?.message}`,
    `replay: NARYAD_SEED=${first.seed} NARYAD_STEPS=${first.steps.length} npm test -- sync seeds`,
    `shrunk from ${first.steps.length} to ${shrunk.steps.length} steps: ${shrunk.violation?.message}`,
    ...shrunk.steps.map(({ kind, roll, pauseMs }) => `  step ${kind} roll ${roll} then ${Math.round(pauseMs)} ms`),
    'last lines of the shrunk run:',
    ...shrunk.trace.slice(-60).map((line) => `  ${line}`),
  ].join('\n')
}
