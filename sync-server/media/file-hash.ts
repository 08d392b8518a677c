import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

const readBytes = 1_048_576

/** sha256 (hex) of a file's content. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: readBytes }), hash)
  return hash.digest('hex')
}
