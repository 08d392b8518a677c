import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

export type ServerProcess = { url: string; pid: number; folder: string; startMs: number; kill(): Promise<void> }

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Starts a server that prints READY, with a hook that collects garbage and writes its memory on SIGUSR2. */
export async function startServer(args: string[], port: number, folder: string): Promise<ServerProcess> {
  const hook = join(process.cwd(), 'tests/bench/memory-hook.cjs')
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['--expose-gc', '--require', hook, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NARYAD_BENCH_MEMORY: join(folder, 'memory.json'), NARYAD_LOG_LEVEL: 'error' },
  })
  running.add(child)
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.includes('READY') && resolve())
    child.once('exit', (code) => reject(new Error(`server ended with ${code}: ${complaints.slice(0, 1000)}`)))
  })
  child.removeAllListeners('exit')
  const pid = child.pid ?? 0
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      running.delete(child)
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    })
  return { url: `http://127.0.0.1:${port}`, pid, folder, startMs: performance.now() - startedAt, kill }
}

/** CPU time the process has used, user and system, in ms (clock ticks of 10 ms). */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Memory in kB after a garbage collection: `resident` of the whole process, `heap` of JavaScript with its buffers. */
export async function memoryKb(server: ServerProcess): Promise<{ resident: number; heap: number }> {
  const file = join(server.folder, 'memory.json')
  const before = readMemory(file).count
  process.kill(server.pid, 'SIGUSR2')
  for (let attempt = 0; attempt < 200; attempt++) {
    const now = readMemory(file)
    if (now.count > before) return now
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the server did not report its memory')
}

function readMemory(file: string): { count: number; resident: number; heap: number } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { count: number; resident: number; heap: number }
  } catch {
    return { count: 0, resident: 0, heap: 0 }
  }
}
