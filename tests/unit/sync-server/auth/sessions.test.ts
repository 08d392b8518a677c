import { beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '#common/domain/clock.ts'
import { createAccessTokens } from '#server/auth/access-tokens.ts'
import { Sessions, type SessionTokens } from '#server/auth/sessions.ts'
import { StoreUnavailable } from '#server/storage/log-store.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const key = new Uint8Array(32).fill(7)
const device = { id: 'd1', name: 'Рабочее место' }

let now = 0
const clock: Clock = { nowMs: () => now, after: () => () => {} }
let store: MemoryLogStore
let sessions: Sessions
let ended: string[]

const openSessions = async (withKey = key): Promise<Sessions> => {
  const accessTokens = createAccessTokens(withKey, clock)
  const opened = await Sessions.open({
    store,
    clock,
    accessTokens,
    key: withKey,
    accessTokenMs: 10 * minuteMs,
    refreshTokenMs: 30 * dayMs,
    nameOf: (userId) => `Имя ${userId}`,
  })
  opened.onEnded((sessionId) => ended.push(sessionId))
  return opened
}

beforeEach(async () => {
  now = 1_000_000_000
  store = new MemoryLogStore()
  ended = []
  sessions = await openSessions()
})

const refreshed = async ({ refreshToken }: SessionTokens): Promise<SessionTokens> => {
  const result = await sessions.refresh(refreshToken)
  if (!result.ok) throw new Error(result.reason)
  return result.value
}

describe('access tokens', () => {
  it('are good for ten minutes', async () => {
    const { accessToken } = await sessions.start('anna', device)
    expect(sessions.verify(accessToken)).toMatchObject({ userId: 'anna', expiresAt: now + 10 * minuteMs })
    now += 10 * minuteMs - 1_000
    expect(sessions.verify(accessToken)).toBeDefined()
    now += 1_000
    expect(sessions.verify(accessToken)).toBeUndefined()
  })

  it('of another key, another audience or with anything changed are of no use', async () => {
    const { accessToken } = await sessions.start('anna', device)
    const [header = '', payload = '', signature = ''] = accessToken.split('.')
    const otherKey = await openSessions(new Uint8Array(32).fill(8))
    expect(otherKey.verify(accessToken)).toBeUndefined()
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const raw = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    const changed = Buffer.from(JSON.stringify({ ...raw, sub: 'admin' })).toString('base64url')
    const forgeries = [
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${changed}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${accessToken}.x`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      '',
      '..',
      'x'.repeat(1_000_000),
    ]
    for (const forged of forgeries) expect(sessions.verify(forged)).toBeUndefined()
  })

  it('end with their session, at once and after a restart', async () => {
    const { accessToken } = await sessions.start('anna', device)
    const { sessionId = '' } = sessions.verify(accessToken) ?? {}
    await sessions.end(sessionId)
    expect(ended).toEqual([sessionId])
    expect(sessions.verify(accessToken)).toBeUndefined()
    sessions = await openSessions()
    expect(sessions.verify(accessToken)).toBeUndefined()
  })

  it('end at once even when the end can not be stored', async () => {
    const { accessToken } = await sessions.start('anna', device)
    const { sessionId = '' } = sessions.verify(accessToken) ?? {}
    store.failNextCommit()
    await expect(sessions.end(sessionId)).rejects.toBeInstanceOf(StoreUnavailable)
    expect(sessions.verify(accessToken)).toBeUndefined()
  })
})

describe('refresh tokens', () => {
  it('are rotated, survive a restart and expire when they are not used', async () => {
    const first = await sessions.start('anna', device)
    const second = await refreshed(first)
    expect(second.refreshToken).not.toBe(first.refreshToken)
    sessions = await openSessions()
    now += 29 * dayMs
    const third = await refreshed(second)
    now += 30 * dayMs
    expect(await sessions.refresh(third.refreshToken)).toEqual({ ok: false, reason: 'unknown' })
    sessions = await openSessions()
    expect(await store.records('session')).toEqual(new Map())
  })

  it('hold nothing that could be read from the store', async () => {
    const { refreshToken } = await sessions.start('anna', device)
    const secret = refreshToken.split('.').at(-1) ?? ''
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    expect(JSON.stringify([...(await store.records('session'))])).not.toContain(secret)
  })

  it('answer a repeated refresh alike while the answer may have been lost, however late it comes', async () => {
    const first = await sessions.start('anna', device)
    const second = await refreshed(first)
    now += dayMs
    expect((await refreshed(first)).refreshToken).toBe(second.refreshToken)
    const both = await Promise.all([refreshed(second), refreshed(second)])
    expect(both[0].refreshToken).toBe(both[1].refreshToken)
  })

  it('answer a second window of the device for ten seconds after the new token was used', async () => {
    const first = await sessions.start('anna', device)
    const second = await refreshed(first)
    expect(sessions.verify(second.accessToken)).toBeDefined()
    now += 10_000
    expect((await refreshed(first)).refreshToken).toBe(second.refreshToken)
    expect(ended).toEqual([])
  })

  it('end the session when one comes again after that: somebody has a copy', async () => {
    const first = await sessions.start('anna', device)
    const second = await refreshed(first)
    const { sessionId } = sessions.verify(second.accessToken) ?? {}
    now += 10_001
    expect(await sessions.refresh(first.refreshToken)).toEqual({ ok: false, reason: 'reused' })
    expect(ended).toEqual([sessionId])
    expect(sessions.verify(second.accessToken)).toBeUndefined()
    expect(await sessions.refresh(second.refreshToken)).toEqual({ ok: false, reason: 'unknown' })
  })

  it('two generations old end the session, used or not', async () => {
    const first = await sessions.start('anna', device)
    await refreshed(await refreshed(first))
    expect(await sessions.refresh(first.refreshToken)).toEqual({ ok: false, reason: 'reused' })
  })

  it('that were invented end nothing', async () => {
    const { refreshToken, accessToken } = await sessions.start('anna', device)
    const [sessionId, generation, mac = ''] = refreshToken.split('.')
    const invented = [
      `${sessionId}.0.${mac}`,
      `${sessionId}.${generation}.${'A'.repeat(43)}`,
      `${sessionId}.2.${mac}`,
      `${sessionId}.${generation}`,
      '..',
      '',
    ]
    for (const token of invented) expect(await sessions.refresh(token)).toEqual({ ok: false, reason: 'unknown' })
    expect(sessions.verify(accessToken)).toBeDefined()
  })

  it('stay good when the rotation can not be stored', async () => {
    const first = await sessions.start('anna', device)
    store.failNextCommit()
    await expect(sessions.refresh(first.refreshToken)).rejects.toBeInstanceOf(StoreUnavailable)
    expect((await refreshed(first)).refreshToken).not.toBe(first.refreshToken)
  })

  it('newer than a restored backup are taken', async () => {
    const first = await sessions.start('anna', device)
    const [live, backup] = [store.crash(), store.crash()]
    store = live
    sessions = await openSessions()
    const second = await refreshed(await refreshed(first))
    store = backup
    sessions = await openSessions()
    const third = await refreshed(second)
    expect(sessions.verify(third.accessToken)).toBeDefined()
    expect(await sessions.refresh(first.refreshToken)).toEqual({ ok: false, reason: 'reused' })
  })
})

it('a user has at most a hundred sessions; the one that was not refreshed for longest goes', async () => {
  const all: SessionTokens[] = []
  for (let index = 0; index < 100; index++) {
    now += 1
    all.push(await sessions.start('anna', device))
  }
  const [first] = all
  if (first) await refreshed(first)
  now += 1
  all.push(await sessions.start('anna', device))
  const gone = all.filter(({ accessToken }) => sessions.verify(accessToken) === undefined)
  expect(gone).toEqual([all[1]])
  const boris = await sessions.start('boris', device)
  expect(sessions.verify(boris.accessToken)).toBeDefined()
})
