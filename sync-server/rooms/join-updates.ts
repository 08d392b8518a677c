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

/**
 * `from`: where its structs begin. `values`: how many it adds to a list, if that is its only struct, else 0; their number
 * stands from `valuesAt` to `valuesFrom`, where they begin. `appends`: they follow the last value before.
 */
type Block = {
  update: Uint8Array
  client: number
  clock: number
  structs: number
  from: number
  values: number
  valuesAt: number
  valuesFrom: number
  appends: boolean
}

/** The block of an update that has exactly one and deletes nothing. */
function readBlock(update: Uint8Array): Block | undefined {
  const decoder = decoding.createDecoder(update)
  if (decoding.readVarUint(decoder) !== 1 || update[update.length - 1] !== nothingDeleted) return undefined
  const structs = decoding.readVarUint(decoder)
  const client = decoding.readVarUint(decoder)
  const clock = decoding.readVarUint(decoder)
  const from = decoder.pos
  const block = { update, client, clock, structs, from, values: 0, valuesAt: 0, valuesFrom: 0, appends: false }
  if (structs === 1) readValues(decoder, block)
  return block
}

/** Leaves the block as it is when its struct is another than one of JSON values in a list with nothing right of them. */
function readValues(decoder: decoding.Decoder, block: Block): void {
  const info = decoding.readUint8(decoder)
  if (info === (jsonValues | hasLeft)) {
    const leftClient = decoding.readVarUint(decoder)
    block.appends = decoding.readVarUint(decoder) === block.clock - 1 && leftClient === block.client
  } else if (info === jsonValues) {
    const isNamedList = decoding.readVarUint(decoder) === 1
    if (!isNamedList) return
    const nameBytes = decoding.readVarUint(decoder)
    decoder.pos += nameBytes
  } else return
  block.valuesAt = decoder.pos
  block.values = decoding.readVarUint(decoder)
  block.valuesFrom = decoder.pos
}

function joinBlocks(blocks: readonly Block[]): Uint8Array {
  const [first] = blocks
  if (!first || blocks.length === 1) return first?.update ?? new Uint8Array()
  const runs = runsOf(blocks)
  const structs = runs.reduce((sum, run) => sum + (run.length > 1 ? 1 : (run[0]?.structs ?? 0)), 0)
  const parts = [
    encoding.encode((encoder) => {
      for (const number of [1, structs, first.client, first.clock]) encoding.writeVarUint(encoder, number)
    }),
  ]
  for (const run of runs) addStructs(run, parts)
  parts.push(Uint8Array.of(nothingDeleted))
  return concatBytes(parts)
}

/** Blocks whose values follow each other stand together; any other block alone. */
function runsOf(blocks: readonly Block[]): Block[][] {
  const runs: Block[][] = []
  let end = -1
  for (const block of blocks) {
    const run = runs.at(-1)
    if (run && block.appends && end === block.clock) run.push(block)
    else runs.push([block])
    end = block.values > 0 ? block.clock + block.values : -1
  }
  return runs
}

function addStructs(run: readonly Block[], parts: Uint8Array[]): void {
  const [first] = run
  if (!first) return
  if (run.length === 1) return void parts.push(first.update.subarray(first.from, -1))
  const values = run.reduce((sum, block) => sum + block.values, 0)
  parts.push(first.update.subarray(first.from, first.valuesAt))
  parts.push(encoding.encode((encoder) => encoding.writeVarUint(encoder, values)))
  for (const { update, valuesFrom } of run) parts.push(update.subarray(valuesFrom, -1))
}
