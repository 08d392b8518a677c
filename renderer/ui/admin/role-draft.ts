import { permissions, type Permission, type Role } from '#common/domain/role.ts'
import type { Account } from '#common/domain/user.ts'
import type { DirectorySnapshot } from '../../data/api.ts'
import { hasAdministrator } from './user-rules.ts'

/** Boxes of the matrix that were set otherwise: role → permission → wanted. Kept apart from the roles, which go on changing. */
export type RoleDraft = Readonly<Record<string, Readonly<Partial<Record<Permission, boolean>>>>>

/** What saving would do to one role. */
export type RoleDifference = { role: DirectorySnapshot['roles'][number]; added: Permission[]; removed: Permission[] }

export function isGiven(draft: RoleDraft, role: Role, permission: Permission): boolean {
  return draft[role.id]?.[permission] ?? role.permissions.includes(permission)
}

/** The draft with one box set; a box that is as the role has it is no change. */
export function withBox(draft: RoleDraft, role: Role, permission: Permission, given: boolean): RoleDraft {
  const { [permission]: _former, ...others } = draft[role.id] ?? {}
  const same = role.permissions.includes(permission) === given
  return { ...draft, [role.id]: same ? others : { ...others, [permission]: given } }
}

/** What the draft would change now: what somebody else has set meanwhile is no difference any more. */
export function differences(draft: RoleDraft, roles: DirectorySnapshot['roles']): RoleDifference[] {
  return roles.flatMap((role) => {
    const wanted = permissionsAfter(draft, role)
    const added = wanted.filter((permission) => !role.permissions.includes(permission))
    const removed = role.permissions.filter((permission) => !wanted.includes(permission))
    return added.length + removed.length > 0 ? [{ role, added, removed }] : []
  })
}

/** All permissions of a role as the draft wants them, in the order of the matrix. */
export function permissionsAfter(draft: RoleDraft, role: Role): Permission[] {
  return permissions.filter((permission) => isGiven(draft, role, permission))
}

export function countChanges(found: readonly RoleDifference[]): number {
  return found.reduce((sum, { added, removed }) => sum + added.length + removed.length, 0)
}

export type DraftWarnings = {
  /** What the user takes from themselves. */
  own: Permission[]
  /** Nobody could set rights again: the server would refuse. */
  nobodyLeft: boolean
}

export function draftWarnings(
  draft: RoleDraft,
  directory: Pick<DirectorySnapshot, 'users' | 'roles'>,
  account: Account,
): DraftWarnings {
  const roles = directory.roles.map((role) => ({ ...role, permissions: permissionsAfter(draft, role) }))
  return {
    own: differences(draft, directory.roles).find(({ role }) => role.id === account.roleId)?.removed ?? [],
    nobodyLeft: hasAdministrator(directory) && !hasAdministrator({ users: directory.users, roles }),
  }
}
