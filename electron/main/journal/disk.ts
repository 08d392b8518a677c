import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { constants } from 'node:fs'

/** The part of a file system that a journal needs; tests put in one that fails, fills up and loses what was not synced. */
export type Disk = {
  makeFolder(path: string): Promise<void>
  /** The whole content; undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>
  /** For writing; made when missing, otherwise left as it is. */
  open(path: string): Promise<DiskFile>
  /** Replaces `to`. Certain to survive a loss of power only after `syncFolder`. */
  rename(from: string, to: string): Promise<void>
  /** No error when there is no such file. */
  remove(path: string): Promise<void>
  syncFolder(path: string): Promise<void>
}

export type DiskFile = {
  /** Answers the number of bytes written, which may be fewer than were given. */
  write(bytes: Uint8Array, position: number): Promise<number>
  truncate(length: number): Promise<void>
  /** Resolves when the content, and the length needed to read it, survive a loss of power. */
  sync(): Promise<void>
  close(): Promise<void>
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** No space left, the quota used up, or the file as long as it may become. */
export function isDiskFull(error: unknown): boolean {
  return fullCodes.has(codeOf(error) ?? '')
}

export const nodeDisk: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 })
  },
  async read(path) {
    try {
      return await readFile(path)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  },
  async open(path) {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT, 0o600)
    return {
      write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
      truncate: (length) => handle.truncate(length),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    }
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncFolder(path) {
    // Windows cannot open a folder, and its file systems order renames by themselves.
    if (process.platform === 'win32') return
    const handle = await open(path, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

/** Writes all of `bytes`; a disk that takes none is full. */
export async function writeFully(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const written = await file.write(bytes.subarray(done), position + done)
    if (written === 0) throw Object.assign(new Error('the disk takes no more bytes'), { code: 'ENOSPC' })
    done += written
  }
}
