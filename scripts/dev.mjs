// npm run dev [-- --data FOLDER]: the app with hot reload, and the sync server, rebuilt and restarted when its sources change.
import { watch } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './lib/build.mjs'
import { defaultProfile, startDemo } from './lib/demo.mjs'
import { hasDisplay } from './lib/display.mjs'
import { ensureElectron } from './lib/electron-runtime.mjs'
import { prepare } from './lib/prepare.mjs'
import { main, root, say, Stop } from './lib/project.mjs'
import { runTool } from './lib/run.mjs'

const { values } = parseArgs({ options: { data: { type: 'string' } } })
const settleMs = 300

/**
 * Restarts the server some time after the last change; a build that fails leaves the old one running.
 * @param {() => Promise<void>} restart
 */
function watchServer(restart) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  let work = Promise.resolve()
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      work = work
        .then(() => ensureBuilt(['server']))
        .then(restart)
        .catch((error) => say(error instanceof Stop ? error.message : String(error.stack)))
    }, settleMs)
  }
  for (const folder of ['common', 'sync-server']) watch(join(root, folder), { recursive: true }, changed)
}

await main(async () => {
  await prepare(hasDisplay() ? ['electron'] : ['electron', 'screen'])
  const runtime = await ensureElectron()
  await ensureBuilt(['server'])
  // The window comes from electron-vite's server; the sync server answers only origins it was told of.
  process.env['NARYAD_ORIGIN'] ??= 'http://localhost:5173'
  const demo = await startDemo(runtime, resolve(values.data ?? defaultProfile))
  watchServer(demo.restartServer)
  await rm(join(root, 'out', 'app.stamp'), { force: true }) // what electron-vite writes to out/ now is for development
  process.on('SIGINT', () => {}) // electron-vite gets it too, and ends the app; then we go on below
  const args = ['dev', '--watch', ...(process.getuid?.() === 0 ? ['--noSandbox'] : [])]
  const { code } = await runTool(
    'electron-vite/bin/electron-vite.js',
    [...args, '--', `--user-data-dir=${demo.profile}`],
    {
      environment: demo.environment,
    },
  )
  await demo.stop()
  process.exit(code) // the watchers would keep us alive
})
