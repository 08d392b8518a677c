import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import type { MediaType } from '#common/domain/media-type.ts'
import { cleanFileName, mediaLimits, sniffedBytes, sniffMediaType } from '#common/domain/media-type.ts'
import type { LocalFile, PickedFile, RefusedFileReason } from '#common/ipc-media.ts'
import { mediaTransferLimits } from '#common/media-transfer-limits.ts'
import type { CallArgument } from '#common/ipc.ts'
import { isDiskFull, writeFully } from '../journal/disk.ts'
import type { MediaDisk, OpenFile } from './media-disk.ts'
import { inMemory, sizeOf } from './media-disk.ts'

/**
 * The files that a draft or an unsent message needs, one folder for each account, each file named by the sha256 of its bytes.
 * A file is there whole or not at all, and survives a loss of power once it was answered.
 */
export type LocalFiles = {
  /** Copies what the user picked: moving or deleting the original later does no harm. */
  adoptPath(account: string, path: string): Promise<PickedFile>
  adoptBytes(account: string, name: string, bytes: Uint8Array): Promise<PickedFile>
  /** The next piece of a file that is made in the page; null until the last one. A piece that does not follow ends the transfer. */
  adoptPiece(piece: CallArgument<'media.adopt'>): Promise<PickedFile | null>
  list(account: string): Promise<LocalFile[]>
  forget(account: string, sha256s: readonly string[]): Promise<void>
  /** Where a file is, if it is there. */
  pathOf(account: string, sha256: string): string
}

type Dependencies = {
  disk: MediaDisk
  /** Holds a folder for each account. */
  folder: string
  /** For temporary names; never the same twice. */
  randomName: () => string
}

type Copied = { ok: true; sha256: string; size: number } | { ok: false; reason: RefusedFileReason }

const pieceBytes = 1_048_576
const hashName = /^[0-9a-f]{64}$/
const partSuffix = '.part'

function mostBytes(type: MediaType): number {
  return type.kind === 'photo' ? mediaTransferLimits.pickedPhotoBytes : mediaLimits.videoBytes
}

/** What an error of our own folder is called. */
function writeFailure(error: unknown): RefusedFileReason {
  return isDiskFull(error) ? 'disk-full' : 'unwritable'
}

/** Shown beside the reason: never longer than a line, whatever a file is called. */
function shownName(name: string): string {
  return basename(name).slice(0, 200)
}

export function createLocalFiles({ disk, folder, randomName }: Dependencies): LocalFiles {
  const prepared = new Map<string, Promise<void>>()

  /** Makes the folder, and removes what an earlier run left half copied. */
  async function prepare(own: string): Promise<void> {
    await disk.makeFolder(own)
    for (const { name } of await disk.list(own)) if (name.endsWith(partSuffix)) await disk.remove(join(own, name))
  }

  async function ownFolder(account: string): Promise<string> {
    const own = join(folder, account)
    const ready = prepared.get(account) ?? prepare(own)
    prepared.set(account, ready)
    try {
      await ready
    } catch (error) {
      prepared.delete(account)
      throw error
    }
    return own
  }

  /** Reads the original once, to its end as it is now: a file may grow or shrink while it is copied. */
  async function copyPieces(source: OpenFile, target: string, most: number): Promise<Copied> {
    const hash = createHash('sha256')
    const file = await disk.open(target)
    try {
      let size = 0
      for (;;) {
        const piece = await source.read(size, pieceBytes).catch(() => undefined)
        if (piece === undefined) return { ok: false, reason: 'unreadable' }
        if (piece.length === 0) break
        if (size + piece.length > most) return { ok: false, reason: 'too-big' }
        hash.update(piece)
        await writeFully(file, piece, size)
        size += piece.length
      }
      if (size === 0) return { ok: false, reason: 'empty' }
      await file.sync()
      return { ok: true, sha256: hash.digest('hex'), size }
    } finally {
      await file.close()
    }
  }

  async function keep(account: string, source: OpenFile, most: number): Promise<Copied> {
    let target: string | undefined
    try {
      const own = await ownFolder(account)
      target = join(own, `${randomName()}${partSuffix}`)
      const copied = await copyPieces(source, target, most)
      if (copied.ok) {
        await disk.rename(target, join(own, copied.sha256))
        await disk.syncFolder(own)
      } else await disk.remove(target)
      return copied
    } catch (error) {
      if (target !== undefined) await disk.remove(target).catch(() => {})
      return { ok: false, reason: writeFailure(error) }
    }
  }

  async function adopt(account: string, name: string, source: OpenFile): Promise<PickedFile> {
    const refuse = (reason: RefusedFileReason): PickedFile => ({ ok: false, name: shownName(name), reason })
    if (source.size === 0) return refuse('empty')
    const head = await source.read(0, sniffedBytes).catch(() => undefined)
    if (head === undefined) return refuse('unreadable')
    const type = sniffMediaType(head)
    if (type === undefined) return refuse('type')
    if (type.kind === 'heic') return refuse('heic')
    if (source.size > mostBytes(type)) return refuse('too-big')
    const kept = await keep(account, source, mostBytes(type))
    if (!kept.ok) return refuse(kept.reason)
    return { ...kept, name: cleanFileName(name, type), type: type.mime }
  }

  /** Adds the piece to what came before; answers what is wrong with it, if anything is. */
  async function append(
    path: string,
    { offset, bytes }: { offset: number; bytes: Uint8Array },
  ): Promise<RefusedFileReason | undefined> {
    if (offset === 0) await disk.remove(path)
    else if ((await sizeOf(disk, path)) !== offset) return 'unreadable'
    if (offset + bytes.length > mediaLimits.videoBytes) return 'too-big'
    const file = await disk.open(path)
    try {
      await writeFully(file, bytes, offset)
    } finally {
      await file.close()
    }
    return undefined
  }

  async function adoptPiece(piece: CallArgument<'media.adopt'>): Promise<PickedFile | null> {
    const { account, name, transfer, isLast } = piece
    let path: string | undefined
    let failure: RefusedFileReason | undefined
    try {
      path = join(await ownFolder(account), `${transfer}${partSuffix}`)
      failure = await append(path, piece)
      if (failure === undefined && !isLast) return null
    } catch (error) {
      failure = writeFailure(error)
    }
    const source = path === undefined ? undefined : await disk.openFile(path)
    try {
      return failure === undefined && source !== undefined
        ? await adopt(account, name, source)
        : { ok: false, name: shownName(name), reason: failure ?? 'unreadable' }
    } finally {
      await source?.close()
      if (path !== undefined) await disk.remove(path).catch(() => {})
    }
  }

  return {
    async adoptPath(account, path) {
      const source = await disk.openFile(path)
      if (source === undefined) return { ok: false, name: shownName(path), reason: 'unreadable' }
      try {
        return await adopt(account, basename(path), source)
      } finally {
        await source.close()
      }
    },
    adoptBytes: (account, name, bytes) => adopt(account, name, inMemory(bytes)),
    adoptPiece: (piece) =>
      piece.offset === 0 && piece.isLast ? adopt(piece.account, piece.name, inMemory(piece.bytes)) : adoptPiece(piece),
    async list(account) {
      const files = await disk.list(await ownFolder(account))
      return files.flatMap(({ name, size }) => (hashName.test(name) ? [{ sha256: name, size }] : []))
    },
    async forget(account, sha256s) {
      const own = await ownFolder(account)
      for (const sha256 of sha256s) await disk.remove(join(own, sha256))
    },
    pathOf: (account, sha256) => join(folder, account, sha256),
  }
}
