import { beforeEach, describe, expect, it } from 'vitest'
import type { JournalEntry } from '#common/ipc.ts'
import { createBallast } from '#electron/main/journal/ballast.ts'
import type { Journal, JournalLimits } from '#electron/main/journal/journal.ts'
import { journalLimits, openJournal } from '#electron/main/journal/journal.ts'
import { createJournals } from '#electron/main/journal/journals.ts'
import { encodeRecord } from '#electron/main/journal/record.ts'
import type { FaultyDisk } from '#tests/support/electron/faulty-disk.ts'
import { createFaultyDisk, seededRandom } from '#tests/support/electron/faulty-disk.ts'

const path = '/journal/a1.journal'
const draft = (id: string, value: string | null): JournalEntry => ({ kind: 'draft', id, value })
const command = (id: string, value: string | null): JournalEntry => ({ kind: 'command', id, value })
const long = (bytes: number) => 'я'.repeat(bytes / 2)

let disk: FaultyDisk
beforeEach(() => {
  disk = createFaultyDisk()
})

async function open(
  from: FaultyDisk = disk,
  limits: JournalLimits = journalLimits,
  ballastBytes = 0,
): Promise<Journal> {
  const ballast = createBallast(from, '/journal', ballastBytes)
  await ballast.fill()
  return openJournal(from, '/journal', 'a1', ballast, limits)
}

async function valuesOf(journal: Journal): Promise<Record<string, string>> {
  const { items } = await journal.read()
  return Object.fromEntries(items.map(({ kind, id, value }) => [`${kind} ${id}`, value]))
}

describe('a journal', () => {
  it('is empty where there is none', async () => {
    expect(await (await open()).read()).toEqual({ generation: 1, items: [], repaired: false })
  })

  it('keeps the last value of each item, in the order the items appeared', async () => {
    const journal = await open()
    await journal.write([command('1', 'a'), command('2', 'b'), draft('1', 'c')])
    await journal.write([command('1', 'a, changed'), command('3', 'd'), draft('1', null)])
    const items = [
      { kind: 'command', id: '1', value: 'a, changed' },
      { kind: 'command', id: '2', value: 'b' },
      { kind: 'command', id: '3', value: 'd' },
    ]
    expect(await journal.read()).toEqual({ generation: 1, items, repaired: false })
    expect((await (await open()).read()).items).toEqual(items)
  })

  it('answers only when the content and the name of its file are on the disk', async () => {
    const journal = await open()
    expect(await journal.write([draft('1', 'a')])).toEqual({ ok: true, generation: 1 })
    for (let seed = 0; seed < 50; seed++)
      expect(await valuesOf(await open(disk.afterPowerLoss(seededRandom(seed))))).toEqual({ 'draft 1': 'a' })
  })

  it('syncs once for all the calls that wait', async () => {
    const journal = await open()
    await journal.write([draft('0', 'the file exists')])
    let syncs = 0
    disk.fault = (operation) => void (operation === 'sync' && syncs++)
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, id) => journal.write([draft(String(id), 'x')])))
    expect(outcomes.every(({ ok }) => ok)).toBe(true)
    expect(syncs).toBeLessThanOrEqual(2)
  })

  it('cuts off a torn end, says so, and goes on behind what is sound', async () => {
    await (await open()).write([draft('1', 'a'), draft('2', 'b')])
    await (await open()).write([draft('3', 'c')])
    disk.damage(path, (bytes) => bytes.subarray(0, bytes.length - 1))
    const journal = await open()
    expect((await journal.read()).repaired).toBe(true)
    expect(await valuesOf(journal)).toEqual({ 'draft 1': 'a', 'draft 2': 'b' })
    await journal.write([draft('4', 'd')])
    const again = await open()
    expect(await valuesOf(again)).toEqual({ 'draft 1': 'a', 'draft 2': 'b', 'draft 4': 'd' })
    expect((await again.read()).repaired).toBe(false)
  })

  it('keeps what follows a damaged place, and the damaged file for later', async () => {
    const journal = await open()
    for (const id of ['1', '2', '3']) await journal.write([draft(id, long(100))])
    disk.damage(path, (bytes) => bytes.map((byte, at) => (at === Math.floor(bytes.length / 2) ? byte ^ 4 : byte)))
    const damaged = disk.contentOf(path)
    const repaired = await open()
    expect(Object.keys(await valuesOf(repaired))).toEqual(['draft 1', 'draft 3'])
    expect(await repaired.read()).toMatchObject({ repaired: true, generation: 2 })
    expect(disk.contentOf(`${path}.damaged`)).toEqual(damaged)
    expect((await (await open()).read()).repaired).toBe(false)
  })

  it('carries along what a newer version wrote', async () => {
    const record = encodeRecord({ generation: 7, entries: [['later', '1', 'new'], ['draft', '1', 'a']] }) // prettier-ignore
    const file = await disk.open(path)
    await file.write(record ?? new Uint8Array(), 0)
    const journal = await open(disk, { ...journalLimits, compactAboveBytes: 100 })
    expect(await journal.read()).toMatchObject({ generation: 7, items: [{ kind: 'draft', id: '1', value: 'a' }] })
    for (let round = 0; round < 5; round++) await journal.write([draft('1', long(100))])
    expect((await journal.read()).generation).toBeGreaterThan(7)
    expect(Buffer.from(disk.contentOf(path) ?? []).toString()).toContain('["later","1","new"]')
  })
})

