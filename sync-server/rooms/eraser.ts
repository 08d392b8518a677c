import type { Clock } from '#common/domain/clock.ts'
import { blankDeleted } from '#common/documents/chat-document.ts'
import type { RoomName } from '#common/domain/ids.ts'
import type { CommitPipeline } from './commit-pipeline.ts'

/**
 * Takes the texts of deleted messages out of storage (SPEC.md, N6). What is to be erased is a record of the deletion's own
 * commit, so neither a crash nor a full disk makes it forgotten.
 */
export class Eraser {
  private readonly pipeline: CommitPipeline
  private readonly clock: Clock
  private readonly delayMs: number
  private isWaiting = false

  /** `delayMs`: how long it waits for more deletions. Everybody who has a copy of the room is sent all of it. */
  constructor(pipeline: CommitPipeline, clock: Clock, delayMs: number) {
    this.pipeline = pipeline
    this.clock = clock
    this.delayMs = delayMs
  }

  /** Something may have become due. */
  look(): void {
    if (this.isWaiting || this.pipeline.durable.erasures.size === 0) return
    this.isWaiting = true
    this.clock.after(this.delayMs, () => void this.work())
  }

  /** One room after another: after a long standstill there may be many. What can not be stored is tried again later. */
  private async work(): Promise<void> {
    for (const room of [...this.pipeline.durable.erasures]) if (!(await this.erase(room))) break
    this.isWaiting = false
    this.look()
  }

  private erase(room: RoomName): Promise<boolean> {
    return new Promise((resolve) => {
      this.pipeline.submit({
        rooms: [room],
        decide: (transaction) => {
          transaction.record({ kind: 'erasure', key: room, value: null })
          transaction.rewrite(room, ({ document }) => blankDeleted(document))
        },
        settled: ({ ok }) => resolve(ok),
      })
    })
  }
}
