// What every script needs to know: where the project is, where it may keep things, how to say something.
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * The user's cache: it outlives `npm ci`, and several clones share it.
 * @param {NodeJS.ProcessEnv} environment
 */
export function cacheFolder(environment = process.env) {
  if (environment['XDG_CACHE_HOME']) return join(environment['XDG_CACHE_HOME'], 'naryad')
  if (process.platform === 'win32' && environment['LOCALAPPDATA'])
    return join(environment['LOCALAPPDATA'], 'naryad', 'cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'naryad')
  return join(homedir(), '.cache', 'naryad')
}

/**
 * Progress goes to stderr: stdout belongs to the results.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`naryad: ${line}\n`)
}

/** A failure with everything the reader needs in its message; `main` prints it without a stack. */
export class Stop extends Error {}

/**
 * Runs a script's body and turns a {@link Stop} into a plain message and exit code 1.
 * @param {() => Promise<number | void>} body resolves with the exit code (none = 0)
 */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
