// npm run check: everything that can be known without running the product, side by side; quiet where all is well.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main, root } from './lib/project.mjs'
import { prepare } from './lib/prepare.mjs'
import { mustRun, runTool } from './lib/run.mjs'

const longestFile = 500
const code = /^(common|electron|renderer|sync-server|tests|scripts)\/.*\.(ts|tsx|mjs|cjs|css)$/
const heldBack = /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|skipIf|runIf|fails)\b/

const importFolders = ['common', 'electron', 'renderer', 'sync-server', 'scripts', 'tests'].filter((folder) =>
  existsSync(join(root, folder)),
)

/** @typedef {{ code: number, output: string }} Outcome */

/** The files git knows or would take: what is ignored is nobody's business. */
async function projectFiles() {
  const list = await mustRun('git ls-files', 'git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    capture: true,
  })
  return list.split('\n').filter((file) => code.test(file))
}

/** @returns {Promise<Outcome>} rules of our own: short files, and no test held back */
async function ownRules() {
  const broken = await Promise.all(
    (await projectFiles()).map(async (file) => {
      const text = await readFile(join(root, file), 'utf8').catch(() => '') // deleted, not yet committed
      const lines = text.split('\n').length - 1
      const found =
        lines > longestFile ? [`${file}: ${lines} lines, at most ${longestFile}: split it by responsibility`] : []
      if (!file.startsWith('tests/')) return found
      for (const [index, line] of text.split('\n').entries())
        if (heldBack.test(line)) found.push(`${file}:${index + 1}: a test is held back: ${line.trim()}`)
      return found
    }),
  )
  const lines = broken.flat()
  return { code: lines.length > 0 ? 1 : 0, output: lines.join('\n') }
}

/** @type {Record<string, () => Promise<Outcome>>} */
const steps = {
  format: () =>
    runTool(
      'prettier/bin/prettier.cjs',
      ['--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.'],
      { capture: true },
    ),
  // The rules that look at types need the program anyway, so its own errors are told along with them.
  'lint and types': () => runTool('oxlint/bin/oxlint', ['--deny-warnings', '--type-check', '.'], { capture: true }),
  imports: () =>
    runTool(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', ...importFolders],
      { capture: true },
    ),
  'dead code': () =>
    runTool('knip/bin/knip.js', ['--no-progress', '--treat-config-hints-as-errors'], { capture: true }),
  rules: ownRules,
}

await main(async () => {
  await prepare([])
  const outcomes = await Promise.all(
    Object.entries(steps).map(async ([name, step]) => {
      const startedAt = performance.now()
      const { code, output } = await step()
      return { name, code, output, seconds: (performance.now() - startedAt) / 1000 }
    }),
  )
  const failed = outcomes.filter((outcome) => outcome.code !== 0)
  for (const { name, output } of failed) console.log(`── ${name} ──\n${output.trim()}\n`)
  const summary = outcomes.map(({ name, code, seconds }) => `${code === 0 ? '✓' : '✗'} ${name} ${seconds.toFixed(1)} s`)
  console.log(`check: ${summary.join(' · ')}`)
  return failed.length > 0 ? 1 : 0
})
