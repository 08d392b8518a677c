// The packages of package-lock.json, installed by `npm ci` when node_modules does not hold exactly those.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { cacheFolder, root, say, Stop } from './project.mjs'
import { runNpm } from './run.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * @param {string} file
 * @returns {Promise<LockedPackages | null>} null where there is no such file
 */
async function packagesOf(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null
    throw error
  }
}

/**
 * npm writes node_modules/.package-lock.json last, so it tells what is really installed, after an `npm install` and after an
 * interrupted `npm ci` alike. An optional package of another platform may be missing.
 * @param {LockedPackages} wanted
 * @param {LockedPackages} installed
 */
export function isInstalled(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true
    const found = installed[path]
    return found ? found.version === version && found.integrity === integrity : optional === true
  })
}

async function isUpToDate() {
  const wanted = await packagesOf(join(root, 'package-lock.json'))
  if (!wanted) throw new Stop('package-lock.json is missing: this is not a complete clone')
  const installed = await packagesOf(join(root, 'node_modules', '.package-lock.json'))
  return installed !== null && isInstalled(wanted, installed)
}

export async function ensureNodeModules() {
  if (await isUpToDate()) return
  await withLock(join(cacheFolder(), 'npm-ci.lock'), 'npm ci', async () => {
    if (await isUpToDate()) return
    say('installing packages (npm ci)')
    const { code, output } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { capture: true })
    if (code !== 0) throw new Stop(`npm ci failed:\n${output}`)
  })
}
