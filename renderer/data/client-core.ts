/**
 * The client without its edges: no worker, no React, no IndexedDB, no real socket. It is given ports and runs the same in
 * the worker and in the simulation of `tests/sync/`.
 */
import type { Clock } from '#common/domain/clock.ts'
import type { FillRandom, RoomName, UserId } from '#common/domain/ids.ts'
import type { Credentials, JournalContent, JournalEntry, JournalOutcome } from '#common/ipc.ts'
import type { Account } from '#common/domain/user.ts'
import type { Organisation } from '#common/documents/directory-document.ts'
import type { Actions, ConnectionSnapshot, NoticeSnapshot, SessionSnapshot } from './api.ts'
import type { MediaView } from './media/media-view.ts'
import type { Draft } from './media/kept-file.ts'
import type { MediaPorts } from './media/ports.ts'
import type { Value } from './value.ts'
import type { AccountStores, MessageRow, OpenStores, OutboxRow } from './store/ports.ts'

/** The part of the browser's WebSocket that the client uses; binary messages only. */
export type ClientSocket = {
  send(message: Uint8Array): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((message: Uint8Array) => void) | null
  /** Called once, also when the socket never opened (code 1006). */
  onclose: ((code: number, reason: string) => void) | null
}

/** `body`: what JSON says; the text itself where the server says that it is CSV; undefined for anything else. */
export type HttpAnswer = { status: number; body: unknown; retryAfterSeconds?: number | undefined }

/** Who was signed in last. `organisation` is absent when an older version of the app stored it. */
export type LastAccount = { server: string; account: Account; organisation?: Organisation | undefined }

export type ClientPorts = {
  clock: Clock
  fillRandom: FillRandom
  openSocket(url: string, protocols: string[]): ClientSocket
  /** JSON in and out; rejects when the server can't be reached. `token` goes into the Authorization header. */
  http(request: {
    method: 'GET' | 'POST' | 'DELETE'
    url: string
    token?: string | undefined
    body?: unknown
  }): Promise<HttpAnswer>
  /** Whether anybody answers at this address. A page may not read what a stranger's server says, but learns that it said something. */
  somebodyAnswers(url: string): Promise<boolean>
  openStores: OpenStores
  /** The keeper of what the user wrote: a journal outside the browser's database; null where there is none. */
  journal: {
    read(account: string): Promise<JournalContent>
    write(account: string, entries: JournalEntry[]): Promise<JournalOutcome>
  } | null
  credentials: {
    read(server: string): Promise<Credentials | null>
    store(credentials: Credentials): Promise<void>
    clear(server: string): Promise<void>
  }
  lastAccount: {
    read(): Promise<LastAccount | null>
    store(value: LastAccount | null): Promise<void>
  }
  device: { id: string; name: string }
  /** Absent where no photos and videos are kept. */
  media?: MediaPorts | undefined
}

export type Presence = { userId: UserId; name: string; typing: boolean }

export type ClientCore = {
  /** Opens the last account's databases, if there is one, and goes online. */
  start(): Promise<void>
  stop(): Promise<void>
  session: Value<SessionSnapshot>
  connection: Value<ConnectionSnapshot>
  notices: Value<NoticeSnapshot>
  /** Pending and refused commands in the order of writing; the source of everything optimistic. `unsaved` ones are not durable yet. */
  outbox: Value<readonly (OutboxRow & { unsaved: boolean; sending: boolean })[]>
  drafts: Value<ReadonlyMap<RoomName, Draft & { saved: boolean }>>
  media: MediaView
  /** The signed-in account's databases; null while signed out. */
  stores: Value<AccountStores | null>
  /** Fetches a chat when this device lacks it, until the returned function is called. */
  wantChat(room: RoomName): () => void
  /** Who looks at a chat; the others are told that this user does. */
  lookAt(room: RoomName): { present: Value<readonly Presence[]>; dispose(): void }
  /** Called with others' new messages as they are stored; `live` is false while catching up. */
  onArrived(listener: (messages: Extract<MessageRow, { type: 'message' }>[], live: boolean) => void): () => void
  /** The device is awake or the network is back: try now. */
  wake(): void
  act: Omit<Actions, 'setFocus' | 'setLanguage'>
}
