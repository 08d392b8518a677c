import type { RxJsonSchema } from 'rxdb/plugins/core'
import { deliveryOf } from '#common/domain/delivery.ts'
import type { User } from '#common/domain/user.ts'
import { invertedTime, slotOf } from './inverted.ts'
import type { KeptFile } from '../media/kept-file.ts'
import type { BegunUpload, ChatRow, MessageRow, OutboxRow, StoredDirectory, StoredTicket } from './ports.ts'

/**
 * Documents of the RxDB collections and their schemas. A change of those of `rowSchemas` takes a new number in `rowsVersion`: those
 * rows are projected again instead of being migrated (migration runs at some 150 documents a second).
 */
export const rowsVersion = 4

type TextRow = Extract<MessageRow, { type: 'message' }>
/** `deleted` is a name of RxDB's own. */
export type MessageDocument = { slot: string } & (
  (Omit<TextRow, 'deleted'> & { isDeleted: boolean }) | Exclude<MessageRow, TextRow>
)
export type ChatDocument = Omit<ChatRow, 'participants' | 'receipts'> & {
  nlast: number
  /** How far the newest message has got with others; '' in an empty chat. */
  lastDelivery: 'sent' | 'delivered' | 'read' | ''
}
/** Apart from {@link ChatDocument}, which is read whole at the start and has to be small. */
export type MembersDocument = Pick<ChatRow, 'room' | 'participants' | 'receipts'>
export type TicketDocument = Omit<StoredTicket, 'assigneeId'> & {
  /** '' = nobody: an index knows no null. */ assigneeId: string
  nlast: number
}
export type OutboxDocument = OutboxRow
export type DraftDocument = { room: string; text: string; files?: KeptFile[]; originals?: boolean }
export type UploadDocument = BegunUpload
export type MarkDocument = { id: 'journal' | 'created'; generation: number; items: number }

const text = (maxLength: number) => ({ type: 'string', maxLength }) as const
const count = { type: 'number', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, multipleOf: 1 } as const
const anything = { type: 'object', additionalProperties: true } as const
const orNull = (type: 'object' | 'string' | 'number') => ({ type: [type, 'null'] })
const plainText = { type: 'string' } as const
const roomKey = text(60)
const idKey = text(40)

export const rowSchemas = {
  messages: {
    version: 0,
    type: 'object',
    primaryKey: 'slot',
    properties: {
      slot: text(71),
      room: roomKey,
      seq: count,
      id: idKey,
      at: count,
      type: text(10),
      authorId: plainText,
      writtenAt: plainText,
      text: plainText,
      isDeleted: { type: 'boolean' },
      editedAt: orNull('number'),
      attachments: { type: 'array', items: anything },
      replyTo: orNull('number'),
      crossPost: orNull('object'),
      userId: plainText,
      byId: plainText,
      key: plainText,
      values: anything,
    },
    required: ['slot', 'room', 'seq', 'id', 'at', 'type'],
    // The primary key's own index, named so that a query can ask for it: left alone RxDB picks the wrong one.
    indexes: [['slot'], ['id']],
  },
  chats: {
    version: 0,
    type: 'object',
    primaryKey: 'room',
    properties: {
      room: roomKey,
      ticketId: idKey,
      chat: text(10),
      lastSeq: count,
      lastAt: count,
      nlast: count,
      last: orNull('object'),
      readSeq: count,
      unread: count,
      mine: { type: 'boolean' },
      lastDelivery: text(10),
    },
    required: [
      'room',
      'ticketId',
      'chat',
      'lastSeq',
      'lastAt',
      'nlast',
      'last',
      'readSeq',
      'unread',
      'mine',
      'lastDelivery',
    ],
    indexes: [['nlast'], ['unread'], ['ticketId']],
  },
  members: {
    version: 0,
    type: 'object',
    primaryKey: 'room',
    properties: { room: roomKey, participants: anything, receipts: anything },
    required: ['room', 'participants', 'receipts'],
  },
  tickets: {
    version: 0,
    type: 'object',
    primaryKey: 'id',
    properties: {
      id: idKey,
      number: count,
      stage: text(30),
      assigneeId: idKey,
      requesterId: plainText,
      customerId: orNull('string'),
      createdById: plainText,
      createdAt: count,
      stageAt: count,
      lastAt: count,
      nlast: count,
      fields: anything,
      history: { type: 'array', items: anything },
    },
    required: ['id', 'number', 'stage', 'assigneeId', 'createdAt', 'lastAt', 'nlast', 'fields', 'history'],
    indexes: [['nlast'], ['stage', 'nlast'], ['assigneeId', 'nlast'], ['stage', 'assigneeId', 'nlast']],
  },
  users: {
    version: 0,
    type: 'object',
    primaryKey: 'id',
    properties: {
      id: idKey,
      login: plainText,
      name: plainText,
      kind: plainText,
      roleId: plainText,
      active: { type: 'boolean' },
      company: plainText,
      position: plainText,
      districts: { type: 'array', items: plainText },
      integration: { type: 'boolean' },
    },
    required: ['id', 'login', 'name', 'kind', 'roleId', 'active'],
  },
  /** One row: roles are few, and they change together with nothing else. */
  directory: {
    version: 0,
    type: 'object',
    primaryKey: 'id',
    properties: { id: text(10), roles: { type: 'array', items: anything }, organisation: anything },
    required: ['id', 'roles', 'organisation'],
  },
} as const satisfies Record<string, RxJsonSchema<never>>

