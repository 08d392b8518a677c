import type { RoomName } from '#common/domain/ids.ts'
import type { AuditEntry } from '#common/protocol/http-api.ts'
import type { AuditQuery, CommandOutcome, CommitResult, FeedEntry, Position, UpdateSeq } from './log-store.ts'
import type { PackedUpdates } from './packed-updates.ts'

/** What the server's thread asks of the worker that holds the SQLite file, and what each call answers. */
export type StoreCalls = {
  epoch: { args: []; answer: number }
  position: { args: []; answer: Position }
  heads: { args: [rooms: readonly RoomName[]]; answer: [RoomName, UpdateSeq][] }
  load: { args: [rooms: readonly RoomName[]]; answer: PackedRooms }
  readFeed: { args: [position: Position, limit: number, userId: string]; answer: PackedFeed }
  records: { args: [kind: string]; answer: [key: string, json: string][] }
  readAudit: { args: [query: AuditQuery]; answer: AuditEntry[] }
  outcome: { args: [userId: string, commandId: string]; answer: CommandOutcome | undefined }
  greatestCommandId: { args: [userId: string]; answer: string | undefined }
  commit: { args: [commits: PackedCommits]; answer: CommitResult[] }
  compact: { args: [room: RoomName, upTo: UpdateSeq, snapshot: Uint8Array]; answer: boolean }
  close: { args: []; answer: undefined }
}
export type StoreMethod = keyof StoreCalls

/** `json` is the commits without their updates, with counts in their place; one text is cheaper to hand over than the objects. */
export type PackedCommits = { json: string; packed: PackedUpdates }

/** A room without its bytes: the number of its snapshot if it has one, and of the first of `loose` updates after it. */
export type StoredRoom = {
  name: RoomName
  epoch: number
  head: UpdateSeq
  snapshotSeq: UpdateSeq | null
  firstLoose: UpdateSeq
  loose: number
}

/** `packed` holds, room by room, the snapshot if there is one, then the updates. */
export type PackedRooms = { rooms: StoredRoom[]; packed: PackedUpdates }

type WithoutBytes<Entry> = Entry extends { update: Uint8Array } ? Omit<Entry, 'update'> : Entry
export type PackedFeed = { entries: WithoutBytes<FeedEntry>[]; packed: PackedUpdates; upTo: Position }

export type StoreRequest = {
  [Method in StoreMethod]: { id: number; method: Method; args: StoreCalls[Method]['args'] }
}[StoreMethod]

export type StoreReply =
  | { id: number; ok: true; answer: unknown }
  | { id: number; ok: false; error: 'conflict' | 'unavailable'; message: string }

export type WorkerMessage =
  | { type: 'opened' }
  | { type: 'not-opened'; name: string; message: string }
  | { type: 'replies'; replies: StoreReply[] }

export type WorkerOptions = {
  file: string
  /** The file comes from a backup: its history gets a new epoch. */
  restored: boolean
  /** Leaves it to the caller to bring the file to the disk once it is closed: for one that counts only when it is whole. */
  unsynced?: boolean | undefined
}
