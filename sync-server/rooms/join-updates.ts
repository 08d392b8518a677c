import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { chunksOf } from '#common/domain/chunks.ts'

/** One update of a run of updates that one writer made one after another, none left out. */
export function joinUpdates(run: readonly Uint8Array[]): Uint8Array {
  return mergeInGroups(joinAdditions(run))
}

/**
 * The same run with fewer updates: those in a row that only add are one. In version 1 of the encoding a block is the number
 * of its structs, its client, its first clock and the structs, each complete in itself; so blocks that follow each other are
 * joined by their bytes, which spares decoding and encoding every value again.
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

type Block = { update: Uint8Array; client: number; clock: number; structs: number; start: number }

/** The block of an update that has exactly one and deletes nothing. */
function readBlock(update: Uint8Array): Block | undefined {
  const decoder = decoding.createDecoder(update)
  if (decoding.readVarUint(decoder) !== 1 || update.at(-1) !== nothingDeleted) return undefined
  const structs = decoding.readVarUint(decoder)
  const client = decoding.readVarUint(decoder)
  const clock = decoding.readVarUint(decoder)
  return { update, client, clock, structs, start: decoder.pos }
}

function joinBlocks(blocks: readonly Block[]): Uint8Array {
  const [first] = blocks
  if (!first || blocks.length === 1) return first?.update ?? new Uint8Array()
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint(
      encoder,
      blocks.reduce((sum, { structs }) => sum + structs, 0),
    )
    encoding.writeVarUint(encoder, first.client)
    encoding.writeVarUint(encoder, first.clock)
    for (const { update, start } of blocks) encoding.writeUint8Array(encoder, update.subarray(start, -1))
    encoding.writeVarUint(encoder, nothingDeleted)
  })
}
