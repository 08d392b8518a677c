import { describe, expect, it } from 'vitest'
import type { Clock } from '#common/domain/clock.ts'
import { LoginLimit } from '#server/auth/login-limit.ts'
import { createPasswordHasher, productionCost, TooManyHashes } from '#server/auth/passwords.ts'

/** A thousandth of the real cost: the tests are about the rules around it. */
const cheap = { cost: 128, blockSize: 8, parallelism: 1 }

describe('passwords', () => {
  it('are hashed with what OWASP asks of scrypt, each with its own salt', async () => {
    expect(productionCost).toEqual({ cost: 131_072, blockSize: 8, parallelism: 1 })
    const hasher = createPasswordHasher()
    const stored = await hasher.hash('Пароль-1')
    expect(stored).toMatchObject({ algorithm: 'scrypt', ...productionCost })
    expect(await hasher.verify('Пароль-1', stored)).toBe(true)
    expect(await hasher.verify('Пароль-2', stored)).toBe(false)
    const cheapHasher = createPasswordHasher(cheap)
    expect((await cheapHasher.hash('x')).hash).not.toBe((await cheapHasher.hash('x')).hash)
  })

  it('are checked by the parameters they were hashed with', async () => {
    const stored = await createPasswordHasher(cheap).hash('x')
    expect(await createPasswordHasher({ ...cheap, cost: 256 }).verify('x', stored)).toBe(true)
  })

  it('match however the keyboard composed them', async () => {
    const hasher = createPasswordHasher(cheap)
    const stored = await hasher.hash('йод'.normalize('NFC'))
    expect(await hasher.verify('йод'.normalize('NFD'), stored)).toBe(true)
  })

  it('of an unknown user are hashed all the same, and never match', async () => {
    const hasher = createPasswordHasher()
    const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
      const startedAt = process.cpuUsage()
      await work()
      const { user, system } = process.cpuUsage(startedAt)
      return user + system
    }
    const stored = await hasher.hash('right')
    const wrong = await timeOf(() => hasher.verify('wrong', stored))
    const unknown = await timeOf(async () => expect(await hasher.verify('wrong', undefined)).toBe(false))
    expect(unknown).toBeGreaterThan(wrong / 3)
  })

  it('wait for their turn, and are turned away when too many wait', async () => {
    const hasher = createPasswordHasher(cheap)
    const answers = await Promise.allSettled(Array.from({ length: 120 }, () => hasher.verify('x', undefined)))
    const refused = answers.filter((answer) => answer.status === 'rejected')
    expect(refused).toHaveLength(120 - 102)
    expect(refused.every(({ reason }) => reason instanceof TooManyHashes)).toBe(true)
    expect(await hasher.verify('x', undefined)).toBe(false)
  })
})

describe('the limit of failed sign-ins', () => {
  let now = 0
  const clock: Clock = { nowMs: () => now, after: () => () => {} }
  const limitOf = () => new LoginLimit({ clock, failures: 5, windowMs: 900_000 })

  it('refuses the sixth attempt of an account from an address until the window is over', () => {
    const limit = limitOf()
    for (let attempt = 0; attempt < 5; attempt++) expect(limit.begin('anna', '10.0.0.1').ok).toBe(true)
    now += 100_000
    expect(limit.begin('anna', '10.0.0.1')).toEqual({ ok: false, retryAfterMs: 800_000 })
    expect(limit.begin('ANNA', '10.0.0.1').ok).toBe(false)
    expect(limit.begin('boris', '10.0.0.1').ok).toBe(true)
    expect(limit.begin('anna', '10.0.0.2').ok).toBe(true)
    now += 800_000
    expect(limit.begin('anna', '10.0.0.1').ok).toBe(true)
  })

  it('forgets the failures of who signs in', () => {
    const limit = limitOf()
    for (let round = 0; round < 20; round++)
      for (let attempt = 0; attempt < 4; attempt++) {
        const begun = limit.begin('anna', '10.0.0.1')
        expect(begun.ok).toBe(true)
        if (attempt === 3 && begun.ok) begun.succeeded()
        // Three failures a round stay with the address; its window has to pass now and then.
        if (attempt === 0) now += 450_000
      }
  })

  it('counts no attempt that was not made', () => {
    const limit = limitOf()
    for (let attempt = 0; attempt < 200; attempt++) {
      const begun = limit.begin('anna', '10.0.0.5')
      expect(begun.ok).toBe(true)
      if (begun.ok) begun.notMade()
    }
  })

  it('stops one address that tries many accounts, without remembering them all', () => {
    const limit = limitOf()
    const taken = Array.from({ length: 2_000 }, (_, index) => limit.begin(`user${index}`, '10.0.0.3').ok)
    expect(taken.filter(Boolean)).toHaveLength(50)
    expect(limit.begin('anna', '10.0.0.4').ok).toBe(true)
  })
})
