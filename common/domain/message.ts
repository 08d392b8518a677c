import * as z from 'zod/mini'
import type { MessageId, Seq, UserId } from './ids.ts'

/** Limits of a message; the server refuses what is beyond them. Source: SPEC.md, section «Limits». */
export const messageLimits = { textCodePoints: 8000, attachments: 10, mentions: 50 } as const

/** Text as a person wrote it: at most 8,000 code points, no NUL and no lone surrogate. */
export const messageTextSchema = z.string().check(
  z.refine(
    (text) => text.length <= messageLimits.textCodePoints * 2 && [...text].length <= messageLimits.textCodePoints,
  ),
  z.refine((text) => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text)),
)

/** A file of a message. `sha256` (hex) is its content's address; sizes in bytes and pixels; `thumbhash` is base64. */
export const attachmentSchema = z.strictObject({
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  name: z.string().check(z.minLength(1), z.maxLength(120)),
  mime: z.string().check(z.regex(/^(image|video)\/[a-z0-9.+-]{1,40}$/)),
  size: z.int().check(z.positive()),
  width: z.optional(z.int().check(z.positive())),
  height: z.optional(z.int().check(z.positive())),
  durationMs: z.optional(z.int().check(z.nonnegative())),
  thumbhash: z.optional(z.string().check(z.maxLength(60))),
})
export type Attachment = z.infer<typeof attachmentSchema>

/** Links the two copies of a message that was posted to both chats: `with` is the other room. */
export type CrossPost = { id: string; with: string }

type Stamp = {
  seq: Seq
  /** Server's time, ms. The only time that orders. */
  at: number
  id: string
}

/** One element of a chat's log. Entries are never changed: an edit or a deletion is a later entry that names its target. */
export type Entry =
  | (Stamp & {
      type: 'message'
      authorId: UserId
      /** Device's time, ISO 8601; shown where it differs from `at`, never used for order. */
      writtenAt: string
      text: string
      attachments?: Attachment[] | undefined
      replyTo?: Seq | undefined
      mentions?: UserId[] | undefined
      crossPost?: CrossPost | undefined
    })
  | (Stamp & { type: 'edit'; target: MessageId; text: string })
  | (Stamp & { type: 'delete'; target: MessageId })
  | (Stamp & { type: 'joined' | 'left'; userId: UserId; byId: UserId })
  | (Stamp & { type: 'system'; key: string; values: Record<string, string | number> })

export type EntryDraft = Entry extends infer Member
  ? Member extends Entry
    ? Omit<Member, 'seq' | 'at'>
    : never
  : never

const stamp = { seq: z.int(), at: z.number(), id: z.string() }

/** Reads an entry made by a server; objects are open so that fields of a newer version pass. */
export const entrySchema = z.discriminatedUnion('type', [
  z.object({
    ...stamp,
    type: z.literal('message'),
    authorId: z.string(),
    writtenAt: z.string(),
    text: z.string(),
    attachments: z.optional(z.array(z.object(attachmentSchema.shape))),
    replyTo: z.optional(z.int()),
    mentions: z.optional(z.array(z.string())),
    crossPost: z.optional(z.object({ id: z.string(), with: z.string() })),
  }),
  z.object({ ...stamp, type: z.literal('edit'), target: z.string(), text: z.string() }),
  z.object({ ...stamp, type: z.literal('delete'), target: z.string() }),
  z.object({ ...stamp, type: z.enum(['joined', 'left']), userId: z.string(), byId: z.string() }),
  z.object({
    ...stamp,
    type: z.literal('system'),
    key: z.string(),
    values: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
])

/** How far a user's devices have got in a chat. */
export type Receipt = { delivered: Seq; read: Seq }
export const receiptSchema = z.object({ delivered: z.int(), read: z.int() })

/** A person in a chat; a lock tells why they can't be removed. */
export type Participant = {
  name: string
  kind: 'employee' | 'customer'
  lock?: 'assignee' | 'requester' | undefined
  addedBy: UserId
  /** Server's time, ms. */
  addedAt: number
}
export const participantSchema = z.object({
  name: z.string(),
  kind: z.enum(['employee', 'customer']),
  lock: z.optional(z.enum(['assignee', 'requester'])),
  addedBy: z.string(),
  addedAt: z.number(),
})
