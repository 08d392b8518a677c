import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Processes that a server started: those that decode its photos. */
export async function photoProcesses(serverPid: number): Promise<number[]> {
  // pgrep ends with 1 when there is none.
  const { stdout } = await run('pgrep', ['-P', String(serverPid)]).catch(() => ({ stdout: '' }))
  return stdout.split('\n').filter(Boolean).map(Number)
}

/** Most memory that the server and its photo processes ever had, in MiB (Linux). */
export async function peakMemoryMb(serverPid: number): Promise<number> {
  const pids = [serverPid, ...(await photoProcesses(serverPid))]
  const peaks = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0)
    }),
  )
  return peaks.reduce((sum, kb) => sum + kb, 0) / 1024
}
