/**
 * A process of its own that writes a journal, for tests that kill it or take its disk away; started by real-journal.ts.
 *
 *   node journal-writer.mjs write FOLDER    writes for ever; one line `<number>` on stdout for each acknowledged command
 *   node journal-writer.mjs fill FOLDER     writes until the disk is full, makes room, writes again; one line of JSON
 */
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalEntry } from '#common/ipc.ts'
import { nodeDisk } from '#electron/main/journal/disk.ts'
import { createJournals } from '#electron/main/journal/journals.ts'

const account = 'deadbeef'

/** What `fill` found out. */
export type FillReport = {
  acknowledged: string[]
  refusals: string[]
  /** Ids read again from the disk after the refusals. */
  kept: string[]
  wasRepaired: boolean
  /** Answer to a write once there is room again. */
  afterwards: boolean
}

const [, , mode, folder = ''] = process.argv
const command = (id: string, value: string): JournalEntry => ({ kind: 'command', id, value })
/** Not to be compressed by a file system. */
const noise = (characters: number) => randomBytes(characters).toString('latin1').slice(0, characters)

async function write(): Promise<void> {
  const journals = createJournals(nodeDisk, folder, 64 * 1024)
  const known = (await journals.read(account)).items.filter(({ kind }) => kind === 'command').length
  let next = known
  for (;;) {
    const burst = Array.from({ length: 1 + (next % 5) }, () => next++)
    const written = burst.map(async (number) => {
      // The draft grows and is superseded each time, so the file is rewritten again and again.
      const draft: JournalEntry = { kind: 'draft', id: 'chat', value: `${number} ${noise(2000)}` }
      const outcome = await journals.write(account, [command(String(number), noise(number % 300)), draft])
      if (!outcome.ok) throw new Error(outcome.detail)
      writeSync(1, `${number}\n`)
    })
    await Promise.all(written)
  }
}

async function fill(): Promise<FillReport> {
  const filler = join(folder, 'other')
  writeFileSync(filler, randomBytes(200 * 1024))
  const journals = createJournals(nodeDisk, folder, 128 * 1024)
  const acknowledged: string[] = []
  const refusals: string[] = []
  for (let number = 0; refusals.length < 5; number++) {
    const outcome = await journals.write(account, [command(String(number), noise(3000))])
    if (outcome.ok) acknowledged.push(String(number))
    else refusals.push(outcome.reason)
  }
  const { items, repaired } = await createJournals(nodeDisk, folder, 0).read(account)
  rmSync(filler)
  const { ok } = await journals.write(account, [command('afterwards', 'x')])
  return { acknowledged, refusals, kept: items.map(({ id }) => id), wasRepaired: repaired, afterwards: ok }
}

if (mode === 'write') await write()
else writeSync(1, `${JSON.stringify(await fill())}\n`)
