import type * as Y from 'yjs'
import { lastSeqOf, readEntries, readParticipants, readReceipts } from '#common/documents/chat-document.ts'
import type { ChatKind, MessageId, RoomName, Seq, TicketId, UserId } from '#common/domain/ids.ts'
import type { Entry } from '#common/domain/message.ts'
import type { ChatRow, MessageRow } from '../store/ports.ts'

export type TextRow = Extract<MessageRow, { type: 'message' }>
type MessageEntry = Extract<Entry, { type: 'message' }>

/** What makes one entry visible: a line, or a change of an earlier line. */
export type ChatLines = {
  rows: MessageRow[]
  /** Ids of earlier messages that later entries change; {@link changeLines} works them in. */
  targets: MessageId[]
  /** Ids of all entries, also of edits and deletions: the commands whose effect they are. */
  entryIds: string[]
}

/** Lines of the entries after `after`. Changes among these entries are worked in already. */
export function readLines(document: Y.Doc, room: RoomName, after: Seq): ChatLines {
  const entries = readEntries(document, after)
  const rows = new Map<string, MessageRow>()
  const targets = new Set<MessageId>()
  for (const entry of entries) {
    if (entry.type !== 'edit' && entry.type !== 'delete') {
      rows.set(entry.id, lineOf(room, entry))
      continue
    }
    const row = rows.get(entry.target)
    if (row) rows.set(entry.target, changed(row, entry))
    else targets.add(entry.target)
  }
  return { rows: [...rows.values()], targets: [...targets], entryIds: entries.map(({ id }) => id) }
}

/** Stored lines with the edits and deletions after `after` worked in. */
export function changeLines(document: Y.Doc, after: Seq, stored: ReadonlyMap<MessageId, MessageRow>): MessageRow[] {
  const rows = new Map(stored)
  for (const entry of readEntries(document, after)) {
    if (entry.type !== 'edit' && entry.type !== 'delete') continue
    const row = rows.get(entry.target)
    if (row) rows.set(entry.target, changed(row, entry))
  }
  return [...rows.values()]
}

function lineOf(room: RoomName, entry: Exclude<Entry, { type: 'edit' | 'delete' }>): MessageRow {
  const { seq, id, at } = entry
  if (entry.type !== 'message') {
    const { seq: _seq, at: _at, ...rest } = entry
    return { room, seq, at, ...rest }
  }
  return {
    room,
    seq,
    id,
    at,
    type: 'message',
    authorId: entry.authorId,
    writtenAt: entry.writtenAt,
    text: entry.text,
    deleted: false,
    editedAt: null,
    attachments: entry.attachments ?? [],
    replyTo: entry.replyTo ?? null,
    crossPost: entry.crossPost ?? null,
  }
}

function changed(row: MessageRow, change: Extract<Entry, { type: 'edit' | 'delete' }>): MessageRow {
  if (row.type !== 'message' || row.deleted) return row
  return change.type === 'delete'
    ? { ...row, text: '', attachments: [], deleted: true }
    : { ...row, text: change.text, editedAt: change.at }
}

/** What a chat's row needs beyond its document. */
export type ChatContext = {
  room: RoomName
  ticketId: TicketId
  chat: ChatKind
  ownId: UserId
  readSeq: Seq
  /** Of the ticket, when it is known. */
  assigneeId: UserId | null
  createdAt: number
}

export function projectChat(document: Y.Doc, context: ChatContext): ChatRow {
  const { room, ticketId, chat, ownId, readSeq } = context
  const participants = Object.fromEntries(readParticipants(document))
  const newest = findNewest(document)
  return {
    room,
    ticketId,
    chat,
    lastSeq: lastSeqOf(document),
    lastAt: newest?.at ?? context.createdAt,
    last: newest,
    readSeq,
    unread: countUnread(document, readSeq, ownId),
    mine: participants[ownId] !== undefined || context.assigneeId === ownId,
    participants,
    receipts: Object.fromEntries(readReceipts(document)),
  }
}

/** Others' messages after `after` that are not deleted. */
function countUnread(document: Y.Doc, after: Seq, ownId: UserId): number {
  const unread = new Set<MessageId>()
  for (const entry of readEntries(document, after)) {
    if (entry.type === 'message' && entry.authorId !== ownId) unread.add(entry.id)
    if (entry.type === 'delete') unread.delete(entry.target)
  }
  return unread.size
}

/** Entries looked at in one step backwards. */
const stepEntries = 50

/** The newest message that is not deleted. Its changes are later entries, so going backwards meets them first. */
function findNewest(document: Y.Doc): ChatRow['last'] {
  const deleted = new Set<MessageId>()
  const texts = new Map<MessageId, string>()
  for (let end = lastSeqOf(document); end > 0; end -= stepEntries) {
    const step = readEntries(document, Math.max(0, end - stepEntries)).filter(({ seq }) => seq <= end)
    for (const entry of step.toReversed()) {
      if (entry.type === 'delete') deleted.add(entry.target)
      if (entry.type === 'edit' && !texts.has(entry.target)) texts.set(entry.target, entry.text)
      if (entry.type === 'message' && !deleted.has(entry.id)) return newestOf(entry, texts.get(entry.id))
    }
  }
  return null
}

function newestOf(entry: MessageEntry, editedText: string | undefined): ChatRow['last'] {
  const { seq, id, authorId, at } = entry
  return { seq, id, authorId, text: editedText ?? entry.text, attachments: entry.attachments?.length ?? 0, at }
}
