/**
 * Starts the built desktop app for a test, as a user would have it: real Electron, own user data, own process.
 *
 *   const desk = await launchApp({ server: 'http://127.0.0.1:4000', login: 'dispatcher', password: 'demo' })
 *   await desk.page.getByRole('button', { name: 'Отправить' }).click()
 *   await desk.kill() // as `kill -9`; start again with { userDataDir: desk.userDataDir } to see what survived
 *
 * - `server`, `login`, `password` together sign in at once (as `npm start` does); without them the sign-in form shows.
 * - `userDataDir` is made in the temporary folder and removed by `close()` unless it was given. `kill()` leaves it: remove it
 *   with `removeUserData(dir)`.
 * - The interface is Russian, whatever the machine speaks; light or dark follow the app's setting.
 * - The project `e2e` of vitest.config.ts builds the app, finds Electron and starts a screen and a session bus, so
 *   `npx vitest run tests/e2e/<name>.test.ts` is all it takes. Notifications: notification-service.ts; the badge: launcher.ts.
 * - Several apps at once are fine, each with its own `userDataDir`; a start takes about 2 s.
 * - `output()` is what the main process printed: put it into a failure's message.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { _electron } from 'playwright-core'

export type LaunchOptions = {
  userDataDir?: string
  server?: string
  login?: string
  password?: string
  env?: Readonly<Record<string, string>>
  /** More switches for Electron. */
  switches?: readonly string[]
  /** Chromium's sandbox can't run as root; the default is to use it for everyone else. */
  chromiumSandbox?: boolean
  /** For the debugger's connection and for the first window, each. */
  startTimeoutMs?: number
  /** Another Electron than the one of the environment. */
  executablePath?: string
}

export type LaunchedApp = {
  app: ElectronApplication
  page: Page
  userDataDir: string
  /** Process id of the main process. */
  pid: number
  output: () => string
  /** Quits as a user does: what was handed over is on the disk afterwards. */
  close: () => Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill: () => Promise<void>
}

const projectFolder = resolve(import.meta.dirname, '../../..')
const usualStartTimeoutMs = 30_000
const quitTimeoutMs = 10_000

export function makeUserDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'naryad-user-'))
}

/** A process that was just killed may still be writing: tries again for a while. */
export function removeUserData(userDataDir: string): Promise<void> {
  return rm(userDataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}

function environmentOf({ server, login, password, env }: LaunchOptions): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const signIn = server === undefined ? {} : { NARYAD_DEMO_SIGN_IN: JSON.stringify({ server, login, password }) }
  return { ...Object.fromEntries(inherited), LANGUAGE: 'ru', XDG_CURRENT_DESKTOP: 'Unity', ...signIn, ...env }
}

export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const userDataDir = options.userDataDir ?? (await makeUserDataDir())
  const startTimeoutMs = options.startTimeoutMs ?? usualStartTimeoutMs
  const app = await _electron.launch({
    args: ['.', `--user-data-dir=${userDataDir}`, ...(options.switches ?? [])],
    cwd: projectFolder,
    env: environmentOf(options),
    chromiumSandbox: options.chromiumSandbox ?? process.getuid?.() !== 0,
    timeout: startTimeoutMs,
    // Playwright would pretend a light desktop.
    colorScheme: null,
    ...(options.executablePath === undefined ? {} : { executablePath: options.executablePath }),
  })
  const child = app.process()
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()))

  const gone = () => child.exitCode !== null || child.signalCode !== null
  async function kill(): Promise<void> {
    if (gone()) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
  async function close(): Promise<void> {
    const timer = setTimeout(() => child.kill('SIGKILL'), quitTimeoutMs)
    await app.close().finally(() => clearTimeout(timer))
    if (options.userDataDir === undefined) await removeUserData(userDataDir)
  }

  try {
    const page = await app.firstWindow({ timeout: startTimeoutMs })
    await page.waitForLoadState('domcontentloaded')
    return { app, page, userDataDir, pid: child.pid ?? 0, output: () => printed, close, kill }
  } catch (error) {
    await kill()
    throw new Error(`the app did not open its window; it printed:\n${printed}`, { cause: error })
  }
}
