import { chatRoom, type RoomName, type TicketId } from '#common/domain/ids.ts'
import type { InboxFilter, InboxRow, InboxSnapshot } from '../api.ts'
import { isFilled, isShown, totalUnread, unreadOfChat, type AccountView } from './account-view.ts'
import { snippetOf, type ChatEntry } from '../store/entries.ts'
import { firstChats } from '../store/projection-reads.ts'
import { noOverlay, pendingState, type ChatOverlay, type PendingMessage } from './outbox-overlay.ts'
import { listedTicket, type ListedTicket } from './listed-ticket.ts'

export type InboxArguments = { filter: InboxFilter; limit: number }

/** A chat in its place in the list: one with a message that waits stands where that message puts it. */
type Placed = { chat: ChatEntry; at: number; overlay: ChatOverlay }

/** Before all chats are in memory those that are read first are enough for a list that needs no others. */
export function isListable({ chats, overlay }: AccountView, { filter, limit }: InboxArguments): boolean {
  if (chats.isComplete()) return true
  const waiting = overlay.get()
  const asStored = waiting.created.length === 0 && waiting.chats.size === 0
  return asStored && filter !== 'mine' && limit <= firstChats
}

/** The list of chats; needs {@link isListable}. `missing`: tickets of its rows that are not in memory. */
export function inboxSnapshot(
  view: AccountView,
  { filter, limit }: InboxArguments,
): { snapshot: InboxSnapshot; missing: TicketId[] } {
  const rows: InboxRow[] = []
  const missing: TicketId[] = []
  let passing = 0
  for (const placed of placedChats(view)) {
    if (!passes(view, placed.chat, filter)) continue
    passing++
    if (rows.length >= limit) continue
    const ticket = listedTicket(view, placed.chat.ticketId)
    if (ticket === undefined) missing.push(placed.chat.ticketId)
    rows.push(rowOf(view, placed, ticket))
  }
  const { unread, chats: unreadChats } = totalUnread(view)
  const total = filter === 'all' && !view.chats.isComplete() ? (view.chats.total() ?? passing) : passing
  return { snapshot: { rows, total, unread, unreadChats, ready: isFilled(view) }, missing }
}

function passes(view: AccountView, chat: ChatEntry, filter: InboxFilter): boolean {
  if (!isShown(view, chat)) return false
  if (filter === 'unread') return unreadOfChat(view, chat) > 0
  return filter === 'all' || chat.mine
}

/** All chats, newest first, those included that only this device knows. */
function* placedChats(view: AccountView): Generator<Placed> {
  const overlay = view.overlay.get()
  const lifted = new Map<RoomName, Placed>()
  for (const created of overlay.created) {
    const room = chatRoom(created.command.id, 'customer')
    if (view.chats.get(room) || view.tickets.get(created.command.id)) continue
    const at = Date.parse(created.command.writtenAt)
    lifted.set(room, {
      chat: emptyChat(room, created.command.id, at),
      at,
      overlay: overlay.chats.get(room) ?? noOverlay,
    })
  }
  for (const [room, waiting] of overlay.chats) {
    const chat = lifted.get(room)?.chat ?? view.chats.get(room)
    const newest = waiting.messages.findLast(({ row }) => row.state === 'queued')
    if (!chat || !newest) continue
    lifted.set(room, { chat, at: Math.max(chat.lastAt, Date.parse(newest.command.writtenAt)), overlay: waiting })
  }
  const first = [...lifted.values()].sort((one, other) => other.at - one.at)
  let next = 0
  for (const chat of view.chatsByActivity()) {
    if (lifted.has(chat.room)) continue
    for (let placed = first[next]; placed && placed.at >= chat.lastAt; placed = first[++next]) yield placed
    yield { chat, at: chat.lastAt, overlay: overlay.chats.get(chat.room) ?? noOverlay }
  }
  yield* first.slice(next)
}

function emptyChat(room: RoomName, ticketId: TicketId, at: number): ChatEntry {
  return {
    room,
    ticketId,
    chat: 'customer',
    lastSeq: 0,
    lastAt: at,
    last: null,
    readSeq: 0,
    unread: 0,
    mine: true,
    lastDelivery: '',
  }
}

function rowOf(view: AccountView, { chat, at, overlay }: Placed, ticket: ListedTicket | undefined): InboxRow {
  return {
    room: chat.room,
    ticketId: chat.ticketId,
    chat: chat.chat,
    number: ticket?.number ?? null,
    title: ticket?.fields.title ?? '',
    company: ticket?.fields.company ?? '',
    site: ticket?.fields.site ?? '',
    stage: ticket?.stage ?? 'new',
    dueAt: ticket?.fields.dueAt ?? '',
    last: lastOf(view, chat, overlay),
    lastAt: at,
    unread: unreadOfChat(view, chat),
    draft: snippetOf(view.core.drafts.get().get(chat.room)?.text ?? ''),
    draftFiles: view.core.drafts.get().get(chat.room)?.files.length ?? 0,
    queued: overlay.queued,
  }
}

function lastOf(view: AccountView, chat: ChatEntry, overlay: ChatOverlay): InboxRow['last'] {
  // A message that arrived while its command still is in the outbox shows once, as the server's.
  const waiting = overlay.messages.findLast(({ command }) => command.id !== chat.last?.id)
  if (waiting && (waiting.row.state === 'queued' || chat.last === null)) return pendingLast(view, waiting)
  if (chat.last === null) return null
  const { authorId, text, attachments, at } = chat.last
  const own = authorId === view.account.id
  return {
    authorId,
    authorName: view.people.name(authorId),
    own,
    text,
    attachments,
    at,
    delivery: own && chat.lastDelivery !== '' ? chat.lastDelivery : null,
  }
}

function pendingLast(view: AccountView, { row, command }: PendingMessage): InboxRow['last'] {
  return {
    authorId: view.account.id,
    authorName: view.people.name(view.account.id),
    own: true,
    text: snippetOf(command.text),
    attachments: command.attachments.length,
    at: Date.parse(command.writtenAt),
    delivery: pendingState(row),
  }
}
