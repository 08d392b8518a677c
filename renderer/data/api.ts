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
import type { CommandOf, CommandType } from '#common/domain/command.ts'
import type { Permission, Role } from '#common/domain/role.ts'
import type { Organisation } from '#common/documents/directory-document.ts'
import type { ApiKey, AuditEntry, AuditSubject, UserSession } from '#common/protocol/http-api.ts'
import type { DraftFile, MediaActions, MediaWatchables, RefusedFile, UploadProgress } from './media-api.ts'

/** Who is signed in. `locked`: the server ended this session (revoked or another device took its place): what is unsent is kept. */
export type SessionSnapshot =
  | { state: 'starting' }
  | { state: 'signed-out' }
  | { state: 'signed-in'; account: Account; organisation: Organisation; server: string }
  | {
      state: 'locked'
      reason: 'revoked' | 'superseded' | 'sign-in-again'
      account: Account
      organisation: Organisation
      server: string
    }
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
  /** Files of an unsent draft. */
  draftFiles: number
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
  chats: TicketChat[]
} | null

/** A chat that the user may read, also one in which nothing was written yet. */
export type TicketChat = {
  chat: ChatKind
  room: RoomName
  unread: number
  canWrite: boolean
}

/** One of those who take part in a chat, with what waits on this device already counted. */
export type ChatMember = {
  person: Person
  /** Why they can't be removed; null when they can. */
  lock: Participant['lock'] | null
  /** Waits on this device; `refused` ones are in the queue. */
  change: 'adding' | 'removing' | null
}

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
      /** Its files are on their way to the server; null when there is nothing to wait for. */
      upload: UploadProgress | null
      replyTo: { seq: Seq; authorName: string; text: string } | null
      crossPost: CrossPost | null
      /** The other chat of a cross-post that this user may change too: an edit or a deletion offers both. */
      alsoIn: ChatKind | null
      /** Until then (ms, device's clock) the message can be taken back, for it has not left this device; null otherwise. */
      heldUntil: number | null
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
  canWrite: boolean
  ready: boolean
}

/** Others who look at a chat now, in the order of names. To watch them is to look at it oneself. */
export type PresenceSnapshot = { userId: UserId; name: string; typing: boolean }[]

/** Who takes part in a chat. */
export type MembersSnapshot = {
  /** As the server has it. */
  participants: Record<UserId, Participant>
  /** With what waits on this device: assignee and requester first, then by name. Empty for who may not see participants. */
  members: ChatMember[]
  rights: { see: boolean; add: boolean; remove: boolean }
}

/** One command that the server has not taken. */
export type QueueItem = {
  id: CommandId
  type: CommandType
  state: 'unsaved' | 'held' | 'queued' | 'sending' | 'refused'
  /** null for commands of the administration. */
  ticketId: TicketId | null
  ticketNumber: number | null
  ticketTitle: string
  /** False: the user may not see the ticket any more, or this device has not got it yet. */
  isTicketHere: boolean
  chat: ChatKind | null
  /** What was written: a message's text, a ticket's title, a new stage…; '' where there is none. */
  text: string
  writtenAt: number
  refusal: Refusal | null
  canEdit: boolean
  /** Photos and videos of a message. */
  attachments: number
  /** null when there is nothing to wait for. A file that the server or the disk failed makes the message `refused`. */
  upload: UploadProgress | null
}
export type QueueSnapshot = QueueItem[]

/** A change that waits on this device; a refused one is told with its reason until it is discarded in the queue. */
export type PendingChange = { id: CommandId; state: 'queued' | 'unsaved' | 'refused'; refusal: Refusal | null }
export type DirectorySnapshot = {
  users: (User & { pending: PendingChange[] })[]
  roles: (Role & { pending: PendingChange[]; members: number })[]
  organisation: Organisation & { pending: PendingChange[] }
  ready: boolean
}

/** Why something that only the server can do now was not done. */
export type OnlineFailure = { kind: 'offline' } | { kind: 'refused'; refusal: Refusal }
export type Online<Value> = Promise<Result<Value, OnlineFailure>>

export type AuditArguments = {
  /** ms since 1970, inclusive and exclusive. */
  from?: number | undefined
  to?: number | undefined
  byId?: UserId | undefined
  subject?: AuditSubject | undefined
  subjectId?: string | undefined
  cursor?: string | undefined
}

export type DraftSnapshot = {
  text: string
  saved: boolean
  /** Ten can be attached; more are here only when a message was taken back into a draft that had files. */
  files: DraftFile[]
  /** Photos are sent as they were picked. */
  originals: boolean
  refused: RefusedFile[]
}

