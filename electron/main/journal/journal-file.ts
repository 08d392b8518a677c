import { dirname } from 'node:path'
import type { Disk, DiskFile } from './disk.ts'
import { writeFully } from './disk.ts'

/** One file that grows by whole appends: each is on the disk when it resolves, and leaves nothing behind when it rejects. */
export type JournalFile = {
  length(): number
  append(bytes: Uint8Array): Promise<void>
  /** Puts another content in place of this one. Resolves with all of it in place, rejects with none of it. */
  replace(pieces: Iterable<Uint8Array>): Promise<void>
  close(): Promise<void>
}

/** `length` is where the sound content ends; what is behind it is cut off before the first append. */
export function createJournalFile(disk: Disk, path: string, length: number): JournalFile {
  const folder = dirname(path)
  let file: DiskFile | undefined
  let hasRemains = true
  let isFolderSynced = false

  async function close(): Promise<void> {
    const closing = file
    file = undefined
    await closing?.close()
  }

  async function ready(): Promise<DiskFile> {
    const opened = (file ??= await disk.open(path))
    if (hasRemains) {
      await opened.truncate(length)
      await opened.sync()
      hasRemains = false
    }
    await syncFolder()
    return opened
  }

  /** A name that is not on the disk yet would take acknowledged content with it. */
  async function syncFolder(): Promise<void> {
    if (isFolderSynced) return
    await disk.syncFolder(folder)
    isFolderSynced = true
  }

  async function cutRemains(opened: DiskFile): Promise<void> {
    try {
      await opened.truncate(length)
      await opened.sync()
      hasRemains = false
    } catch {
      // The disk refuses even this: the next append tries again before it writes.
    }
  }

  async function writeNew(newPath: string, pieces: Iterable<Uint8Array>): Promise<number> {
    const target = await disk.open(newPath)
    try {
      let end = 0
      await target.truncate(0)
      for (const piece of pieces) {
        await writeFully(target, piece, end)
        end += piece.length
      }
      await target.sync()
      return end
    } finally {
      await target.close()
    }
  }

  return {
    length: () => length,
    async append(bytes) {
      const opened = await ready()
      try {
        hasRemains = true
        await writeFully(opened, bytes, length)
        await opened.sync()
        length += bytes.length
        hasRemains = false
      } catch (error) {
        await cutRemains(opened)
        throw error
      }
    },
    async replace(pieces) {
      const newPath = `${path}.new`
      try {
        const newLength = await writeNew(newPath, pieces)
        await close() // Windows does not rename over an open file.
        isFolderSynced = false
        await disk.rename(newPath, path)
        length = newLength
        hasRemains = false
      } catch (error) {
        await disk.remove(newPath)
        throw error
      }
      await syncFolder().catch(() => {
        // Old and new content mean the same until the next append, which does not go on without this.
      })
    },
    close,
  }
}
