import type { Readable } from 'node:stream'

/** Both ends are included, as in HTTP. */
export type ByteRange = { first: number; last: number }

/**
 * Files that never change, each under the sha256 (hex) of its content: photos as the server encoded them, small pictures,
 * videos as they came. One contract suite (`tests/contract/blob-store.ts`) runs on every implementation.
 */
export type BlobStore = {
  /**
   * Takes a finished file over: the file is gone afterwards. Durable when resolved. With `sha256` its content was hashed
   * already while it was written; else it is read. Rejects with {@link BlobsUnavailable}, and nothing is stored, when the disk
   * does not take it.
   */
  adopt(file: string, sha256?: string): Promise<{ name: string; bytes: number }>
  /** Undefined for a name that is not stored, or is none. `range` must lie within the blob. */
  open(name: string, range?: ByteRange): Promise<Readable | undefined>
  /** Bytes of a blob; undefined when it is not stored. */
  size(name: string): Promise<number | undefined>
}

/** The disk did not take it, or is full. */
export class BlobsUnavailable extends Error {
  override name = 'BlobsUnavailable'
  readonly isFull: boolean

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.isFull = isDiskFull(cause)
  }
}

/** Of the file system's errors those that a larger disk would not have had; EFBIG is a limit on the size of files. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
}

export function isBlobName(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}
