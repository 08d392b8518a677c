/**
 * npm run bench [-- --runs 3] [--only fan-out,catch-up,memory,survival] [--without-peers]
 *
 * Our server beside others' in the same run, in turns, so that a noisy machine is noisy for all. One JSON line per server and
 * workload (median of its runs with minimum and maximum), then a table with the ratios.
 */
import { parseArgs } from 'node:util'
import { naryad } from './contestants/naryad.ts'
import { hocuspocus, yWebsocket } from './contestants/peers.ts'
import { median, type Figures } from './measure.ts'
import { measureCatchUp } from './workloads/catch-up.ts'
import { measureFanOut } from './workloads/fan-out.ts'
import { measureMemory } from './workloads/memory.ts'
import { measureSurvival } from './workloads/survival.ts'

const workloads = {
  'fan-out': measureFanOut,
  'catch-up': measureCatchUp,
  memory: measureMemory,
  survival: measureSurvival,
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string' },
    'without-peers': { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const contestants = values['without-peers'] ? [naryad] : [naryad, await hocuspocus(), await yWebsocket()]
const chosen = Object.entries(workloads).filter(([name]) => values.only?.split(',').includes(name) ?? true)
const failures: string[] = []

for (const [workload, measure] of chosen) {
  const runs = new Map<string, Figures[]>(contestants.map(({ name }) => [name, []]))
  for (let run = 0; run < Number(values.runs); run++)
    for (const contestant of contestants) {
      try {
        runs.get(contestant.name)?.push(await measure(contestant))
      } catch (error) {
        failures.push(`${workload}, ${contestant.name}: ${String(error)}`)
      }
    }
  const medians = new Map<string, Figures>()
  for (const [name, figures] of runs) {
    const summary = summarise(figures)
    medians.set(
      name,
      Object.fromEntries(Object.entries(summary).map(([figure, { median: middle }]) => [figure, middle])),
    )
    console.log(JSON.stringify({ workload, server: name, runs: figures.length, figures: summary }))
  }
  printTable(workload, medians)
}
for (const failure of failures) console.error(`failed: ${failure}`)
// Providers of the peers keep their timers.
process.exit(failures.some((failure) => failure.includes(naryad.name)) ? 1 : 0)

function summarise(runs: Figures[]): Record<string, { median: number; minimum: number; maximum: number }> {
  const names = Object.keys(runs[0] ?? {})
  return Object.fromEntries(
    names.map((name) => {
      const values = runs.map((run) => run[name] ?? Number.NaN)
      return [name, { median: median(values), minimum: Math.min(...values), maximum: Math.max(...values) }]
    }),
  )
}

function printTable(workload: string, medians: Map<string, Figures>): void {
  const ours = medians.get(naryad.name) ?? {}
  console.log(`\n${workload}`)
  for (const figure of Object.keys(ours)) {
    const cells = [...medians].map(([name, figures]) => {
      const value = figures[figure]
      if (value === undefined) return `${name}: –`
      const ratio = name === naryad.name ? '' : ` (${(value / (ours[figure] ?? Number.NaN)).toPrecision(3)} × ours)`
      return `${name}: ${value}${ratio}`
    })
    console.log(`  ${figure.padEnd(34)} ${cells.join('   ')}`)
  }
  console.log('')
}
