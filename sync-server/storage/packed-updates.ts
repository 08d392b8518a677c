import { concatBytes } from '#common/domain/bytes.ts'

/**
 * Many updates in one buffer: thousands of small arrays cost more to hand from thread to thread than to copy.
 * The unpacked ones are views of the one buffer.
 */
export type PackedUpdates = { bytes: Uint8Array<ArrayBuffer>; lengths: Uint32Array<ArrayBuffer> }

export function packUpdates(updates: readonly Uint8Array[]): PackedUpdates {
  return { bytes: concatBytes(updates), lengths: Uint32Array.from(updates, ({ length }) => length) }
}

/** A run of updates as one piece of bytes. */
export type JoinedUpdates = { bytes: Uint8Array; lengths: readonly number[] }

/** As {@link packUpdates}, for updates that lie side by side already. */
export function packJoined(runs: readonly JoinedUpdates[]): PackedUpdates {
  const lengths = new Uint32Array(runs.reduce((sum, run) => sum + run.lengths.length, 0))
  let offset = 0
  for (const run of runs) {
    lengths.set(run.lengths, offset)
    offset += run.lengths.length
  }
  return { bytes: concatBytes(runs.map(({ bytes }) => bytes)), lengths }
}

export function unpackUpdates({ bytes, lengths }: PackedUpdates): Uint8Array[] {
  const updates: Uint8Array[] = []
  let offset = 0
  for (const length of lengths) {
    updates.push(bytes.subarray(offset, offset + length))
    offset += length
  }
  return updates
}

/** What changes hands with them instead of being copied. */
export function buffersOf({ bytes, lengths }: PackedUpdates): ArrayBuffer[] {
  return [bytes.buffer, lengths.buffer]
}
