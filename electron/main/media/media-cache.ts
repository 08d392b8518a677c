import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { mediaLimits, sniffedBytes, sniffMediaType } from '#common/domain/media-type.ts'
import type { CachedState, CacheWriteOutcome } from '#common/ipc-media.ts'
import type { MediaVariant } from '#common/domain/media-type.ts'
import { isDiskFull, writeFully } from '../journal/disk.ts'
import type { MediaDisk } from './media-disk.ts'
import { readHead, sizeOf } from './media-disk.ts'

export type CachedFile = { account: string; sha256: string; variant: MediaVariant }
type Piece = CachedFile & { offset: number; total: number; bytes: Uint8Array }

/**
 * Received photos and videos, in a folder `cache` of each account. What was not shown for the longest time goes first when
 * the quota is used up; unsent files are in another folder, which this one never touches.
 */
export type MediaCache = {
  state(file: CachedFile): Promise<CachedState>
  write(piece: Piece): Promise<CacheWriteOutcome>
  /** Takes over a whole file by moving it from `path`; nothing where there is none. */
  take(file: CachedFile, path: string): Promise<void>
  /** Of all hashes when none are given. */
  forget(account: string, sha256s: readonly string[] | undefined): Promise<void>
  /** It is being shown now. */
  used(file: CachedFile): void
  pathOf(file: CachedFile): string
}

type Dependencies = {
  disk: MediaDisk
  /** Holds a folder for each account. */
  folder: string
  /** Asked whenever room is needed. */
  quotaBytes: () => number
  now: () => number
}

const partSuffix = '.part'
const readBytes = 1_048_576
/** The time of a file is written no oftener: scrolling through a chat shows hundreds. */
const touchEveryMs = 60_000

