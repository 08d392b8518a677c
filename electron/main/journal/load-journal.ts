import type { Disk } from './disk.ts'
import { isDiskFull, writeFully } from './disk.ts'
import type { JournalFile } from './journal-file.ts'
import { createJournalFile } from './journal-file.ts'
import type { JournalItems } from './journal-items.ts'
import { createJournalItems } from './journal-items.ts'
import type { Decoded } from './record.ts'
import { decodeRecords } from './record.ts'

export type LoadedJournal = { file: JournalFile; items: JournalItems; generation: number; damage: Decoded['damage'] }

export async function loadJournal(disk: Disk, path: string): Promise<LoadedJournal> {
  await disk.remove(`${path}.new`)
  const bytes = (await disk.read(path)) ?? new Uint8Array()
  const { records, end, damage } = decodeRecords(bytes)
  // Sound records behind a damaged place mean lost ones in between: the original stays for whoever wants to look for them.
  if (damage === 'middle') await keepAside(disk, `${path}.damaged`, bytes)
  const items = createJournalItems()
  for (const record of records) items.apply(record.entries)
  const generation = records.reduce((highest, record) => Math.max(highest, record.generation), 1)
  return { file: createJournalFile(disk, path, end), items, generation, damage }
}

async function keepAside(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await disk.open(path)
    try {
      await file.truncate(0)
      await writeFully(file, bytes, 0)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!isDiskFull(error)) throw error
    await disk.remove(path)
  }
}
