import * as z from 'zod/mini'
import { refusal, type Refusal } from '../protocol/refusals.ts'
import type { TicketId } from './ids.ts'
import { attachmentSchema, messageLimits, messageTextSchema } from './message.ts'
import { permissions } from './role.ts'
import { fail, succeed, type Result } from './result.ts'
import { stages, ticketChangesSchema, ticketFieldsSchema } from './ticket.ts'
import { userKinds } from './user.ts'

/**
 * Commands: what a device asks the server to do. `id` is a ULID made by the device: the idempotency key (per user) and,
 * for a message or a ticket, its id. Author, order and server time are never read from a command. Source: SPEC.md, «Commands».
 */
const ulid = z.string().check(z.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/))
const id = z.string().check(z.regex(/^[0-9A-Za-z-]{1,40}$/))
const envelope = { id: ulid, writtenAt: z.iso.datetime({ offset: true }) }
const chat = z.enum(['team', 'customer'])
const seq = z.int().check(z.nonnegative())

/** State of the world the writer saw; the server refuses with E_STALE when it moved on. */
const expects = z.optional(
  z.strictObject({
    chatSeq: z.optional(seq),
    stage: z.optional(z.enum(stages)),
    assigneeId: z.optional(z.nullable(id)),
  }),
)

/** People added to a chat with one command. */
const participantsAtOnce = 50
const line = z.string().check(z.trim(), z.minLength(1), z.maxLength(200))
const optionalLine = z.optional(z.string().check(z.trim(), z.maxLength(200)))
const login = z.string().check(z.regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,99}$/u))
const rolePermissions = z.array(z.enum(permissions)).check(z.refine((names) => new Set(names).size === names.length))
const districts = z.optional(z.array(line).check(z.maxLength(50)))
export const commandSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...envelope, type: z.literal('ticket.create'), fields: ticketFieldsSchema }),
  z.strictObject({ ...envelope, type: z.literal('ticket.update'), ticketId: id, fields: ticketChangesSchema, expects }),
  z.strictObject({
    ...envelope,
    type: z.literal('ticket.stage'),
    ticketId: id,
    stage: z.enum(stages),
    reason: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(1000))),
  }),
  z.strictObject({ ...envelope, type: z.literal('ticket.assign'), ticketId: id, assigneeId: z.nullable(id) }),
  z.strictObject({
    ...envelope,
    type: z.literal('message.post'),
    ticketId: id,
    to: z.array(chat).check(
      z.minLength(1),
      z.maxLength(2),
      z.refine((to) => new Set(to).size === to.length),
    ),
    text: messageTextSchema,
    attachments: z.array(attachmentSchema).check(
      z.maxLength(messageLimits.attachments),
      z.refine((files) => new Set(files.map(({ sha256 }) => sha256)).size === files.length),
    ),
    replyTo: z.optional(z.int().check(z.positive())),
    mentions: z.optional(z.array(id).check(z.maxLength(messageLimits.mentions))),
    expects,
  }),
  z.strictObject({
    ...envelope,
    type: z.literal('message.edit'),
    ticketId: id,
    chat,
    target: ulid,
    text: messageTextSchema.check(z.refine((text) => text.trim() !== '')),
  }),
  z.strictObject({ ...envelope, type: z.literal('message.delete'), ticketId: id, chat, target: ulid }),
  z.strictObject({ ...envelope, type: z.literal('read.mark'), ticketId: id, chat, seq }),
  z.strictObject({
    ...envelope,
    type: z.literal('participants.add'),
    ticketId: id,
    chat,
    userIds: z.array(id).check(
      z.minLength(1),
      z.maxLength(participantsAtOnce),
      z.refine((userIds) => new Set(userIds).size === userIds.length),
    ),
  }),
  z.strictObject({ ...envelope, type: z.literal('participants.remove'), ticketId: id, chat, userId: id }),
  z.strictObject({
    ...envelope,
    type: z.literal('organisation.update'),
    name: z.optional(line),
    splitChats: z.optional(z.boolean()),
  }),
  z.strictObject({ ...envelope, type: z.literal('role.create'), name: line, permissions: rolePermissions }),
  z.strictObject({
    ...envelope,
    type: z.literal('role.update'),
    roleId: id,
    name: z.optional(line),
    permissions: z.optional(rolePermissions),
  }),
  z.strictObject({ ...envelope, type: z.literal('role.delete'), roleId: id }),
  z.strictObject({
    ...envelope,
    type: z.literal('user.create'),
    login,
    name: line,
    kind: z.enum(userKinds),
    roleId: id,
    company: optionalLine,
    position: optionalLine,
    districts,
  }),
  z.strictObject({
    ...envelope,
    type: z.literal('user.update'),
    userId: id,
    login: z.optional(login),
    name: z.optional(line),
    roleId: z.optional(id),
    active: z.optional(z.boolean()),
    company: optionalLine,
    position: optionalLine,
    districts,
  }),
])

export type Command = z.infer<typeof commandSchema>
export type CommandType = Command['type']
export type CommandOf<Type extends CommandType> = Extract<Command, { type: Type }>

/** The ticket a command is about, its own id for one that makes a ticket; undefined for the administration. */
export function ticketOf(command: Command): TicketId | undefined {
  if (command.type === 'ticket.create') return command.id
  return 'ticketId' in command ? command.ticketId : undefined
}

/** Largest command in UTF-8 bytes of JSON: 8,000 code points of four bytes with room for the rest. */
export const commandMaxBytes = 48_000

/** Reads a command from an untrusted value. The refusal names the first offending field. */
export function parseCommand(value: unknown): Result<Command, Refusal> {
  const parsed = commandSchema.safeParse(ownPropertiesOf(value))
  if (!parsed.success) return fail(refusal('E_COMMAND_INVALID', fieldOf(parsed.error.issues[0])))
  const command = parsed.data
  if (command.type === 'message.post' && command.text.trim() === '' && command.attachments.length === 0)
    return fail(refusal('E_COMMAND_INVALID', 'text'))
  return succeed(command)
}

/** A member that does not belong is named by whoever wrote it. */
const longestField = 100

function fieldOf(issue: z.core.$ZodIssue | undefined): string {
  const unknownMember = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const field = [...(issue?.path ?? []), ...unknownMember].join('.')
  return field.slice(0, longestField) || 'type'
}

const addressSchema = z.object({ id })

/** The id of a command that could not be read whole, when it has a usable one: a refusal needs an address. */
export function commandIdOf(value: unknown): string | undefined {
  const parsed = addressSchema.safeParse(value)
  return parsed.success ? parsed.data.id : undefined
}

/** No command nests deeper; what does is cut off, so that a hostile depth can not exhaust the stack. */
const deepestNesting = 6

/** A `__proto__` key in a Yjs value becomes the object's prototype, and schemas read inherited fields: only own ones pass. */
function ownPropertiesOf(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepestNesting) return undefined
  if (Array.isArray(value)) return value.map((member) => ownPropertiesOf(member, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, ownPropertiesOf(member, depth + 1)]))
}
