// npm test [-- PROJECT…] [-- vitest arguments]: set-up, checks, build, all tests. The last line tells the score.
//   npm test -- unit            one project (unit, contract, sync, screens, e2e), without the checks
//   npm test -- e2e -t 'name'   what follows goes to vitest
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { prepare } from './lib/prepare.mjs'
import { main, say } from './lib/project.mjs'
import { run, runTool } from './lib/run.mjs'

const inNode = ['unit', 'contract', 'sync']
const onDesktop = ['screens', 'e2e']
const known = [...inNode, ...onDesktop]

const asked = process.argv.slice(2).filter((argument) => known.includes(argument))
const passedOn = process.argv.slice(2).filter((argument) => !known.includes(argument))
const projects = asked.length > 0 ? asked : known
const isWhole = asked.length === 0 && passedOn.length === 0

/**
 * @typedef {{ status: string, assertionResults: { status: string }[] }} FileReport of vitest's JSON reporter
 * @typedef {{ passed: number, failed: number, skipped: number }} Score
 */

/**
 * A file that can't even be loaded, and an error outside every test, count as one failure each.
 * @param {FileReport[]} files
 * @param {number} exitCode
 * @returns {Score}
 */
function scoreOf(files, exitCode) {
  const score = { passed: 0, failed: 0, skipped: 0 }
  for (const { status, assertionResults } of files) {
    const failed = assertionResults.filter((test) => test.status === 'failed').length
    score.passed += assertionResults.filter((test) => test.status === 'passed').length
    score.failed += failed === 0 && status === 'failed' ? 1 : failed
    score.skipped += assertionResults.filter((test) => test.status !== 'passed' && test.status !== 'failed').length
  }
  if (exitCode !== 0 && score.failed === 0 && files.length > 0) score.failed = 1
  return score
}

/**
 * @param {readonly string[]} names
 * @returns {Promise<Score>}
 */
async function runProjects(names) {
  if (names.length === 0) return { passed: 0, failed: 0, skipped: 0 }
  const folder = await mkdtemp(join(tmpdir(), 'naryad-test-'))
  const report = join(folder, 'report.json')
  try {
    const args = names.flatMap((name) => ['--project', name])
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const { code } = await runTool('vitest/vitest.mjs', ['run', ...args, ...reporters, ...passedOn])
    const text = await readFile(report, 'utf8').catch(() => null)
    if (text === null) return { passed: 0, failed: 1, skipped: 0 } // vitest itself broke down
    return scoreOf(JSON.parse(text).testResults, code)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

await main(async () => {
  const needsDesktop = projects.some((name) => onDesktop.includes(name))
  await prepare(needsDesktop ? ['electron', 'testing'] : [])
  const check = isWhole ? await run(process.execPath, ['scripts/check.mjs']) : { code: 0 }
  await ensureBuilt(needsDesktop ? ['app', 'server'] : ['server'])
  const scores = [
    await runProjects(projects.filter((name) => inNode.includes(name))),
    // One after the other: they would be in each other's way on one screen.
    await runProjects(projects.filter((name) => name === 'screens')),
    await runProjects(projects.filter((name) => name === 'e2e')),
  ]
  const sum = (/** @type {keyof Score} */ key) => scores.reduce((total, score) => total + score[key], 0)
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')]
  if (check.code !== 0) say('npm run check failed: see above')
  if (isWhole && skipped > 0) say(`${skipped} tests were skipped: none may be`)
  if (passed + failed === 0) say('no test ran')
  console.log(`${passed} passed, ${failed} failed`)
  return check.code !== 0 || failed > 0 || passed === 0 || (isWhole && skipped > 0) ? 1 : 0
})
