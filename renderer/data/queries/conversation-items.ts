import { deliveryOf } from '#common/domain/delivery.ts'
import type { CrossPost, Receipt } from '#common/domain/message.ts'
import {
  chatRoom,
  parseRoom,
  type ChatKind,
  type MessageId,
  type RoomName,
  type Seq,
  type UserId,
} from '#common/domain/ids.ts'
import { assertNever } from '#common/domain/result.ts'
import type { ConversationItem } from '../api.ts'
import type { UploadProgress } from '../media-api.ts'
import type { MessageRow } from '../store/ports.ts'
import { pendingState, type ChatOverlay, type PendingChange, type PendingMessage } from './outbox-overlay.ts'

type MessageItem = Extract<ConversationItem, { kind: 'message' }>
type TextRow = Extract<MessageRow, { type: 'message' }>

/** What the lines of one conversation are made with. */
export type ItemContext = {
  room: RoomName
  ownId: UserId
  nameOf(id: UserId): string
  /** Post or company under the name. */
  detailOf(id: UserId): string
  receipts: ReadonlyMap<UserId, Receipt>
  overlay: ChatOverlay
  /** Whether the user may write into this chat of the ticket. */
  canWrite(chat: ChatKind): boolean
  /** Of messages that wait for their files. */
  uploads: ReadonlyMap<MessageId, UploadProgress>
  /** A line that is quoted, from wherever it is stored. */
  lineAt(seq: Seq): MessageRow | undefined
}

/** Stored lines, oldest first, then what this device wrote and the server has not shown yet. */
export function conversationItems(rows: readonly MessageRow[], context: ItemContext): ConversationItem[] {
  const stored = new Set(rows.map(({ id }) => id))
  const waiting = context.overlay.messages.filter(({ command }) => !stored.has(command.id))
  return [...rows.map((row) => itemOf(row, context)), ...waiting.map((pending) => pendingItem(pending, context))]
}

function itemOf(row: MessageRow, context: ItemContext): ConversationItem {
  const { id, seq, at } = row
  switch (row.type) {
    case 'message':
      return messageItem(row, context)
    case 'joined':
    case 'left':
      return { kind: row.type, id, seq, at, name: context.nameOf(row.userId), byName: context.nameOf(row.byId) }
    case 'system':
      return { kind: 'system', id, seq, at, key: row.key, values: row.values }
    default:
      return assertNever(row)
  }
}

function messageItem(row: TextRow, context: ItemContext): MessageItem {
  const { id, seq, at, authorId, attachments, crossPost, editedAt, writtenAt } = row
  const own = authorId === context.ownId
  const item: MessageItem = {
    kind: 'message',
    id,
    seq,
    authorId,
    authorName: context.nameOf(authorId),
    authorDetail: context.detailOf(authorId),
    own,
    text: row.text,
    deleted: row.deleted,
    editedAt,
    changing: null,
    attachments,
    upload: null,
    replyTo: quoteOf(row.replyTo, context),
    crossPost,
    alsoIn: own && !row.deleted ? otherChat(crossPost, context) : null,
    heldUntil: null,
    writtenAt: Date.parse(writtenAt),
    at,
    delivery: own ? deliveryOf(seq, authorId, context.receipts) : null,
    refusal: null,
    readBy: own ? readersOf(seq, context) : [],
  }
  return withChange(item, context.overlay.changes.get(id))
}

function pendingItem({ row, command }: PendingMessage, context: ItemContext): MessageItem {
  const { id, text, attachments, writtenAt } = command
  const crossPost = pendingCrossPost(command, context)
  // A quote is of the chat that was written in, the first of them.
  const replyTo = chatRoom(command.ticketId, command.to[0] ?? 'customer') === context.room ? command.replyTo : undefined
  const item: MessageItem = {
    kind: 'message',
    id,
    seq: null,
    authorId: context.ownId,
    authorName: context.nameOf(context.ownId),
    authorDetail: context.detailOf(context.ownId),
    own: true,
    text,
    deleted: false,
    editedAt: null,
    changing: null,
    attachments,
    upload: context.uploads.get(id) ?? null,
    replyTo: quoteOf(replyTo ?? null, context),
    crossPost,
    alsoIn: otherChat(crossPost, context),
    heldUntil: row.heldUntil ?? null,
    writtenAt: Date.parse(writtenAt),
    at: null,
    delivery: pendingState(row),
    refusal: row.refusal,
    readBy: [],
  }
  return withChange(item, context.overlay.changes.get(id))
}

/** Both copies of a cross-post name each other, those that wait too. */
function pendingCrossPost({ id, ticketId, to }: PendingMessage['command'], { room }: ItemContext): CrossPost | null {
  const other = to.map((chat) => chatRoom(ticketId, chat)).find((name) => name !== room)
  return other === undefined ? null : { id, with: other }
}

function otherChat(crossPost: CrossPost | null, { canWrite }: ItemContext): ChatKind | null {
  const other = crossPost && parseRoom(crossPost.with)
  return other?.kind === 'chat' && canWrite(other.chat) ? other.chat : null
}

/** An edit or deletion that waits shows at once. */
function withChange(item: MessageItem, change: PendingChange | undefined): MessageItem {
  if (change === undefined || item.deleted) return item
  const { command } = change
  if (command.type === 'message.edit') return { ...item, text: command.text, changing: 'edit' }
  return { ...item, text: '', attachments: [], deleted: true, changing: 'delete' }
}

function quoteOf(seq: Seq | null, context: ItemContext): MessageItem['replyTo'] {
  if (seq === null) return null
  const line = context.lineAt(seq)
  if (line?.type !== 'message') return { seq, authorName: '', text: '' }
  return { seq, authorName: context.nameOf(line.authorId), text: line.text }
}

function readersOf(seq: Seq, { receipts, ownId, nameOf }: ItemContext): string[] {
  return [...receipts].filter(([id, { read }]) => id !== ownId && read >= seq).map(([id]) => nameOf(id))
}
