import type { User } from '#common/domain/user.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { Actions } from '../../data/api.ts'

export type UserValues = {
  login: string
  name: string
  kind: User['kind']
  roleId: string
  company: string
  position: string
  /** Names parted by commas. */
  districts: string
}
export type UserError = { field: 'login' | 'name'; kind: 'required' | 'login-form' | 'taken' | 'too-long' }

type Creation = Parameters<Actions['createUser']>[0]
type Change = Parameters<Actions['updateUser']>[0]

const lineMax = 200
const loginMax = 100

export function userValues(user: User | undefined): UserValues {
  return {
    login: user?.login ?? '',
    name: user?.name ?? '',
    kind: user?.kind ?? 'employee',
    roleId: user?.roleId ?? 'dispatcher',
    company: user?.company ?? '',
    position: user?.position ?? '',
    districts: (user?.districts ?? []).join(', '),
  }
}

/** What a new user is made of. `others`: logins that are in use. */
export function newUser(values: UserValues, others: readonly string[]): Result<Creation, UserError[]> {
  const errors = errorsOf(values, others)
  if (errors.length > 0) return fail(errors)
  const { login, name, kind, roleId } = values
  return succeed({ login: login.trim(), name: name.trim(), kind, roleId, ...belonging(values) })
}

/** What differs from the user as they are; null when nothing does. */
export function changedUser(
  user: User,
  values: UserValues,
  others: readonly string[],
): Result<Change | null, UserError[]> {
  const errors = errorsOf(values, others)
  if (errors.length > 0) return fail(errors)
  const before = userValues(user)
  const given = { login: values.login.trim(), name: values.name.trim(), roleId: values.roleId }
  const was = { ...before, ...belonging(before) }
  const changed = Object.entries({ ...given, ...belonging(values) }).filter(
    ([name, value]) => JSON.stringify(was[name as keyof typeof was]) !== JSON.stringify(value),
  )
  return succeed(changed.length === 0 ? null : { userId: user.id, ...Object.fromEntries(changed) })
}

/** A customer has a company, an employee a post and districts. */
function belonging({
  kind,
  company,
  position,
  districts,
}: UserValues): Pick<Creation, 'company' | 'position' | 'districts'> {
  if (kind === 'customer') return { company: company.trim() }
  const names = districts.split(',').map((name) => name.trim())
  return { position: position.trim(), districts: [...new Set(names.filter((name) => name !== ''))] }
}

function errorsOf({ login, name }: UserValues, others: readonly string[]): UserError[] {
  const errors: UserError[] = []
  const add = (field: UserError['field'], kind: UserError['kind']) => errors.push({ field, kind })
  if (name.trim() === '') add('name', 'required')
  else if (name.trim().length > lineMax) add('name', 'too-long')
  const given = login.trim()
  if (given === '') add('login', 'required')
  else if (given.length > loginMax) add('login', 'too-long')
  else if (!/^[\p{L}\p{N}][\p{L}\p{N}._@-]*$/u.test(given)) add('login', 'login-form')
  else if (others.some((other) => other.toLocaleLowerCase('ru') === given.toLocaleLowerCase('ru')))
    add('login', 'taken')
  return errors
}
