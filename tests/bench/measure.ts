import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contestant } from './contestants/contestant.ts'
import type { ServerProcess } from './server-process.ts'

/** Name with its unit → value. */
export type Figures = Record<string, number>

export const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export function median(values: number[]): number {
  return percentile(values, 0.5)
}

export async function until(condition: () => boolean, everyMs = 2, timeoutMs = 180_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > end) throw new Error('the condition did not come true in time')
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'naryad-bench-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A fresh server on a fresh folder, killed afterwards. */
export function withServer<Result>(
  contestant: Contestant,
  use: (server: ServerProcess) => Promise<Result>,
): Promise<Result> {
  return withFolder(async (folder) => {
    const server = await contestant.start(folder)
    try {
      return await use(server)
    } finally {
      await server.kill()
    }
  })
}
