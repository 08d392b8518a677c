import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'

/** What is stored of a password: scrypt's result with all that is needed to compute it again. Bytes are base64. */
export const passwordHashSchema = z.object({
  algorithm: z.literal('scrypt'),
  cost: z.int(),
  blockSize: z.int(),
  parallelism: z.int(),
  salt: z.string(),
  hash: z.string(),
})
export type PasswordHash = z.infer<typeof passwordHashSchema>

type ScryptCost = Pick<PasswordHash, 'cost' | 'blockSize' | 'parallelism'>

/** OWASP's first choice for scrypt: 128 MiB and some 0.3 s a password. */
export const productionCost: ScryptCost = { cost: 2 ** 17, blockSize: 8, parallelism: 1 }

const hashBytes = 32
const saltBytes = 16
/** Two at a time: more would only take memory and processors from everybody else's work. */
const concurrency = 2
/** Who comes when so many wait already is told to try later. */
const longestQueue = 100

export class TooManyHashes extends Error {
  override name = 'TooManyHashes'
}

export type PasswordHasher = {
  /** Rejects with {@link TooManyHashes} when too many wait already. */
  hash(password: string): Promise<PasswordHash>
  /** Takes as long for `undefined` (no such user) as for a wrong password. Rejects as `hash`. */
  verify(password: string, stored: PasswordHash | undefined): Promise<boolean>
}

export function createPasswordHasher(cost: ScryptCost = productionCost): PasswordHasher {
  const inTurn = createTurns()
  const dummySalt = randomBytes(saltBytes)
  return {
    hash: async (password) => {
      const salt = randomBytes(saltBytes)
      const hash = await inTurn(() => derive(password, salt, cost))
      return { algorithm: 'scrypt', ...cost, salt: salt.toString('base64'), hash: hash.toString('base64') }
    },
    verify: async (password, stored) => {
      const salt = stored ? Buffer.from(stored.salt, 'base64') : dummySalt
      const derived = await inTurn(() => derive(password, salt, stored ?? cost))
      if (stored === undefined) return false
      const expected = Buffer.from(stored.hash, 'base64')
      return expected.length === derived.length && timingSafeEqual(expected, derived)
    },
  }
}

function derive(password: string, salt: Buffer, { cost, blockSize, parallelism }: ScryptCost): Promise<Buffer> {
  // One person's keyboard composes «й», another's sends it in two parts.
  const normalised = password.normalize('NFKC')
  const maxmem = 256 * cost * blockSize
  return new Promise((resolve, reject) => {
    scrypt(normalised, salt, hashBytes, { cost, blockSize, parallelization: parallelism, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

function createTurns(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= concurrency) {
      if (waiting.length >= longestQueue) throw new TooManyHashes()
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    running++
    try {
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }
}
