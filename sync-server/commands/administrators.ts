import { isAdministrator } from '#common/domain/permissions.ts'
import type { Role } from '#common/domain/role.ts'
import type { User } from '#common/domain/user.ts'
import type { DecisionContext } from './effects.ts'

/**
 * R24: whether a changed role or account would leave nobody who can give rights again. Who never had a password does not
 * count: an invitation that runs out unused would leave the organisation without anybody who gets in.
 */
export function losesLastAdministrator(
  { facts, hasPassword }: DecisionContext,
  changed: { role?: Role; user?: User },
): boolean {
  const roleOf = (user: User): Role | undefined =>
    changed.role?.id === user.roleId ? changed.role : facts.roles.get(user.roleId)
  const users = [...facts.users.values()].filter(({ id }) => hasPassword(id))
  return (
    users.some((user) => isAdministrator(user, facts.roles.get(user.roleId))) &&
    !users
      .map((user) => (changed.user?.id === user.id ? changed.user : user))
      .some((user) => isAdministrator(user, roleOf(user)))
  )
}
