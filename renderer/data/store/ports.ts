/**
 * What the client core needs of a database. Implemented by RxDB and Dexie in the worker, and in memory with a virtual disk
 * in the simulation; one contract suite runs on both.
 */
import type { CommandId, MessageId, RoomName, Seq, TicketId, UserId, ChatKind } from '#common/domain/ids.ts'
import type { Attachment, CrossPost, Participant, Receipt } from '#common/domain/message.ts'
import type { Command } from '#common/domain/command.ts'
import type { HistoryEntry, Ticket } from '#common/domain/ticket.ts'
import type { Role } from '#common/domain/role.ts'
import type { User } from '#common/domain/user.ts'
import type { Organisation } from '#common/documents/directory-document.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import type { Draft, KeptFile } from '../media/kept-file.ts'
import type { Cursor } from '#common/protocol/control-frames.ts'

/** How far a room has been stored. `seq`: server's number of its last update; `entries`: chat entries projected so far. */
export type RoomHead = { epoch: number; seq: number; entries: Seq }
export type RoomState = RoomHead & {
  room: RoomName
  /** The room's whole content as one Yjs update. */ state: Uint8Array
}

/** Yjs states of rooms and the feed's cursor (plain Dexie). A cache of what the server has. */
export type ReplicaStore = {
  cursor(): Promise<Cursor | null>
  heads(): Promise<Map<RoomName, RoomHead>>
  load(rooms: readonly RoomName[]): Promise<Map<RoomName, RoomState>>
  /** One transaction. Called after the projection of the same rooms was written. `cursor` undefined leaves it as it is. */
  save(rooms: readonly RoomState[], cursor?: Cursor | undefined): Promise<void>
  remove(rooms: readonly RoomName[]): Promise<void>
  clear(): Promise<void>
}

/** A line of a conversation as stored: an entry with later edits and deletions worked in. */
export type MessageRow = {
  room: RoomName
  seq: Seq
  id: MessageId
  /** Server's time, ms. */
  at: number
} & (
  | {
      type: 'message'
      authorId: UserId
      writtenAt: string
      text: string
      deleted: boolean
      editedAt: number | null
      attachments: Attachment[]
      replyTo: Seq | null
      crossPost: CrossPost | null
    }
  | { type: 'joined' | 'left'; userId: UserId; byId: UserId }
  | { type: 'system'; key: string; values: Record<string, string | number> }
)

export type ChatRow = {
  room: RoomName
  ticketId: TicketId
  chat: ChatKind
  lastSeq: Seq
  /** Time of the newest message, else of the ticket's creation; server's ms. Order of the list. */
  lastAt: number
  last: { seq: Seq; id: MessageId; authorId: UserId; text: string; attachments: number; at: number } | null
  readSeq: Seq
  /** Others' messages after `readSeq` that are not deleted. */
  unread: number
  /** The user takes part or is the ticket's assignee: filter «Мои». */
  mine: boolean
  participants: Record<UserId, Participant>
  receipts: Record<UserId, Receipt>
}

export type StoredTicket = Ticket & { history: HistoryEntry[]; lastAt: number }

/** What the directory holds beside the people. */
export type StoredDirectory = { roles: Role[]; organisation: Organisation }

export type ProjectionBatch = {
  messages: MessageRow[]
  chats: ChatRow[]
  tickets: StoredTicket[]
  people: User[]
  /** null leaves it as it is. */
  directory: StoredDirectory | null
  /** Chats whose rows and messages go, because the right to them went or the room was rewritten. */
  removedChats: RoomName[]
  removedTickets: TicketId[]
}

/** Rows for lists and conversations (RxDB). Disposable: it can be made again from {@link ReplicaStore}. */
export type ProjectionStore = {
  /** Idempotent upserts, paced so that reads are never starved. */
  write(batch: ProjectionBatch): Promise<void>
  chats(rooms: readonly RoomName[]): Promise<Map<RoomName, ChatRow>>
  chatsOfTicket(ticketId: TicketId): Promise<ChatRow[]>
  ticket(ticketId: TicketId): Promise<StoredTicket | undefined>
  messagesById(room: RoomName, ids: readonly MessageId[]): Promise<Map<MessageId, MessageRow>>
  /** Others' messages after `after` that are not deleted. */
  countUnread(room: RoomName, after: Seq, ownId: UserId): Promise<number>
  /** The newest message that is not deleted, of any author. */
  newestMessage(room: RoomName): Promise<Extract<MessageRow, { type: 'message' }> | undefined>
  people(): Promise<User[]>
  directory(): Promise<StoredDirectory | undefined>
  unreadChats(): Promise<{ room: RoomName; ticketId: TicketId; chat: ChatKind; lastSeq: Seq }[]>
  clear(): Promise<void>
}

/** A command that the server has not taken, or will not take. */
export type OutboxRow = {
  id: CommandId
  /** Order of writing on this device, rising. */
  order: number
  command: Command
  state: 'queued' | 'refused'
  refusal: Refusal | null
  /** Until then (ms, device's clock) it can be taken back for certain: neither it nor a later one is handed over. */
  heldUntil?: number | undefined
  /** A message's photos and videos, in their order: what to upload, and what goes back into the draft. */
  files?: KeptFile[] | undefined
  /** Of the ticket that it is about, once the user may not see that any more: to tell one text from another. */
  ticketNumber?: number | undefined
  /** Not in the line: its files are not all with the server. It joins at the end, with a new `order`, when they are. */
  waits?: true | undefined
}

/** An upload that has begun, for going on after a restart. `key` is the hash of the bytes. */
export type BegunUpload = { key: string; url: string; size: number; at: number }

/** What the user wrote and the server does not have: outbox and drafts (RxDB with strict durability, a database of its own). */
export type OutboxStore = {
  rows(): Promise<OutboxRow[]>
  put(rows: readonly OutboxRow[]): Promise<void>
  remove(ids: readonly CommandId[]): Promise<void>
  drafts(): Promise<Map<RoomName, Draft>>
  /** An empty one is forgotten. */
  putDraft(room: RoomName, draft: Draft): Promise<void>
  begunUploads(): Promise<BegunUpload[]>
  putBegunUpload(upload: BegunUpload): Promise<void>
  removeBegunUpload(key: string): Promise<void>
  /** Journal generation and number of items this database was last in step with; null in a new or rebuilt one. */
  journalMark(): Promise<{ generation: number; items: number } | null>
  setJournalMark(mark: { generation: number; items: number }): Promise<void>
}

/** The databases of one account. */
export type AccountStores = {
  replica: ReplicaStore
  projection: ProjectionStore
  outbox: OutboxStore
  close(): Promise<void>
}

export type OpenStores = (account: string) => Promise<{
  stores: AccountStores
  /** The databases were missing, unreadable or damaged and are new now (P11: the user is told). */
  rebuilt: boolean
}>
