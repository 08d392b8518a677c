import * as z from 'zod/mini'
import { crc32c } from './crc32c.ts'

/**
 * A journal file is a row of records `length | crc32c | JSON`, both numbers 32 bits little-endian; the checksum covers the
 * length and the JSON. One record holds all that was committed together, so after a crash a group is there whole or not at all.
 */
const headerBytes = 8
/** Four ASCII bytes read as a length are over this, so looking for a record inside damaged text rejects nearly all places at once. */
const maxRecordBytes = 128 * 1024 * 1024

const recordSchema = z.object({
  /** Number of the file among all that this journal has been rewritten to; each record carries it, so no header can be lost. */
  generation: z.int().check(z.positive()),
  /** `[kind, id, value]`; value null forgets. A kind that this version does not know is carried along. */
  entries: z.array(z.tuple([z.string(), z.string(), z.nullable(z.string())])),
})
export type JournalRecord = z.infer<typeof recordSchema>
export type StoredEntry = JournalRecord['entries'][number]

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Undefined when it would be longer than a record may be. */
export function encodeRecord(record: JournalRecord): Uint8Array | undefined {
  const text = JSON.stringify(record)
  if (text.length > maxRecordBytes) return undefined
  const json = Buffer.from(text)
  if (json.length > maxRecordBytes) return undefined
  const bytes = Buffer.allocUnsafe(headerBytes + json.length)
  bytes.writeUInt32LE(json.length, 0)
  bytes.set(json, headerBytes)
  bytes.writeUInt32LE(crc32c(json, crc32c(bytes.subarray(0, 4))), 4)
  return bytes
}

function decodeAt(bytes: Uint8Array, start: number): { record: JournalRecord; end: number } | undefined {
  if (bytes.length - start < headerBytes) return undefined
  const header = new DataView(bytes.buffer, bytes.byteOffset + start, headerBytes)
  const length = header.getUint32(0, true)
  const end = start + headerBytes + length
  if (length > maxRecordBytes || end > bytes.length) return undefined
  const json = bytes.subarray(start + headerBytes, end)
  if (crc32c(json, crc32c(bytes.subarray(start, start + 4))) !== header.getUint32(4, true)) return undefined
  try {
    const parsed = z.safeParse(recordSchema, JSON.parse(decoder.decode(json)))
    return parsed.success ? { record: parsed.data, end } : undefined
  } catch {
    return undefined
  }
}

export type Decoded = {
  records: JournalRecord[]
  /** Where the last sound record ends: what follows is to be cut off, and the next record goes here. */
  end: number
  /** `tail`: nothing sound follows the damage (a write was interrupted). `middle`: sound records follow (the disk lost some). */
  damage: 'none' | 'tail' | 'middle'
}

/** Reads all sound records, also those behind a damaged place. */
export function decodeRecords(bytes: Uint8Array): Decoded {
  const decoded: Decoded = { records: [], end: 0, damage: 'none' }
  for (let start = 0; start < bytes.length;) {
    const found = decodeAt(bytes, start)
    if (found === undefined) {
      start++
      continue
    }
    if (start !== decoded.end) decoded.damage = 'middle'
    decoded.records.push(found.record)
    decoded.end = start = found.end
  }
  if (decoded.end < bytes.length && decoded.damage === 'none') decoded.damage = 'tail'
  return decoded
}
