import type { Clock } from '#common/domain/clock.ts'
import { chatRoom, type RoomName, type TicketId } from '#common/domain/ids.ts'
import type { Account } from '#common/domain/user.ts'
import type { Standing } from '#common/protocol/http-api.ts'
import type { AccountStores } from '../store/ports.ts'
import type { ProjectionReads } from '../store/projection-reads.ts'
import type { ClientCore } from '../client-core.ts'
import { createValue, type Value } from '../value.ts'
import { chatEntry, ticketEntry, type ChatEntry, type TicketEntry } from '../store/entries.ts'
import { createDirectoryIndex, type DirectoryIndex } from './directory-index.ts'
import { shareTicketFacts, type SharedTicketFacts } from './ticket-facts.ts'
import { overlayOf, type OutboxOverlay } from './outbox-overlay.ts'
import { createPeopleIndex, type PeopleIndex } from './people-index.ts'
import type { RowIndex } from '../store/row-index.ts'
import { createUnreadCounter, type UnreadCounter } from './unread-counter.ts'

/** The first list on the screen, and each chat that is opened, have the database for themselves this long; ms. */
const calmMs = 2_000
/** A list whose rows could not be read is tried again. */
const retryMs = 1_000

/** Everything that queries read of the signed-in account: small rows of all lists in memory, the rest in the database. */
export type AccountView = {
  clock: Clock
  core: ClientCore
  /** Rights and settings as the server told them last. */
  standing: Value<Standing>
  readonly account: Account
  stores: AccountStores
  reads: ProjectionReads
  /** As soon as their number is known those with unread messages are here. */
  chats: RowIndex<ChatEntry>
  /** Reads all of them into memory now; once nobody opens anything for a moment that comes by itself. */
  loadChats(): void
  /** Reads one of them while not all are in memory. */
  fetchChat(room: RoomName): Promise<void>
  /** All chats, newest first. */
  chatsByActivity(): readonly ChatEntry[]
  tickets: RowIndex<TicketEntry>
  /** Reads single tickets while not all are in memory. */
  fetchTickets(ids: readonly TicketId[]): Promise<void>
  people: PeopleIndex
  directory: DirectoryIndex
  ticketFacts: SharedTicketFacts
  overlay: Value<OutboxOverlay>
  unread: UnreadCounter
  dispose(): void
}

export type AccountViewNeeds = {
  clock: Clock
  core: ClientCore
  standing: Value<Standing>
  stores: AccountStores
  reads: ProjectionReads
}

export function createAccountView({ clock, core, standing, stores, reads: all }: AccountViewNeeds): AccountView {
  let openedAtMs = clock.nowMs()
  const reads: ProjectionReads = {
    ...all,
    followConversation(...conversation) {
      openedAtMs = clock.nowMs()
      return all.followConversation(...conversation)
    },
  }
  const { chats, tickets } = reads
  const { account } = standing.get()
  const people = createPeopleIndex(reads, account)
  const directory = createDirectoryIndex(reads)
  const overlay = createValue(overlayOf(core.outbox.get()))
  const stopOverlay = core.outbox.subscribe(() => overlay.set(overlayOf(core.outbox.get())))
  const unread = createUnreadCounter(stores.projection, account.id)
  let sorted: { version: number; chats: ChatEntry[] } = { version: -1, chats: [] }
  let isDisposed = false
  let cancelNext = () => {}
  function later(ms: number, read: () => void): void {
    if (!isDisposed) cancelNext = clock.after(ms, read)
  }
  function beginChats(): void {
    chats.begin().then(
      () => later(calmMs, loadInCalm),
      () => later(retryMs, beginChats),
    )
  }
  function loadInCalm(): void {
    const leftMs = openedAtMs + calmMs - clock.nowMs()
    if (leftMs > 0) later(leftMs, loadInCalm)
    else loadChats()
  }
  function loadChats(): void {
    cancelNext()
    chats.load().catch(() => later(retryMs, loadChats))
  }
  beginChats()
  return {
    clock,
    core,
    standing,
    get account() {
      return standing.get().account
    },
    stores,
    reads,
    chats,
    loadChats,
    async fetchChat(room) {
      const row = await reads.chatAt(room)
      if (row) chats.add([[room, chatEntry(row)]])
    },
    chatsByActivity() {
      if (sorted.version !== chats.version())
        sorted = {
          version: chats.version(),
          chats: [...chats.entries().values()].sort((one, other) => other.lastAt - one.lastAt),
        }
      return sorted.chats
    },
    tickets,
    async fetchTickets(ids) {
      const rows = await reads.ticketsById(ids)
      tickets.add([...rows].map(([id, row]) => [id, ticketEntry(row)] as const))
    },
    people,
    directory,
    ticketFacts: shareTicketFacts({ ownId: account.id, overlay, reads }),
    overlay,
    unread,
    dispose() {
      isDisposed = true
      stopOverlay()
      cancelNext()
      people.dispose()
      directory.dispose()
      unread.dispose()
    },
  }
}

/** Team chats are out of sight from the moment on at which chats are split no more; the server takes them away a little later. */
export function isShown(view: AccountView, { chat }: Pick<ChatEntry, 'chat'>): boolean {
  return chat === 'customer' || view.standing.get().organisation.splitChats
}

/** How long the first connection may take before an empty list is shown as one; ms. */
const firstConnectionMs = 3_000

/** False while nothing is stored here and the first sync may still bring something: an empty list would be a lie then. */
export function isFilled(view: AccountView): boolean {
  if (view.chatsByActivity().length > 0) return true
  const { state, offlineSince, caughtUpAt } = view.core.connection.get()
  if (caughtUpAt !== null) return true
  return state === 'offline' && view.clock.nowMs() - (offlineSince ?? 0) > firstConnectionMs
}

/** Others' unread messages of a chat as the user sees it: read marks that wait on this device count already. */
export function unreadOfChat(view: AccountView, chat: ChatEntry): number {
  return view.unread.of(chat, view.overlay.get().chats.get(chat.room)?.readSeq ?? 0)
}

export function unreadOfTicket(view: AccountView, ticketId: TicketId): number {
  const rooms: RoomName[] = [chatRoom(ticketId, 'team'), chatRoom(ticketId, 'customer')]
  const stored = rooms.flatMap((room) => view.chats.get(room) ?? [])
  return stored.reduce((sum, chat) => sum + (isShown(view, chat) ? unreadOfChat(view, chat) : 0), 0)
}

/** The badge: unread messages of all chats, and in how many they are. */
export function totalUnread(view: AccountView): { unread: number; chats: number } {
  let unread = 0
  let chats = 0
  for (const chat of view.chats.entries().values()) {
    if (chat.unread === 0 || !isShown(view, chat)) continue
    const count = unreadOfChat(view, chat)
    unread += count
    if (count > 0) chats++
  }
  return { unread, chats }
}
