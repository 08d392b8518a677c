import { canManageUser, isAdministrator, type Viewer } from '#common/domain/permissions.ts'
import type { Role } from '#common/domain/role.ts'
import type { User } from '#common/domain/user.ts'

type People = { users: readonly User[]; roles: readonly Role[] }

function roleOf(user: User, roles: readonly Role[]): Role | undefined {
  return roles.find((role) => role.id === user.roleId)
}

function administrators({ users, roles }: People): User[] {
  return users.filter((user) => isAdministrator(user, roleOf(user, roles)))
}

/** R24: nobody else could give rights again, so this account keeps its role and stays switched on. */
export function isLastAdministrator(userId: string, people: People): boolean {
  const [first, ...others] = administrators(people)
  return first?.id === userId && others.length === 0
}

export function hasAdministrator(people: People): boolean {
  return administrators(people).length > 0
}

/** R23: whether the viewer may change this account. */
export function mayManage(viewer: Viewer, user: User, roles: readonly Role[]): boolean {
  return canManageUser(viewer, roleOf(user, roles))
}
