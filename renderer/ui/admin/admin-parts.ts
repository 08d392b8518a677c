import { canAdminister, type Viewer } from '#common/domain/permissions.ts'
import type { Account } from '#common/domain/user.ts'
import { adminParts, type AdminPart } from '../routes.ts'

/** Which right opens a part. A key acts as an account, so who administers accounts administers keys. */
const rights = {
  users: 'users',
  roles: 'roles',
  organisation: 'organisation',
  'api-keys': 'users',
  audit: 'audit',
} as const satisfies Record<AdminPart, Parameters<typeof canAdminister>[1]>

export function viewerOf(account: Account): Viewer {
  return {
    id: account.id,
    kind: account.kind,
    permissions: new Set(account.permissions),
    districts: new Set(account.districts),
  }
}

/** Parts of the administration that are for this user, in the order of their tabs. */
export function adminPartsOf(account: Account): AdminPart[] {
  const viewer = viewerOf(account)
  return adminParts.filter((part) => canAdminister(viewer, rights[part]))
}
