import { constants } from 'node:fs'
import { open, readdir, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Disk } from '../journal/disk.ts'
import { nodeDisk } from '../journal/disk.ts'

/** `usedAt`: when it was last written or shown, in ms. */
export type StoredFile = { name: string; size: number; usedAt: number }

/** A file open for reading: it stays readable when it is moved or deleted meanwhile. */
export type OpenFile = {
  size: number
  /** At most `length` bytes from `position`; none at the end. */
  read(position: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** The part of a file system that photos and videos need; tests put in one that fails and fills up. */
export type MediaDisk = Disk & {
  /** The files of a folder, none where there is no folder. */
  list(folder: string): Promise<StoredFile[]>
  touch(path: string, usedAt: number): Promise<void>
  /** Undefined where there is no file that can be read: a folder, a device or a pipe is none. */
  openFile(path: string): Promise<OpenFile | undefined>
}

async function statFile(folder: string, name: string): Promise<StoredFile[]> {
  try {
    const { size, mtimeMs } = await stat(join(folder, name))
    return [{ name, size, usedAt: mtimeMs }]
  } catch {
    // Deleted since the folder was read.
    return []
  }
}

export const nodeMediaDisk: MediaDisk = {
  ...nodeDisk,
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const files: StoredFile[] = []
    // One after the other: a cache of thousands of files must not take every thread of the pool from the journal.
    for (const entry of entries) if (entry.isFile()) files.push(...(await statFile(folder, entry.name)))
    return files
  },
  async touch(path, usedAt) {
    await utimes(path, usedAt / 1000, usedAt / 1000)
  },
  async openFile(path) {
    // Opening a named pipe would wait for its other end for ever. Windows has no such flag.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => undefined)
    if (handle === undefined) return undefined
    const stats = await handle.stat().catch(() => undefined)
    if (stats === undefined || !stats.isFile()) {
      await handle.close()
      return undefined
    }
    return {
      size: stats.size,
      async read(position, length) {
        const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, position)
        return buffer.subarray(0, bytesRead)
      },
      close: () => handle.close(),
    }
  },
}

export async function readHead(disk: MediaDisk, path: string, length: number): Promise<Uint8Array> {
  const file = await disk.openFile(path)
  if (file === undefined) return new Uint8Array()
  try {
    return await file.read(0, length)
  } finally {
    await file.close()
  }
}

/** The length of a file; undefined when there is none. */
export async function sizeOf(disk: MediaDisk, path: string): Promise<number | undefined> {
  const file = await disk.openFile(path)
  await file?.close()
  return file?.size
}

export function inMemory(bytes: Uint8Array): OpenFile {
  return {
    size: bytes.length,
    read: async (position, length) => bytes.subarray(position, position + length),
    close: async () => {},
  }
}
