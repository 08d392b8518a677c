import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const root = resolve(import.meta.dirname, '../../..')
const seedTimeoutMs = 15 * 60_000

/**
 * The built server on a free port; fills an empty folder first, which takes a minute or more.
 * @param {string} seed
 * @param {string} data
 * @param {Record<string, number>} [limits] what one client may ask, where it is not the server's own
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startSeededServer(seed, data, limits) {
  await mkdir(data, { recursive: true })
  const args = ['--host', '127.0.0.1', '--port', '0', '--data', data, '--seed', seed]
  if (limits) args.push('--limits', JSON.stringify(limits))
  const child = spawn(process.execPath, [join(root, 'out/server/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NARYAD_LOG_LEVEL: 'error' },
  })
  let complaints = ''
  child.stderr.on('data', (chunk) => (complaints += chunk))
  const url = await new Promise((ready, reject) => {
    const timer = setTimeout(() => reject(new Error('the server is not ready')), seedTimeoutMs)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${complaints.slice(0, 1000)}`)))
    createInterface(child.stdout).on('line', (line) => {
      const found = /^READY (http:\S+)$/.exec(line)?.[1]
      if (!found) return
      clearTimeout(timer)
      ready(found)
    })
  })
  child.removeAllListeners('exit')
  return {
    url,
    async stop() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
