import { writeOrganisation, writeRole, writeUser, type Organisation } from '#common/documents/directory-document.ts'
import { directoryRoom } from '#common/domain/ids.ts'
import type { Role } from '#common/domain/permissions.ts'
import type { User } from '#common/domain/user.ts'
import { Facts } from '../policy/facts.ts'
import { visibilityChanges } from '../policy/room-access.ts'
import type { Transaction } from '../rooms/transaction.ts'

export type DirectoryChanges = {
  organisation?: Organisation | undefined
  roles?: Role[] | undefined
  users?: User[] | undefined
}

/** Writes people, roles and settings, and tells for each person which rooms of existing tickets they gain or lose by it. */
export function writeDirectoryChanges(transaction: Transaction, changes: DirectoryChanges): void {
  const { organisation, roles = [], users = [] } = changes
  const before = new Facts(transaction.facts)
  if (organisation) transaction.record({ kind: 'organisation', key: 'organisation', value: organisation })
  for (const role of roles) transaction.record({ kind: 'role', key: role.id, value: role })
  for (const user of users) transaction.record({ kind: 'user', key: user.id, value: user })
  transaction.change(directoryRoom, ({ document }) => {
    if (organisation) writeOrganisation(document, organisation)
    for (const role of roles) writeRole(document, role)
    for (const user of users) writeUser(document, user)
  })
  const changedRoles = new Set(roles.map((role) => role.id))
  const changedUsers = new Set(users.map((user) => user.id))
  const affected = [...before.users.values()].filter(
    (user) => organisation !== undefined || changedRoles.has(user.roleId) || changedUsers.has(user.id),
  )
  transaction.visibility(
    visibilityChanges(
      before,
      transaction.facts,
      affected.map((user) => user.id),
    ),
  )
}
