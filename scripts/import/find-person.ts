import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { User } from '#common/domain/user.ts'
import { fold } from './columns.ts'

export type Place = 'assigneeId' | 'requesterId' | 'customerId'

/** Why a login or name does not lead to one person who can be named there. */
export type PersonFailure =
  { kind: 'nobody' | 'switched-off' | 'not-employee' | 'not-customer' } | { kind: 'ambiguous'; logins: string[] }

export type FindPerson = (text: string, place: Place) => Result<string, PersonFailure>

/** Finds people by login, else by full name where only one of those who still work here has it. */
export function personFinder(people: readonly User[]): FindPerson {
  const byLogin = new Map<string, User>()
  const byName = new Map<string, User[]>()
  for (const user of people.filter(({ integration }) => integration !== true)) {
    byLogin.set(fold(user.login), user)
    byName.set(fold(user.name), [...(byName.get(fold(user.name)) ?? []), user])
  }
  return (text, place) => {
    const login = byLogin.get(fold(text))
    if (login) return admit(login, place)
    const named = byName.get(fold(text)) ?? []
    const active = named.filter((user) => user.active)
    if (active.length > 1) return fail({ kind: 'ambiguous', logins: active.map((user) => user.login) })
    const user = active[0] ?? named[0]
    return user ? admit(user, place) : fail({ kind: 'nobody' })
  }
}

function admit({ id, active, kind }: User, place: Place): Result<string, PersonFailure> {
  if (!active) return fail({ kind: 'switched-off' })
  if (place === 'assigneeId' && kind !== 'employee') return fail({ kind: 'not-employee' })
  if (place === 'customerId' && kind !== 'customer') return fail({ kind: 'not-customer' })
  return succeed(id)
}
