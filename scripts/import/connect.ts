import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { normaliseServer } from '#renderer/data/session/server-address.ts'
import { ImportServer } from './import-server.ts'
import type { ImportOptions } from './options.ts'
import type { Texts } from './texts.ts'

export type Connection = { server: ImportServer; end: () => Promise<void> }

export type ConnectNeeds = {
  options: Pick<ImportOptions, 'server' | 'key'>
  texts: Texts
  folder: string
  demoPortFile: string
  warn: (line: string) => void
}

/** Nothing but the demonstration on this computer is signed in to without a key: its passwords are known to everybody. */
const demoSignIn = { login: 'dispatcher', password: 'demo', device: { id: 'import', name: 'npm run import' } }

/** The server of the options with the key of the options; the answer of a failure is for the user. */
export async function connect(needs: ConnectNeeds): Promise<Result<Connection, string>> {
  const { options, texts, warn } = needs
  const key = await readKey(needs)
  if (!key.ok) return key
  if (options.key?.from === 'argument') warn(texts.keyIsVisible)
  if (options.server === undefined) return connectToDemo(needs, key.value)
  const url = normaliseServer(options.server)
  if (!url.ok) return fail(texts.badServer(options.server))
  if (key.value === undefined) return fail(texts.noKey)
  if (isOverheard(url.value)) warn(texts.keyInPlainText)
  return succeed({ server: new ImportServer(url.value, key.value), end: async () => {} })
}

async function readKey({ options: { key }, texts, folder }: ConnectNeeds): Promise<Result<string | undefined, string>> {
  if (key === undefined) return succeed(undefined)
  try {
    const text = key.from === 'file' ? await readFile(resolve(folder, key.file), 'utf8') : key.key
    // A header of HTTP takes no other characters, and fetch would quote the key in its complaint.
    return /^[\x21-\x7e]+$/.test(text.trim()) ? succeed(text.trim()) : fail(texts.badKey)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // all that node:fs rejects with
    return fail(texts.unreadable(key.from === 'file' ? key.file : '', code ?? message))
  }
}

async function connectToDemo(
  { demoPortFile, texts }: ConnectNeeds,
  key: string | undefined,
): Promise<Result<Connection, string>> {
  const port = Number(await readFile(demoPortFile, 'utf8').catch(() => '0'))
  if (!(port > 0)) return fail(texts.noDemo)
  const url = `http://127.0.0.1:${port}`
  if (key !== undefined) return succeed({ server: new ImportServer(url, key), end: async () => {} })
  const server = await ImportServer.signIn(url, demoSignIn)
  return server.ok
    ? succeed({ server: server.value, end: () => server.value.signOut() })
    : fail(texts.failure(server.reason))
}

function isOverheard(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}
