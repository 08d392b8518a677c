import { open } from 'node:fs/promises'

/** Fsyncs a file or folder: what was written to it so far survives a power cut. */
export async function bringToDisk(path: string): Promise<void> {
  const handle = await open(path, process.platform === 'win32' ? 'r+' : 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The names in a folder survive a power cut. Windows can not sync a folder and makes a new name durable by itself. */
export async function bringFolderToDisk(folder: string): Promise<void> {
  if (process.platform !== 'win32') await bringToDisk(folder)
}