/** What can be watched: name → its arguments and its snapshot. */
export type Watchables = {
  session: { arguments: null; snapshot: SessionSnapshot }
  connection: { arguments: null; snapshot: ConnectionSnapshot }
  notices: { arguments: null; snapshot: NoticeSnapshot }
  inbox: { arguments: { filter: InboxFilter; limit: number }; snapshot: InboxSnapshot }
  tickets: { arguments: TicketListArguments; snapshot: TicketListSnapshot }
  ticket: { arguments: { ticketId: TicketId }; snapshot: TicketSnapshot }
  conversation: { arguments: { ticketId: TicketId; chat: ChatKind; limit: number }; snapshot: ConversationSnapshot }
  present: { arguments: { ticketId: TicketId; chat: ChatKind }; snapshot: PresenceSnapshot }
  members: { arguments: { ticketId: TicketId; chat: ChatKind }; snapshot: MembersSnapshot }
  draft: { arguments: { room: RoomName }; snapshot: DraftSnapshot }
  queue: { arguments: null; snapshot: QueueSnapshot }
  people: { arguments: null; snapshot: Person[] }
  /** Who may be added to a chat: those who take part already are left out. */
  addable: { arguments: { ticketId: TicketId; chat: ChatKind }; snapshot: Person[] }
  /** Users, roles and settings with what waits on this device worked in; undefined parts are not for this user. */
  directory: { arguments: null; snapshot: DirectorySnapshot }
} & MediaWatchables
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
/** So many of the message's files are not ready: nothing was written, the draft is as it was. */
export type UnreadyFiles = { kind: 'files'; preparing: number; failed: number; missing: number }

/** What can be done. Every write resolves once it is durable on this device, never waiting for the network. */
export type Actions = MediaActions & {
  /** `remember`: stay signed in on this computer after the app was closed. */
  signIn(input: {
    server: string
    login: string
    password: string
    remember: boolean
  }): Promise<Result<Account, SignInFailure>>
  /** Unsent commands stay in the journal of this account and return at the next sign-in. */
  signOut(input: null): Promise<void>
  /**
   * With `holdMs` the message can be taken back for so long; nothing written later overtakes it. `files`: ids of files of the draft of
   * `to[0]`, in their order: all of them go with the message or nothing is written. They leave that draft, and its text with them, in the same
   * step. Such a message goes out when its files are with the server; what is written later overtakes it.
   */
  postMessage(input: {
    ticketId: TicketId
    to: ChatKind[]
    text: string
    replyTo?: Seq | undefined
    holdMs?: number | undefined
    files?: string[] | undefined
  }): Promise<Result<{ id: CommandId }, WriteFailure | UnreadyFiles>>
  /** One command for each chat: both copies of a cross-post, or one of them. */
  editMessage(input: { ticketId: TicketId; chats: ChatKind[]; target: MessageId; text: string }): Promise<Written>
  deleteMessage(input: { ticketId: TicketId; chats: ChatKind[]; target: MessageId }): Promise<Written>
  /** What is to change in who takes part: written down as one, one command for the added and one for each removed. */
  changeParticipants(input: { ticketId: TicketId; chat: ChatKind; add: UserId[]; remove: UserId[] }): Promise<Written>
  createTicket(input: { fields: TicketFields }): Promise<Written>
  updateTicket(input: { ticketId: TicketId; fields: TicketChanges }): Promise<Written>
  changeStage(input: { ticketId: TicketId; stage: Stage; reason?: string | undefined }): Promise<Written>
  assign(input: { ticketId: TicketId; assigneeId: UserId | null }): Promise<Written>
  markRead(input: { ticketId: TicketId; chat: ChatKind; seq: Seq }): Promise<Written>
  markAllRead(input: null): Promise<void>
  saveDraft(input: { room: RoomName; text: string }): Promise<Result<null, WriteFailure>>
  /** False when the server had taken it already. A message's files go back to the draft of its chat, even beyond ten. */
  cancelQueued(input: { id: CommandId }): Promise<boolean>
  /** Takes a message back into the draft of its chat, with its files; false when the server had taken it already. */
  takeBack(input: { id: CommandId; text: string }): Promise<boolean>
  /** Another text for a message, at its place in the line; a refused one is sent again. False when the server may have it. */
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
  updateOrganisation(input: { name?: string | undefined; splitChats?: boolean | undefined }): Promise<Written>
  createRole(input: { name: string; permissions: Permission[] }): Promise<Written>
  updateRole(input: {
    roleId: string
    name?: string | undefined
    permissions?: Permission[] | undefined
  }): Promise<Written>
  deleteRole(input: { roleId: string }): Promise<Written>
  createUser(input: Omit<CommandOf<'user.create'>, 'id' | 'type' | 'writtenAt'>): Promise<Written>
  updateUser(input: Omit<CommandOf<'user.update'>, 'id' | 'type' | 'writtenAt'>): Promise<Written>
  /** A one-time link `<server>/#invitation=<token>` by which a user sets a password. */
  invite(input: { userId: UserId }): Online<{ link: string; expiresAt: number }>
  /** Sets the password of an invitation's user and signs in as them. */
  redeemInvitation(input: {
    link: string
    password: string
    remember: boolean
  }): Promise<Result<Account, SignInFailure | { kind: 'bad-link' }>>
  sessionsOf(input: { userId: UserId }): Online<UserSession[]>
  revokeSessions(input: { userId: UserId }): Online<null>
  listApiKeys(input: null): Online<ApiKey[]>
  /** `key` is seen this once. */
  createApiKey(input: { name: string; roleId: string }): Online<{ key: string; apiKey: ApiKey }>
  revokeApiKey(input: { id: string }): Online<null>
  readAudit(input: AuditArguments): Online<{ entries: AuditEntry[]; cursor: string | null }>
  /** All that `readAudit` would list, as CSV (UTF-8, RFC 4180). */
  exportAudit(input: AuditArguments): Online<string>
}
export type ActionName = keyof Actions

export type NaryadData = {
  watch<Name extends WatchName>(
    name: Name,
    argument: Watchables[Name]['arguments'],
  ): Watched<Watchables[Name]['snapshot']>
  act: Actions
}
