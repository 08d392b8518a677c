import * as Y from 'yjs'
import { entriesList, lastSeqOf, numberEntries } from '#common/documents/chat-document.ts'
import { chunksOf } from '#common/domain/chunks.ts'
import { parseRoom, type Room, type RoomName, type Seq } from '#common/domain/ids.ts'
import type { EntryDraft } from '#common/domain/message.ts'
import type { RoomContent, UpdateSeq } from '../storage/log-store.ts'
import { ChatIndex } from './chat-index.ts'
import { joinAdditions, joinUpdates } from './join-updates.ts'
import { ListEnd } from './list-end.ts'

const updatesAtOnce = 100

/**
 * A server-written room held in memory for writing. It runs ahead of the store while a commit is under way, and is thrown
 * away when that fails.
 */
export class OpenDocument {
  readonly room: RoomName
  readonly parsed: Room
  epoch: number
  /** Number of the newest update, the undurable ones included. */
  head: UpdateSeq
  /** Updates that no snapshot stands for, as far as this document knows. */
  loose: number
  /** The newest group of commits that touched it: until that is durable it must stay in memory. */
  lastGroup = 0
  private readonly loaded: Y.Doc
  /** Entries appended since `loaded` was asked for: most of what is written is never read here. */
  private appended: Uint8Array[] = []
  private entriesEnd: ListEnd | undefined
  private index: ChatIndex | undefined

  constructor(room: RoomName, content: RoomContent) {
    const parsed = parseRoom(room)
    if (!parsed) throw new Error(`${room} is not a room name`)
    this.room = room
    this.parsed = parsed
    this.epoch = content.epoch
    this.head = content.head
    this.loose = content.updates.length
    this.loaded = new Y.Doc({ guid: room })
    if (content.snapshot) Y.applyUpdate(this.loaded, content.snapshot.update)
    this.load(content.updates.map(({ update }) => update))
  }

  get document(): Y.Doc {
    if (this.appended.length > 0) this.load(this.appended.splice(0))
    return this.loaded
  }

  get chat(): ChatIndex {
    this.index ??= new ChatIndex(this.document)
    return this.index
  }

  /** Of a chat: how many entries it has. */
  get lastSeq(): Seq {
    return this.index?.lastSeq ?? lastSeqOf(this.document)
  }

  /** Changes the document; returns the one update that stands for it, or undefined when nothing changed. */
  write(change: (document: Y.Doc) => void): Uint8Array | undefined {
    const { document } = this
    let written: Uint8Array | undefined
    const listener = (update: Uint8Array): void => void (written = update)
    document.on('update', listener)
    document.transact(() => change(document))
    document.off('update', listener)
    if (written) this.grown()
    this.entriesEnd = undefined
    return written
  }

  /** Appends entries to a chat, at least one; returns the update that stands for it. */
  append(drafts: readonly EntryDraft[], atMs: number): Uint8Array {
    const entries = numberEntries(drafts, this.chat.lastSeq, atMs)
    this.entriesEnd ??= new ListEnd(this.document, entriesList)
    const update = this.entriesEnd.append(entries)
    this.chat.add(entries)
    this.appended.push(update)
    this.grown()
    return update
  }

  /** Returns all of the room as one update, which stands for everything before it from now on. */
  beginEpoch(): Uint8Array {
    this.epoch++
    this.loose = 0
    return Y.encodeStateAsUpdate(this.document)
  }

  close(): void {
    this.loaded.destroy()
  }

  private grown(): void {
    this.head++
    this.loose++
  }

  private load(updates: readonly Uint8Array[]): void {
    // Neither one by one nor all at once: Yjs tidies up after each transaction, with work that grows with its square.
    // Nobody writes as this one: Yjs takes another clientID, and says so, when it meets its own in what it reads.
    this.loaded.clientID = 0
    for (const run of chunksOf(joinAdditions(updates), updatesAtOnce)) Y.applyUpdate(this.loaded, joinUpdates(run))
    this.loaded.clientID = writerOf(this.room)
  }
}

/** The one clientID with which the server writes a room (SPEC.md, N3): FNV-1a of its name, so that every process agrees. */
export function writerOf(room: RoomName): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < room.length; index++) hash = Math.imul(hash ^ room.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
