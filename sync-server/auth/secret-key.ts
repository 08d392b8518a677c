import { randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'

const keyBytes = 32

/** The key that signs tokens: made at the first start, readable by the server's account only. Rejects when the file is not a key. */
export async function readOrMakeSecretKey(file: string): Promise<Uint8Array> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return makeSecretKey(file)
  const key = Buffer.from(text.trim(), 'hex')
  if (key.length !== keyBytes) throw new Error(`${file} does not hold a key: delete it, and everybody signs in again`)
  return key
}

async function makeSecretKey(file: string): Promise<Uint8Array> {
  const key = randomBytes(keyBytes)
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(`${key.toString('hex')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return key
}
