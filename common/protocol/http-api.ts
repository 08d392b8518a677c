import * as z from 'zod/mini'
import type { MediaVariant } from '../domain/media-type.ts'
import { permissions } from '../domain/role.ts'
import { organisationSchema } from '../documents/directory-document.ts'
import { refusalSchema } from './refusals.ts'

/** Bodies of the HTTP interface. Source: SPEC.md, section «HTTP». Lengths bound what an unauthenticated caller can make the server hash. */
export const signInRequestSchema = z.strictObject({
  login: z.string().check(z.minLength(1), z.maxLength(100)),
  password: z.string().check(z.minLength(1), z.maxLength(1000)),
  device: z.strictObject({
    id: z.string().check(z.regex(/^[0-9A-Za-z-]{1,40}$/)),
    name: z.string().check(z.maxLength(100)),
  }),
})
export type SignInRequest = z.infer<typeof signInRequestSchema>

export const refreshRequestSchema = z.strictObject({ refreshToken: z.string().check(z.minLength(1), z.maxLength(500)) })

export const accountSchema = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  kind: z.enum(['employee', 'customer']),
  roleId: z.string(),
  permissions: z.pipe(
    z.array(z.string()),
    z.transform((names) => permissions.filter((permission) => names.includes(permission))),
  ),
  districts: z._default(z.array(z.string()), []),
})

/** What a person may do here: themselves with their role's permissions, and what the organisation has switched on. */
export const standingSchema = z.object({ account: accountSchema, organisation: organisationSchema })
export type Standing = z.infer<typeof standingSchema>

/** `expiresIn` in seconds. */
export const sessionResponseSchema = z.object({
  accessToken: z.string(),
  expiresIn: z.number(),
  refreshToken: z.string(),
  user: accountSchema,
})
export type SessionResponse = z.infer<typeof sessionResponseSchema>

/** Body of every error answer. */
export const errorResponseSchema = z.object({ code: z.string(), message: z.string(), requestId: z.string() })

export const commandResponseSchema = z.union([
  z.object({ ok: z.literal(true), id: z.string() }),
  z.object({ ok: z.literal(false), refusal: refusalSchema }),
])

/** A one-time link for one user: to set the first password, or a new one. Made by who administers users. */
export const invitationRequestSchema = z.strictObject({ userId: z.string().check(z.regex(/^[0-9A-Za-z-]{1,40}$/)) })
/** `token` goes into the link behind `#`, where no server log sees it. `expiresAt` in ms since 1970. */
export const invitationResponseSchema = z.object({ token: z.string(), expiresAt: z.number() })
export type Invitation = z.infer<typeof invitationResponseSchema>

export const redeemRequestSchema = z.strictObject({
  token: z.string().check(z.minLength(1), z.maxLength(200)),
  password: z.string().check(z.minLength(8), z.maxLength(1000)),
  device: signInRequestSchema.shape.device,
})

/** A signed-in device of a user, as an administrator sees it. Times in ms since 1970. */
export const userSessionSchema = z.object({
  id: z.string(),
  deviceName: z.string(),
  createdAt: z.number(),
  refreshedAt: z.number(),
})
export const userSessionsResponseSchema = z.object({ sessions: z.array(userSessionSchema) })
export type UserSession = z.infer<typeof userSessionSchema>

/** An API key is an account of its own (`integration`) with a role; `key` is shown once, only its hash is kept. */
export const apiKeyRequestSchema = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
  roleId: z.string().check(z.regex(/^[0-9A-Za-z-]{1,40}$/)),
})
export const apiKeySchema = z.object({
  id: z.string(),
  userId: z.string(),
  name: z.string(),
  roleId: z.string(),
  createdAt: z.number(),
  createdById: z.string(),
  lastUsedAt: z.nullable(z.number()),
})
export type ApiKey = z.infer<typeof apiKeySchema>
export const apiKeyResponseSchema = z.object({ key: z.string(), apiKey: apiKeySchema })
export const apiKeysResponseSchema = z.object({ apiKeys: z.array(apiKeySchema) })

/** What a line of the audit is about. */
export const auditSubjects = ['ticket', 'participants', 'organisation', 'role', 'user', 'session', 'api-key'] as const
export type AuditSubject = (typeof auditSubjects)[number]

/**
 * One line of the audit: who changed what, when. Never a message's content. `at` is the server's time in ms, `writtenAt` the
 * device's (ISO 8601), null for what was done on the server itself.
 */
export const auditEntrySchema = z.object({
  id: z.int(),
  at: z.number(),
  writtenAt: z.nullable(z.string()),
  byId: z.string(),
  byName: z.string(),
  action: z.string(),
  subject: z.enum(auditSubjects),
  subjectId: z.string(),
  /** As people know it: «№ 10244», a role's or user's name. */
  subjectName: z.string(),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>
/** Newest first; `cursor` leads to older ones, null at the end. */
export const auditResponseSchema = z.object({ entries: z.array(auditEntrySchema), cursor: z.nullable(z.string()) })

/** Tickets of another system, all or none: what is wrong is told by the index of its line. */
export const importRequestSchema = z.strictObject({
  dryRun: z.boolean(),
  tickets: z
    .array(z.strictObject({ create: z.unknown(), assigneeId: z.nullable(z.string().check(z.maxLength(40))) }))
    .check(z.minLength(1), z.maxLength(5000)),
})
export const importResponseSchema = z.object({
  imported: z.int(),
  /** Lines that came before with the same content and were left alone. */
  repeated: z.int(),
  errors: z.array(z.object({ index: z.int(), refusal: refusalSchema })),
})

/** Where files are uploaded (tus 1.0.0). Source of all that follows: SPEC.md, section «Media». */
export const uploadsPath = '/media/uploads'

const sha256Schema = z.string().check(z.regex(/^[0-9a-f]{64}$/))

/**
 * What `Upload-Metadata` says of an upload: sha256 (hex) of its bytes and its name. `poster` makes it the picture that stands
 * for the video of that sha256.
 */
export const uploadMetadataSchema = z.object({
  sha256: sha256Schema,
  name: z._default(z.string().check(z.maxLength(500)), ''),
  poster: z.optional(sha256Schema),
})

/** Path and query of a file that a message of `room` shows. */
export function mediaPath(sha256: string, room: string, variant: MediaVariant = 'full'): string {
  return `/media/${sha256}?room=${encodeURIComponent(room)}&variant=${variant}`
}
