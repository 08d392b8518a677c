import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { concatBytes } from '#common/domain/bytes.ts'
import { chunksOf } from '#common/domain/chunks.ts'
import { hasLeft, jsonValues } from './list-end.ts'

/** One update of a run of updates that one writer made one after another, none left out. */
export function joinUpdates(run: readonly Uint8Array[]): Uint8Array {
  return mergeInGroups(joinAdditions(run))
}

/**
 * The same run with fewer updates: those in a row that only add are one. In version 1 of the encoding a block is the number
 * of its structs, its client, its first clock and the structs, each complete in itself; so blocks that follow each other are
 * joined by their bytes, and values that were added one after another at the end of a list become the values of one struct,
 * as Yjs itself would have them. That spares both sides: nothing is decoded here, and the reader has few structs to place.
 */
export function joinAdditions(run: readonly Uint8Array[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  let blocks: Block[] = []
  const closeBlocks = (): void => {
    if (blocks.length > 0) parts.push(joinBlocks(blocks))
    blocks = []
  }
  for (const update of run) {
    const block = readBlock(update)
    if (!block || block.client !== blocks[0]?.client) closeBlocks()
    if (block) blocks.push(block)
    else parts.push(update)
  }
  closeBlocks()
  return parts
}

/** Yjs sorts all updates anew for each struct it takes: 5,000 at once take a second, in groups a sixth of it. */
const groupSize = 32

function mergeInGroups(updates: readonly Uint8Array[]): Uint8Array {
  let left = updates
  while (left.length > 1) left = chunksOf(left, groupSize).map((group) => Y.mergeUpdates(group))
  return left[0] ?? Y.mergeUpdates([])
}

/** What a list of deletions without any is encoded as. No other one ends with this: what the last range counts is never zero. */
const nothingDeleted = 0

/** `from`: where its structs begin. `values` when it has one struct, which adds values to a list. */
type Block = { update: Uint8Array; client: number; clock: number; structs: number; from: number; values?: Values }

/** Where the number of values stands in the update, and where they begin. `appends`: they follow the last value before. */
type Values = { count: number; countAt: number; from: number; appends: boolean }

/** The block of an update that has exactly one and deletes nothing. */
function readBlock(update: Uint8Array): Block | undefined {
  const decoder = decoding.createDecoder(update)
  if (decoding.readVarUint(decoder) !== 1 || update.at(-1) !== nothingDeleted) return undefined
  const structs = decoding.readVarUint(decoder)
  const client = decoding.readVarUint(decoder)
  const clock = decoding.readVarUint(decoder)
  const from = decoder.pos
  const values = structs === 1 ? readValues(decoder, client, clock) : undefined
  return { update, client, clock, structs, from, ...(values && { values }) }
}

/** Undefined for another struct than one of JSON values in a list with nothing right of them. */
function readValues(decoder: decoding.Decoder, client: number, clock: number): Values | undefined {
  const info = decoding.readUint8(decoder)
  let appends = false
  if (info === (jsonValues | hasLeft)) {
    const leftClient = decoding.readVarUint(decoder)
    appends = decoding.readVarUint(decoder) === clock - 1 && leftClient === client
  } else if (info === jsonValues) {
    const isNamedList = decoding.readVarUint(decoder) === 1
    if (!isNamedList) return undefined
    decoding.readVarUint8Array(decoder)
  } else return undefined
  const countAt = decoder.pos
  const count = decoding.readVarUint(decoder)
  return { count, countAt, from: decoder.pos, appends }
}

function joinBlocks(blocks: readonly Block[]): Uint8Array {
  const [first] = blocks
  if (!first || blocks.length === 1) return first?.update ?? new Uint8Array()
  const runs = runsOf(blocks)
  return concatBytes([
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1)
      encoding.writeVarUint(
        encoder,
        runs.reduce((sum, [{ structs } = first]) => sum + structs, 0),
      )
      encoding.writeVarUint(encoder, first.client)
      encoding.writeVarUint(encoder, first.clock)
    }),
    ...runs.flatMap(structsOf),
    Uint8Array.of(nothingDeleted),
  ])
}

/** Blocks whose values follow each other stand together; any other block alone. */
function runsOf(blocks: readonly Block[]): Block[][] {
  const runs: Block[][] = []
  let end = -1
  for (const block of blocks) {
    const { clock, values } = block
    const run = runs.at(-1)
    if (run && values?.appends && end === clock) run.push(block)
    else runs.push([block])
    end = values ? clock + values.count : -1
  }
  return runs
}

function structsOf(run: readonly Block[]): Uint8Array[] {
  const [first] = run
  if (!first?.values || run.length === 1) return run.map(({ update, from }) => update.subarray(from, -1))
  const count = run.reduce((sum, { values }) => sum + (values?.count ?? 0), 0)
  return [
    first.update.subarray(first.from, first.values.countAt),
    encoding.encode((encoder) => encoding.writeVarUint(encoder, count)),
    ...run.map(({ update, values }) => update.subarray(values?.from, -1)),
  ]
}
