import { deleteRole, writeOrganisation, writeRole, writeUser } from '#common/documents/directory-document.ts'
import { directoryRoom, type UserId } from '#common/domain/ids.ts'
import type { Permission } from '#common/domain/role.ts'
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
  const affected = [...before.users.keys()].filter((userId) => visibilityDiffers(before, transaction.facts, userId))
  transaction.visibility(visibilityChanges(before, transaction.facts, affected))
}

/** The permissions by which rooms are read. */
const readingPermissions: readonly Permission[] = [
  'messages.team.read',
  'messages.customer.read',
  'messages.all',
  'tickets.view.own',
  'tickets.view.district',
  'tickets.view.all',
]

/** Looking through all tickets for a person is dear: only for those who may read by other rights now. */
function visibilityDiffers(before: Facts, after: Facts, userId: UserId): boolean {
  const had = before.rightsOf(userId)
  const has = after.rightsOf(userId)
  if (!had || !has) return had !== has
  if (had.kind === 'employee' && before.organisation.splitChats !== after.organisation.splitChats) return true
  return (
    readingPermissions.some((permission) => had.permissions.has(permission) !== has.permissions.has(permission)) ||
    had.districts.size !== has.districts.size ||
    [...had.districts].some((district) => !has.districts.has(district))
  )
}
