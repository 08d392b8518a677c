// The demonstration: a sync server with sample data, and the app signed in to it, in a profile of their own.
import { spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { hasDisplay, startScreen } from './display.mjs'
import { electronEnvironment } from './electron-runtime.mjs'
import { root, Stop } from './project.mjs'
import { end } from './run.mjs'
import { explainSandbox, sandboxSwitches } from './sandbox.mjs'
import { startDemoServer } from './sync-server.mjs'

const screenshotTimeoutMs = 60_000

/** Where the platform keeps the data of applications. */
function applicationData() {
  if (process.platform === 'win32') return process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  return process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
}

/** Not the profile of an installed Naryad: the demonstration must never touch somebody's work. */
export const defaultProfile = join(applicationData(), 'naryad-demo')

/** @param {number} pid */
function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * Two servers on one data folder would spoil it.
 * @param {string} profile
 */
async function claim(profile) {
  await mkdir(profile, { recursive: true })
  const owner = join(profile, 'demo.pid')
  const pid = Number(await readFile(owner, 'utf8').catch(() => '0'))
  if (isAlive(pid))
    throw new Stop(`the demonstration is running already (process ${pid}); --data FOLDER starts a second one`)
  await writeFile(owner, String(process.pid))
  return () => rm(owner, { force: true })
}

/**
 * @typedef {object} Demo
 * @property {string} profile the app's user data folder
 * @property {NodeJS.ProcessEnv} environment for Electron: runtime, screen, whom to sign in
 * @property {string} url of the sync server
 * @property {boolean} isHeadless the screen is ours, nobody sees it
 * @property {() => Promise<void>} restartServer
 * @property {() => Promise<void>} stop
 */

/**
 * @param {import('./electron-runtime.mjs').ElectronRuntime} runtime
 * @param {string} profile
 * @returns {Promise<Demo>}
 */
export async function startDemo(runtime, profile) {
  await explainSandbox(runtime)
  const release = await claim(profile)
  try {
    const isHeadless = !hasDisplay()
    const screen = isHeadless ? await startScreen() : null
    const data = join(profile, 'demo-server')
    let server = await startDemoServer(data).catch(async (error) => {
      await screen?.stop()
      throw error
    })
    return {
      profile,
      isHeadless,
      url: server.url,
      environment: {
        ...process.env,
        ...electronEnvironment(runtime),
        ...screen?.environment,
        NARYAD_DEMO_SIGN_IN: JSON.stringify({ server: server.url, login: 'dispatcher', password: 'demo' }),
      },
      restartServer: async () => {
        await server.stop()
        server = await startDemoServer(data)
      },
      stop: async () => {
        await server.stop()
        await screen?.stop()
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/**
 * @param {import('./electron-runtime.mjs').ElectronRuntime} runtime
 * @param {Demo} demo
 * @param {string | null} screenshot where the app is to write a picture of its first full window
 */
export function startApp(runtime, demo, screenshot) {
  // Chromium's own log (3 = fatal errors only) would drown ours.
  const args = [root, `--user-data-dir=${demo.profile}`, '--log-level=3', ...sandboxSwitches]
  const environment = screenshot ? { ...demo.environment, NARYAD_SCREENSHOT: screenshot } : demo.environment
  const child = spawn(runtime.executable, args, { cwd: root, env: environment, stdio: ['inherit', 'pipe', 'inherit'] })
  child.stdout.pipe(process.stdout)
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 0))
  })
  return { ended, pictureTaken: pictureTaken(child, ended), stop: () => end(child, 5_000) }
}

/**
 * The app says `SCREENSHOT <file>` when the picture is on the disk.
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, null>} child
 * @param {Promise<unknown>} ended
 * @returns {Promise<string>} why there is none, or ''
 */
async function pictureTaken(child, ended) {
  const said = new Promise((resolve) =>
    createInterface(child.stdout).on('line', (line) => line.startsWith('SCREENSHOT ') && resolve('')),
  )
  const late = delay(screenshotTimeoutMs, `no picture of the window within ${screenshotTimeoutMs / 1000} s`, {
    ref: false,
  })
  return Promise.race([said, late, ended.then(() => 'the app ended before its window was drawn')])
}
