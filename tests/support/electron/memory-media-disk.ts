/** The faulty disk in memory, for photos and videos: it also lists, reads in pieces and knows when a file was last used. */
import { join } from 'node:path'
import type { MediaDisk } from '#electron/main/media/media-disk.ts'
import { createFaultyDisk, type FaultyDisk } from './faulty-disk.ts'

export type MemoryMediaDisk = MediaDisk &
  FaultyDisk & {
    /** Puts a file there at once, as another program would. */
    place(path: string, bytes: Uint8Array): Promise<void>
    /** Reading of this path fails after so many bytes. */
    breakReadingAfter(path: string, bytes: number): void
  }

export function createMemoryMediaDisk(now: () => number = () => 0): MemoryMediaDisk {
  const disk = createFaultyDisk()
  const { open, rename } = disk
  const usedAt = new Map<string, number>()
  const broken = new Map<string, number>()
  const media: MediaDisk = {
    ...disk,
    async open(path) {
      usedAt.set(path, now())
      return open(path)
    },
    async rename(from, to) {
      await rename(from, to)
      usedAt.set(to, usedAt.get(from) ?? now())
    },
    async list(folder) {
      const inside = disk.names().filter((path) => join(path, '..') === folder)
      return inside.map((path) => ({
        name: path.slice(folder.length + 1),
        size: disk.contentOf(path)?.length ?? 0,
        usedAt: usedAt.get(path) ?? 0,
      }))
    },
    async touch(path, at) {
      usedAt.set(path, at)
    },
    async openFile(path) {
      const content = disk.contentOf(path)
      if (content === undefined) return undefined
      return {
        size: content.length,
        async read(position, length) {
          const end = position + length
          if (end > (broken.get(path) ?? Infinity)) throw new Error('EIO: by order of the test')
          return content.subarray(position, end)
        },
        close: async () => {},
      }
    },
  }
  // The test sets faults and the capacity on the disk below, whose fields must stay the ones that are read.
  return Object.assign(disk, media, {
    async place(path: string, bytes: Uint8Array) {
      const file = await media.open(path)
      if (bytes.length > 0) await file.write(bytes, 0)
      await file.sync()
      await disk.syncFolder(join(path, '..'))
    },
    breakReadingAfter: (path: string, bytes: number) => void broken.set(path, bytes),
  })
}

/** Bytes that begin as a photo or a video does, and differ by `seed`. */
export function mediaBytes(mime: 'image/jpeg' | 'video/webm', size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const head =
    mime === 'image/jpeg'
      ? [0xff, 0xd8, 0xff, 0xe0]
      : [0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84, 0x77, 0x65, 0x62, 0x6d]
  const bytes = new Uint8Array(size).fill(seed)
  bytes.set(head.slice(0, size))
  return bytes
}
