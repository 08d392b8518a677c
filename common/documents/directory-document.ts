import type * as Y from 'yjs'
import * as z from 'zod/mini'
import { isPermission, type Role } from '../domain/role.ts'
import { userSchema, type User } from '../domain/user.ts'

/** Document of room `directory`, written by the server, read by employees. Y.Maps `users`, `roles`, `organisation`, `templates`. */
export type Organisation = { name: string; splitChats: boolean }

export const roleSchema = z.object({ id: z.string(), name: z.string(), permissions: z.array(z.string()) })
export const organisationSchema = z.object({ name: z.string(), splitChats: z.boolean() })

export function writeUser(document: Y.Doc, user: User): void {
  document.getMap('users').set(user.id, user)
}

export function readUsers(document: Y.Doc): User[] {
  return [...document.getMap('users').values()].flatMap((value) => {
    const parsed = userSchema.safeParse(value)
    return parsed.success ? [parsed.data] : []
  })
}

export function writeRole(document: Y.Doc, role: Role): void {
  document.getMap('roles').set(role.id, role)
}

export function readRoles(document: Y.Doc): Role[] {
  return [...document.getMap('roles').values()].flatMap((value) => {
    const parsed = roleSchema.safeParse(value)
    return parsed.success ? [{ ...parsed.data, permissions: parsed.data.permissions.filter(isPermission) }] : []
  })
}

export function deleteRole(document: Y.Doc, roleId: string): void {
  document.getMap('roles').delete(roleId)
}

export function writeOrganisation(document: Y.Doc, organisation: Organisation): void {
  const stored = document.getMap('organisation')
  stored.set('name', organisation.name)
  stored.set('splitChats', organisation.splitChats)
}

export function readOrganisation(document: Y.Doc): Organisation {
  const parsed = organisationSchema.safeParse(document.getMap('organisation').toJSON())
  return parsed.success ? parsed.data : { name: '', splitChats: false }
}
