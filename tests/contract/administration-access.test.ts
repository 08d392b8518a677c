import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { sessionResponseSchema, userSessionsResponseSchema } from '#common/protocol/http-api.ts'
import { SyncListener } from '#tests/support/rights/sync-listener.ts'
import { Administration, firstPassword, redeemBody, refusalOf } from '#tests/support/server/administration.ts'
import { signInBody } from '#tests/support/server/api-client.ts'
import { startServer } from '#tests/support/server/start-server.ts'

/** How a person comes to an account, a password and a session, and how they lose it. A real process, from outside. */
let office: Administration

beforeAll(async () => {
  office = new Administration(await startServer({ seed: 'demo', limits: { loginFailures: 1_000 } }))
  await office.signIn('admin', 'dispatcher', 'customer')
}, 60_000)
afterAll(async () => {
  await office.server.stop()
})

const sessionsOf = async (userId: string) =>
  userSessionsResponseSchema.parse((await office.as('admin', 'GET', `/api/users/${userId}/sessions`)).body).sessions

const signIn = (login: string, password: string) => office.open('POST', '/api/session', signInBody(login, password))

async function connected(token: string): Promise<SyncListener> {
  const listener = await SyncListener.open(office.server.url, token, crypto.randomUUID())
  listener.send({ type: 'SINCE', cursor: null, scope: 'open' })
  await listener.until(() => listener.isCaughtUp)
  return listener
}

describe('user.create (R19)', () => {
  it('makes an account that can sign in once its invitation was redeemed, and not before', async () => {
    const userId = await office.makeUser('новый.инженер', 'engineer', { districts: ['Северный'] })
    expect(refusalOf(await signIn('новый.инженер', firstPassword))).toBe('401 E_CREDENTIALS')
    const token = await office.invite('admin', userId)
    const { status, body } = await office.redeem(token)
    expect(status).toBe(200)
    const session = sessionResponseSchema.parse(body)
    expect(session.user).toMatchObject({
      id: userId,
      login: 'новый.инженер',
      roleId: 'engineer',
      districts: ['Северный'],
    })
    expect((await signIn('Новый.Инженер', firstPassword)).status).toBe(200)
    const listener = await connected(session.accessToken)
    expect(listener.rooms).toContain('directory')
    listener.leave()
  })

  it('refuses a login that is taken, in capitals too, and a role that is not there', async () => {
    const user = { type: 'user.create', login: 'Dispatcher', name: 'Двойник', kind: 'employee', roleId: 'engineer' }
    expect(await office.refused('admin', user)).toBe('409 E_TAKEN login')
    expect(await office.refused('admin', { ...user, login: 'ничья', roleId: 'none' })).toBe('404 E_NOT_FOUND roleId')
    expect(await office.refused('dispatcher', { ...user, login: 'чужая' })).toBe('403 E_FORBIDDEN')
    expect(await office.refused('customer', { ...user, login: 'чужая' })).toBe('403 E_FORBIDDEN')
  })
})

describe('an invitation', () => {
  it('is made by who administers users, for whom they name, and lives 72 hours', async () => {
    const invite = (by: string, body: object) => office.as(by, 'POST', '/api/invitations', body)
    const { body } = await invite('admin', { userId: 'engineer2' })
    const { expiresAt } = body as { expiresAt: number }
    expect(Math.abs(expiresAt - Date.now() - 72 * 3_600_000)).toBeLessThan(60_000)
    for (const by of ['dispatcher', 'customer']) {
      expect(refusalOf(await invite(by, { userId: 'engineer2' }))).toBe('403 E_FORBIDDEN')
      // Nor do they learn who there is.
      expect(refusalOf(await invite(by, { userId: 'nobody' }))).toBe('403 E_FORBIDDEN')
    }
    expect(refusalOf(await invite('admin', { userId: 'nobody' }))).toBe('404 E_NOT_FOUND userId')
    expect(refusalOf(await office.open('POST', '/api/invitations', { userId: 'engineer2' }))).toBe('401 E_TOKEN')
    expect(refusalOf(await invite('admin', { userId: '../admin' }))).toBe('400 E_REQUEST userId')
  })

  it('works once, and of two who come at once for one', async () => {
    const token = await office.invite('admin', 'engineer3')
    const answers = await Promise.all([office.redeem(token), office.redeem(token), office.redeem(token)])
    expect(answers.map(refusalOf).sort()).toEqual(['200', '404 E_NOT_FOUND', '404 E_NOT_FOUND'])
    expect(refusalOf(await office.redeem(token))).toBe('404 E_NOT_FOUND')
  })

  it('is worth nothing once there is a newer one', async () => {
    const earlier = await office.invite('admin', 'engineer3')
    const later = await office.invite('admin', 'engineer3')
    expect(refusalOf(await office.redeem(earlier))).toBe('404 E_NOT_FOUND')
    expect((await office.redeem(later)).status).toBe(200)
  })

  it('is not used up by a link that is looked at, a short password or an unknown field', async () => {
    const token = await office.invite('admin', 'engineer3')
    for (const path of [
      '/api/invitations/redeem',
      `/api/invitations/redeem?token=${token}`,
      `/api/invitations/${token}`,
    ])
      expect([404, 405]).toContain((await office.open('GET', path)).status)
    expect(refusalOf(await office.redeem(token, 'короткий'.slice(0, 7)))).toBe('400 E_REQUEST password')
    const more = { ...redeemBody(token), roleId: 'admin' }
    expect(refusalOf(await office.open('POST', '/api/invitations/redeem', more))).toMatch(/^400 E_REQUEST/)
    expect(refusalOf(await office.redeem(`${token}x`))).toBe('404 E_NOT_FOUND')
    expect((await office.redeem(token)).status).toBe(200)
  })

  it('ends what was opened with the former password', async () => {
    await office.signIn('engineer4')
    const listener = await connected(office.token('engineer4'))
    const token = await office.invite('admin', 'engineer4')
    expect((await office.as('engineer4', 'GET', '/api/me')).status).toBe(200)
    expect((await office.redeem(token)).status).toBe(200)
    await expect.poll(() => listener.closedWith).toBe(closeCodes.forbidden)
    expect(refusalOf(await office.as('engineer4', 'GET', '/api/me'))).toBe('401 E_TOKEN')
    expect(refusalOf(await signIn('engineer4', 'demo'))).toBe('401 E_CREDENTIALS')
    expect(await sessionsOf('engineer4')).toMatchObject([{ deviceName: 'Новое устройство' }])
  })

  it('opens no account that is switched off, and none can be made for it', async () => {
    const userId = await office.makeUser('ушедший', 'engineer')
    const token = await office.invite('admin', userId)
    await office.run('admin', { type: 'user.update', userId, active: false })
    expect(refusalOf(await office.redeem(token))).toBe('404 E_NOT_FOUND')
    expect(refusalOf(await office.as('admin', 'POST', '/api/invitations', { userId }))).toBe('403 E_FORBIDDEN userId')
  })
})

