import type { CommandOf } from '#common/domain/command.ts'
import { canAdminister } from '#common/domain/permissions.ts'
import { baseRoles, permissions, type Permission, type Role } from '#common/domain/role.ts'
import { fail, succeed } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { Facts } from '../policy/facts.ts'
import { losesLastAdministrator } from './administrators.ts'
import type { Decision, DecisionContext } from './effects.ts'

/** R20: a new role under the command's id. */
export function decideRoleCreate({ facts, viewer }: DecisionContext, command: CommandOf<'role.create'>): Decision {
  if (!canAdminister(viewer, 'roles')) return fail(refusal('E_FORBIDDEN'))
  if (facts.roles.has(command.id)) return fail(refusal('E_ID_CONFLICT', 'id'))
  if (isTaken(facts, command.name)) return fail(refusal('E_TAKEN', 'name'))
  const role = { id: command.id, name: command.name, permissions: inOrder(command.permissions) }
  return succeed([{ type: 'directory', changes: { roles: [role] } }])
}

/** R20, R24: takes effect for everybody who has the role. */
export function decideRoleUpdate(context: DecisionContext, command: CommandOf<'role.update'>): Decision {
  const { facts, viewer } = context
  if (!canAdminister(viewer, 'roles')) return fail(refusal('E_FORBIDDEN'))
  const before = facts.roles.get(command.roleId)
  if (!before) return fail(refusal('E_NOT_FOUND', 'roleId'))
  const after: Role = {
    id: before.id,
    name: command.name ?? before.name,
    permissions: command.permissions ? inOrder(command.permissions) : before.permissions,
  }
  if (after.name !== before.name && isTaken(facts, after.name, before.id)) return fail(refusal('E_TAKEN', 'name'))
  if (losesLastAdministrator(context, { role: after })) return fail(refusal('E_FORBIDDEN', 'permissions'))
  const isSame = after.name === before.name && after.permissions.join(' ') === inOrder(before.permissions).join(' ')
  return succeed(isSame ? [] : [{ type: 'directory', changes: { roles: [after] } }])
}

/** R20: a role nobody has, which is none of those every organisation has. */
export function decideRoleDelete({ facts, viewer }: DecisionContext, { roleId }: CommandOf<'role.delete'>): Decision {
  if (!canAdminister(viewer, 'roles')) return fail(refusal('E_FORBIDDEN'))
  if (!facts.roles.has(roleId)) return fail(refusal('E_NOT_FOUND', 'roleId'))
  const isInUse = [...facts.users.values()].some((user) => user.roleId === roleId)
  if (isInUse || baseRoles.some((role) => role.id === roleId)) return fail(refusal('E_FORBIDDEN', 'roleId'))
  return succeed([{ type: 'directory', changes: { deletedRoleIds: [roleId] } }])
}

/** Two roles whose names differ in capitals only could not be told apart. */
function isTaken(facts: Facts, name: string, exceptId?: string): boolean {
  const wanted = name.toLowerCase()
  return [...facts.roles.values()].some((role) => role.id !== exceptId && role.name.toLowerCase() === wanted)
}

/** In the order of the matrix, so that the same set is always stored the same way. */
function inOrder(chosen: readonly Permission[]): Permission[] {
  return permissions.filter((permission) => chosen.includes(permission))
}
