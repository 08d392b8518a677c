// Debian and Ubuntu: the libraries Electron is linked with, and what a machine without a screen needs besides.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { say, Stop } from './project.mjs'
import { run } from './run.mjs'

const electron = [
  'libgtk-3-0',
  'libnss3',
  'libnspr4',
  'libasound2',
  'libatk-bridge2.0-0',
  'libatk1.0-0',
  'libatspi2.0-0',
  'libcups2',
  'libdrm2',
  'libgbm1',
  'libxkbcommon0',
  'libxcomposite1',
  'libxdamage1',
  'libxrandr2',
  'libxfixes3',
  // Opened at run time: notifications and the number on the launcher's icon.
  'libnotify4',
  'libunity9',
]
const screen = ['xvfb']
const testing = ['xvfb', 'xdotool', 'dbus']

/** @param {readonly string[]} names */
function installedOf(names) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], {
    encoding: 'utf8',
  })
  return new Set(stdout.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])))
}

/**
 * Debian 13 and Ubuntu 24.04 renamed some libraries (the 64-bit time change): `libgtk-3-0` became `libgtk-3-0t64`.
 * @param {readonly string[]} names
 */
function missingOf(names) {
  const installed = installedOf(names.flatMap((name) => [name, `${name}t64`]))
  return names.filter((name) => !installed.has(name) && !installed.has(`${name}t64`))
}

/** @param {readonly string[]} names */
function asNamedHere(names) {
  const { stdout } = spawnSync(
    'apt-cache',
    ['--names-only', '--no-all-versions', 'show', ...names.map((n) => `${n}t64`)],
    {
      encoding: 'utf8',
    },
  )
  const renamed = new Set([...(stdout ?? '').matchAll(/^Package: (\S+)$/gm)].map((match) => match[1]))
  return names.map((name) => (renamed.has(`${name}t64`) ? `${name}t64` : name))
}

/** @param {readonly string[]} args */
async function apt(args) {
  const { code, output } = await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    capture: true,
    environment: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (code !== 0) throw new Stop(`apt-get ${args.join(' ')} failed:\n${output}`)
}

/** @typedef {'electron' | 'screen' | 'testing'} SystemNeed */

/**
 * Installs what is missing where we may; otherwise stops and gives the one line to run. Other systems bring all of it with them.
 * @param {readonly SystemNeed[]} needs
 */
export async function ensureSystemLibraries(needs) {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version') || process.env['NARYAD_SKIP_SYSTEM_LIBRARIES'])
    return
  const groups = { electron, screen, testing }
  const missing = missingOf([...new Set(needs.flatMap((need) => groups[need]))])
  if (missing.length === 0) return
  if (process.getuid?.() !== 0)
    throw new Stop(
      `system libraries are missing; run this once, then try again (NARYAD_SKIP_SYSTEM_LIBRARIES=1 goes on without):\n` +
        `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${asNamedHere(missing).join(' ')}`,
    )
  say(`installing system libraries: ${missing.join(' ')}`)
  await apt(['update'])
  await apt(['install', '-y', '--no-install-recommends', ...asNamedHere(missing)])
}