describe('the sessions of a user', () => {
  it('are listed for an administrator, without anything that opens one', async () => {
    const answer = await office.as('admin', 'GET', '/api/users/dispatcher/sessions')
    const { sessions } = userSessionsResponseSchema.parse(answer.body)
    expect(sessions).toHaveLength(1)
    expect(Object.keys((answer.body as { sessions: object[] }).sessions[0] ?? {}).sort()).toEqual(['createdAt', 'deviceName', 'id', 'refreshedAt']) // prettier-ignore
    expect(sessions[0]).toMatchObject({ deviceName: 'Тест' })
    expect(refusalOf(await office.as('admin', 'GET', '/api/users/nobody/sessions'))).toBe('404 E_NOT_FOUND')
    for (const method of ['GET', 'DELETE'])
      for (const login of ['dispatcher', 'customer'])
        expect(refusalOf(await office.as(login, method, '/api/users/admin/sessions'))).toBe('403 E_FORBIDDEN')
  })

  it('end all at once: tokens and live sockets, with 4403', async () => {
    const userId = await office.employ('уволенный', 'engineer')
    const listeners = [await connected(office.token('уволенный')), await connected(office.token('уволенный'))]
    const refreshToken = sessionResponseSchema.parse((await signIn('уволенный', firstPassword)).body).refreshToken
    expect(await sessionsOf(userId)).toHaveLength(2)
    expect((await office.as('admin', 'DELETE', `/api/users/${userId}/sessions`)).status).toBe(204)
    for (const listener of listeners) await expect.poll(() => listener.closedWith).toBe(closeCodes.forbidden)
    expect(refusalOf(await office.as('уволенный', 'GET', '/api/me'))).toBe('401 E_TOKEN')
    expect(refusalOf(await office.open('POST', '/api/session/refresh', { refreshToken }))).toBe('401 E_TOKEN')
    expect(await sessionsOf(userId)).toEqual([])
    // The password is theirs as before: they may sign in again.
    expect((await signIn('уволенный', firstPassword)).status).toBe(200)
  })

  it('are of no use while the account is switched off, and none can be begun', async () => {
    const userId = await office.employ('отпуск', 'engineer')
    const listener = await connected(office.token('отпуск'))
    await office.run('admin', { type: 'user.update', userId, active: false })
    await expect.poll(() => listener.closedWith).toBe(closeCodes.forbidden)
    expect(refusalOf(await office.as('отпуск', 'GET', '/api/me'))).toBe('401 E_TOKEN')
    expect(refusalOf(await signIn('отпуск', firstPassword))).toBe('401 E_CREDENTIALS')
    await office.run('admin', { type: 'user.update', userId, active: true })
    expect((await office.as('отпуск', 'GET', '/api/me')).status).toBe(200)
  })
})

it('neither passwords nor invitations nor tokens are kept anywhere', async () => {
  const userId = await office.makeUser('тайный', 'engineer')
  const invitation = await office.invite('admin', userId)
  const { accessToken, refreshToken } = sessionResponseSchema.parse((await office.redeem(invitation)).body)
  const kept = await office.everythingKept()
  expect(kept.includes(userId)).toBe(true)
  for (const secret of [invitation, firstPassword, accessToken, refreshToken]) expect(kept.includes(secret)).toBe(false)
})
