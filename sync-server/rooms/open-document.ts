import * as Y from 'yjs'
import { chunksOf } from '#common/domain/chunks.ts'
import type { RoomName } from '#common/domain/ids.ts'
import type { RoomContent, UpdateSeq } from '../storage/log-store.ts'
import { ChatIndex } from './chat-index.ts'
import { joinUpdates } from './join-updates.ts'

const updatesAtOnce = 100

/**
 * A server-written room held in memory for writing. It runs ahead of the store while a commit is under way, and is thrown
 * away when that fails.
 */
export class OpenDocument {
  readonly room: RoomName
  readonly epoch: number
  readonly document: Y.Doc
  /** Number of the newest update, the undurable ones included. */
  head: UpdateSeq
  /** Updates that no snapshot stands for, as far as this document knows. */
  loose: number
  /** The newest group of commits that touched it: until that is durable it must stay in memory. */
  lastGroup = 0
  private index: ChatIndex | undefined
  private captured: Uint8Array[] = []

  constructor(room: RoomName, content: RoomContent) {
    this.room = room
    this.epoch = content.epoch
    this.head = content.head
    this.loose = content.updates.length
    this.document = new Y.Doc({ guid: room })
    if (content.snapshot) Y.applyUpdate(this.document, content.snapshot.update)
    // Neither one by one nor all at once: Yjs tidies up after each transaction, with work that grows with its square.
    for (const run of chunksOf(content.updates, updatesAtOnce))
      Y.applyUpdate(this.document, joinUpdates(run.map(({ update }) => update)))
    // Only now: Yjs takes another random clientID when it meets its own in what it reads.
    this.document.clientID = writerOf(room)
    this.document.on('update', (update: Uint8Array) => this.captured.push(update))
  }

  get chat(): ChatIndex {
    this.index ??= new ChatIndex(this.document)
    return this.index
  }

  /** Changes the document; returns the one update that stands for it, or undefined when nothing changed. */
  write(change: (document: Y.Doc) => void): Uint8Array | undefined {
    this.document.transact(() => change(this.document))
    const [update] = this.captured
    this.captured = []
    if (update) {
      this.head++
      this.loose++
    }
    return update
  }

  close(): void {
    this.document.destroy()
  }
}

/** The one clientID with which the server writes a room (SPEC.md, N3): FNV-1a of its name, so that every process agrees. */
export function writerOf(room: RoomName): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < room.length; index++) hash = Math.imul(hash ^ room.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
