import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from '../../../scripts/lib/lock.mjs'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naryad-lock-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('withLock', () => {
  it('lets one in at a time, also after a failure', async () => {
    const events: string[] = []
    const lock = join(folder, 'lock')
    const enter = (name: string) =>
      withLock(lock, 'a test', async () => {
        events.push(`${name} in`)
        await readdir(folder)
        events.push(`${name} out`)
        if (name === 'first') throw new Error('failed inside')
      })
    await expect(Promise.all([enter('first'), enter('second')])).rejects.toThrow('failed inside')
    await expect.poll(() => events.length).toBe(4)
    expect(events[1]).toBe(events[0]?.replace('in', 'out'))
    expect(await readdir(folder)).toEqual([])
  })

  it('takes over from a dead process', async () => {
    const lock = join(folder, 'lock')
    const { pid } = spawnSync(process.execPath, ['--version'])
    await mkdir(lock)
    await writeFile(join(lock, 'pid'), String(pid))
    expect(await withLock(lock, 'a test', async () => 'entered')).toBe('entered')
  })

  it('takes over from a process that died before it could sign', async () => {
    const lock = join(folder, 'lock')
    await mkdir(lock)
    const longAgo = new Date(Date.now() - 60_000)
    await utimes(lock, longAgo, longAgo)
    expect(await withLock(lock, 'a test', async () => 'entered')).toBe('entered')
  })
})
