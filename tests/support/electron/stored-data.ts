/**
 * All that a desktop app keeps of an account, as bytes in which one can look for a text:
 *
 * - `readDatabases(desk)`: every record of every IndexedDB database, through the page; storage may compress its files;
 * - `readFiles(dir)`: every file below the folder of user data.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { runInPage } from './in-page.ts'
import type { LaunchedApp } from './launch-app.ts'

/** Some bytes and where they were found. */
export type Finding = { place: string; bytes: Buffer }

const storesSchema = z.array(z.object({ place: z.string(), texts: z.array(z.string()), binaries: z.array(z.string()) }))

const readEverything = `
  const settled = (request) => new Promise((fulfil, reject) => {
    request.onsuccess = () => fulfil(request.result)
    request.onerror = () => reject(request.error)
  })
  const base64 = (bytes) => {
    let binary = ''
    for (const byte of bytes) binary += String.fromCharCode(byte)
    return btoa(binary)
  }
  const collect = (value, into) => {
    if (typeof value === 'string') into.texts.push(value)
    else if (value instanceof ArrayBuffer) into.binaries.push(base64(new Uint8Array(value)))
    else if (ArrayBuffer.isView(value))
      into.binaries.push(base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
    else if (value instanceof Blob) throw new Error('a Blob must be read as well')
    else if (typeof value === 'object' && value !== null)
      for (const [key, member] of Object.entries(value)) {
        into.texts.push(key)
        collect(member, into)
      }
    else into.texts.push(String(value))
  }
  const found = []
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      const into = { place: name + ' / ' + store, texts: [], binaries: [] }
      const table = database.transaction(store).objectStore(store)
      const [keys, values] = await Promise.all([settled(table.getAllKeys()), settled(table.getAll())])
      collect(keys, into)
      collect(values, into)
      found.push(into)
    }
    database.close()
  }
  return found
`

export async function readDatabases(desk: LaunchedApp): Promise<Finding[]> {
  const stores = storesSchema.parse(await runInPage(desk, readEverything))
  return stores.map(({ place, texts, binaries }) => ({
    place,
    bytes: Buffer.concat([Buffer.from(texts.join('\n')), ...binaries.map((text) => Buffer.from(text, 'base64'))]),
  }))
}

/** The app must have ended: a file may be replaced while it is read. */
export async function readFiles(folder: string): Promise<Finding[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(paths.map(async (path) => ({ place: path, bytes: await readFile(path) })))
}

/** Places where the text is, in any of the forms in which files and sockets hold text. */
export function placesOf(text: string, findings: readonly Finding[]): string[] {
  const forms = formsOf(text)
  return findings.filter(({ bytes }) => forms.some((form) => bytes.includes(form))).map(({ place }) => place)
}

function formsOf(text: string): Buffer[] {
  const littleEndian = Buffer.from(text, 'utf16le')
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
  // LevelDB's keys are big-endian.
  return [Buffer.from(text), littleEndian, Buffer.from(littleEndian).swap16(), Buffer.from(escaped)]
}
