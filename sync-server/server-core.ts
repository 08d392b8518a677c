/**
 * The sync server without its edges: no sockets, no HTTP, no process. It is given a store, a clock and a token check, and
 * runs the same under `main.ts` and in the simulation of `tests/sync/`.
 */
import type { Clock } from '#common/domain/clock.ts'
import type { DeviceId, TicketId, UserId } from '#common/domain/ids.ts'
import type { Viewer } from '#common/domain/permissions.ts'
import type { Role } from '#common/domain/role.ts'
import type { Result } from '#common/domain/result.ts'
import type { HistoryEntry, Stage, Ticket } from '#common/domain/ticket.ts'
import type { Account, User } from '#common/domain/user.ts'
import type { Organisation } from '#common/documents/directory-document.ts'
import type { Refusal, RefusalCode } from '#common/protocol/refusals.ts'
import type { MediaRegister } from './media/media-knowledge.ts'
import type { Commit, LogStore } from './storage/log-store.ts'
import type { Limits } from './limits.ts'

/** One WebSocket as the core sees it. Messages are whole and binary. */
export type Connection = {
  send(message: Uint8Array): void
  close(code: number, reason: string): void
  /** Bytes accepted by `send` that the network has not taken: the measure of back-pressure. */
  bufferedBytes(): number
  /** Calls back once `bufferedBytes` fell below the limit for coalescing, or soon after. */
  drained(): Promise<void>
}

/** What the edge tells the core about a connection. */
export type ConnectionHandler = {
  receive(message: Uint8Array): void
  /** The socket is gone; nothing is sent any more. */
  closed(): void
}

export type VerifiedToken = { userId: UserId; sessionId: string; /** ms since 1970. */ expiresAt: number }

/** Pure description of an event worth counting or logging; never message contents. */
export type ServerEvent =
  | {
      type: 'command'
      command: string
      userId: UserId
      outcome: 'applied' | 'repeated' | 'refused'
      code?: string | undefined
      durationMs: number
    }
  | { type: 'commit'; commits: number; durationMs: number }
  | { type: 'violation'; code: string; userId?: UserId | undefined; detail: string }
  | { type: 'connection'; change: 'opened' | 'closed'; endpoint: 'sync' | 'room'; code?: number | undefined }
  | { type: 'delivery'; updates: number; bytes: number }
  | { type: 'store-unavailable'; detail: string }
  /** All bytes of a photo or video had come. */
  | {
      type: 'upload'
      outcome: 'stored' | 'refused'
      code?: RefusalCode | undefined
      bytes: number
      durationMs: number
    }

export type ServerCoreOptions = {
  store: LogStore
  clock: Clock
  limits: Limits
  /** Checks an access token; undefined when it is missing, expired, forged or revoked. */
  verifyToken(accessToken: string): VerifiedToken | undefined
  /** Whether an account was given a password; everybody, where nobody keeps them. */
  hasPassword?: ((userId: UserId) => boolean) | undefined
  report(event: ServerEvent): void
}

export type TicketQuery = {
  stages?: Stage[] | undefined
  assigneeId?: UserId | undefined
  text?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** A ticket of another system: a command `ticket.create` as it came, and who gets the ticket. */
export type ImportItem = { create: unknown; assigneeId: UserId | null }

export type ImportAnswer = {
  /** In a dry run: that would have been. 0 whenever there are errors. */
  imported: number
  repeated: number
  errors: { index: number; refusal: Refusal }[]
}

export type ServerCore = {
  /** Resolves once the effects are durable: `repeated` when the same command came before. E_UNAVAILABLE means nothing was stored. */
  execute(userId: UserId, command: unknown): Promise<Result<{ id: string; repeated: boolean }>>
  listTickets(userId: UserId, query: TicketQuery): Promise<{ tickets: Ticket[]; cursor: string | null }>
  /** Undefined for what is absent or not visible. */
  readTicket(userId: UserId, ticketId: TicketId): Promise<{ ticket: Ticket; history: HistoryEntry[] } | undefined>
  account(userId: UserId): Account | undefined
  findUser(login: string): User | undefined
  /** What the rules know of a person; undefined for unknown and inactive ones. */
  viewer(userId: UserId): Viewer | undefined
  /** Everybody, switched off or not, and all roles, by their ids. */
  directory(): { users: ReadonlyMap<UserId, User>; roles: ReadonlyMap<string, Role> }
  /**
   * Writes the organisation's people, for seeding and administration, with other records and lines of the audit in the same
   * transaction. Durable when resolved; rejects with StoreUnavailable.
   */
  writeDirectory(
    changes: { organisation?: Organisation; roles?: Role[]; users?: User[] },
    alongside?: Partial<Pick<Commit, 'records' | 'audit'>>,
  ): Promise<void>
  /** Tickets of another system, all or none; `commands/ticket-import.ts` tells how. */
  importTickets(userId: UserId, items: readonly ImportItem[], dryRun: boolean): Promise<Result<ImportAnswer>>
  /** Photos and videos: what is stored, who brought it, who may see it. */
  media: MediaRegister
  /** `GET /sync`: waits for HELLO. */
  acceptSync(connection: Connection): ConnectionHandler
  /** `GET /rooms/<room>` with a checked token. `deviceId` is empty for a client that never said which device it is. */
  acceptRoom(connection: Connection, room: string, token: VerifiedToken): ConnectionHandler
  /** Closes all connections of a session with 4403, at once. */
  endSession(sessionId: string): void
  /** Whether the last commit was stored. */
  ready(): boolean
  /** Takes nothing new, finishes what is under way, says SHUTDOWN to everybody and closes with 1012. */
  drain(): Promise<void>
  connections(): { sync: number; room: number; devices: DeviceId[] }
}