export function createMediaCache({ disk, folder, quotaBytes, now }: Dependencies): MediaCache {
  /** Bytes in each account's cache, counted once and kept up to date. */
  const used = new Map<string, number>()
  const touched = new Map<string, number>()
  const lastOf = new Map<string, Promise<unknown>>()

  const folderOf = (account: string) => join(folder, account, 'cache')
  const nameOf = ({ sha256, variant }: CachedFile) => `${sha256}.${variant}`
  const pathOf = (file: CachedFile) => join(folderOf(file.account), nameOf(file))

  /** Changes of one account's cache happen one after the other. */
  function inTurn<Answer>(account: string, work: () => Promise<Answer>): Promise<Answer> {
    const done = (lastOf.get(account) ?? Promise.resolve()).then(work)
    lastOf.set(
      account,
      done.catch(() => {}),
    )
    return done
  }

  async function usedBytes(account: string): Promise<number> {
    const known = used.get(account)
    if (known !== undefined) return known
    const files = await disk.list(folderOf(account))
    const counted = files.reduce((sum, { size }) => sum + size, 0)
    used.set(account, counted)
    return counted
  }

  /** Makes room for so many bytes more, sparing the file that they are for. */
  async function makeRoom(account: string, incoming: number, spared: CachedFile): Promise<void> {
    const most = Math.max(0, quotaBytes() - incoming)
    if ((await usedBytes(account)) <= most) return
    const files = (await disk.list(folderOf(account))).sort((a, b) => a.usedAt - b.usedAt)
    let total = files.reduce((sum, { size }) => sum + size, 0)
    for (const { name, size } of files) {
      if (total <= most) break
      if (name.startsWith(nameOf(spared))) continue
      await disk.remove(join(folderOf(account), name))
      total -= size
    }
    used.set(account, total)
  }

  /** Photos as the server keeps them have another hash than their address; a video is kept as it was sent. */
  async function isWhatItShouldBe({ sha256, variant }: CachedFile, path: string): Promise<boolean> {
    const type = sniffMediaType(await readHead(disk, path, sniffedBytes))
    if (type?.kind === 'photo') return true
    if (type?.kind !== 'video' || variant !== 'full') return false
    const file = await disk.openFile(path)
    if (file === undefined) return false
    const hash = createHash('sha256')
    try {
      for (let position = 0; position < file.size;) {
        const piece = await file.read(position, readBytes)
        if (piece.length === 0) return false
        hash.update(piece)
        position += piece.length
      }
    } finally {
      await file.close()
    }
    return hash.digest('hex') === sha256
  }

  /** Each piece is synced: after a loss of power a download must not go on behind a hole. */
  async function append(path: string, bytes: Uint8Array, offset: number): Promise<void> {
    const file = await disk.open(path)
    try {
      await writeFully(file, bytes, offset)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  async function drop(account: string, path: string, size: number): Promise<void> {
    await disk.remove(path)
    used.set(account, Math.max(0, (await usedBytes(account)) - size))
  }

  async function continueWith(piece: Piece, partPath: string): Promise<CacheWriteOutcome> {
    const { account, offset, total, bytes } = piece
    const end = offset + bytes.length
    if (end > total || total > mediaLimits.videoBytes) {
      await drop(account, partPath, offset)
      return { ok: false, reason: 'content', size: 0 }
    }
    await disk.makeFolder(folderOf(account))
    if (offset === 0) await makeRoom(account, total, piece)
    const before = await usedBytes(account)
    await append(partPath, bytes, offset)
    used.set(account, before + bytes.length)
    if (end < total) return { ok: true, state: 'part', size: end }
    if (!(await isWhatItShouldBe(piece, partPath))) {
      await drop(account, partPath, total)
      return { ok: false, reason: 'content', size: 0 }
    }
    await disk.rename(partPath, pathOf(piece))
    await makeRoom(account, 0, piece)
    return { ok: true, state: 'whole', size: total }
  }

  async function write(piece: Piece): Promise<CacheWriteOutcome> {
    const whole = await sizeOf(disk, pathOf(piece))
    if (whole !== undefined) return { ok: true, state: 'whole', size: whole }
    const partPath = pathOf(piece) + partSuffix
    const here = (await sizeOf(disk, partPath)) ?? 0
    if (piece.offset !== here) return { ok: false, reason: 'offset', size: here }
    try {
      return await continueWith(piece, partPath)
    } catch (error) {
      // Some of it may have been written: count again.
      used.delete(piece.account)
      const size = (await sizeOf(disk, partPath)) ?? 0
      return { ok: false, reason: isDiskFull(error) ? 'disk-full' : 'unwritable', size }
    }
  }

  async function forget(account: string, sha256s: readonly string[] | undefined): Promise<void> {
    const gone = sha256s === undefined ? undefined : new Set(sha256s)
    for (const { name } of await disk.list(folderOf(account)))
      if (gone === undefined || gone.has(name.slice(0, 64))) await disk.remove(join(folderOf(account), name))
    used.delete(account)
  }

  async function take(file: CachedFile, path: string): Promise<void> {
    const size = await sizeOf(disk, path)
    if (size === undefined) return
    await disk.makeFolder(folderOf(file.account))
    await disk.rename(path, pathOf(file))
    await disk.touch(pathOf(file), now())
    used.delete(file.account)
    await makeRoom(file.account, 0, file)
  }

  return {
    async state(file) {
      const whole = await sizeOf(disk, pathOf(file))
      if (whole !== undefined) return { state: 'whole', size: whole }
      const part = await sizeOf(disk, pathOf(file) + partSuffix)
      return part === undefined ? { state: 'none', size: 0 } : { state: 'part', size: part }
    },
    write: (piece) => inTurn(piece.account, () => write(piece)),
    take: (file, path) => inTurn(file.account, () => take(file, path)),
    forget: (account, sha256s) => inTurn(account, () => forget(account, sha256s)),
    used(file) {
      const path = pathOf(file)
      const at = now()
      if (at - (touched.get(path) ?? -Infinity) < touchEveryMs) return
      touched.set(path, at)
      disk.touch(path, at).catch(() => {
        // Deleted meanwhile, or a folder that may only be read: the order of eviction is no more than a guess.
      })
    },
    pathOf,
  }
}
