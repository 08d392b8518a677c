// A screen and a session bus where the machine has none.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stop } from './project.mjs'
import { end } from './run.mjs'

/**
 * @typedef {object} Service
 * @property {Record<string, string>} environment what its users need
 * @property {() => Promise<void>} stop
 */

const startTimeoutMs = 20_000

export function hasDisplay() {
  if (process.platform !== 'linux') return true
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} descriptor where it writes its one line
 * @param {string} what
 * @returns {Promise<string>}
 */
function firstLine(child, descriptor, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Stop(`${what} did not start`)), startTimeoutMs)
    let text = ''
    child.stdio[descriptor]?.on('data', (chunk) => {
      text += chunk
      if (!text.includes('\n')) return
      clearTimeout(timer)
      resolve(text.slice(0, text.indexOf('\n')).trim())
    })
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(new Stop(`${what} did not start: ${error.message}`))
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Stop(`${what} ended (exit code ${code})`))
    })
  })
}

/** @returns {Promise<Service>} an X server that nobody sees, with a free display number */
export async function startScreen() {
  const args = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp', '-noreset']
  const child = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const display = await firstLine(child, 3, 'Xvfb')
  return { environment: { DISPLAY: `:${display}` }, stop: () => end(child) }
}

/** @returns {Promise<Service>} a session bus of its own: notifications and the tray go nowhere else */
export async function startSessionBus() {
  const folder = await mkdtemp(join(tmpdir(), 'naryad-bus-'))
  const args = ['--session', '--nofork', '--nopidfile', '--print-address=1', `--address=unix:dir=${folder}`]
  const child = spawn('dbus-daemon', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const address = await firstLine(child, 1, 'dbus-daemon')
  return {
    environment: { DBUS_SESSION_BUS_ADDRESS: address },
    stop: async () => {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
