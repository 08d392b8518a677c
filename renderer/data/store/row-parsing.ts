import * as z from 'zod/mini'
import { commandSchema } from '#common/domain/command.ts'
import { attachmentSchema, participantSchema, receiptSchema } from '#common/domain/message.ts'
import { historyEntrySchema, ticketSchema } from '#common/domain/ticket.ts'
import { permissions } from '#common/domain/role.ts'
import { userSchema } from '#common/domain/user.ts'
import { organisationSchema } from '#common/documents/directory-document.ts'
import { refusalSchema } from '#common/protocol/refusals.ts'
import { keptFileSchema } from '../media/kept-file.ts'
import type { ChatRow, MessageRow, OutboxRow, StoredDirectory, StoredTicket } from './ports.ts'

/**
 * RxDB without its development mode stores whatever it is given, and what is stored is read without a look. So every row is
 * parsed before it is written: a defect above shows itself here, not as a crash of every later start.
 */
const room = z.string().check(z.minLength(1), z.maxLength(60))
const id = z.string().check(z.minLength(1), z.maxLength(40))
const whole = z.int().check(z.nonnegative())
const time = z.number().check(z.nonnegative())
const kinds = z.enum(['team', 'customer'])

const stamp = { room, seq: z.int().check(z.positive()), id, at: time }
const messageRowSchema = z.discriminatedUnion('type', [
  z.object({
    ...stamp,
    type: z.literal('message'),
    authorId: id,
    writtenAt: z.string(),
    text: z.string(),
    deleted: z.boolean(),
    editedAt: z.nullable(time),
    attachments: z.array(z.object(attachmentSchema.shape)),
    replyTo: z.nullable(z.int()),
    crossPost: z.nullable(z.object({ id: z.string(), with: z.string() })),
  }),
  z.object({ ...stamp, type: z.enum(['joined', 'left']), userId: id, byId: id }),
  z.object({
    ...stamp,
    type: z.literal('system'),
    key: z.string(),
    values: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
])

const chatRowSchema = z.object({
  room,
  ticketId: id,
  chat: kinds,
  lastSeq: whole,
  lastAt: time,
  last: z.nullable(z.object({ seq: whole, id, authorId: id, text: z.string(), attachments: whole, at: time })),
  readSeq: whole,
  unread: whole,
  mine: z.boolean(),
  participants: z.record(z.string(), participantSchema),
  receipts: z.record(z.string(), receiptSchema),
})

const storedTicketSchema = z.object({ ...ticketSchema.shape, history: z.array(historyEntrySchema), lastAt: time })

const directorySchema = z.object({
  roles: z.array(z.object({ id, name: z.string(), permissions: z.array(z.enum(permissions)) })),
  organisation: organisationSchema,
})

export const outboxRowSchema = z.object({
  id,
  order: whole,
  command: commandSchema,
  state: z.enum(['queued', 'refused']),
  refusal: z.nullable(refusalSchema),
  heldUntil: z.optional(time),
  ticketNumber: z.optional(whole),
  files: z.optional(z.array(keptFileSchema)),
  waits: z.optional(z.literal(true)),
})

export const draftRowSchema = z.object({
  text: z.string(),
  files: z._default(z.array(keptFileSchema), []),
  originals: z._default(z.boolean(), false),
})

/** Throws on a row that is not one: an exception is a defect of whoever wrote it. */
export const parseMessageRow = (row: MessageRow): MessageRow => messageRowSchema.parse(row)
export const parseChatRow = (row: ChatRow): ChatRow => chatRowSchema.parse(row)
export const parseStoredTicket = (row: StoredTicket): StoredTicket => storedTicketSchema.parse(row)
export const parseUser = (row: z.infer<typeof userSchema>) => userSchema.parse(row)
export const parseDirectory = (row: StoredDirectory): StoredDirectory => directorySchema.parse(row)
export const parseOutboxRow = (row: OutboxRow): OutboxRow => outboxRowSchema.parse(row)
