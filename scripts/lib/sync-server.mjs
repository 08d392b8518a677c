// The built sync server as a child process.
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root, Stop } from './project.mjs'
import { end } from './run.mjs'

const readyTimeoutMs = 60_000

/**
 * @typedef {object} SyncServer
 * @property {string} url where it accepts connections
 * @property {() => Promise<void>} stop lets it drain
 */

/**
 * @param {string} data its data folder; its log is written beside it
 * @param {number} port 0 = a free one
 * @returns {Promise<SyncServer>}
 */
function startOn(data, port) {
  const log = createWriteStream(`${data}.log`)
  const args = ['--enable-source-maps', join(root, 'out/server/main.js'), '--host', '127.0.0.1', '--port', String(port)]
  const child = spawn(process.execPath, [...args, '--data', data, '--seed', 'demo'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stderr.pipe(log, { end: false })
  return new Promise((resolve, reject) => {
    /** @param {string} reason */
    const fail = (reason) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Stop(`the sync server ${reason}; its log: ${data}.log`))
    }
    const timer = setTimeout(() => fail('is not ready'), readyTimeoutMs)
    child.once('error', (error) => fail(`can't be started (${error.message})`))
    child.once('exit', (code) => fail(`ended (exit code ${code})`))
    createInterface(child.stdout).on('line', (line) => {
      log.write(`${line}\n`)
      const url = /^READY (http:\S+)$/.exec(line)?.[1]
      if (!url) return
      clearTimeout(timer)
      child.removeAllListeners('exit')
      resolve({ url, stop: () => end(child) })
    })
  })
}

/**
 * The server of a demonstration that was killed goes on without it.
 * @param {number} port
 */
async function answers(port) {
  const request = fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) })
  return request.then(
    (response) => response.ok,
    () => false,
  )
}

/**
 * The demonstration organisation, on the port it had the last time: the app remembers its server by that address.
 * @param {string} data
 * @returns {Promise<SyncServer>}
 */
export async function startDemoServer(data) {
  await mkdir(data, { recursive: true })
  const portFile = `${data}.port`
  const remembered = Number(await readFile(portFile, 'utf8').catch(() => '0'))
  if (remembered !== 0 && (await answers(remembered)))
    throw new Stop(`a sync server is still running on port ${remembered}: end it first, two would spoil the data`)
  const server = await startOn(data, remembered).catch((error) => {
    if (remembered === 0) throw error
    return startOn(data, 0) // another program took the port meanwhile
  })
  await writeFile(portFile, new URL(server.url).port)
  return server
}
