import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import type { Disk } from './disk.ts'
import { isDiskFull, writeFully } from './disk.ts'

/** A file that only takes up room, so that there is room for what the user writes when everything else has filled the disk. */
export type Ballast = {
  /** Makes the file where it is missing. A disk too full for it is no error: there is none then. */
  fill(): Promise<void>
  /** Gives the room away; false when there was none to give. */
  free(): Promise<boolean>
}

export function createBallast(disk: Disk, folder: string, bytes: number): Ballast {
  const path = join(folder, 'ballast')
  const growing = join(folder, 'ballast.new')
  let exists = false

  async function write(): Promise<void> {
    const file = await disk.open(growing)
    try {
      // Random, for a file system that compresses would find room for zeros in no room at all.
      await writeFully(file, randomFillSync(new Uint8Array(bytes)), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await disk.rename(growing, path)
  }

  return {
    async fill() {
      if (exists) return
      const content = await disk.read(path)
      exists = content?.length === bytes
      if (exists) return
      try {
        await write()
        exists = true
      } catch (error) {
        await disk.remove(growing)
        if (!isDiskFull(error)) throw error
      }
    },
    async free() {
      if (!exists) return false
      await disk.remove(path)
      exists = false
      return true
    },
  }
}
