/**
 * What the user interface knows of the data: plain snapshots to watch and actions to call. Everything behind it lives in
 * one Web Worker (`worker.ts`); nothing here names the network, Yjs or the database.
 */
import type { Stage, Ticket, TicketChanges, TicketFields, HistoryEntry } from '#common/domain/ticket.ts'
import type { ChatKind, CommandId, MessageId, RoomName, Seq, TicketId, UserId } from '#common/domain/ids.ts'
import type { Attachment, CrossPost, Participant } from '#common/domain/message.ts'
import type { DeliveryState } from '#common/domain/delivery.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import type { Result } from '#common/domain/result.ts'
import type { Account, User } from '#common/domain/user.ts'
import type { CommandType } from '#common/domain/command.ts'

/** Who is signed in. `locked`: the server ended this session (revoked or another device took its place): what is unsent is kept. */
export type SessionSnapshot =
  | { state: 'starting' }
  | { state: 'signed-out' }
  | { state: 'signed-in'; account: Account; server: string }
  | { state: 'locked'; reason: 'revoked' | 'superseded' | 'sign-in-again'; account: Account; server: string }
  | { state: 'update-required'; server: string }

/** Where this device stands towards its server. Times in ms since 1970 on this device's clock. */
export type ConnectionSnapshot = {
  state: 'online' | 'connecting' | 'offline'
  /** Since when it has not been online; null while online. */
  offlineSince: number | null
  /** Last moment at which everything of the server was here. */
  caughtUpAt: number | null
  /** First sync or a long catch-up: rooms stored so far; null when none is under way. */
  syncing: { rooms: number; messages: number } | null
  queued: number
  refused: number
}

/** Things the user must be told once; each stays until it is dismissed. */
export type NoticeSnapshot = {
  id: string
  kind: 'database-rebuilt' | 'journal-repaired' | 'not-saved' | 'removed-from-ticket' | 'history-restored'
  values: Record<string, string | number>
}[]

export type TicketRow = Pick<Ticket, 'id' | 'stage' | 'assigneeId' | 'createdAt'> & {
  /** null while only this device knows the ticket. */
  number: number | null
  title: string
  company: string
  site: string
  priority: NonNullable<TicketFields['priority']>
  /** ISO 8601 or ''. */
  dueAt: string
  assigneeName: string
  /** Last activity: newest message or change, server's ms. */
  lastAt: number
  unread: number
  /** A command about this ticket waits on this device. */
  queued: boolean
}

/** One row of «Сообщения». */
export type InboxRow = {
  room: RoomName
  ticketId: TicketId
  chat: ChatKind
  number: number | null
  title: string
  company: string
  site: string
  stage: Stage
  dueAt: string
  /** Newest message, shown as «Автор: текст»; null in an empty chat. */
  last: {
    authorId: UserId
    authorName: string
    own: boolean
    text: string
    attachments: number
    at: number
    delivery: DeliveryState | null
  } | null
  lastAt: number
  unread: number
  /** Text of an unsent draft, or ''. */
  draft: string
  queued: number
}
export type InboxFilter = 'all' | 'unread' | 'mine'
export type InboxSnapshot = {
  rows: InboxRow[]
  /** Rows that match in all, also beyond `limit`. */
  total: number
  /** Sum of unread messages over all visible chats: the badge. */
  unread: number
  /** Chats with unread messages. */
  unreadChats: number
  ready: boolean
}

export type TicketSort = 'activity' | 'number' | 'due' | 'priority'
export type TicketListArguments = {
  /** Empty = every stage. */
  stages: Stage[]
  /** null = nobody assigned; undefined = everybody. */
  assigneeId?: UserId | null | undefined
  text: string
  sort: TicketSort
  limit: number
}
export type TicketListSnapshot = { rows: TicketRow[]; total: number; ready: boolean }

export type TicketSnapshot = {
  ticket: Omit<Ticket, 'number'> & { number: number | null }
  people: Record<UserId, Person>
  history: HistoryEntry[]
  /** Fields this device changed that the server has not confirmed. */
  pending: { id: CommandId; type: CommandType; state: 'queued' | 'unsaved' | 'refused' }[]
  rights: { edit: boolean; assign: boolean; stage: boolean }
  /** The chats the user may read, in the order of their tabs. */
  chats: { chat: ChatKind; room: RoomName; unread: number; canWrite: boolean }[]
} | null

export type Person = { id: UserId; name: string; kind: User['kind']; detail: string; active: boolean }

/** One line of a conversation, ready to be drawn. */
export type ConversationItem =
  | {
      kind: 'message'
      id: MessageId
      /** null while only this device knows the message. */
      seq: Seq | null
      authorId: UserId
      authorName: string
      authorDetail: string
      own: boolean
      text: string
      deleted: boolean
      editedAt: number | null
      /** An edit or deletion of it waits on this device. */
      changing: 'edit' | 'delete' | null
      attachments: Attachment[]
      replyTo: { seq: Seq; authorName: string; text: string } | null
      crossPost: CrossPost | null
      /** When it was written, ms; device's clock. */
      writtenAt: number
      /** When the server took it, ms; null before. */
      at: number | null
      /** For own messages. */
      delivery: DeliveryState | null
      refusal: Refusal | null
      /** Names of those who have read it; for own messages. */
      readBy: string[]
    }
  | { kind: 'joined' | 'left'; id: string; seq: Seq; at: number; name: string; byName: string }
  | { kind: 'system'; id: string; seq: Seq; at: number; key: string; values: Record<string, string | number> }

