import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import Database from 'libsql'
import { fail, succeed, type Result } from '#common/domain/result.ts'

/** A claimed data folder: nobody else's until it is released or the process ends, however it ends. */
export type DataFolder = {
  logFile: string
  keyFile: string
  firstPasswordFile: string
  /** Photos and videos. */
  mediaFolder: string
  release(): void
}

/** Makes the folder if need be and claims it; the reason of a failure is for the person at the terminal. */
export async function claimDataFolder(path: string): Promise<Result<DataFolder, string>> {
  try {
    await makeFolder(path)
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    return fail(`the data folder ${path} can not be used: ${error instanceof Error ? error.message : String(error)}`)
  }
  const claimed = claim(join(path, 'lock.sqlite'))
  if (!claimed.ok) return fail(`the data folder ${path} ${claimed.reason}`)
  return succeed({
    logFile: join(path, 'log.sqlite'),
    keyFile: join(path, 'secret.key'),
    firstPasswordFile: join(path, 'admin-password.txt'),
    mediaFolder: join(path, 'media'),
    release: claimed.value,
  })
}

/** Node's own recursive `mkdir` tries for ever where a folder that exists takes none (`/proc`). */
async function makeFolder(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory()) return
  if (dirname(path) !== path) await makeFolder(dirname(path))
  await mkdir(path, { mode: 0o700 })
}

/**
 * Node has no file locks, SQLite has: the exclusive lock of an open transaction on a file of its own. The operating system
 * takes it back when the process ends, so nothing stale is left to be judged.
 */
function claim(file: string): Result<() => void, string> {
  let database: Database.Database | undefined
  try {
    database = new Database(file)
    const held = database
    held.exec('BEGIN EXCLUSIVE')
    // Closing ends the transaction, and with it the lock.
    return succeed(() => void (held.open && held.close()))
  } catch (error) {
    database?.close()
    const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
    return fail(isBusy ? 'is in use by another server' : `can not be locked: ${String(error)}`)
  }
}
