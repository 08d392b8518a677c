import { expect, it } from 'vitest'
import { Invitations } from '#server/auth/invitations.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'

const lifetimeMs = 72 * 3_600_000
const person = { id: 'engineer', name: 'Пётр Инженеров' }
const by = { id: 'admin', name: 'Анна Главная' }

async function made() {
  const [clock, store] = [new ManualClock(), new MemoryLogStore()]
  const options = { clock, store, lifetimeMs }
  const invitations = await Invitations.open(options)
  return { clock, store, options, invitations, invitation: await invitations.make(person, by) }
}

it('an invitation is good until its 72 hours are over, also after a restart', async () => {
  const { clock, options, invitation } = await made()
  await clock.advance(lifetimeMs - 1)
  const afterRestart = await Invitations.open(options)
  const taken = afterRestart.take(invitation.token)
  expect(taken).toMatchObject({ userId: 'engineer', byId: 'admin' })
  taken?.putBack()
  await clock.advance(1)
  expect(afterRestart.take(invitation.token)).toBeUndefined()
})

it('an invitation that was taken is taken, until it is put back; a newer one is not pushed out by it', async () => {
  const { invitations, invitation } = await made()
  const taken = invitations.take(invitation.token)
  expect(invitations.take(invitation.token)).toBeUndefined()
  const newer = await invitations.make(person, by)
  taken?.putBack()
  expect(invitations.take(invitation.token)).toBeUndefined()
  expect(invitations.take(newer.token)?.userId).toBe('engineer')
})

it('the store has nothing of the token, and a line of the audit that says who invited whom', async () => {
  const { store, invitation } = await made()
  expect(JSON.stringify([...(await store.records('invitation'))])).not.toContain(invitation.token)
  const [line] = await store.readAudit({ limit: 10 })
  expect(line).toMatchObject({ action: 'invitation.create', byId: 'admin', subjectId: 'engineer' })
  expect(JSON.stringify(line)).not.toContain(invitation.token)
})