/**
 * What the user wrote: migrated when it changes, never thrown away. What no index needs may be stored without being named
 * here (`heldUntil` and `files` of the outbox, `files` of drafts): so the databases of both versions of the app stay readable by either.
 */
export const writtenSchemas = {
  outbox: {
    version: 0,
    type: 'object',
    primaryKey: 'id',
    properties: { id: idKey, order: count, command: anything, state: text(10), refusal: orNull('object') },
    required: ['id', 'order', 'command', 'state', 'refusal'],
  },
  drafts: {
    version: 0,
    type: 'object',
    primaryKey: 'room',
    properties: { room: roomKey, text: plainText },
    required: ['room', 'text'],
  },
  uploads: {
    version: 0,
    type: 'object',
    primaryKey: 'key',
    properties: { key: text(64), url: plainText, size: count, at: count },
    required: ['key', 'url', 'size', 'at'],
  },
  marks: {
    version: 0,
    type: 'object',
    primaryKey: 'id',
    properties: { id: text(20), generation: count, items: count },
    required: ['id', 'generation', 'items'],
  },
} as const satisfies Record<string, RxJsonSchema<never>>

export function messageDocument(row: MessageRow): MessageDocument {
  const slot = slotOf(row.room, row.seq)
  if (row.type !== 'message') return { ...row, slot }
  const { deleted, ...rest } = row
  return { ...rest, slot, isDeleted: deleted }
}

export function messageRow({ slot: _slot, ...document }: MessageDocument): MessageRow {
  if (document.type !== 'message') return document
  const { isDeleted, ...rest } = document
  return { ...rest, deleted: isDeleted }
}

export function chatDocuments({ participants, receipts, ...chat }: ChatRow): [ChatDocument, MembersDocument] {
  return [
    { ...chat, nlast: invertedTime(chat.lastAt), lastDelivery: lastDeliveryOf(chat.last, receipts) },
    { room: chat.room, participants, receipts },
  ]
}

function lastDeliveryOf(last: ChatRow['last'], receipts: ChatRow['receipts']): ChatDocument['lastDelivery'] {
  return last === null ? '' : deliveryOf(last.seq, last.authorId, new Map(Object.entries(receipts)))
}

export function ticketDocument(ticket: StoredTicket): TicketDocument {
  return { ...ticket, assigneeId: ticket.assigneeId ?? '', nlast: invertedTime(ticket.lastAt) }
}

export function storedTicket({ nlast: _nlast, assigneeId, ...ticket }: TicketDocument): StoredTicket {
  return { ...ticket, assigneeId: assigneeId === '' ? null : assigneeId }
}

export function storedDirectory({ roles, organisation }: DirectoryDocument): StoredDirectory {
  return { roles, organisation }
}

export type UserDocument = User
export type DirectoryDocument = StoredDirectory & { id: 'directory' }
