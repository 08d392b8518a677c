import { describe, expect, it } from 'vitest'
import { readEntries, readParticipants, readReceipts } from '#common/documents/chat-document.ts'
import { readMarkOf } from '#common/documents/personal-document.ts'
import type { Entry } from '#common/domain/message.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'

async function chat(world: CoreWorld, ticketId: string, kind = 'customer') {
  const { document } = world.room('admin', `chat.${ticketId}.${kind}`)
  await settled()
  return document
}
const entries = async (world: CoreWorld, ticketId: string, kind = 'customer'): Promise<Entry[]> =>
  readEntries(await chat(world, ticketId, kind))

const post = (ticketId: string, more: object = {}) => ({
  type: 'message.post',
  ticketId,
  to: ['customer'],
  text: 'привет',
  attachments: [],
  ...more,
})

describe('message.post', () => {
  it('is numbered and signed by the server whatever the device claims (C3)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const id = await world.post('dispatcher', ticketId, 'один')
    expect(await entries(world, ticketId)).toEqual([
      {
        seq: 1,
        at: world.clock.nowMs(),
        id,
        type: 'message',
        authorId: 'dispatcher',
        writtenAt: new Date(world.clock.nowMs()).toISOString(),
        text: 'один',
      },
    ])
    for (const claim of [{ authorId: 'admin' }, { seq: 7 }, { at: 1 }])
      expect(await world.refused('dispatcher', post(ticketId, claim))).toMatch(/^E_COMMAND_INVALID/)
  })

  it('makes a reader of all chats take part with the first message, silently', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.post('dispatcher2', ticketId, 'я тоже тут')
    const participant = readParticipants(await chat(world, ticketId)).get('dispatcher2')
    expect(participant).toEqual({
      name: 'Олег Дежурный',
      kind: 'employee',
      addedBy: 'dispatcher2',
      addedAt: world.clock.nowMs(),
    })
    expect((await entries(world, ticketId)).map((entry) => entry.type)).toEqual(['message'])
  })

  it('goes to both chats or to none', async () => {
    const world = await CoreWorld.start({ splitChats: true })
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    const id = await world.run('dispatcher', post(ticketId, { to: ['team', 'customer'] }))
    const [team, customer] = [await entries(world, ticketId, 'team'), await entries(world, ticketId)]
    expect(team).toMatchObject([{ id, crossPost: { id, with: `chat.${ticketId}.customer` } }])
    expect(customer).toMatchObject([{ id, crossPost: { id, with: `chat.${ticketId}.team` } }])
    expect(await world.refused('customer', post(ticketId, { to: ['customer', 'team'] }))).toBe('E_FORBIDDEN to')
    expect(await entries(world, ticketId)).toHaveLength(1)
    const unsplit = await CoreWorld.start()
    const other = await unsplit.createTicket()
    expect(await unsplit.refused('dispatcher', post(other, { to: ['customer', 'team'] }))).toBe('E_FEATURE_OFF to')
    expect(await entries(unsplit, other)).toEqual([])
  })

  it('puts people into a team chat that began after the ticket', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.assign(ticketId, 'engineer')
    await world.core.writeDirectory({ organisation: { name: 'Сервис', splitChats: true } })
    await world.run('dispatcher2', post(ticketId, { to: ['team'] }))
    expect([...readParticipants(await chat(world, ticketId, 'team')).keys()].sort()).toEqual([
      'dispatcher',
      'dispatcher2',
      'engineer',
    ])
  })

  it('stops when the world moved on, but not at own messages in between (C9)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.post('dispatcher', ticketId, 'один')
    const expects = { chatSeq: 1, stage: 'new', assigneeId: null }
    await world.run('dispatcher', post(ticketId, { expects }))
    await world.run('dispatcher', post(ticketId, { expects }))
    await world.post('customer', ticketId, 'ответ')
    expect(await world.refused('dispatcher', post(ticketId, { expects }))).toBe('E_STALE expects.chatSeq')
    await world.assign(ticketId, 'engineer')
    expect(await world.refused('dispatcher', post(ticketId, { expects: { stage: 'new' } }))).toBe(
      'E_STALE expects.stage',
    )
  })

  it('checks replies, mentions, attachments and the stage', async () => {
    const world = await CoreWorld.start({ splitChats: true })
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.post('dispatcher', ticketId, 'один')
    await world.run('dispatcher', post(ticketId, { replyTo: 1, mentions: ['customer', 'dispatcher2'] }))
    expect((await entries(world, ticketId))[1]).toMatchObject({ replyTo: 1, mentions: ['customer', 'dispatcher2'] })
    expect(await world.refused('dispatcher', post(ticketId, { replyTo: 9 }))).toBe('E_NOT_FOUND replyTo')
    expect(await world.refused('dispatcher', post(ticketId, { mentions: ['engineer'] }))).toBe('E_NOT_FOUND mentions')
    await world.run('dispatcher', post(ticketId, { to: ['team', 'customer'], mentions: ['customer', 'dispatcher2'] }))
    expect((await entries(world, ticketId, 'team')).at(-1)).toMatchObject({ mentions: ['dispatcher2'] })
    const photo = { sha256: 'a'.repeat(64), name: 'фото.jpg', mime: 'image/jpeg', size: 10 }
    expect(await world.refused('dispatcher', post(ticketId, { attachments: [photo] }))).toBe(
      'E_MEDIA_MISSING attachments',
    )
    await world.run('dispatcher', { type: 'ticket.stage', ticketId, stage: 'closed' })
    expect(await world.refused('dispatcher', post(ticketId))).toBe('E_FORBIDDEN stage')
  })

  it('is refused without the right, with the same answer for hidden and absent tickets', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    const absent = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
    for (const userId of ['customer2', 'engineer'])
      for (const id of [ticketId, absent]) expect(await world.refused(userId, post(id))).toBe('E_NOT_FOUND ticketId')
  })
})

