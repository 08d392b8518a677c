import * as z from 'zod/mini'
import type { Credentials } from '#common/ipc.ts'
import type { JsonFile } from './json-file.ts'

/** The system's keyring; Electron's safeStorage in the app. */
export type Cipher = {
  /** False where tokens could only be written in the clear. */
  isAvailable(): boolean
  encrypt(text: string): Uint8Array
  /** Throws when the text was not encrypted by this user's keyring. */
  decrypt(bytes: Uint8Array): string
}

/** Tokens of the servers that the user wants to stay signed in to. */
export type CredentialStore = {
  read(server: string): Promise<Credentials | null>
  /** Asking to stay signed in is, where no keyring is, the consent to a file that only this user can read. */
  store(credentials: Credentials): Promise<void>
  clear(server: string): Promise<void>
}

const fileSchema = z.object({
  servers: z.record(
    z.string(),
    z.union([
      z.object({ login: z.string(), sealed: z.literal(true), refreshToken: z.base64() }),
      z.object({ login: z.string(), sealed: z.literal(false), refreshToken: z.string() }),
    ]),
  ),
})
type Stored = z.infer<typeof fileSchema>['servers']

export function createCredentialStore(file: JsonFile, cipher: Cipher): CredentialStore {
  const inMemory = new Map<string, Credentials>()
  let stored: Promise<Stored> | undefined

  async function load(): Promise<Stored> {
    const parsed = z.safeParse(fileSchema, await file.read())
    return parsed.success ? { ...parsed.data.servers } : {}
  }
  const loaded = () => (stored ??= load())

  async function change(server: string, credentials: Stored[string] | undefined): Promise<void> {
    const servers = await loaded()
    if (credentials !== undefined) servers[server] = credentials
    else if (server in servers) delete servers[server]
    else return
    await file.write({ servers })
  }

  return {
    async read(server) {
      const held = inMemory.get(server)
      if (held !== undefined) return held
      const found = (await loaded())[server]
      if (found === undefined) return null
      if (!found.sealed) return { server, login: found.login, refreshToken: found.refreshToken }
      if (!cipher.isAvailable()) return null
      try {
        const refreshToken = cipher.decrypt(Buffer.from(found.refreshToken, 'base64'))
        return { server, login: found.login, refreshToken }
      } catch {
        return null // Another user's keyring, or a new one: signing in again replaces it.
      }
    },
    async store(credentials) {
      const { server, login, refreshToken } = credentials
      inMemory.set(server, credentials)
      const seal = () => Buffer.from(cipher.encrypt(refreshToken)).toString('base64')
      await change(
        server,
        cipher.isAvailable() ? { login, sealed: true, refreshToken: seal() } : { login, sealed: false, refreshToken },
      )
    },
    async clear(server) {
      inMemory.delete(server)
      await change(server, undefined)
    },
  }
}
