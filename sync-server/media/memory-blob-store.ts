import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { BlobsUnavailable, type BlobStore, type ByteRange } from './blob-store.ts'

/** Blobs in memory, for tests and for demonstrations that nobody keeps. */
export class MemoryBlobStore implements BlobStore {
  private readonly blobs = new Map<string, Uint8Array>()

  async adopt(file: string, sha256?: string): Promise<{ name: string; bytes: number }> {
    try {
      const content = await readFile(file)
      await rm(file)
      const name = sha256 ?? createHash('sha256').update(content).digest('hex')
      this.blobs.set(name, content)
      return { name, bytes: content.length }
    } catch (error) {
      throw new BlobsUnavailable(error)
    }
  }

  async open(name: string, range?: ByteRange): Promise<Readable | undefined> {
    const content = this.blobs.get(name)
    if (!content) return undefined
    const part = range ? content.subarray(range.first, range.last + 1) : content
    return Readable.from(part.length > 0 ? [part] : [], { objectMode: false })
  }

  async size(name: string): Promise<number | undefined> {
    return this.blobs.get(name)?.length
  }
}
