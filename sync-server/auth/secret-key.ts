import { randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { fail, succeed, type Result } from '#common/domain/result.ts'

const keyBytes = 32

/** The key that signs tokens: made at the first start, readable by the server's account only. */
export async function readOrMakeSecretKey(file: string): Promise<Result<Uint8Array, string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return succeed(await makeSecretKey(file))
  const key = Buffer.from(text.trim(), 'hex')
  if (key.length === keyBytes) return succeed(key)
  return fail(`${file} does not hold a key; without it everybody has to sign in again, so it is not replaced by itself`)
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
