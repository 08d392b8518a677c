import type { RoomName } from '#common/domain/ids.ts'
import type { AuditEntry, AuditSubject } from '#common/protocol/http-api.ts'
import type { Refusal } from '#common/protocol/refusals.ts'

/** Number of an update within its room, from 1, gap-free. */
export type UpdateSeq = number
/** Position in the whole log over all rooms, rising with every commit. The feed's cursor. */
export type Position = number

export type LogEntry = { seq: UpdateSeq; update: Uint8Array }

export type RoomContent = {
  /** Raised when the room was rewritten without its deleted texts: a client then replaces its copy. */
  epoch: number
  head: UpdateSeq
  /** Everything up to `seq` in one update. */
  snapshot?: LogEntry | undefined
  /** What came after the snapshot, oldest first. */
  updates: LogEntry[]
}

/**
 * One thing of the log in the order of positions: a room's update, or a change of who sees a room. With `snapshot` the
 * update stands for all of the room up to `seq`, and has the place of the last one of them.
 */
export type FeedEntry =
  | {
      type: 'update'
      position: Position
      room: RoomName
      epoch: number
      seq: UpdateSeq
      update: Uint8Array
      snapshot?: true | undefined
    }
  | { type: 'visibility'; position: Position; userId: string; room: RoomName; visible: boolean }

/** A durable value beside the log: users, tickets' numbers and rights, sessions. `null` deletes. */
export type RecordWrite = { kind: string; key: string; value: unknown }

/** What became of a command, kept for ever under (user, command id): the server's memory against doing it twice. */
export type CommandOutcome = {
  userId: string
  commandId: string
  /** sha256 (hex) of the command's canonical JSON: the same id with other content is a conflict. */
  contentHash: string
  refusal?: Refusal | undefined
}

export type Append = {
  room: RoomName
  /** The room's head before the first of `updates`; another head means another writer and fails the batch. */
  expectedHead: UpdateSeq
  updates: Uint8Array[]
  /**
   * All of the room after `updates`, of which there is at least one. It takes the place of everything that was stored of the
   * room, so that nothing else is left of it on the disk, and the room's next epoch begins.
   */
  rewritten?: Uint8Array | undefined
}

/** All effects of one command: all of them become durable, or none. */
export type Commit = {
  appends: Append[]
  records: RecordWrite[]
  visibility: { userId: string; room: RoomName; visible: boolean }[]
  outcome?: CommandOutcome | undefined
  /** Lines of the audit, numbered by the store in the order of commits. */
  audit?: AuditDraft[] | undefined
}

/** A line of the audit before the store gave it its number. Source of its meaning: `common/protocol/http-api.ts`. */
export type AuditDraft = Omit<AuditEntry, 'id'>

/** All of it narrows; `before` is the id of the last line already read. Times in ms, `from` inclusive, `to` exclusive. */
export type AuditQuery = {
  from?: number | undefined
  to?: number | undefined
  byId?: string | undefined
  subject?: AuditSubject | undefined
  subjectId?: string | undefined
  before?: number | undefined
  limit: number
}

/** Position of each commit's last entry, in the order given. */
export type CommitResult = { position: Position }

/**
 * The server's durable memory. One contract suite (`tests/contract/`) runs on every implementation. Calls may come
 * concurrently; commits are applied in the order of the calls.
 */
export type LogStore = {
  /** Epoch of the whole history; raised when a backup was restored. */
  epoch(): Promise<number>
  position(): Promise<Position>
  heads(rooms: readonly RoomName[]): Promise<Map<RoomName, UpdateSeq>>
  /** An unknown room has head 0. */
  load(room: RoomName): Promise<RoomContent>
  loadMany(rooms: readonly RoomName[]): Promise<Map<RoomName, RoomContent>>
  /** Entries after `position` in their order, at most `limit`; visibility entries only of `userId`. */
  readFeed(position: Position, limit: number, userId: string): Promise<{ entries: FeedEntry[]; upTo: Position }>
  records(kind: string): Promise<Map<string, unknown>>
  /** Newest first. */
  readAudit(query: AuditQuery): Promise<AuditEntry[]>
  outcome(userId: string, commandId: string): Promise<CommandOutcome | undefined>
  /** The last of a user's commands that have an outcome, in the order of their ids' characters. */
  greatestCommandId(userId: string): Promise<string | undefined>
  /**
   * Durable (fsynced) when resolved, all commits of the call or none. Rejects with {@link StoreConflict} when a head differs
   * and with {@link StoreUnavailable} when the disk does not take it; nothing is stored then.
   */
  commit(commits: readonly Commit[]): Promise<CommitResult[]>
  /**
   * Replaces what is stored up to `upTo` by one snapshot that says the same. False, and nothing changed, when the room was
   * compacted or rewritten up to there already, or never got so far.
   */
  compact(room: RoomName, upTo: UpdateSeq, snapshot: Uint8Array): Promise<boolean>
  close(): Promise<void>
}

export class StoreConflict extends Error {
  override name = 'StoreConflict'
}

export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
}
