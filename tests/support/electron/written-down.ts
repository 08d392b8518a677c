/** What a killed app would find again: its journals as they are on the disk at this moment, also while it runs. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalItem } from '#common/ipc.ts'
import { createJournalItems } from '#electron/main/journal/journal-items.ts'
import { decodeRecords } from '#electron/main/journal/record.ts'

/** Values of this kind that contain the text. */
export async function writtenDown(userDataDir: string, kind: JournalItem['kind'], text: string): Promise<string[]> {
  const folder = join(userDataDir, 'journal')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.journal'))
  const values = await Promise.all(names.map((name) => valuesOf(join(folder, name), kind)))
  return values.flat().filter((value) => value.includes(text))
}

async function valuesOf(path: string, wanted: JournalItem['kind']): Promise<string[]> {
  const items = createJournalItems()
  for (const { entries } of decodeRecords(await readFile(path)).records) items.apply(entries)
  return items.all().flatMap(([kind, , value]) => (kind === wanted && value !== null ? [value] : []))
}
