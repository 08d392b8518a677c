import * as Y from 'yjs'
import type { Clock } from '#common/domain/clock.ts'
import type { RoomName } from '#common/domain/ids.ts'
import type { ServerEvent } from '../server-core.ts'
import type { LogStore } from '../storage/log-store.ts'
import { OpenDocument } from './open-document.ts'
import type { RoomReader } from './room-reader.ts'

/** Updates that stay beside the snapshot: a client that missed fewer gets those instead of the whole room. */
const looseKept = 64
/** A room is compacted when it has so many more, or an eighth of all it ever had: large rooms are not rewritten for little. */
const looseMore = 128
const shareOfHead = 8
/** Nobody wrote into it for so long: a room in the midst of a lively exchange would be rewritten again and again. */
const calmMs = 2_000
/** With so many it is not waited for calm any more: to read them takes as long as to rewrite a large room. */
export const looseMost = 16_384

/** Keeps rooms quick to load: what is old becomes one update. One room at a time, in the shade of everything else. */
export class Compactor {
  private readonly store: LogStore
  private readonly reader: RoomReader
  private readonly clock: Clock
  private readonly compacted: (room: RoomName, loose: number) => void
  private readonly report: (event: ServerEvent) => void
  /** Rooms that wait for calm, with the time of their last update; the longest calm one comes first. */
  private readonly lively = new Map<RoomName, number>()
  private readonly due = new Set<RoomName>()
  private working = false
  private watching = false

  /** `compacted` is told how many updates are left beside the snapshot. */
  constructor(
    store: LogStore,
    reader: RoomReader,
    clock: Clock,
    compacted: (room: RoomName, loose: number) => void,
    report: (event: ServerEvent) => void,
  ) {
    this.store = store
    this.reader = reader
    this.clock = clock
    this.compacted = compacted
    this.report = report
  }

  /** A room has a new durable update and `loose` updates without a snapshot. */
  grown(room: RoomName, loose: number, head: number): void {
    if (loose < looseKept + Math.max(looseMore, head / shareOfHead)) return
    this.lively.delete(room)
    if (loose >= looseMost) {
      this.due.add(room)
      if (!this.working) void this.work()
      return
    }
    this.lively.set(room, this.clock.nowMs())
    this.watch()
  }

  private watch(): void {
    if (this.watching || this.lively.size === 0) return
    this.watching = true
    this.clock.after(calmMs, () => {
      this.watching = false
      const now = this.clock.nowMs()
      for (const [room, since] of this.lively) {
        if (now - since < calmMs) break
        this.lively.delete(room)
        this.due.add(room)
      }
      if (!this.working) void this.work()
      this.watch()
    })
  }

  private async work(): Promise<void> {
    this.working = true
    for (const room of this.due) {
      this.due.delete(room)
      try {
        await this.compact(room)
      } catch (error) {
        this.report({ type: 'store-unavailable', detail: String(error) })
      }
    }
    this.working = false
  }

  private async compact(room: RoomName): Promise<void> {
    // Never what is stored but not in force yet: readers are given the snapshot whole.
    const content = await this.reader.read(room)
    const upTo = content.head - looseKept
    const updates = content.updates.filter(({ seq }) => seq <= upTo)
    if (updates.length < looseMore) return this.compacted(room, content.updates.length)
    const old = new OpenDocument(room, { ...content, head: upTo, updates })
    const snapshot = Y.encodeStateAsUpdate(old.document)
    old.close()
    if (await this.store.compact(room, upTo, snapshot)) this.compacted(room, looseKept)
  }
}
