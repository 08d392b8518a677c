// One at a time across processes: two terminals may build or install at the same moment.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { say } from './project.mjs'

const pollMs = 150
const unsignedMs = 5_000

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/**
 * A lock whose owner is dead, or that was never signed by one, is nobody's.
 * @param {string} folder
 */
async function isAbandoned(folder) {
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''))
  if (pid) return !isAlive(pid)
  const made = await stat(folder).catch(() => null)
  return made !== null && Date.now() - made.mtimeMs > unsignedMs
}

/**
 * @template T
 * @param {string} folder the lock itself; its parent is created
 * @param {string} what said when waiting for another process
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(folder, what, body) {
  await mkdir(dirname(folder), { recursive: true })
  let waiting = false
  for (;;) {
    try {
      await mkdir(folder)
      break
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
      if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true })
      else {
        if (!waiting) say(`waiting for another process (${what})`)
        waiting = true
        await delay(pollMs)
      }
    }
  }
  try {
    await writeFile(join(folder, 'pid'), String(process.pid))
    return await body()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
