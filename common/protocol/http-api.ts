import * as z from 'zod/mini'
import { permissions } from '../domain/permissions.ts'
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
})

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
