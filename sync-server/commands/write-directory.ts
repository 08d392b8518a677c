import { deleteRole, writeOrganisation, writeRole, writeUser } from '#common/documents/directory-document.ts'
import { directoryRoom, type UserId } from '#common/domain/ids.ts'
import { Facts } from '../policy/facts.ts'
import { visibilityChanges } from '../policy/room-access.ts'
import type { Transaction } from '../rooms/transaction.ts'
import type { DirectoryChanges } from './effects.ts'

/** Writes people, roles and settings, and tells for each person which rooms of existing tickets they gain or lose by it. */
export function writeDirectoryChanges(transaction: Transaction, changes: DirectoryChanges): void {
  const { organisation, roles = [], deletedRoleIds = [], users = [] } = changes
  const before = new Facts(transaction.facts)
  if (organisation) transaction.record({ kind: 'organisation', key: 'organisation', value: organisation })
  for (const role of roles) transaction.record({ kind: 'role', key: role.id, value: role })
  for (const roleId of deletedRoleIds) transaction.record({ kind: 'role', key: roleId, value: null })
  for (const user of users) transaction.record({ kind: 'user', key: user.id, value: user })
  transaction.change(directoryRoom, ({ document }) => {
    if (organisation) writeOrganisation(document, organisation)
    for (const role of roles) writeRole(document, role)
    for (const roleId of deletedRoleIds) deleteRole(document, roleId)
    for (const user of users) writeUser(document, user)
  })
  const affected = [...before.users.keys()].filter((userId) => rightsDiffer(before, transaction.facts, userId))
  transaction.visibility(visibilityChanges(before, transaction.facts, affected))
}

/** Looking through all tickets for a person is dear: only for those whose general rights are others now. */
function rightsDiffer(before: Facts, after: Facts, userId: UserId): boolean {
  if (before.organisation.splitChats !== after.organisation.splitChats) return true
  const had = before.viewer(userId)
  const has = after.viewer(userId)
  if (!had || !has) return had !== has
  return had.kind !== has.kind || !isSame(had.permissions, has.permissions)
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((member) => b.has(member))
}
