import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeDisk } from '#electron/main/journal/disk.ts'
import { createJournals } from '#electron/main/journal/journals.ts'
import type { FillReport } from '#tests/support/electron/journal-writer.ts'
import type { JournalWriter } from '#tests/support/electron/real-journal.ts'
import { buildJournalWriter } from '#tests/support/electron/real-journal.ts'

const account = 'deadbeef'
let writer: JournalWriter
beforeAll(async () => {
  writer = await buildJournalWriter()
})
afterAll(() => writer.remove())

/** Starts the writer, kills it after so many acknowledgements, answers those that arrived. */
async function writeAndKill(acknowledgements: number): Promise<number[]> {
  const child = writer.start('write')
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.split('\n').length > acknowledgements) child.kill('SIGKILL')
  })
  await once(child, 'close')
  expect(child.signalCode).toBe('SIGKILL')
  // The last line may have been cut by the kill.
  return output.split('\n').slice(0, -1).map(Number)
}

describe('a journal of a process', () => {
  it('that is killed again and again holds every acknowledged command', async () => {
    const acknowledged: number[] = []
    for (let round = 0; round < 12; round++) {
      acknowledged.push(...(await writeAndKill(10 + round * 17)))
      const { items } = await createJournals(nodeDisk, writer.folder, 0).read(account)
      const kept = items.filter(({ kind }) => kind === 'command').map(({ id }) => Number(id))
      expect(kept).toEqual(expect.arrayContaining(acknowledged))
      const draft = items.find(({ kind }) => kind === 'draft')?.value ?? ''
      expect(Number(draft.split(' ')[0])).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? 0)
    }
    expect(acknowledged.length).toBeGreaterThan(1000)
  }, 60_000)

  it('on a full disk refuses, keeps exactly what it acknowledged, and goes on when there is room', async () => {
    const report = JSON.parse(await writer.fillDisk(1024 * 1024)) as FillReport
    expect(report.acknowledged.length).toBeGreaterThan(10)
    expect(report.refusals).toEqual(Array.from({ length: 5 }, () => 'disk-full'))
    expect(report.kept).toEqual(report.acknowledged)
    expect(report.wasRepaired).toBe(false)
    expect(report.afterwards).toBe(true)
  }, 60_000)
})

describe('the disk of Node', () => {
  it('reads, writes, cuts, renames and removes', async () => {
    const folder = await mkdtemp(join(writer.folder, 'disk-'))
    const path = join(folder, 'deep', 'a')
    await nodeDisk.makeFolder(join(folder, 'deep'))
    expect(await nodeDisk.read(path)).toBeUndefined()
    const file = await nodeDisk.open(path)
    expect(await file.write(Buffer.from('заявка'), 0)).toBe(12)
    await file.write(Buffer.from('!'), 12)
    await file.truncate(12)
    await file.sync()
    await file.close()
    const again = await nodeDisk.open(path)
    await again.close()
    expect(Buffer.from((await nodeDisk.read(path)) ?? []).toString()).toBe('заявка')
    await nodeDisk.rename(path, `${path}2`)
    await nodeDisk.syncFolder(join(folder, 'deep'))
    expect(await nodeDisk.read(path)).toBeUndefined()
    await nodeDisk.remove(`${path}2`)
    await nodeDisk.remove(`${path}2`)
    expect(await nodeDisk.read(`${path}2`)).toBeUndefined()
  })
})
