import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { bringFolderToDisk, bringToDisk } from '../storage/bring-to-disk.ts'
import { BlobsUnavailable, isBlobName, type BlobStore, type ByteRange } from './blob-store.ts'
import { sha256OfFile } from './file-hash.ts'

/** Blobs in `<folder>/<first two hex>/<name>`. Files to adopt must lie on the same disk: they are moved, never copied. */
export class DiskBlobStore implements BlobStore {
  private readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  async adopt(file: string, sha256?: string): Promise<{ name: string; bytes: number }> {
    try {
      const name = sha256 ?? (await sha256OfFile(file))
      const path = this.pathOf(name)
      const { size } = await stat(file)
      if ((await this.size(name)) === size) {
        await rm(file)
        return { name, bytes: size }
      }
      await bringToDisk(file)
      if ((await mkdir(dirname(path), { recursive: true })) !== undefined) await bringFolderToDisk(this.folder)
      await rename(file, path)
      await bringFolderToDisk(dirname(path))
      return { name, bytes: size }
    } catch (error) {
      throw new BlobsUnavailable(error)
    }
  }

  async open(name: string, range?: ByteRange): Promise<Readable | undefined> {
    if (!isBlobName(name)) return undefined
    // Opened before anything is answered: what is missing is told as missing.
    const handle = await open(this.pathOf(name)).catch(undefinedWhenAbsent)
    if (!handle) return undefined
    return createReadStream('', {
      fd: handle,
      highWaterMark: readBytes,
      ...(range && { start: range.first, end: range.last }),
    })
  }

  async size(name: string): Promise<number | undefined> {
    if (!isBlobName(name)) return undefined
    return (await stat(this.pathOf(name)).catch(undefinedWhenAbsent))?.size
  }

  private pathOf(name: string): string {
    return join(this.folder, name.slice(0, 2), name)
  }
}

const readBytes = 262_144

function undefinedWhenAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
  return undefined
}
