import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissions, type Permission } from '#common/domain/role.ts'
import type { UserId } from '#common/domain/ids.ts'
import { Administration, refusalOf } from '#tests/support/server/administration.ts'
import { startServer } from '#tests/support/server/start-server.ts'

/** Those who administer users try to rise (R23), and an organisation is to be left without an administrator (R24). */
let office: Administration
const start = async (): Promise<void> => {
  office = new Administration(await startServer({ seed: 'demo', limits: { loginFailures: 1_000 } }))
  await office.signIn('admin', 'dispatcher', 'engineer', 'customer')
}
const stop = async (): Promise<void> => {
  await office.server.stop()
}

const user = { type: 'user.create', name: 'Кто-то', kind: 'employee' }
const permissionsOf = async (login: string): Promise<string[]> =>
  ((await office.as(login, 'GET', '/api/me')).body as { permissions: string[] }).permissions

describe('who administers users and not roles (R23)', () => {
  let managerId: UserId
  let managerRole: string
  let equalRole: string
  const own: Permission[] = ['admin.users', 'tickets.view.all', 'messages.customer.read']

  beforeAll(async () => {
    await start()
    managerRole = await office.makeRole('Кадры', own)
    equalRole = await office.makeRole('Не больше', ['tickets.view.all', 'messages.customer.read'])
    managerId = await office.employ('кадры', managerRole)
  }, 60_000)
  afterAll(stop)

  it('manages those who may do no more, and gives such roles', async () => {
    const userId = await office.run('кадры', { ...user, login: 'равный', roleId: equalRole })
    await office.run('кадры', { type: 'user.update', userId, name: 'Другое имя' })
    await office.run('кадры', { type: 'user.update', userId, roleId: managerRole })
    expect((await office.as('кадры', 'POST', '/api/invitations', { userId })).status).toBe(200)
    expect((await office.as('кадры', 'DELETE', `/api/users/${userId}/sessions`)).status).toBe(204)
    expect((await office.as('кадры', 'POST', '/api/keys', { name: 'Ключ', roleId: equalRole })).status).toBe(200)
  })

  it.each(['admin', 'dispatcher', 'engineer'])(
    'gives nobody the role «%s», neither to a person nor to a key',
    async (roleId) => {
      const userId = await office.makeUser(`для-${roleId}`, equalRole)
      const give = [
        await office.refused('кадры', { type: 'user.update', userId: managerId, roleId }),
        await office.refused('кадры', { type: 'user.update', userId, roleId }),
        await office.refused('кадры', { ...user, login: `новый-${roleId}`, roleId }),
        refusalOf(await office.as('кадры', 'POST', '/api/keys', { name: 'Ключ', roleId })),
      ]
      expect(give).toEqual(give.map(() => '403 E_FORBIDDEN roleId'))
      expect([...(await permissionsOf('кадры'))].sort()).toEqual([...own].sort())
    },
  )

  it('does nothing to an account that may do more', async () => {
    const { id: keyId, userId: keyUserId } = await office.makeKey('Могучий', 'admin')
    for (const userId of ['admin', 'dispatcher', keyUserId]) {
      for (const change of [
        { active: false },
        { login: 'мой' },
        { name: 'Мой' },
        { roleId: equalRole },
        { districts: [] },
      ])
        expect(await office.refused('кадры', { type: 'user.update', userId, ...change })).toBe('403 E_FORBIDDEN userId')
      const invited = await office.as('кадры', 'POST', '/api/invitations', { userId })
      expect(refusalOf(invited)).toBe('403 E_FORBIDDEN userId')
      const ended = await office.as('кадры', 'DELETE', `/api/users/${userId}/sessions`)
      expect(refusalOf(ended)).toBe('403 E_FORBIDDEN userId')
    }
    expect(refusalOf(await office.as('кадры', 'DELETE', `/api/keys/${keyId}`))).toBe('403 E_FORBIDDEN')
    expect((await office.as('admin', 'GET', '/api/me')).status).toBe(200)
  })

  it('changes no role', async () => {
    for (const body of [
      { type: 'role.update', roleId: managerRole, permissions: [...permissions] },
      { type: 'role.create', name: 'Новая', permissions: [] },
      { type: 'role.delete', roleId: equalRole },
      { type: 'organisation.update', splitChats: true },
    ])
      expect(await office.refused('кадры', body)).toBe('403 E_FORBIDDEN')
  })

  it('can not take over by an earlier invitation who became mightier since', async () => {
    const userId = await office.makeUser('растущий', equalRole)
    const token = await office.invite('кадры', userId)
    await office.run('admin', { type: 'user.update', userId, roleId: 'admin' })
    expect(refusalOf(await office.redeem(token))).toBe('404 E_NOT_FOUND')
    const ofAdmin = await office.invite('admin', userId)
    expect((await office.redeem(ofAdmin)).status).toBe(200)
  })

  it('can not use an invitation any more that they made before they lost the right to', async () => {
    const roleId = await office.makeRole('Кадры на время', own)
    const temporaryId = await office.employ('временный', roleId)
    const token = await office.invite('временный', await office.makeUser('приглашённый', equalRole))
    await office.run('admin', { type: 'user.update', userId: temporaryId, active: false })
    expect(refusalOf(await office.redeem(token))).toBe('404 E_NOT_FOUND')
  })

  it('with a key is bound as a person is', async () => {
    office.know('ключ', (await office.makeKey('Кадровая система', managerRole)).key)
    expect(await office.refused('ключ', { ...user, login: 'чужой', roleId: 'admin' })).toBe('403 E_FORBIDDEN roleId')
    const made = await office.as('ключ', 'POST', '/api/keys', { name: 'Ещё', roleId: 'admin' })
    expect(refusalOf(made)).toBe('403 E_FORBIDDEN roleId')
    await office.run('ключ', { ...user, login: 'свой', roleId: equalRole })
  })

  it('gives a customer nothing by an administrator’s role', async () => {
    await office.employ('хитрый', 'admin', { kind: 'customer', company: 'ООО «Ромашка»' })
    expect(await office.refused('хитрый', { ...user, login: 'x', roleId: 'engineer' })).toBe('403 E_FORBIDDEN')
    for (const [type, body] of Object.entries({
      'user.update': { userId: 'engineer', active: false },
      'role.update': { roleId: 'customer', permissions: [...permissions] },
      'role.create': { name: 'Моя', permissions: [] },
      'role.delete': { roleId: equalRole },
      'organisation.update': { splitChats: true },
    }))
      expect([type, await office.refused('хитрый', { type, ...body })]).toEqual([type, '403 E_FORBIDDEN'])
    for (const path of ['/api/audit', '/api/audit.csv', '/api/keys', '/api/users/admin/sessions', '/api/people'])
      expect([path, refusalOf(await office.as('хитрый', 'GET', path))]).toEqual([path, '403 E_FORBIDDEN'])
    expect(refusalOf(await office.as('хитрый', 'POST', '/api/invitations', { userId: 'admin' }))).toBe(
      '403 E_FORBIDDEN',
    )
    expect(refusalOf(await office.as('хитрый', 'POST', '/api/keys', { name: 'x', roleId: 'admin' }))).toBe('403 E_FORBIDDEN') // prettier-ignore
  })
})

