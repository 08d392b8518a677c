// Builds the app (main, preload, renderer), the sync server and, for tests, the screens over fake data; each only when its
// sources changed.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { root, say, Stop } from './project.mjs'
import { runTool } from './run.mjs'

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {readonly string[]} sources files and folders the result depends on
 * @property {readonly string[]} results must exist for the build to count
 * @property {string} tool
 * @property {readonly string[]} args
 */

const shared = ['common', 'package.json', 'package-lock.json', 'tsconfig.json']

/** @type {Record<'app' | 'server' | 'screens', Target>} */
const targets = {
  app: {
    name: 'app',
    sources: [...shared, 'electron', 'renderer', 'electron.vite.config.ts'],
    results: ['out/main/index.cjs', 'out/preload/index.cjs', 'out/renderer/index.html'],
    tool: 'electron-vite/bin/electron-vite.js',
    args: ['build', '--logLevel', 'warn'],
  },
  server: {
    name: 'server',
    sources: [...shared, 'sync-server', 'vite.server.config.ts'],
    results: ['out/server/main.js', 'out/server/sqlite-worker.js', 'out/server/photo-process.js'],
    tool: 'vite/bin/vite.js',
    args: ['build', '--config', 'vite.server.config.ts', '--logLevel', 'warn'],
  },
  screens: {
    name: 'screens',
    sources: [...shared, 'renderer', 'tests/support/ui'],
    results: ['out/screens/index.html'],
    tool: 'vite/bin/vite.js',
    args: ['build', '--config', 'tests/support/ui/harness/vite.config.ts', '--logLevel', 'warn'],
  },
}

/**
 * @param {string} path relative to the project
 * @returns {Promise<string[]>} the files below it, sorted
 */
async function filesOf(path) {
  const entries = await readdir(join(root, path), { withFileTypes: true, recursive: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return null
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (entries === null) return [join(root, path)]
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

/**
 * A digest of the contents: a `git checkout` there and back, which changes only the dates, builds nothing.
 * @param {readonly string[]} sources
 */
export async function digestOf(sources) {
  const hash = createHash('sha256')
  for (const source of sources)
    for (const file of await filesOf(source)) {
      hash.update(`${file.slice(root.length)}\0`)
      hash.update(await readFile(file))
    }
  return hash.digest('hex')
}

/** @param {Target} target */
async function build(target) {
  const stamp = join(root, 'out', `${target.name}.stamp`)
  const digest = await digestOf(target.sources)
  const isFresh = async () =>
    target.results.every((file) => existsSync(join(root, file))) &&
    (await readFile(stamp, 'utf8').catch(() => '')) === digest
  if (await isFresh()) return
  await withLock(join(root, '.cache', `build-${target.name}.lock`), `building the ${target.name}`, async () => {
    if (await isFresh()) return
    say(`building the ${target.name}`)
    await rm(stamp, { force: true })
    const { code, output } = await runTool(target.tool, target.args, {
      capture: true,
      environment: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    })
    if (code !== 0) throw new Stop(`building the ${target.name} failed:\n${output}`)
    if (target.name === 'server') await chmod(join(root, 'out/server/main.js'), 0o755)
    await mkdir(join(root, 'out'), { recursive: true })
    await writeFile(stamp, digest)
  })
}

/** @param {readonly (keyof typeof targets)[]} names */
export async function ensureBuilt(names) {
  await Promise.all(names.map((name) => build(targets[name])))
}
