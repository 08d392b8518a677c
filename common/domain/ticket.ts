import * as z from 'zod/mini'
import type { TicketId, UserId } from './ids.ts'

/** Stages of the work in their order; the last two are side exits that need a reason. */
export const stages = [
  'new',
  'assigned',
  'accepted',
  'enRoute',
  'inProgress',
  'needsFollowUp',
  'done',
  'checked',
  'closed',
  'customerRefused',
  'assigneeRefused',
] as const
export type Stage = (typeof stages)[number]

/** What the customer sees of a stage. */
export const statuses = ['registered', 'planned', 'onTheWay', 'underWay', 'finished', 'cancelled'] as const
export type Status = (typeof statuses)[number]

const statusOfStage: Record<Stage, Status> = {
  new: 'registered',
  assigned: 'planned',
  accepted: 'planned',
  enRoute: 'onTheWay',
  inProgress: 'underWay',
  needsFollowUp: 'underWay',
  done: 'finished',
  checked: 'finished',
  closed: 'finished',
  customerRefused: 'cancelled',
  assigneeRefused: 'planned',
}

export function statusOf(stage: Stage): Status {
  return statusOfStage[stage]
}

export function stageNeedsReason(stage: Stage): boolean {
  return stage === 'customerRefused' || stage === 'assigneeRefused'
}

/** A closed ticket takes no new messages and no edits; only its stage can bring it back. */
export function isClosed(stage: Stage): boolean {
  return stage === 'closed'
}

export const priorities = ['low', 'normal', 'high', 'critical'] as const
export type Priority = (typeof priorities)[number]

const shortText = z.string().check(z.maxLength(200))
const userId = z.string().check(z.regex(/^[0-9A-Za-z-]{1,40}$/))
const isoTime = z.iso.datetime({ offset: true })

/** The fields of a ticket that a person fills in. An empty string means «not given»; `dueAt` is ISO 8601. */
export const ticketFieldsSchema = z.strictObject({
  title: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)),
  description: z.optional(z.string().check(z.maxLength(8000))),
  type: z.optional(shortText),
  workType: z.optional(shortText),
  priority: z.optional(z.enum(priorities)),
  requesterId: z.optional(userId),
  customerId: z.optional(userId),
  company: z.optional(shortText),
  site: z.optional(shortText),
  address: z.optional(shortText),
  asset: z.optional(shortText),
  district: z.optional(shortText),
  dueAt: z.optional(z.union([isoTime, z.literal('')])),
  contactName: z.optional(shortText),
  contactPhone: z.optional(shortText),
})
export type TicketFields = z.infer<typeof ticketFieldsSchema>

export const ticketChangesSchema = z
  .partial(ticketFieldsSchema)
  .check(z.refine((fields) => Object.values(fields).some((value) => value !== undefined)))
export type TicketChanges = z.infer<typeof ticketChangesSchema>

/** A ticket as the server holds it. Times are milliseconds since 1970 (server's clock) unless named `…At` in ISO by a person. */
export type Ticket = {
  id: TicketId
  /** Human number, given by the server, rising. */
  number: number
  stage: Stage
  assigneeId: UserId | null
  requesterId: UserId
  customerId: UserId | null
  createdById: UserId
  createdAt: number
  /** When the stage last changed; tells how long ago a ticket was closed. */
  stageAt: number
  fields: TicketFields
}

/** One line of «История изменений». `from` and `to` are the stored values, never display text. */
export type HistoryEntry = {
  /** Server's time, ms. */
  at: number
  /** Device's time, ISO 8601. */
  writtenAt: string
  byId: UserId
  commandId: string
  changes: { field: string; from: unknown; to: unknown }[]
  reason?: string | undefined
}

export const historyEntrySchema = z.object({
  at: z.number(),
  writtenAt: z.string(),
  byId: z.string(),
  commandId: z.string(),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  reason: z.optional(z.string()),
})

/** A ticket as documents and the store hold it: a stage of a newer version is refused, not guessed. */
export const ticketSchema = z.object({
  id: z.string(),
  number: z.number(),
  stage: z.enum(stages),
  assigneeId: z.nullable(z.string()),
  requesterId: z.string(),
  customerId: z.nullable(z.string()),
  createdById: z.string(),
  createdAt: z.number(),
  stageAt: z.number(),
  fields: z.object(ticketFieldsSchema.shape),
})
