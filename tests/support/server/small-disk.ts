import { execFile } from 'node:child_process'
import { appendFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeTemporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)

const leftFree = 3_145_728

export type SmallDisk = {
  path: string
  /** Not only a limit on the size of files. */
  isReal: boolean
  /** Takes all of a real disk but three MiB. */
  fill(): Promise<void>
  /** Gives space back, as somebody who deleted a large file. */
  makeRoom(): Promise<void>
  remove(): Promise<void>
}

/**
 * A disk of `bytes`, half of them taken: a tmpfs where the tests may mount one, else a limit on the size of the files that
 * this process writes (Linux).
 */
export async function makeSmallDisk(bytes: number): Promise<SmallDisk> {
  const folder = await makeTemporaryFolder()
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder.path])
  } catch {
    return limitFileSize(folder.path, bytes / 2, () => folder.remove())
  }
  const ballast = join(folder.path, 'ballast')
  await writeFile(ballast, new Uint8Array(bytes / 2))
  return {
    path: folder.path,
    isReal: true,
    fill: async () => {
      const { bavail, bsize } = await statfs(folder.path)
      await appendFile(ballast, new Uint8Array(Math.max(0, bavail * bsize - leftFree)))
    },
    makeRoom: () => rm(ballast),
    remove: async () => {
      await run('umount', [folder.path])
      await folder.remove()
    },
  }
}

async function limitFileSize(path: string, bytes: number, remove: () => Promise<void>): Promise<SmallDisk> {
  // Without a listener the signal that comes with the failed write ends the process.
  process.on('SIGXFSZ', () => {})
  const setLimit = (limit: string) => run('prlimit', ['--pid', String(process.pid), `--fsize=${limit}:`])
  await setLimit(String(bytes))
  return {
    path,
    isReal: false,
    fill: () => Promise.resolve(),
    makeRoom: async () => {
      await setLimit('unlimited')
    },
    remove: async () => {
      await setLimit('unlimited')
      await remove()
    },
  }
}