describe('rewriting a journal', () => {
  const limits = { ...journalLimits, compactAboveBytes: 1000 }

  it('keeps the file within about twice its content and raises the generation', async () => {
    const journal = await open(disk, limits)
    await journal.write([command('kept', 'сообщение')])
    let last = await journal.write([draft('1', long(100))])
    for (let round = 0; round < 100; round++) last = await journal.write([draft('1', long(100) + round)])
    expect(disk.contentOf(path)?.length).toBeLessThan(1500)
    const content = await (await open()).read()
    expect(last).toEqual({ ok: true, generation: content.generation })
    expect(content.generation).toBeGreaterThan(5)
    expect(content.items).toEqual([
      { kind: 'command', id: 'kept', value: 'сообщение' },
      { kind: 'draft', id: '1', value: `${long(100)}99` },
    ])
  })

  it('keeps the generation when nothing is left', async () => {
    const journal = await open(disk, limits)
    for (let round = 0; round < 20; round++) await journal.write([draft('1', long(200)), draft('1', null)])
    const { generation, items } = await journal.read()
    expect(items).toEqual([])
    expect(generation).toBeGreaterThan(1)
    expect(await (await open()).read()).toEqual({ generation, items: [], repaired: false })
  })

  it('that fails leaves the old file in use', async () => {
    const journal = await open(disk, limits)
    disk.fault = (operation, at) => (operation === 'write' && at.endsWith('.new') ? 'ENOSPC' : undefined)
    for (let round = 0; round < 30; round++)
      expect(await journal.write([draft('1', long(100) + round)])).toEqual({ ok: true, generation: 1 })
    expect(await valuesOf(await open())).toEqual({ 'draft 1': `${long(100)}29` })
    expect(disk.names()).not.toContain(`${path}.new`)
  })

  it('begins anew where an interrupted one left its file', async () => {
    const interrupted = await disk.open(`${path}.new`)
    const leftover = encodeRecord({ generation: 9, entries: [['draft', 'left', long(5000)]] })
    await interrupted.write(leftover ?? new Uint8Array(), 0)
    const journal = await open(disk, limits)
    expect(disk.names()).not.toContain(`${path}.new`)
    disk.fault = (operation, at) =>
      at.endsWith('.new') && operation !== 'open' && operation !== 'write' ? 'EIO' : undefined
    for (let round = 0; round < 20; round++) await journal.write([draft('1', long(400))])
    await journal.read()
    disk.fault = () => undefined
    await journal.write([draft('1', 'b')])
    await journal.close()
    expect(disk.contentOf(path)?.length).toBeLessThan(400)
    expect(await valuesOf(await open())).toEqual({ 'draft 1': 'b' })
    expect((await (await open()).read()).repaired).toBe(false)
  })

  it('acknowledges nothing more until the new name is on the disk', async () => {
    const journal = await open(disk, limits)
    await journal.write([draft('1', 'a')])
    disk.fault = (operation) => (operation === 'syncFolder' ? 'EIO' : undefined)
    let acknowledged = 'a'
    for (let round = 0; round < 30; round++) {
      const value = long(100) + round
      if ((await journal.write([draft('1', value)])).ok) acknowledged = value
    }
    expect(await journal.write([draft('1', 'b')])).toMatchObject({ ok: false, reason: 'unwritable' })
    for (let seed = 0; seed < 50; seed++)
      expect(await valuesOf(await open(disk.afterPowerLoss(seededRandom(seed))))).toEqual({ 'draft 1': acknowledged })
    disk.fault = () => undefined
    expect(await journal.write([draft('1', 'c')])).toMatchObject({ ok: true })
  })
})

