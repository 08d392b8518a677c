import * as z from 'zod/mini'
import type { UserId } from './ids.ts'
import type { Permission } from './role.ts'

export const userKinds = ['employee', 'customer'] as const
export type UserKind = (typeof userKinds)[number]

/** A person as others see them in the directory. */
export type User = {
  id: UserId
  login: string
  name: string
  kind: UserKind
  roleId: string
  active: boolean
  /** Company of a customer user. */
  company?: string | undefined
  /** Post of an employee in the organisation's own words, shown under the name. */
  position?: string | undefined
  /** Districts an employee works in, as tickets name them. */
  districts?: string[] | undefined
  /** The account of another system: it comes with an API key, never signs in, and nobody writes to it. */
  integration?: boolean | undefined
}

export const userSchema = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  kind: z.enum(userKinds),
  roleId: z.string(),
  active: z.boolean(),
  company: z.optional(z.string()),
  position: z.optional(z.string()),
  districts: z.optional(z.array(z.string())),
  integration: z.optional(z.boolean()),
})

/** The signed-in user: what `GET /api/me` answers. */
export type Account = {
  id: UserId
  login: string
  name: string
  kind: UserKind
  roleId: string
  permissions: Permission[]
  districts: string[]
}

/** Initials for a round picture: «Мария Ковалёва» → «МК». */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toLocaleUpperCase('ru'))
    .join('')
}
