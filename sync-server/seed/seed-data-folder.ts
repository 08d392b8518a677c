import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { Credentials } from '../auth/credentials.ts'
import type { PasswordHasher } from '../auth/passwords.ts'
import { DiskBlobStore } from '../media/disk-blob-store.ts'
import { mediaFolders } from '../media/media-folders.ts'
import { bringFolderToDisk, bringToDisk } from '../storage/bring-to-disk.ts'
import type { DataFolder } from '../storage/data-folder.ts'
import { openSqliteLogStore } from '../storage/sqlite-log-store.ts'
import { demoPassword, demoPeople } from './demo/people.ts'
import { startDemoPhotos } from './demo/demo-photos.ts'
import type { DemoPhotos } from './demo/script.ts'
import { seedDemo } from './demo/seed-demo.ts'
import { seedLarge } from './large/seed-large.ts'

export type SeedOptions = {
  folder: DataFolder
  seed: 'demo' | 'large'
  workerUrl: URL
  /** The built `demo-photos-process.js`. */
  demoPhotosUrl: URL
  hasher: PasswordHasher
  logger: Logger
}

/**
 * Fills an empty data folder; one that has a log is left as it is. The log is made under another name and takes its own
 * when it is whole, so a seeding that was interrupted leaves nothing but a file that the next one throws away.
 */
export async function seedDataFolder({
  folder,
  seed,
  workerUrl,
  demoPhotosUrl,
  hasher,
  logger,
}: SeedOptions): Promise<void> {
  if (existsSync(folder.logFile)) {
    logger.info('the data folder is filled already: nothing is seeded')
    return
  }
  const startedAt = performance.now()
  const unfinished = `${folder.logFile}.seeding`
  for (const ending of ['', '-wal', '-shm']) await rm(unfinished + ending, { force: true })
  const store = await openSqliteLogStore({ file: unfinished, restored: false, unsynced: true, workerUrl })
  try {
    if (seed === 'demo') await seedDemo(store, Date.now(), await demoPhotos(folder, demoPhotosUrl))
    else await seedLarge(store, Date.now())
    const credentials = await Credentials.open(store)
    // One hash for everybody: the password is no secret, and each would take a third of a second.
    const hash = await hasher.hash(demoPassword)
    await credentials.write(new Map(demoPeople.map(({ id }) => [id, hash])))
  } finally {
    await store.close()
  }
  await bringToDisk(unfinished)
  await rename(unfinished, folder.logFile)
  await bringFolderToDisk(dirname(folder.logFile))
  logger.info({ seed, seconds: Math.round((performance.now() - startedAt) / 100) / 10 }, 'the data folder is filled')
}

async function demoPhotos({ mediaFolder }: DataFolder, processUrl: URL): Promise<DemoPhotos> {
  const { blobs } = mediaFolders(mediaFolder)
  await mkdir(blobs, { recursive: true, mode: 0o700 })
  return startDemoPhotos({ blobs: new DiskBlobStore(blobs), workFolder: join(mediaFolder, 'seeding'), processUrl })
}