describe('a full disk', () => {
  it('is an answer, and what it refused is not there, neither now nor after a start', async () => {
    const journal = await open()
    await journal.write([draft('1', 'a')])
    disk.capacityBytes = 300
    expect(await journal.write([draft('2', long(1000))])).toMatchObject({ ok: false, reason: 'disk-full' })
    expect(await valuesOf(journal)).toEqual({ 'draft 1': 'a' })
    for (let seed = 0; seed < 50; seed++)
      expect(await (await open(disk.afterPowerLoss(seededRandom(seed)))).read()).toMatchObject({
        items: [{ kind: 'draft', id: '1', value: 'a' }],
        repaired: false,
      })
    disk.capacityBytes = Infinity
    expect(await journal.write([draft('2', 'b')])).toMatchObject({ ok: true })
    expect(await valuesOf(await open())).toEqual({ 'draft 1': 'a', 'draft 2': 'b' })
  })

  it('takes the small one of the calls that wait together', async () => {
    const journal = await open()
    disk.capacityBytes = 400
    const first = journal.write([draft('0', 'x')])
    const answers = await Promise.all([
      first,
      journal.write([draft('1', long(1000))]),
      journal.write([draft('2', 'b')]),
    ])
    expect(answers.map(({ ok }) => ok)).toEqual([true, false, true])
    expect(await valuesOf(await open())).toEqual({ 'draft 0': 'x', 'draft 2': 'b' })
  })

  it('uses up the ballast first', async () => {
    const journal = await open(disk, journalLimits, 2000)
    disk.capacityBytes = 2100
    expect(await journal.write([draft('1', long(1000))])).toMatchObject({ ok: true })
    expect(disk.names()).not.toContain('/journal/ballast')
    expect(await journal.write([draft('2', long(1500))])).toMatchObject({ ok: false, reason: 'disk-full' })
    expect(Object.keys(await valuesOf(await open()))).toEqual(['draft 1'])
  })

  it('makes room by leaving out what is superseded', async () => {
    const journal = await open()
    for (let round = 0; round < 20; round++) await journal.write([draft('1', long(1000) + round)])
    disk.capacityBytes = (disk.contentOf(path)?.length ?? 0) + 1500
    expect(await journal.write([draft('2', long(2000))])).toEqual({ ok: true, generation: 2 })
    expect(await valuesOf(await open())).toEqual({ 'draft 1': `${long(1000)}19`, 'draft 2': long(2000) })
  })

  it('gets its ballast back once there is room', async () => {
    const limits = { ...journalLimits, compactAboveBytes: 1000 }
    const journal = await open(disk, limits, 2000)
    disk.capacityBytes = 2100
    await journal.write([draft('1', long(1000))])
    disk.capacityBytes = Infinity
    for (let round = 0; round < 10; round++) await journal.write([draft('1', long(200))])
    expect(disk.contentOf('/journal/ballast')).toHaveLength(2000)
  })

  it('does not keep a journal from being read', async () => {
    await (await open()).write([draft('1', 'a')])
    disk.capacityBytes = 0
    const journals = createJournals(disk, '/journal', 5000)
    expect((await journals.read('a1')).items).toHaveLength(1)
    expect(disk.names()).not.toContain('/journal/ballast.new')
  })
})

describe('a failing disk', () => {
  it.each(['open', 'write', 'sync', 'truncate', 'syncFolder'] as const)('%s: is an answer', async (operation) => {
    const journal = await open()
    disk.fault = (each) => (each === operation ? 'EIO' : undefined)
    expect(await journal.write([draft('1', 'a')])).toMatchObject({ ok: false, reason: 'unwritable' })
    expect((await journal.read()).items).toEqual([])
    disk.fault = () => undefined
    expect(await journal.write([draft('1', 'b')])).toMatchObject({ ok: true })
    expect(await valuesOf(await open())).toEqual({ 'draft 1': 'b' })
  })

  it('that can not even cut off a failed write, does so before the next one', async () => {
    const journal = await open()
    await journal.write([draft('1', 'a')])
    disk.fault = (operation) => (operation === 'sync' || operation === 'truncate' ? 'EIO' : undefined)
    expect(await journal.write([draft('2', 'b')])).toMatchObject({ ok: false, reason: 'unwritable' })
    disk.fault = () => undefined
    await journal.write([draft('3', 'c')])
    expect(Object.keys(await valuesOf(await open()))).toEqual(['draft 1', 'draft 3'])
  })

  it('that can not be read rejects the reading, answers the writing, and is tried again', async () => {
    await (await open()).write([draft('1', 'a')])
    const journals = createJournals(disk, '/journal', 0)
    disk.fault = (operation) => (operation === 'read' ? 'EIO' : undefined)
    await expect(journals.read('a1')).rejects.toThrow('EIO')
    expect(await journals.write('a1', [draft('2', 'b')])).toMatchObject({ ok: false, reason: 'unwritable' })
    disk.fault = () => undefined
    expect(await journals.write('a1', [draft('2', 'b')])).toMatchObject({ ok: true })
    expect((await journals.read('a1')).items).toHaveLength(2)
  })
})

describe('the journals of several accounts', () => {
  it('are apart', async () => {
    const journals = createJournals(disk, '/journal', 100)
    await Promise.all([journals.write('aaaaaaaa', [draft('1', 'a')]), journals.write('bbbbbbbb', [draft('1', 'b')])])
    expect((await journals.read('aaaaaaaa')).items).toEqual([{ kind: 'draft', id: '1', value: 'a' }])
    expect((await journals.read('bbbbbbbb')).items).toEqual([{ kind: 'draft', id: '1', value: 'b' }])
  })

  it('are closed when all that was handed over is answered', async () => {
    const journals = createJournals(disk, '/journal', 100)
    const outcomes = Array.from({ length: 20 }, (_, id) => journals.write('aaaaaaaa', [draft(String(id), 'x')]))
    await journals.close()
    expect((await Promise.all(outcomes)).every(({ ok }) => ok)).toBe(true)
  })
})
