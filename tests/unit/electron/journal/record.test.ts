import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '#electron/main/journal/crc32c.ts'
import type { JournalRecord } from '#electron/main/journal/record.ts'
import { decodeRecords, encodeRecord } from '#electron/main/journal/record.ts'

function encoded(record: JournalRecord): Uint8Array {
  const bytes = encodeRecord(record)
  if (bytes === undefined) throw new Error('too long')
  return bytes
}

const join = (...pieces: Uint8Array[]) => new Uint8Array(Buffer.concat(pieces))
const draft = (id: string, value: string | null, generation = 1): JournalRecord => ({
  generation,
  entries: [['draft', id, value]],
})

const records = fc.array(
  fc.record({
    generation: fc.integer({ min: 1, max: 1000 }),
    entries: fc.array(
      fc.tuple(fc.constantFrom('command', 'draft', 'later'), fc.string(), fc.option(fc.string({ unit: 'binary' }))),
    ),
  }),
)

describe('crc32c', () => {
  it('matches the values of RFC 3720, section B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e)
  })

  it('continues over pieces', () => {
    const bytes = Buffer.from('Заявка № 17')
    expect(crc32c(bytes.subarray(5), crc32c(bytes.subarray(0, 5)))).toBe(crc32c(bytes))
  })
})

describe('the records of a journal', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(records, (written) => {
        const read = decodeRecords(join(...written.map(encoded)))
        expect(read.records).toEqual(written)
        expect(read.damage).toBe('none')
      }),
    )
  })

  it('keep text that is no sound Unicode', () => {
    const lone = draft('a', 'half of a pair: \ud83d')
    expect(decodeRecords(encoded(lone)).records).toEqual([lone])
  })

  it('cut anywhere give the whole ones before the cut', () => {
    fc.assert(
      fc.property(records, fc.nat(), (written, at) => {
        const pieces = written.map(encoded)
        const whole = join(...pieces)
        const cut = whole.subarray(0, at % (whole.length + 1))
        let length = 0
        const expected = written.filter((_, index) => (length += pieces[index]?.length ?? 0) <= cut.length)
        const read = decodeRecords(cut)
        expect(read.records).toEqual(expected)
        expect(read.damage).toBe(read.end === cut.length ? 'none' : 'tail')
      }),
    )
  })

  it('are not found in zeros, which some file systems leave behind a crash', () => {
    const first = encoded(draft('a', '1'))
    const read = decodeRecords(join(first, new Uint8Array(4096)))
    expect(read).toEqual({ records: [draft('a', '1')], end: first.length, damage: 'tail' })
  })

  it('with one bit turned lose that record and no other', () => {
    const three = [draft('a', 'первое'), draft('b', 'второе'), draft('c', 'третье')]
    const pieces = three.map(encoded)
    const [before = 0, length = 0] = pieces.map((piece) => piece.length)
    for (let bit = 0; bit < length * 8; bit++) {
      const bytes = join(...pieces)
      bytes[before + (bit >> 3)]! ^= 1 << (bit & 7)
      const read = decodeRecords(bytes)
      expect(read.records).toEqual([three[0], three[2]])
      expect(read.damage).toBe('middle')
    }
  })

  it('are searched for in a megabyte of damage without delay', () => {
    const damaged = new Uint8Array(1024 * 1024).fill(0x20)
    const startMs = performance.now()
    expect(decodeRecords(join(damaged, encoded(draft('a', '1')))).records).toHaveLength(1)
    expect(performance.now() - startMs).toBeLessThan(5000)
  })

  it('do not hold anything else than records', () => {
    const json = Buffer.from('{"generation":0,"entries":[]}')
    const bytes = Buffer.alloc(8 + json.length)
    bytes.writeUInt32LE(json.length, 0)
    bytes.set(json, 8)
    bytes.writeUInt32LE(crc32c(json, crc32c(bytes.subarray(0, 4))), 4)
    expect(decodeRecords(bytes).records).toEqual([])
  })
})
