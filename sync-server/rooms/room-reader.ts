import * as Y from 'yjs'
import type { RoomName } from '#common/domain/ids.ts'
import type { LogStore, RoomContent } from '../storage/log-store.ts'
import type { CommitPipeline } from './commit-pipeline.ts'
import { joinUpdates } from './join-updates.ts'

const emptyUpdate = new Uint8Array([0, 0])

/**
 * Rooms as readers may see them: bytes from the store, never a document in memory, and nothing whose commit this process
 * has not heard back of, because the rights that came with it are not in force yet.
 */
export class RoomReader {
  private readonly store: LogStore
  private readonly pipeline: Pick<CommitPipeline, 'headInForce' | 'idle'>

  constructor(store: LogStore, pipeline: Pick<CommitPipeline, 'headInForce' | 'idle'>) {
    this.store = store
    this.pipeline = pipeline
  }

  async read(room: RoomName): Promise<RoomContent> {
    return this.clip(room, await this.store.load(room))
  }

  async readMany(rooms: readonly RoomName[]): Promise<Map<RoomName, RoomContent>> {
    const contents = await this.store.loadMany(rooms)
    for (const [room, content] of contents) contents.set(room, await this.clip(room, content))
    return contents
  }

  private async clip(room: RoomName, content: RoomContent): Promise<RoomContent> {
    const head = this.pipeline.headInForce(room)
    if (head === undefined || head >= content.head) return content
    if (content.snapshot && content.snapshot.seq > head) {
      // The room was rewritten, and what is in force is not stored any more.
      await this.pipeline.idle()
      return this.read(room)
    }
    return { ...content, head, updates: content.updates.filter((entry) => entry.seq <= head) }
  }
}

/** All of a room in one update. */
export function mergedUpdate(content: RoomContent): Uint8Array {
  const { snapshot, updates } = content
  if (updates.length === 0) return snapshot?.update ?? emptyUpdate
  const loose = joinUpdates(updates.map(({ update }) => update))
  return snapshot ? Y.mergeUpdates([snapshot.update, loose]) : loose
}
