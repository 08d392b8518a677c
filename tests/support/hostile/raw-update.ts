import * as encoding from 'lib0/encoding'

/** Writes Yjs updates by hand, so that a test can send what no honest client would. */
export type RawStruct = {
  /** Number of the content: 0 GC, 1 deleted, 3 binary, 4 text, 5 embed, 6 format, 7 type, 8 JSON values, 9 document, 10 skip. */
  content: number
  origin?: [client: number, clock: number]
  rightOrigin?: [client: number, clock: number]
  /** Name of the top-level type, or the id of a nested one. */
  parent?: string | [client: number, clock: number]
  key?: string
  /** For content 8: values, or functions that write one. For 0, 1 and 10: a length. */
  values?: unknown[]
  length?: number
  /** Claims so many values. */
  claimed?: number
}
export type RawBlock = { client: number; clock: number; structs: RawStruct[]; claimed?: number }
export type RawDelete = [client: number, ranges: [clock: number, length: number][]]

export function rawUpdate(blocks: RawBlock[], deletes: RawDelete[] = [], tail?: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, blocks.length)
    for (const { client, clock, structs, claimed } of blocks) {
      encoding.writeVarUint(encoder, claimed ?? structs.length)
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, clock)
      for (const struct of structs) writeStruct(encoder, struct)
    }
    encoding.writeVarUint(encoder, deletes.length)
    for (const [client, ranges] of deletes) {
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, ranges.length)
      for (const [clock, length] of ranges) {
        encoding.writeVarUint(encoder, clock)
        encoding.writeVarUint(encoder, length)
      }
    }
    if (tail) encoding.writeUint8Array(encoder, tail)
  })
}

function writeStruct(encoder: encoding.Encoder, struct: RawStruct): void {
  const { content, origin, rightOrigin, parent, key, length = 1 } = struct
  if (content === 0 || content === 10) {
    encoding.writeUint8(encoder, content)
    return encoding.writeVarUint(encoder, length)
  }
  encoding.writeUint8(encoder, content | (origin ? 128 : 0) | (rightOrigin ? 64 : 0) | (key === undefined ? 0 : 32))
  for (const id of [origin, rightOrigin]) if (id) for (const part of id) encoding.writeVarUint(encoder, part)
  if (!origin && !rightOrigin) {
    encoding.writeVarUint(encoder, typeof parent === 'string' ? 1 : 0)
    if (typeof parent === 'string') encoding.writeVarString(encoder, parent)
    else for (const part of parent ?? [0, 0]) encoding.writeVarUint(encoder, part)
    if (key !== undefined) encoding.writeVarString(encoder, key)
  }
  writeContent(encoder, struct)
}

function writeContent(encoder: encoding.Encoder, { content, values = [], claimed, length = 1 }: RawStruct): void {
  switch (content) {
    case 1:
      return encoding.writeVarUint(encoder, length)
    case 3:
      return encoding.writeVarUint8Array(encoder, new Uint8Array(8))
    case 4:
      return encoding.writeVarString(encoder, 'text')
    case 5:
      return encoding.writeVarString(encoder, '{}')
    case 6:
      encoding.writeVarString(encoder, 'bold')
      return encoding.writeVarString(encoder, 'true')
    case 7:
      // A Y.Map; an XML element has a name too.
      return encoding.writeVarUint(encoder, 1)
    case 9:
      encoding.writeVarString(encoder, 'guid')
      return encoding.writeAny(encoder, {})
    default:
      encoding.writeVarUint(encoder, claimed ?? values.length)
      for (const value of values) {
        if (typeof value === 'function') (value as (encoder: encoding.Encoder) => void)(encoder)
        else encoding.writeAny(encoder, value as encoding.AnyEncodable)
      }
  }
}
