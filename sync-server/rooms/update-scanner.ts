import * as decoding from 'lib0/decoding'
import { fail, succeed, type Result } from '#common/domain/result.ts'

/**
 * Reads the structure of a Yjs update (version 1 of its encoding) from an untrusted client without building anything of it.
 * Yjs itself allocates what an update claims (33 million structs in seven bytes), applies half of a torn one, and keeps
 * what has no predecessor; so nothing reaches it that was not walked through here to the last byte.
 */
export type ScannedStruct = {
  clock: number
  length: number
  origin?: ScannedId | undefined
  rightOrigin?: ScannedId | undefined
  /** Name of the top-level type; undefined when it follows from an origin. */
  root?: string | undefined
  key?: string | undefined
}
export type ScannedId = { client: number; clock: number }
export type ScannedUpdate = {
  blocks: { client: number; structs: ScannedStruct[] }[]
  deletes: { client: number; clock: number; length: number }[]
}

export const scanLimits = {
  clients: 5_000,
  structs: 20_000,
  deletes: 20_000,
  /** An honest outbox gives each command one clock: years of messages stay far below. */
  clock: 67_108_864,
  jsonDepth: 16,
  stateVectorBytes: 65_536,
} as const

// Yjs' numbers of what a struct contains. All else (GC, skip, binary, text, formats, embeds, nested types, subdocuments)
// is nothing a list of commands holds.
const contentDeleted = 1
const contentAny = 8

class Foreign extends Error {}

export function scanUpdate(update: Uint8Array): Result<ScannedUpdate, string> {
  try {
    const decoder = decoding.createDecoder(update)
    const blocks = readBlocks(decoder)
    const deletes = readDeletes(decoder)
    if (decoding.hasContent(decoder)) return fail('bytes after the update')
    return succeed({ blocks, deletes })
  } catch (error) {
    return fail(error instanceof Foreign ? error.message : 'torn update')
  }
}

function readBlocks(decoder: decoding.Decoder): ScannedUpdate['blocks'] {
  const blocks: ScannedUpdate['blocks'] = []
  const clients = new Set<number>()
  let structsLeft: number = scanLimits.structs
  for (let count = readCount(decoder, scanLimits.clients, 'clients'); count > 0; count--) {
    const structCount = readCount(decoder, structsLeft, 'structs')
    structsLeft -= structCount
    const client = decoding.readVarUint(decoder)
    if (clients.has(client)) throw new Foreign('two blocks of one client')
    clients.add(client)
    let clock = readClock(decoder)
    const structs: ScannedStruct[] = []
    for (let index = 0; index < structCount; index++) {
      const struct = readStruct(decoder, clock)
      clock += struct.length
      if (clock > scanLimits.clock) throw new Foreign('clock too high')
      structs.push(struct)
    }
    blocks.push({ client, structs })
  }
  return blocks
}

function readStruct(decoder: decoding.Decoder, clock: number): ScannedStruct {
  const info = decoding.readUint8(decoder)
  const content = info & 31
  if (content !== contentAny && content !== contentDeleted) throw new Foreign(`content of type ${content}`)
  const origin = info & 128 ? readId(decoder) : undefined
  const rightOrigin = info & 64 ? readId(decoder) : undefined
  let root: string | undefined
  let key: string | undefined
  if (!origin && !rightOrigin) {
    if (decoding.readVarUint(decoder) !== 1) throw new Foreign('nested type')
    root = decoding.readVarString(decoder)
    if (info & 32) key = decoding.readVarString(decoder)
  }
  const length = content === contentDeleted ? readClock(decoder) : readValues(decoder)
  if (length < 1) throw new Foreign('empty struct')
  return { clock, length, origin, rightOrigin, root, key }
}

function readValues(decoder: decoding.Decoder): number {
  const count = readCount(decoder, Number.MAX_SAFE_INTEGER, 'values')
  for (let index = 0; index < count; index++) skipJson(decoder, 0)
  return count
}

/** Walks over one value of lib0's `any` encoding; only what JSON can say may be there. */
function skipJson(decoder: decoding.Decoder, depth: number): void {
  if (depth > scanLimits.jsonDepth) throw new Foreign('nested too deep')
  const type = decoding.readUint8(decoder)
  switch (type) {
    case 127: // undefined: an optional member that was not given
    case 126: // null
    case 121: // false
    case 120: // true
      return
    case 125:
      decoding.readVarInt(decoder)
      return
    case 124:
      return skipBytes(decoder, 4)
    case 123:
      return skipBytes(decoder, 8)
    case 119:
      decoding.readVarString(decoder)
      return
    case 118:
      for (let count = readCount(decoder, Number.MAX_SAFE_INTEGER, 'members'); count > 0; count--) {
        // Decoding assigns members one by one, and this one would replace the prototype.
        if (decoding.readVarString(decoder) === '__proto__') throw new Foreign('member named __proto__')
        skipJson(decoder, depth + 1)
      }
      return
    case 117:
      for (let count = readCount(decoder, Number.MAX_SAFE_INTEGER, 'elements'); count > 0; count--)
        skipJson(decoder, depth + 1)
      return
    default:
      throw new Foreign(`value of type ${type}`)
  }
}

function readDeletes(decoder: decoding.Decoder): ScannedUpdate['deletes'] {
  const deletes: ScannedUpdate['deletes'] = []
  let left: number = scanLimits.deletes
  for (let clients = readCount(decoder, scanLimits.clients, 'clients'); clients > 0; clients--) {
    const client = decoding.readVarUint(decoder)
    const ranges = readCount(decoder, left, 'deletes')
    left -= ranges
    for (let index = 0; index < ranges; index++) {
      const clock = readClock(decoder)
      const length = readClock(decoder)
      if (length < 1) throw new Foreign('empty delete')
      deletes.push({ client, clock, length })
    }
  }
  return deletes
}

/** A count can't be larger than the bytes that are left: each thing it counts takes at least one. */
function readCount(decoder: decoding.Decoder, limit: number, what: string): number {
  const count = decoding.readVarUint(decoder)
  if (count > limit || count > decoder.arr.length - decoder.pos) throw new Foreign(`too many ${what}`)
  return count
}

function readClock(decoder: decoding.Decoder): number {
  const clock = decoding.readVarUint(decoder)
  if (clock > scanLimits.clock) throw new Foreign('clock too high')
  return clock
}

function readId(decoder: decoding.Decoder): ScannedId {
  return { client: decoding.readVarUint(decoder), clock: readClock(decoder) }
}

function skipBytes(decoder: decoding.Decoder, count: number): void {
  if (decoder.arr.length - decoder.pos < count) throw new Foreign('torn update')
  decoder.pos += count
}
