import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Every file below a folder with its content; what vanishes meanwhile is left out. */
export async function filesBelow(folder: string): Promise<{ path: string; content: Buffer }[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  const read = files.map(async (path) => ({ path, content: await readFile(path).catch(() => Buffer.alloc(0)) }))
  return Promise.all(read)
}
