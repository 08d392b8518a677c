import type { JournalContent, JournalEntry, JournalItem, JournalOutcome } from '#common/ipc.ts'
import type { ClientPorts } from '#renderer/data/client-core.ts'

/** The journal of the main process as the client sees it, without a disk: durable or refused, never half. */
export class MemoryJournal implements NonNullable<ClientPorts['journal']> {
  items = new Map<string, JournalItem>()
  generation = 1
  repaired = false
  /** What every write is answered while set. */
  failure: 'disk-full' | 'unwritable' | undefined
  isUnreadable = false
  /** Writes so far. */
  writes = 0
  /** Called before a write takes effect; what it returns is awaited. */
  beforeWrite: () => Promise<void> | void = () => {}

  read(_account: string): Promise<JournalContent> {
    if (this.isUnreadable) return Promise.reject(new Error('EIO'))
    const { generation, repaired } = this
    return Promise.resolve({ generation, items: [...this.items.values()], repaired })
  }

  async write(_account: string, entries: JournalEntry[]): Promise<JournalOutcome> {
    await this.beforeWrite()
    if (this.failure) return { ok: false, reason: this.failure, detail: this.failure }
    this.writes++
    for (const { kind, id, value } of entries) {
      if (value === null) this.items.delete(`${kind} ${id}`)
      else this.items.set(`${kind} ${id}`, { kind, id, value })
    }
    return { ok: true, generation: this.generation }
  }

  /** The file was deleted. */
  wipe(): void {
    this.items.clear()
    this.generation = 1
  }
}
