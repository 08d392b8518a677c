import type { RoomName } from '#common/domain/ids.ts'
import type { LogStore } from '../storage/log-store.ts'
import { OpenDocument } from './open-document.ts'

/** Documents being written, the least recently used leave first. Readers need none: they get bytes from the store. */
export class DocumentCache {
  private readonly store: LogStore
  private readonly capacity: number
  private readonly documents = new Map<RoomName, OpenDocument>()

  constructor(store: LogStore, capacity: number) {
    this.store = store
    this.capacity = capacity
  }

  /** Loads those of `rooms` that are not in memory. They stay until {@link shrink}. */
  async open(rooms: Iterable<RoomName>): Promise<void> {
    const missing: RoomName[] = []
    for (const room of new Set(rooms)) {
      const known = this.documents.get(room)
      if (!known) missing.push(room)
      else {
        this.documents.delete(room)
        this.documents.set(room, known)
      }
    }
    if (missing.length === 0) return
    const contents = await this.store.loadMany(missing)
    for (const room of missing) {
      const content = contents.get(room)
      if (content && !this.documents.has(room)) this.documents.set(room, new OpenDocument(room, content))
    }
  }

  get(room: RoomName): OpenDocument {
    const document = this.documents.get(room)
    if (!document) throw new Error(`Room ${room} was not opened before it was needed`)
    return document
  }

  find(room: RoomName): OpenDocument | undefined {
    return this.documents.get(room)
  }

  /** Closes what is over the capacity and not touched by a group after `durableGroup`. */
  shrink(durableGroup: number): void {
    if (this.documents.size <= this.capacity) return
    for (const [room, document] of this.documents) {
      if (document.lastGroup > durableGroup) continue
      this.documents.delete(room)
      document.close()
      if (this.documents.size <= this.capacity) return
    }
  }

  clear(): void {
    for (const document of this.documents.values()) document.close()
    this.documents.clear()
  }
}
