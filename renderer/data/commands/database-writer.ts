import type { CommandId, RoomName } from '#common/domain/ids.ts'
import type { Draft } from '../media/kept-file.ts'
import type { OutboxRow, OutboxStore } from '../store/ports.ts'

export type WrittenDraft = { room: RoomName; draft: Draft }

/** One step of what the user wrote: rows written, rows gone, a draft. */
export type Change = { rows: readonly OutboxRow[]; removed: readonly CommandId[]; draft?: WrittenDraft | undefined }

type Mark = { generation: number; items: number }

/** Writes into the browser's database one change after the other, so that a later one never comes before an earlier. */
export class DatabaseWriter {
  private readonly store: OutboxStore
  private tail: Promise<unknown> = Promise.resolve()
  private waiting = 0

  constructor(store: OutboxStore) {
    this.store = store
  }

  /** The problem's text, or null when it is stored. `mark`: what of the journal the database is then in step with. */
  write(change: Change, mark: Mark | null): Promise<string | null> {
    this.waiting++
    const done = this.tail.then(() => this.apply(change, mark))
    this.tail = done
    return done
  }

  private async apply({ rows, removed, draft }: Change, mark: Mark | null): Promise<string | null> {
    const { store } = this
    try {
      if (rows.length > 0) await store.put(rows)
      if (removed.length > 0) await store.remove(removed)
      if (draft) await store.putDraft(draft.room, draft.draft)
      // Once per burst is enough: it only tells a database that lost its content from one that is a little behind.
      if (mark !== null && this.waiting === 1) await store.setJournalMark(mark)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    } finally {
      this.waiting--
    }
  }
}
