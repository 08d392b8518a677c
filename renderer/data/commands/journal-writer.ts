import type { JournalEntry } from '#common/ipc.ts'
import type { ClientPorts } from '../client-core.ts'
import { isSentMark } from './journal-value.ts'
import { keyOf, type LoadedWriting } from './load-writing.ts'

type Journal = NonNullable<ClientPorts['journal']>

/** The main process takes at most a thousand entries in a call. */
const entriesPerCall = 500

/** Writes into the journal and knows what it holds. */
export class JournalWriter {
  private readonly account: string
  private readonly journal: Journal
  private readonly keys: Set<string>
  private generation: number

  constructor(account: string, journal: Journal, loaded: Pick<LoadedWriting, 'generation' | 'journalKeys'>) {
    this.account = account
    this.journal = journal
    this.keys = loaded.journalKeys
    this.generation = loaded.generation
  }

  /** Generation and number of commands and drafts, as the browser's database keeps them to be compared at the next start. */
  mark(): { generation: number; items: number } {
    return { generation: this.generation, items: this.keys.size }
  }

  /** All entries, or none. The problem's text, or null when they are durable. */
  async write(entries: readonly JournalEntry[]): Promise<string | null> {
    for (let start = 0; start < entries.length; start += entriesPerCall) {
      const part = entries.slice(start, start + entriesPerCall)
      const outcome = await this.call(part)
      if (!outcome.ok) {
        // The parts before this one are in the journal; what the caller is told was not saved must not come back.
        if (start > 0) await this.call(entries.slice(0, start).map((entry) => ({ ...entry, value: null })))
        return outcome.detail
      }
      this.generation = outcome.generation
      for (const entry of part) this.note(entry)
    }
    return null
  }

  private note(entry: JournalEntry): void {
    if (entry.value === null) this.keys.delete(keyOf(entry))
    else if (!isSentMark(entry)) this.keys.add(keyOf(entry))
  }

  private async call(entries: JournalEntry[]) {
    try {
      return await this.journal.write(this.account, entries)
    } catch (error) {
      return { ok: false as const, detail: error instanceof Error ? error.message : String(error) }
    }
  }
}
