import { describe, expect, test } from 'vitest'
import { baseRoles, type Role } from '#common/domain/role.ts'
import type { User } from '#common/domain/user.ts'
import { createTranslator } from '#renderer/i18n/translator.ts'
import { auditArguments, noAuditFilter } from '#renderer/ui/admin/audit-filter.ts'
import { actionText, auditLines, differingDeviceTime } from '#renderer/ui/admin/audit-words.ts'
import { countChanges, differences, isGiven, permissionsAfter, withBox } from '#renderer/ui/admin/role-draft.ts'
import { changedUser, newUser, userValues } from '#renderer/ui/admin/user-form-values.ts'
import { isLastAdministrator, mayManage } from '#renderer/ui/admin/user-rules.ts'
import { invitationErrors } from '#renderer/ui/shell/invitation-errors.ts'

const t = createTranslator('ru')
const roles = baseRoles.map((role) => ({ ...role, permissions: [...role.permissions], members: 1, pending: [] }))
const roleOf = (id: string) => {
  const found = roles.find((role) => role.id === id)
  if (!found) throw new Error(`no role ${id}`)
  return found
}
const user = (changes: Partial<User>): User => ({
  id: 'u-1',
  login: 'ivan',
  name: 'Иван',
  kind: 'employee',
  roleId: 'admin',
  active: true,
  ...changes,
})

describe('a draft of the roles', () => {
  const engineer = roleOf('engineer')

  test('a box set back is no change', () => {
    const once = withBox({}, engineer, 'tickets.assign', true)
    expect(isGiven(once, engineer, 'tickets.assign')).toBe(true)
    expect(countChanges(differences(once, roles))).toBe(1)
    expect(differences(withBox(once, engineer, 'tickets.assign', false), roles)).toEqual([])
  })

  test('what somebody else has set meanwhile is no difference any more, and nothing of theirs is lost', () => {
    const draft = withBox({}, engineer, 'tickets.assign', true)
    const others: Role = { ...engineer, permissions: [...engineer.permissions, 'tickets.assign', 'tickets.edit'] }
    expect(differences(draft, [{ ...engineer, ...others }])).toEqual([])
    expect(permissionsAfter(draft, others)).toContain('tickets.edit')
  })
})

describe('users', () => {
  test('the last active administrator is known, and nobody manages who may do more', () => {
    const people = {
      users: [user({}), user({ id: 'u-2', active: false }), user({ id: 'u-3', roleId: 'engineer' })],
      roles,
    }
    expect(isLastAdministrator('u-1', people)).toBe(true)
    expect(isLastAdministrator('u-3', people)).toBe(false)
    const viewer = {
      id: 'u-3',
      kind: 'employee' as const,
      permissions: new Set(['admin.users'] as const),
      districts: new Set<string>(),
    }
    expect(mayManage(viewer, user({}), roles)).toBe(false)
  })

  test('a login is compared without regard to case, and only what differs is sent', () => {
    const values = { ...userValues(user({})), login: 'IVAN', districts: ' Север ,, Юг, Север' }
    expect(newUser(values, ['ivan'])).toEqual({ ok: false, reason: [{ field: 'login', kind: 'taken' }] })
    expect(changedUser(user({}), { ...values, login: ' ivan ' }, [])).toEqual({
      ok: true,
      value: { userId: 'u-1', districts: ['Север', 'Юг'] },
    })
    expect(changedUser(user({}), userValues(user({})), [])).toEqual({ ok: true, value: null })
  })
})

describe('the audit', () => {
  test('days are whole local days, the last one included; nothing is asked for that was not chosen', () => {
    expect(auditArguments(noAuditFilter)).toEqual({})
    const { from = 0, to = 0 } = auditArguments({ ...noAuditFilter, from: '2026-11-22', to: '2026-11-22' })
    expect(new Date(from).getHours()).toBe(0)
    expect(new Date(to).getDate()).toBe(23)
    expect(auditArguments({ ...noAuditFilter, from: 'yesterday', subject: 'weather' })).toEqual({})
  })

  test('changes are told with names; what a newer server does keeps its own name', () => {
    const words = { t, language: 'ru' as const, nameOf: () => 'Павел Дорохов', roles }
    const lines = auditLines(words, {
      changes: [
        { field: 'participants.team', from: null, to: 'u-pavel' },
        { field: 'messages.participants.add', from: false, to: true },
        { field: 'roleId', from: 'engineer', to: 'dispatcher' },
      ],
    })
    expect(lines.map(({ field, to }) => `${field}: ${to}`)).toEqual([
      'Теперь в чате с командой: Павел Дорохов',
      'Добавлять участников: да',
      'Роль: Диспетчер',
    ])
    expect(actionText(t, 'weather.change')).toBe('weather.change')
  })

  test('the time of a device is told only where it differs', () => {
    const at = Date.parse('2026-11-22T10:00:00Z')
    expect(differingDeviceTime({ at, writtenAt: '2026-11-22T09:59:30Z' })).toBeNull()
    expect(differingDeviceTime({ at, writtenAt: '2026-11-22T09:17:00Z' })).toBe(Date.parse('2026-11-22T09:17:00Z'))
    expect(differingDeviceTime({ at, writtenAt: null })).toBeNull()
  })
})

test('an invitation says what is wrong field by field', () => {
  expect(invitationErrors({ link: '', password: 'short', repeated: 'other' })).toEqual({
    link: 'link',
    password: 'short',
    repeated: 'different',
  })
  expect(invitationErrors({ link: 'https://a.example', password: 'long enough', repeated: 'long enough' })).toEqual({
    link: 'bad-link',
  })
})