describe('message.edit and message.delete', () => {
  it('change own messages that are still there (R14)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    const target = await world.post('dispatcher', ticketId, 'очепятка')
    const edit = { type: 'message.edit', ticketId, chat: 'customer', target, text: 'опечатка' }
    const remove = { type: 'message.delete', ticketId, chat: 'customer', target }
    await world.run('dispatcher', edit)
    expect(await world.refused('dispatcher2', edit)).toBe('E_FORBIDDEN target')
    expect(await world.refused('customer', remove)).toBe('E_FORBIDDEN target')
    await world.run('dispatcher', remove)
    expect(await world.refused('dispatcher', edit)).toBe('E_NOT_FOUND target')
    expect(await world.refused('dispatcher', remove)).toBe('E_NOT_FOUND target')
    expect((await entries(world, ticketId)).map((entry) => entry.type)).toEqual(['message', 'edit', 'delete'])
  })

  it('know of deletions after a restart', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const target = await world.post('dispatcher', ticketId, 'лишнее')
    await world.run('dispatcher', { type: 'message.delete', ticketId, chat: 'customer', target })
    const again = await CoreWorld.on(world.store)
    const edit = { type: 'message.edit', ticketId, chat: 'customer', target, text: 'снова' }
    expect(await again.refused('dispatcher', edit)).toBe('E_NOT_FOUND target')
  })
})

describe('read.mark', () => {
  it('moves forward only, for the own devices and for the others', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = `chat.${ticketId}.customer`
    for (const text of ['а', 'б', 'в']) await world.post('dispatcher', ticketId, text)
    const mark = (seq: number) => ({ type: 'read.mark', ticketId, chat: 'customer', seq })
    await world.run('dispatcher2', mark(2))
    await world.run('dispatcher2', mark(1))
    expect(readReceipts(await chat(world, ticketId)).get('dispatcher2')).toEqual({ delivered: 2, read: 2 })
    const me = world.room('dispatcher2', 'me.dispatcher2')
    await settled()
    expect(readMarkOf(me.document, room)).toBe(2)
    await world.run('dispatcher2', mark(3))
    await settled()
    expect(readMarkOf(me.document, room)).toBe(3)
    expect(await world.refused('dispatcher2', mark(4))).toBe('E_COMMAND_INVALID seq')
    expect(await world.refused('engineer', mark(1))).toBe('E_NOT_FOUND ticketId')
  })
})
