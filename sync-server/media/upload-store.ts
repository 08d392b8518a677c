import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FileStore } from '@tus/file-store'
import type { Upload } from '@tus/server'
import { bringToDisk } from '../storage/bring-to-disk.ts'
import { isDiskFull } from './blob-store.ts'
import { asTusError } from './media-refusal.ts'

export type UploadStoreOptions = {
  folder: string
  /** Without progress for so long, an upload is deleted. */
  expiryMs: number
  /** Refuses, by throwing, what there is no room for; asked before the bytes are written and while they are. */
  checkSpace(bytesToCome: number): Promise<void>
}

const bytesBetweenChecks = 8_388_608
const writeBytes = 1_048_576

/**
 * The unfinished uploads: `<id>` with the bytes so far and `<id>.json`. Different from its base: it says when the disk is full,
 * fsyncs what it acknowledges, hashes while it writes, and counts an upload's age from its last progress. Of a finished
 * upload the JSON stays for a while, marked: a client whose last answer was lost learns that all of its bytes have come.
 */
export class UploadStore extends FileStore {
  override extensions = ['creation', 'creation-with-upload', 'termination', 'expiration']
  private readonly options: UploadStoreOptions
  private readonly hashes = new Map<string, { hash: Hash; bytes: number }>()
  /** Bytes of each unfinished upload. */
  private readonly held = new Map<string, number>()

  constructor(options: UploadStoreOptions) {
    super({ directory: options.folder, expirationPeriodInMilliseconds: options.expiryMs })
    this.options = options
  }

  /** Bytes of all unfinished uploads. */
  get bytes(): number {
    let sum = 0
    for (const bytes of this.held.values()) sum += bytes
    return sum
  }

  pathOf(id: string, ending = ''): string {
    return join(this.options.folder, id + ending)
  }

  /** Counts what is there from before, and throws away what a process left half made. */
  async start(): Promise<void> {
    for (const name of await readdir(this.options.folder)) {
      const path = this.pathOf(name)
      if (/\.(?:full|thumb)$/.test(name)) await rm(path, { force: true })
      else if (!isUploadId(name)) continue
      else if (await this.wasFinished(name)) await rm(path, { force: true })
      else this.held.set(name, await sizeOf(path))
    }
  }

  override async getUpload(id: string): Promise<Upload> {
    const stored = await this.configstore.get(id)
    if (stored && isFinished(stored)) return stored
    const upload = await super.getUpload(id)
    upload.creation_date = new Date(await changedAt(this.pathOf(id))).toISOString()
    return upload
  }

  /** As {@link getUpload}; undefined for one that is not there. */
  async find(id: string): Promise<Upload | undefined> {
    return isUploadId(id) && (await this.configstore.get(id)) ? this.getUpload(id).catch(() => undefined) : undefined
  }

  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const upload = await this.getUpload(id)
    if (isFinished(upload)) return offset
    await this.options.checkSpace((upload.size ?? 0) - offset)
    const known = this.hashes.get(id)
    const running =
      known?.bytes === offset ? known : offset === 0 ? { hash: createHash('sha256'), bytes: 0 } : undefined
    this.hashes.delete(id)
    const written = await this.writeBytes(readable, id, offset, running?.hash)
    if (running) this.hashes.set(id, { hash: running.hash, bytes: offset + written })
    return offset + written
  }

  /** sha256 of all of an upload's bytes, when every one of them passed through this process in order. */
  takeHash(id: string, size: number): string | undefined {
    const known = this.hashes.get(id)
    this.hashes.delete(id)
    return known?.bytes === size ? known.hash.digest('hex') : undefined
  }

  /** What is kept of it lies elsewhere: only the mark stays here, and of the photo with its place and owner nothing. */
  async markFinished(upload: Upload): Promise<void> {
    const size = upload.size ?? 0
    const marked = { ...upload, offset: size, storage: { type: 'finished', path: '' } }
    await writeFile(this.pathOf(upload.id, '.json'), JSON.stringify(marked))
    await this.deleteBytes(upload.id)
  }

  override async remove(id: string): Promise<void> {
    this.hashes.delete(id)
    await this.deleteBytes(id)
    await rm(this.pathOf(id, '.json'), { force: true })
  }

  /** Deletes what made no progress for too long. */
  override async deleteExpired(): Promise<number> {
    let deleted = 0
    const before = Date.now() - this.options.expiryMs
    for (const name of await readdir(this.options.folder)) {
      const id = name.replace(/\.json$/, '')
      if (!name.endsWith('.json') || !isUploadId(id)) continue
      const times = await Promise.all(['', '.json'].map((ending) => changedAt(this.pathOf(id, ending))))
      if (Math.max(...times) >= before) continue
      await this.remove(id)
      deleted++
    }
    return deleted
  }

  /** Unfinished uploads of a user. */
  async countOf(userId: string): Promise<number> {
    let count = 0
    for (const name of await readdir(this.options.folder)) {
      if (!isUploadId(name)) continue
      const upload = await this.configstore.get(name)
      if (upload?.metadata?.['user'] === userId) count++
    }
    return count
  }

  private async wasFinished(id: string): Promise<boolean> {
    const stored = await this.configstore.get(id)
    return stored !== undefined && isFinished(stored)
  }

  /** What was made of an upload and not taken over. */
  async deleteMade(id: string): Promise<void> {
    for (const ending of ['.full', '.thumb']) await rm(this.pathOf(id, ending), { force: true })
  }

  private async deleteBytes(id: string): Promise<void> {
    await this.deleteMade(id)
    await rm(this.pathOf(id), { force: true })
    this.held.delete(id)
  }

  private async writeBytes(readable: Readable, id: string, offset: number, hash: Hash | undefined): Promise<number> {
    const path = this.pathOf(id)
    let written = 0
    let checkedAt = 0
    const { checkSpace } = this.options
    const count = new Transform({
      highWaterMark: writeBytes,
      transform(chunk: Buffer, _encoding, done) {
        hash?.update(chunk)
        written += chunk.length
        if (written - checkedAt < bytesBetweenChecks) return done(null, chunk)
        checkedAt = written
        checkSpace(0).then(() => done(null, chunk), done)
      },
    })
    const file = createWriteStream(path, { flags: 'r+', start: offset, highWaterMark: writeBytes })
    try {
      await pipeline(readable, count, file)
      // What is acknowledged is never asked for again: it must survive a power cut.
      await bringToDisk(path)
    } catch (error) {
      this.hashes.delete(id)
      throw isDiskFull(error) ? asTusError('E_MEDIA_FULL') : error
    } finally {
      // A write that is under way when the connection breaks still ends: the upload is longer only then.
      if (!file.closed) await once(file, 'close')
      this.held.set(id, await sizeOf(path))
    }
    return written
  }
}

/** Its bytes were taken over. */
export function isFinished({ storage }: Pick<Upload, 'storage'>): boolean {
  return storage?.type === 'finished'
}

/** As the tus server makes them. */
export function isUploadId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text)
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}

async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
}
