import type { Organisation } from '#common/documents/directory-document.ts'
import type { Viewer } from '#common/domain/permissions.ts'
import type { Role } from '#common/domain/role.ts'
import type { RoomName, TicketId, UserId } from '#common/domain/ids.ts'
import type { EntryDraft, Participant, Receipt } from '#common/domain/message.ts'
import type { HistoryEntry, Ticket } from '#common/domain/ticket.ts'
import type { Result } from '#common/domain/result.ts'
import type { User } from '#common/domain/user.ts'
import type { Facts } from '../policy/facts.ts'
import type { ChatIndex } from '../rooms/chat-index.ts'

/** One thing a command brings about. Handlers only name them; the executor writes documents, records and visibility. */
export type Effect =
  | { type: 'ticket'; ticket: Ticket; history: HistoryEntry | null }
  | { type: 'entries'; room: RoomName; ticketId: TicketId; drafts: EntryDraft[] }
  /** null: no longer takes part. */
  | { type: 'participants'; room: RoomName; ticketId: TicketId; changes: ReadonlyMap<UserId, Participant | null> }
  | { type: 'receipt'; room: RoomName; userId: UserId; receipt: Receipt }
  | { type: 'read-mark'; room: RoomName; userId: UserId; read: number }
  | { type: 'directory'; changes: DirectoryChanges }

/** People, roles and settings as they are from now on. */
export type DirectoryChanges = {
  organisation?: Organisation | undefined
  roles?: Role[] | undefined
  deletedRoleIds?: string[] | undefined
  users?: User[] | undefined
}

/** What a decision may look at. All of it is in memory: deciding never waits. */
export type DecisionContext = {
  facts: Facts
  viewer: Viewer
  /** Server's time, ms. */
  nowMs: number
  chat(room: RoomName): ChatIndex
  /** The whole ticket, with its description. */
  ticket(ticketId: TicketId): Ticket | undefined
  readMark(userId: UserId, room: RoomName): number
  /** Whether somebody could sign in, as far as a password goes. */
  hasPassword(userId: UserId): boolean
  /** Whether the room was loaded for this decision. */
  isOpen(room: RoomName): boolean
}

export type Decision = Result<Effect[]>
