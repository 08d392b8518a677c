import { open, readFile, rename, rm } from 'node:fs/promises'

/** A small JSON file that is there whole or not at all. */
export type JsonFile = {
  /** Undefined when there is none. One that is no JSON is moved aside as `<name>.damaged` and counts as none. */
  read(): Promise<unknown>
  /** Resolves when the content has replaced the former one. Calls take effect in their order. */
  write(value: unknown): Promise<void>
  /** Resolves when all writes are done. */
  idle(): Promise<void>
}

async function replaceFile(path: string, text: string): Promise<void> {
  const newPath = `${path}.new`
  try {
    const file = await open(newPath, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(newPath, path)
  } catch (error) {
    await rm(newPath, { force: true })
    throw error
  }
}

export function createJsonFile(path: string): JsonFile {
  let last: Promise<unknown> = Promise.resolve()
  return {
    async read() {
      let text: string
      try {
        text = await readFile(path, 'utf8')
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
      try {
        return JSON.parse(text) as unknown
      } catch {
        await rename(path, `${path}.damaged`)
        return undefined
      }
    },
    write(value) {
      const text = `${JSON.stringify(value, undefined, 2)}\n`
      const written = last.then(() => replaceFile(path, text))
      last = written.catch(() => {})
      return written
    },
    async idle() {
      await last
    },
  }
}
