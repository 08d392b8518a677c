import { join } from 'node:path'
import { rename, rm, stat, writeFile } from 'node:fs/promises'

/** Where Chromium keeps the page's databases, in the folder of user data. */
const folderName = 'IndexedDB'
const asideName = 'IndexedDB.damaged'
const markName = 'databases-damaged'

export type BrowserDatabases = {
  /**
   * The page could not open its databases. They are set aside at the next start, which follows at once, for only then nobody
   * holds them. False when that was done at this start already and did not help.
   */
  discard(): Promise<boolean>
}

/**
 * Sets the page's databases aside when that was asked for. They hold nothing that the server or the journal lacks, and what
 * was set aside can still be looked into. Must be called before a window is opened.
 */
export async function openBrowserDatabases(userData: string, restart: () => void): Promise<BrowserDatabases> {
  const mark = join(userData, markName)
  const isAsked = await stat(mark).then(
    () => true,
    () => false,
  )
  if (isAsked) {
    await rm(join(userData, asideName), { recursive: true, force: true })
    await rename(join(userData, folderName), join(userData, asideName)).catch(ignoreAbsence)
    await rm(mark, { force: true })
  }
  return {
    async discard() {
      if (isAsked) return false
      await writeFile(mark, '')
      restart()
      return true
    },
  }
}

function ignoreAbsence(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