describe('the last administrator (R24)', () => {
  beforeAll(start, 60_000)
  afterAll(stop)

  const withoutUsers = permissions.filter((permission) => permission !== 'admin.users')
  const lockOuts = (): [string, object][] => [
    ['403 E_FORBIDDEN active', { type: 'user.update', userId: 'admin', active: false }],
    ['403 E_FORBIDDEN roleId', { type: 'user.update', userId: 'admin', roleId: 'engineer' }],
    ['403 E_FORBIDDEN permissions', { type: 'role.update', roleId: 'admin', permissions: withoutUsers }],
    ['403 E_FORBIDDEN permissions', { type: 'role.update', roleId: 'admin', permissions: [] }],
    ['403 E_FORBIDDEN roleId', { type: 'role.delete', roleId: 'admin' }],
    ['422 E_COMMAND_INVALID kind', { type: 'user.update', userId: 'admin', kind: 'customer' }],
    ['422 E_COMMAND_INVALID integration', { type: 'user.update', userId: 'admin', integration: true }],
  ]
  const staysWhole = async (): Promise<void> => {
    for (const [refusal, body] of lockOuts()) expect(await office.refused('admin', body)).toBe(refusal)
    expect((await permissionsOf('admin')).length).toBe(permissions.length)
  }

  it('can be locked out by none of the ways there are: not by themselves', staysWhole)

  it('nor when the only others are a key, a customer, one who is switched off and one who never had a password', async () => {
    await office.makeKey('Ключ', 'admin')
    await office.makeUser('заказчик', 'admin', { kind: 'customer' })
    const userId = await office.employ('выключен', 'admin')
    await office.run('admin', { type: 'user.update', userId, active: false })
    await office.makeUser('без.пароля', 'admin')
    await staysWhole()
  })

  it('nor by one who may change roles only, nor by a key', async () => {
    const roleId = await office.makeRole('Роли', ['admin.roles'])
    await office.employ('роли', roleId)
    const update = { type: 'role.update', roleId: 'admin', permissions: [] }
    expect(await office.refused('роли', update)).toBe('403 E_FORBIDDEN permissions')
    office.know('ключ', (await office.makeKey('Ключ', 'admin')).key)
    for (const body of [update, { type: 'user.update', userId: 'admin', active: false }])
      expect(await office.refused('ключ', body)).toMatch(/^403 E_FORBIDDEN (permissions|active)$/)
  })

  it('nor by two who switch each other off at the same time: one of them stays, and goes once another one can sign in', async () => {
    const logins = ['admin', 'второй']
    const ids = ['admin', await office.employ('второй', 'admin')]
    const switchOff = (by: number) =>
      office.command(logins[by] ?? '', { type: 'user.update', userId: ids[1 - by], active: false })
    const answers = await Promise.all([switchOff(0), switchOff(1)])
    // The slower one is refused, or switched off before they were even heard.
    expect(answers.map(({ status }) => status).join(' ')).toMatch(/^(200 40[13]|40[13] 200)$/)
    const alive = await Promise.all(
      logins.map(async (login) => (await office.as(login, 'GET', '/api/me')).status === 200),
    )
    expect(alive.filter((is) => is)).toHaveLength(1)

    const left = alive.indexOf(true)
    const leave = { type: 'user.update', userId: ids[left], active: false }
    const survivor = logins[left] ?? ''
    const heirId = await office.run(survivor, { ...user, login: 'преемник', roleId: 'admin' })
    expect(await office.refused(survivor, leave)).toBe('403 E_FORBIDDEN active')
    expect((await office.redeem(await office.invite(survivor, heirId))).status).toBe(200)
    await office.run(survivor, leave)
    expect(refusalOf(await office.as(survivor, 'GET', '/api/me'))).toBe('401 E_TOKEN')
  })
})
