// The packaged app: electron-builder on whatever Electron was found, and the fuses read back from what came out.
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, ensureBuilt } from '../lib/build.mjs'
import { withLock } from '../lib/lock.mjs'
import { root, say, Stop } from '../lib/project.mjs'
import { runTool } from '../lib/run.mjs'

const sources = ['out/app.stamp', 'electron-builder.yml', 'build', 'scripts/dist']

/** Came with Electron 29: the older stand-in has no place for it, and electron-builder refuses to set what isn't there. */
const laterFuse = {
  since: 29,
  setting: /^ *grantFileProtocolExtraPrivileges:.*\n/m,
  name: 'GrantFileProtocolExtraPrivileges',
}

/** What electron-builder.yml asks for, by the names @electron/fuses has for it; true = on. */
const wantedFuses = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  GrantFileProtocolExtraPrivileges: false,
}

/** @param {string | null} version */
const majorOf = (version) => Number(version?.split('.')[0] ?? Number.NaN)

/**
 * @param {import('../lib/electron-runtime.mjs').ElectronRuntime} runtime
 * @returns {Promise<string[]>} what tells electron-builder to package this Electron instead of downloading the official one
 */
async function standInArguments(runtime) {
  const args = [`-c.electronDist=${runtime.dist}`, `-c.electronVersion=${runtime.version}`]
  if (majorOf(runtime.version) >= laterFuse.since) return args
  const config = join(root, '.cache', 'electron-builder.yml')
  const text = await readFile(join(root, 'electron-builder.yml'), 'utf8')
  await writeFile(config, text.replace(laterFuse.setting, ''))
  return [...args, '--config', config]
}

/**
 * @param {import('../lib/electron-runtime.mjs').ElectronRuntime} runtime
 * @param {readonly string[]} args for electron-builder, e.g. `--dir`
 */
export async function packageApp(runtime, args) {
  const isOfficial = runtime.source === 'official'
  const own = isOfficial ? [] : await standInArguments(runtime)
  if (!isOfficial) say('WARNING: packaging a stand-in Electron: for trying and testing only, never publish it')
  const { code, output } = await runTool('electron-builder/cli.js', ['--publish', 'never', ...own, ...args], {
    capture: true,
    environment: {
      ...process.env,
      // Where Electron's download was out of reach, so is fpm's.
      ...(isOfficial ? {} : { CUSTOM_FPM_PATH: join(root, 'scripts/dist/fpm-on-dpkg.mjs') }),
    },
  })
  if (code !== 0) throw new Stop(`electron-builder failed:\n${output}`)
}

/**
 * Only what is in the binary counts, not what was asked for.
 * @param {string} executable
 */
export async function checkFuses(executable) {
  const { FuseState, FuseV1Options, getCurrentFuseWire } = await import('@electron/fuses')
  /** @type {Record<string, unknown>} */
  const wire = { ...(await getCurrentFuseWire(executable)) }
  for (const [name, isOn] of Object.entries(wantedFuses)) {
    const state = wire[FuseV1Options[/** @type {keyof typeof wantedFuses} */ (name)]]
    const isKnown = state !== undefined || name !== laterFuse.name
    if (isKnown && state !== (isOn ? FuseState.ENABLE : FuseState.DISABLE))
      throw new Stop(`the fuse ${name} of ${executable} is not ${isOn ? 'on' : 'off'}`)
  }
}

/** The executable of the unpacked app on this platform. */
export const packagedExecutable = join(
  root,
  'dist',
  process.platform === 'linux'
    ? 'linux-unpacked/naryad'
    : process.platform === 'win32'
      ? 'win-unpacked/Naryad.exe'
      : `mac${process.arch === 'arm64' ? '-arm64' : ''}/Naryad.app/Contents/MacOS/Naryad`,
)

/**
 * The packages of this platform in dist/, made again only when something in them changed. On Linux the .deb is made too.
 * @param {import('../lib/electron-runtime.mjs').ElectronRuntime} runtime
 * @returns {Promise<string>} {@link packagedExecutable}
 */
export async function ensurePackaged(runtime) {
  await ensureBuilt(['app'])
  const stamp = join(root, 'dist', 'package.stamp')
  const digest = `${await digestOf(sources)} ${runtime.version}`
  await withLock(join(root, '.cache', 'package.lock'), 'packaging', async () => {
    if (existsSync(packagedExecutable) && (await readFile(stamp, 'utf8').catch(() => '')) === digest) return
    say('packaging the app')
    await rm(join(root, 'dist'), { recursive: true, force: true })
    await packageApp(runtime, process.platform === 'linux' ? [] : ['--dir'])
    await checkFuses(packagedExecutable)
    await mkdir(join(root, 'dist'), { recursive: true })
    await writeFile(stamp, digest)
  })
  return packagedExecutable
}