export type ConversationSnapshot = {
  items: ConversationItem[]
  /** Older entries are stored on this device or on the server: raise `limit`. */
  hasOlder: boolean
  /** Highest seq this device has, 0 in an empty chat. */
  lastSeq: Seq
  /** Read mark at this moment; the «N новых» divider keeps the one it was opened with. */
  readSeq: Seq
  unread: number
  participants: Record<UserId, Participant>
  canWrite: boolean
  /** Others who look at this chat now. */
  present: { userId: UserId; name: string; typing: boolean }[]
  ready: boolean
}

/** One command that the server has not taken. */
export type QueueItem = {
  id: CommandId
  type: CommandType
  state: 'unsaved' | 'queued' | 'sending' | 'refused'
  ticketId: TicketId
  ticketNumber: number | null
  ticketTitle: string
  chat: ChatKind | null
  /** What was written: a message's text, a ticket's title, a new stage…; '' where there is none. */
  text: string
  writtenAt: number
  refusal: Refusal | null
  canEdit: boolean
}
export type QueueSnapshot = QueueItem[]

export type DraftSnapshot = { text: string; saved: boolean }

/** What can be watched: name → its arguments and its snapshot. */
export type Watchables = {
  session: { arguments: null; snapshot: SessionSnapshot }
  connection: { arguments: null; snapshot: ConnectionSnapshot }
  notices: { arguments: null; snapshot: NoticeSnapshot }
  inbox: { arguments: { filter: InboxFilter; limit: number }; snapshot: InboxSnapshot }
  tickets: { arguments: TicketListArguments; snapshot: TicketListSnapshot }
  ticket: { arguments: { ticketId: TicketId }; snapshot: TicketSnapshot }
  conversation: { arguments: { ticketId: TicketId; chat: ChatKind; limit: number }; snapshot: ConversationSnapshot }
  draft: { arguments: { room: RoomName }; snapshot: DraftSnapshot }
  queue: { arguments: null; snapshot: QueueSnapshot }
  people: { arguments: null; snapshot: Person[] }
}
export type WatchName = keyof Watchables

/** A value that changes: fits React's `useSyncExternalStore`. `undefined` before the first snapshot has arrived. */
export type Watched<Value> = { get(): Value | undefined; subscribe(listener: () => void): () => void }

export type SignInFailure =
  | { kind: 'refused'; refusal: Refusal; retryAfterSeconds?: number | undefined }
  | { kind: 'unreachable' }
  | { kind: 'not-a-server' }
  | { kind: 'bad-address' }

/** What was written is kept on `queued`; on `not-saved` the caller keeps the text in sight and says so. */
export type WriteFailure = { kind: 'not-saved'; detail: string } | { kind: 'invalid'; refusal: Refusal }
export type Written = Result<{ id: CommandId }, WriteFailure>

/** What can be done. Every write resolves once it is durable on this device, never waiting for the network. */
export type Actions = {
  /** `remember`: stay signed in on this computer after the app was closed. */
  signIn(input: {
    server: string
    login: string
    password: string
    remember: boolean
  }): Promise<Result<Account, SignInFailure>>
  /** Unsent commands stay in the journal of this account and return at the next sign-in. */
  signOut(input: null): Promise<void>
  postMessage(input: { ticketId: TicketId; to: ChatKind[]; text: string; replyTo?: Seq | undefined }): Promise<Written>
  editMessage(input: { ticketId: TicketId; chat: ChatKind; target: MessageId; text: string }): Promise<Written>
  deleteMessage(input: { ticketId: TicketId; chat: ChatKind; target: MessageId }): Promise<Written>
  createTicket(input: { fields: TicketFields }): Promise<Written>
  updateTicket(input: { ticketId: TicketId; fields: TicketChanges }): Promise<Written>
  changeStage(input: { ticketId: TicketId; stage: Stage; reason?: string | undefined }): Promise<Written>
  assign(input: { ticketId: TicketId; assigneeId: UserId | null }): Promise<Written>
  markRead(input: { ticketId: TicketId; chat: ChatKind; seq: Seq }): Promise<Written>
  markAllRead(input: null): Promise<void>
  saveDraft(input: { room: RoomName; text: string }): Promise<Result<null, WriteFailure>>
  /** False when the server had taken it already. */
  cancelQueued(input: { id: CommandId }): Promise<boolean>
  /** Takes the command back into the draft of its chat; false when the server had taken it already. */
  editQueued(input: { id: CommandId; text: string }): Promise<boolean>
  /** Sends a refused command again under a new id. */
  retryRefused(input: { id: CommandId }): Promise<Written>
  discardRefused(input: { id: CommandId }): Promise<void>
  dismissNotice(input: { id: string }): Promise<void>
  setTyping(input: { ticketId: TicketId; chat: ChatKind; typing: boolean }): Promise<void>
  /** Which chat the user has before them (window focused), or null; silences its notifications. */
  setFocus(input: { room: RoomName | null }): Promise<void>
  setLanguage(input: { language: 'ru' | 'en' }): Promise<void>
  reconnectNow(input: null): Promise<void>
}
export type ActionName = keyof Actions

export type NaryadData = {
  watch<Name extends WatchName>(
    name: Name,
    argument: Watchables[Name]['arguments'],
  ): Watched<Watchables[Name]['snapshot']>
  act: Actions
}
