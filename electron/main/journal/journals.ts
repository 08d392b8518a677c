import type { JournalContent, JournalEntry, JournalOutcome } from '#common/ipc.ts'
import type { Ballast } from './ballast.ts'
import { createBallast } from './ballast.ts'
import type { Disk } from './disk.ts'
import type { Journal } from './journal.ts'
import { openJournal } from './journal.ts'

/** The journals of all accounts, one file each, opened when first asked for. `account` is hex and safe as a file name. */
export type Journals = {
  /** Rejects when the file can't be read. */
  read(account: string): Promise<JournalContent>
  write(account: string, entries: readonly JournalEntry[]): Promise<JournalOutcome>
  /** Resolves when everything handed over was answered. */
  close(): Promise<void>
}

const defaultBallastBytes = 4 * 1024 * 1024

export function createJournals(disk: Disk, folder: string, ballastBytes: number = defaultBallastBytes): Journals {
  const ballast: Ballast = createBallast(disk, folder, ballastBytes)
  const journals = new Map<string, Promise<Journal>>()
  let prepared: Promise<void> | undefined

  async function prepare(): Promise<void> {
    await disk.makeFolder(folder)
    await ballast.fill().catch(() => {
      // Only a reserve: a journal without it is better than none.
    })
  }

  async function open(account: string): Promise<Journal> {
    try {
      await (prepared ??= prepare())
      return await openJournal(disk, folder, account, ballast)
    } catch (error) {
      // The next call tries again: the reason may have gone.
      prepared = undefined
      journals.delete(account)
      throw error
    }
  }

  function journalOf(account: string): Promise<Journal> {
    let journal = journals.get(account)
    if (journal === undefined) journals.set(account, (journal = open(account)))
    return journal
  }

  return {
    read: async (account) => (await journalOf(account)).read(),
    async write(account, entries) {
      let journal
      try {
        journal = await journalOf(account)
      } catch (error) {
        return { ok: false, reason: 'unwritable', detail: error instanceof Error ? error.message : String(error) }
      }
      return journal.write(entries)
    },
    async close() {
      const opened = [...journals.values()]
      journals.clear()
      await Promise.allSettled(opened.map(async (journal) => (await journal).close()))
    },
  }
}
