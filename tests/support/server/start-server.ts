/** A real server process for tests, from the built files (`scripts/vitest/server-built.mjs` builds them). */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Limits } from '#server/limits.ts'
import { makeTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts'

export type StartServerOptions = {
  /** Made, and removed at the end, when not given. */
  dataDir?: string | undefined
  seed?: 'demo' | 'large' | undefined
  /** A free one when not given. */
  port?: number | undefined
  limits?: Partial<Limits> | undefined
  env?: NodeJS.ProcessEnv | undefined
  /** More of the server's arguments. */
  args?: readonly string[] | undefined
}

export type TestServer = {
  /** `http://127.0.0.1:PORT`. */
  url: string
  port: number
  pid: number
  dataDir: string
  /** What it wrote to stderr so far: JSON lines. */
  log(): string
  /** SIGTERM: lets it drain; resolves with the exit code. Removes a folder it made by itself. */
  stop(): Promise<number | null>
  /** SIGKILL: as if the power went. The folder stays for the next start. */
  kill(): Promise<void>
}

const main = fileURLToPath(new URL('../../../out/server/main.js', import.meta.url))
const readyTimeoutMs = 60_000
/** The large demonstration takes most of a minute on a machine that does nothing else. */
const readyAfterLargeSeedMs = 600_000

/** Resolves when the server accepts connections. Rejects with all it said when it ends before that. */
export async function startServer(options: StartServerOptions = {}): Promise<TestServer> {
  const own: TemporaryFolder | undefined = options.dataDir === undefined ? await makeTemporaryFolder() : undefined
  const dataDir = options.dataDir ?? own?.path ?? ''
  const { child, log } = spawnServer(['--data', dataDir, ...argumentsOf(options)], options.env)
  const url = await untilReady(child, log, options.seed === 'large' ? readyAfterLargeSeedMs : readyTimeoutMs)
  const exited =
    child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve([child.exitCode])
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    await exited
    return child.exitCode
  }
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    dataDir,
    log,
    stop: async () => {
      const code = await end('SIGTERM')
      await own?.remove()
      return code
    },
    kill: async () => {
      await end('SIGKILL')
    },
  }
}

/** Runs the server until it ends by itself: for what it says about bad options and folders. */
export async function runServer(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { child, log } = spawnServer(args, env)
  let stdout = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  const timer = setTimeout(() => child.kill('SIGKILL'), readyTimeoutMs)
  await once(child, 'close')
  clearTimeout(timer)
  return { code: child.exitCode, stdout, stderr: log() }
}

function argumentsOf({ seed, port, limits, args }: StartServerOptions): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', String(port ?? 0)],
    ...(seed === undefined ? [] : ['--seed', seed]),
    ...(limits === undefined ? [] : ['--limits', JSON.stringify(limits)]),
    ...(args ?? []),
  ]
}

function spawnServer(args: readonly string[], env: NodeJS.ProcessEnv = {}): { child: ChildProcess; log(): string } {
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let text = ''
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, log: () => text }
}

function untilReady(child: ChildProcess, log: () => string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`the server ${reason}:\n${log()}`))
    }
    const timer = setTimeout(() => fail(`was not ready within ${timeoutMs} ms`), timeoutMs)
    child.once('error', (error) => fail(`can not be started (${error.message})`))
    // Its last words come before «close», not before «exit».
    child.once('close', (code) => fail(`ended with ${code}`))
    if (child.stdout)
      createInterface(child.stdout).on('line', (line) => {
        const url = /^READY (http:\S+)$/.exec(line)?.[1]
        if (url === undefined) return
        clearTimeout(timer)
        child.removeAllListeners('close')
        resolve(url)
      })
  })
}
