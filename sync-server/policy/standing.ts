import type { UserId } from '#common/domain/ids.ts'
import type { Account } from '#common/domain/user.ts'
import type { Standing } from '#common/protocol/http-api.ts'
import type { Facts } from './facts.ts'

/** A person with the permissions of their role; undefined for unknown and inactive ones. */
export function accountOf(facts: Facts, userId: UserId): Account | undefined {
  const user = facts.users.get(userId)
  if (!user?.active) return undefined
  const { id, login, name, kind, roleId, districts = [] } = user
  return { id, login, name, kind, roleId, permissions: facts.permissionsOf(user), districts }
}

/** What a person may do here, as their devices are told. */
export function standingOf(facts: Facts, userId: UserId): Standing | undefined {
  const account = accountOf(facts, userId)
  return account && { account, organisation: facts.organisation }
}
