import type { User } from '#common/domain/user.ts'
import { matchesQuery } from '../common/matches-query.ts'

/** '' stands for all. */
export type UserFilter = {
  text: string
  kind: '' | User['kind']
  roleId: string
  state: '' | 'active' | 'disabled'
}
export const noUserFilter: UserFilter = { text: '', kind: '', roleId: '', state: '' }

/** People the filter lets through, by name. Accounts of other systems are listed with their keys. */
export function filterUsers<Listed extends User>(users: readonly Listed[], filter: UserFilter): Listed[] {
  const collator = new Intl.Collator('ru')
  return users
    .filter((user) => !user.integration)
    .filter((user) => filter.kind === '' || user.kind === filter.kind)
    .filter((user) => filter.roleId === '' || user.roleId === filter.roleId)
    .filter((user) => filter.state === '' || user.active === (filter.state === 'active'))
    .filter((user) => matchesQuery(filter.text, user.name, user.login, user.company ?? '', user.position ?? ''))
    .sort((one, other) => collator.compare(one.name, other.name))
}
