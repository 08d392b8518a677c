import { randomBytes } from 'node:crypto'
import { copyFile, rename, rm } from 'node:fs/promises'
import { cleanFileName, sniffedBytes, sniffMediaType } from '#common/domain/media-type.ts'
import type { SaveOutcome } from '#common/ipc.ts'
import type { LocalFiles } from './local-files.ts'
import type { MediaCache } from './media-cache.ts'
import type { MediaDisk } from './media-disk.ts'
import { readHead, sizeOf } from './media-disk.ts'

type Dependencies = {
  disk: MediaDisk
  local: LocalFiles
  cache: MediaCache
  /** The path that the user chose, null when they chose none. */
  askWhere(name: string): Promise<string | null>
  showItem(path: string): void
}

/** Gives kept files to the user: saved where they say, shown in the file manager. */
export type MediaFiles = {
  saveAs(account: string, sha256: string, name: string): Promise<SaveOutcome>
  showInFolder(account: string, sha256: string): Promise<boolean>
}

/** A file that is replaced stays as it was until the copy is whole. */
async function copyWhole(from: string, to: string): Promise<void> {
  const part = `${to}.${randomBytes(4).toString('hex')}.part`
  try {
    await copyFile(from, part)
    await rename(part, to)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

export function createMediaFiles({ disk, local, cache, askWhere, showItem }: Dependencies): MediaFiles {
  /** Where files were saved since the start, by account and hash. */
  const saved = new Map<string, string>()

  async function keptPath(account: string, sha256: string): Promise<string | undefined> {
    for (const path of [local.pathOf(account, sha256), cache.pathOf({ account, sha256, variant: 'full' })])
      if ((await sizeOf(disk, path)) !== undefined) return path
    return undefined
  }

  return {
    async saveAs(account, sha256, name) {
      const source = await keptPath(account, sha256)
      const type = source === undefined ? undefined : sniffMediaType(await readHead(disk, source, sniffedBytes))
      if (source === undefined || type === undefined) return 'failed'
      const target = await askWhere(cleanFileName(name, type))
      if (target === null) return 'cancelled'
      try {
        await copyWhole(source, target)
      } catch {
        // A full disk or a folder that may not be written: the user is told by the page.
        return 'failed'
      }
      saved.set(`${account}/${sha256}`, target)
      return 'saved'
    },
    async showInFolder(account, sha256) {
      const own = saved.get(`${account}/${sha256}`)
      const isThere = own !== undefined && (await sizeOf(disk, own)) !== undefined
      const path = isThere ? own : await keptPath(account, sha256)
      if (path === undefined) return false
      showItem(path)
      return true
    },
  }
}
