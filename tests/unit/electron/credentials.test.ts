import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cipher } from '#electron/main/credentials.ts'
import { createCredentialStore } from '#electron/main/credentials.ts'
import { createJsonFile } from '#electron/main/json-file.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naryad-credentials-'))
  path = join(folder, 'credentials.json')
})
afterEach(() => rm(folder, { recursive: true }))

const flip = (bytes: Uint8Array, key: number) => bytes.map((byte) => byte ^ key)
/** A keyring with one key, which another user's differs from. */
const keyring = (key: number): Cipher => ({
  isAvailable: () => true,
  encrypt: (text) => flip(Buffer.from(`sealed:${text}`), key),
  decrypt(bytes) {
    const text = Buffer.from(flip(bytes, key)).toString()
    if (!text.startsWith('sealed:')) throw new Error('not with this key')
    return text.slice('sealed:'.length)
  },
})
const noKeyring: Cipher = {
  isAvailable: () => false,
  encrypt: () => {
    throw new Error('no keyring')
  },
  decrypt: () => {
    throw new Error('no keyring')
  },
}
const open = (cipher: Cipher) => createCredentialStore(createJsonFile(path), cipher)
const first = { server: 'https://a.example', login: 'dispatcher', refreshToken: 'token-a' }
const second = { server: 'https://b.example', login: 'engineer', refreshToken: 'token-b' }

describe('credentials with a keyring', () => {
  it('survive a start, each server apart, and never lie about in the clear', async () => {
    const store = open(keyring(1))
    await store.store(first)
    await store.store(second)
    await store.store({ ...first, refreshToken: 'token-a2' })
    const later = open(keyring(1))
    expect(await later.read(first.server)).toEqual({ ...first, refreshToken: 'token-a2' })
    expect(await later.read(second.server)).toEqual(second)
    expect(await later.read('https://c.example')).toBeNull()
    expect(await readFile(path, 'utf8')).not.toContain('token-')
  })

  it('are gone when cleared', async () => {
    await open(keyring(1)).store(first)
    await open(keyring(1)).clear(first.server)
    expect(await open(keyring(1)).read(first.server)).toBeNull()
  })

  it('of another keyring are none', async () => {
    await open(keyring(1)).store(first)
    expect(await open(keyring(2)).read(first.server)).toBeNull()
    expect(await open(noKeyring).read(first.server)).toBeNull()
  })

  it.each(['{', '[]', '{"servers":{"https://a.example":{"login":1}}}', '{"servers":null}'])(
    'in a damaged file %s are none',
    async (text) => {
      await writeFile(path, text)
      const store = open(keyring(1))
      expect(await store.read(first.server)).toBeNull()
      await store.store(first)
      expect(await open(keyring(1)).read(first.server)).toEqual(first)
    },
  )
})

describe('credentials without a keyring', () => {
  it('survive a start in a file that only the user can read', async () => {
    await open(noKeyring).store(first)
    expect(await open(noKeyring).read(first.server)).toEqual(first)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('are sealed as soon as there is a keyring', async () => {
    await open(noKeyring).store(first)
    const store = open(keyring(1))
    expect(await store.read(first.server)).toEqual(first)
    await store.store({ ...first, refreshToken: 'token-a2' })
    expect(await readFile(path, 'utf8')).not.toContain('token-')
  })

  it('are gone when cleared', async () => {
    const store = open(noKeyring)
    await store.store(first)
    await store.clear(first.server)
    expect(await open(noKeyring).read(first.server)).toBeNull()
    expect(await readFile(path, 'utf8')).not.toContain('token-')
  })
})
