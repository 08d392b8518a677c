import { describe, expect, it } from 'vitest'
import { readEntries, readParticipants } from '#common/documents/chat-document.ts'
import type { ChatKind } from '#common/domain/ids.ts'
import { CoreWorld, people } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import type { SyncClient } from '#tests/support/server-core/sync-client.ts'

const add = (ticketId: string, userIds: string[], chat: ChatKind = 'customer') => ({
  type: 'participants.add',
  ticketId,
  chat,
  userIds,
})
const remove = (ticketId: string, userId: string, chat: ChatKind = 'customer') => ({
  type: 'participants.remove',
  ticketId,
  chat,
  userId,
})

async function chatOf(world: CoreWorld, ticketId: string, chat: ChatKind = 'customer') {
  const { document } = world.room('admin', `chat.${ticketId}.${chat}`)
  await settled()
  return { people: [...readParticipants(document).keys()].sort(), entries: readEntries(document) }
}

/** A second customer of the first one's company. */
async function withColleague(world: CoreWorld): Promise<void> {
  const customer = people.find(({ id }) => id === 'customer')
  if (!customer) throw new Error('no customer')
  await world.core.writeDirectory({ users: [{ ...customer, id: 'colleague', login: 'colleague', name: 'Коллега' }] })
}

const texts = (client: SyncClient, room: string): unknown[] =>
  readEntries(client.document(room)).map((entry) => ('text' in entry ? entry.text : entry.type))

describe('participants.add (R16, R18)', () => {
  it('tells the chat who came, under ids of the command, and gives them the whole history', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.post('dispatcher', ticketId, 'было раньше')
    const engineer = await world.sync('engineer')
    await engineer.follow(null, 'all')
    expect(engineer.rooms.has(`chat.${ticketId}.customer`)).toBe(false)
    const id = await world.run('dispatcher', add(ticketId, ['engineer', 'engineer2', 'dispatcher']))
    await engineer.next('GRANT')
    await settled()
    const { people: present, entries } = await chatOf(world, ticketId)
    expect(present).toEqual(['customer', 'dispatcher', 'engineer', 'engineer2'])
    expect(entries.slice(1)).toMatchObject([
      { id: `${id}-1`, type: 'joined', userId: 'engineer', byId: 'dispatcher' },
      { id: `${id}-2`, type: 'joined', userId: 'engineer2', byId: 'dispatcher' },
    ])
    expect(engineer.ofType('GRANT').map(({ room }) => room)).toEqual([
      `ticket.${ticketId}`,
      `chat.${ticketId}.customer`,
    ])
    expect(texts(engineer, `chat.${ticketId}.customer`)).toEqual(['было раньше', 'joined', 'joined'])
  })

  it('has no effect when everybody is there already', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.run('dispatcher', add(ticketId, ['dispatcher', 'customer']))
    expect((await chatOf(world, ticketId)).entries).toEqual([])
  })

  it('takes only people who can be there, all or none (R18)', async () => {
    const world = await CoreWorld.start({ splitChats: true })
    await withColleague(world)
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    const refused = (userId: string, chat: ChatKind = 'customer') =>
      world.refused('dispatcher', add(ticketId, ['engineer', userId], chat))
    expect(await refused('nobody')).toBe('E_NOT_FOUND userIds')
    const engineer2 = people.find(({ id }) => id === 'engineer2')
    if (engineer2) await world.core.writeDirectory({ users: [{ ...engineer2, active: false }] })
    expect(await refused('engineer2')).toBe('E_NOT_FOUND userIds')
    expect(await refused('customer2')).toBe('E_FORBIDDEN userIds')
    expect(await refused('colleague', 'team')).toBe('E_FORBIDDEN userIds')
    expect((await chatOf(world, ticketId)).people).toEqual(['customer', 'dispatcher'])
    await world.run('dispatcher', add(ticketId, ['colleague']))
    expect(await world.core.readTicket('colleague', ticketId)).toBeDefined()
    await world.run('colleague', { type: 'message.post', ticketId, to: ['customer'], text: 'и я', attachments: [] })
  })

  it('needs the permission, the chat and an open ticket (R16)', async () => {
    const world = await CoreWorld.start({ splitChats: true })
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    expect(await world.refused('customer', add(ticketId, ['engineer']))).toBe('E_FORBIDDEN')
    expect(await world.refused('customer', add(ticketId, ['engineer'], 'team'))).toBe('E_FORBIDDEN chat')
    expect(await world.refused('engineer', add(ticketId, ['engineer']))).toBe('E_NOT_FOUND ticketId')
    await world.run('dispatcher', add(ticketId, ['engineer'], 'team'))
    expect(await world.refused('engineer', add(ticketId, ['engineer2']))).toBe('E_FORBIDDEN chat')
    await world.run('engineer', add(ticketId, ['engineer2'], 'team'))
    await world.run('dispatcher', { type: 'ticket.stage', ticketId, stage: 'closed' })
    expect(await world.refused('dispatcher', add(ticketId, ['engineer']))).toBe('E_FORBIDDEN stage')
    const unsplit = await CoreWorld.start()
    const other = await unsplit.createTicket()
    expect(await unsplit.refused('dispatcher', add(other, ['engineer'], 'team'))).toBe('E_FEATURE_OFF chat')
  })

  it('keeps an account of another system out of every chat (R18)', async () => {
    const world = await CoreWorld.start()
    const robot = {
      id: 'robot',
      login: 'robot',
      name: '1С',
      kind: 'employee',
      roleId: 'dispatcher',
      active: true,
    } as const
    await world.core.writeDirectory({ users: [{ ...robot, integration: true }] })
    const ticketId = await world.createTicket('robot')
    await world.post('robot', ticketId, 'заявка из 1С')
    expect(await world.refused('dispatcher', add(ticketId, ['robot']))).toBe('E_FORBIDDEN userIds')
    const assign = { type: 'ticket.assign', ticketId, assigneeId: 'robot' }
    expect(await world.refused('dispatcher', assign)).toBe('E_NOT_FOUND assigneeId')
    expect((await chatOf(world, ticketId)).people).toEqual([])
  })
})

describe('participants.remove (R17)', () => {
  it('takes the rooms away at once: feed, open rooms, presence, outbox', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    const room = `chat.${ticketId}.customer`
    await world.run('dispatcher', add(ticketId, ['engineer']))
    const feed = await world.sync('engineer')
    await feed.follow(null, 'all')
    feed.send({ type: 'OPEN', channel: 5, room })
    const opened = world.room('engineer', room)
    const watcher = world.room('customer', room)
    await settled()
    const id = await world.run('dispatcher', remove(ticketId, 'engineer'))
    await feed.next('REVOKE')
    expect([opened.closedWith, opened.reason]).toEqual([4403, 'E_REMOVED'])
    expect(feed.ofType('CLOSE')).toMatchObject([{ channel: 5, code: 4403, reason: 'E_REMOVED' }])
    const [frames, payloads, received] = [feed.frames.length, feed.payloads.length, opened.received.length]
    await world.post('dispatcher', ticketId, 'без него')
    await settled()
    expect(feed.ofType('REVOKE').map((frame) => frame.room)).toEqual([`ticket.${ticketId}`, room])
    expect(feed.rooms.has(room)).toBe(false)
    expect(feed.frames.slice(frames).filter((frame) => frame.type === 'CHANGES')).toEqual([])
    expect([feed.payloads.length, opened.received.length]).toEqual([payloads, received])
    expect(readEntries(watcher.document).slice(1)).toMatchObject([
      { id: `${id}-1`, type: 'left', userId: 'engineer', byId: 'dispatcher' },
      { type: 'message' },
    ])
    const post = { type: 'message.post', ticketId, to: ['customer'], text: 'я ещё тут', attachments: [] }
    expect(await world.refused('engineer', post)).toBe('E_NOT_FOUND ticketId')
    feed.send({ type: 'FETCH', room, from: 0 })
    expect((await feed.next('ERROR', frames)).code).toBe('E_ROOM_FORBIDDEN')
  })

  it('tells those who stay that the presence of the removed is over', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    const room = `chat.${ticketId}.customer`
    await world.run('dispatcher', add(ticketId, ['engineer']))
    const watcher = world.room('customer', room)
    const leaver = world.room('engineer', room)
    const seen: string[] = []
    watcher.onAwareness = (update) => seen.push(new TextDecoder().decode(update))
    await settled()
    const state = '{"typing":true}'
    leaver.send({
      type: 'awareness',
      update: new Uint8Array([1, 7, 1, state.length, ...new TextEncoder().encode(state)]),
    })
    await settled()
    expect(seen.at(-1)).toContain('"userId":"engineer"')
    await world.run('dispatcher', remove(ticketId, 'engineer'))
    await settled()
    expect(seen.at(-1)).toContain('null')
    const heard = leaver.received.length
    watcher.send({
      type: 'awareness',
      update: new Uint8Array([1, 8, 1, state.length, ...new TextEncoder().encode(state)]),
    })
    await world.clock.advance(2_000)
    expect(leaver.received).toHaveLength(heard)
  })

  it('is refused for those the ticket puts there, and has no effect for who is not there', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.assign(ticketId, 'engineer')
    for (const locked of ['dispatcher', 'customer', 'engineer'])
      expect(await world.refused('dispatcher2', remove(ticketId, locked))).toBe('E_FORBIDDEN userId')
    await world.run('dispatcher2', remove(ticketId, 'engineer2'))
    await world.run('dispatcher2', remove(ticketId, 'nobody'))
    expect((await chatOf(world, ticketId)).entries.map(({ type }) => type)).toEqual(['joined'])
    expect(await world.refused('engineer', remove(ticketId, 'engineer2'))).toBe('E_FORBIDDEN')
    expect(await world.refused('engineer2', remove(ticketId, 'engineer'))).toBe('E_NOT_FOUND ticketId')
    await world.run('dispatcher', { type: 'ticket.stage', ticketId, stage: 'closed' })
    expect(await world.refused('dispatcher', remove(ticketId, 'engineer2'))).toBe('E_FORBIDDEN stage')
  })

  it('leaves who reads all chats their reading', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.post('dispatcher2', ticketId, 'я тут')
    const feed = await world.sync('dispatcher2')
    await feed.follow(null, 'all')
    await world.run('dispatcher', remove(ticketId, 'dispatcher2'))
    await settled()
    expect(feed.ofType('REVOKE')).toEqual([])
    expect(texts(feed, `chat.${ticketId}.customer`)).toEqual(['я тут', 'left'])
  })
})

describe('who belongs to a chat by the ticket', () => {
  it('moves with the lock; who was added beside it stays', async () => {
    const world = await CoreWorld.start({ splitChats: true })
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.run('dispatcher', add(ticketId, ['engineer2'], 'team'))
    await world.assign(ticketId, 'engineer')
    await world.run('dispatcher', { type: 'ticket.update', ticketId, fields: { requesterId: 'dispatcher2' } })
    await world.assign(ticketId, null)
    expect((await chatOf(world, ticketId, 'team')).people).toEqual(['dispatcher2', 'engineer2'])
    expect((await chatOf(world, ticketId)).people).toEqual(['customer', 'dispatcher2'])
    expect(await world.core.readTicket('engineer', ticketId)).toBeUndefined()
  })

  it('loses customers of another company when the ticket gets another one (R18)', async () => {
    const world = await CoreWorld.start()
    await withColleague(world)
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.run('dispatcher', add(ticketId, ['colleague', 'engineer']))
    const feed = await world.sync('colleague')
    await feed.follow(null, 'all')
    await world.run('dispatcher', { type: 'ticket.update', ticketId, fields: { company: 'АО «Василёк»' } })
    await feed.next('REVOKE')
    expect((await chatOf(world, ticketId)).people).toEqual(['customer', 'dispatcher', 'engineer'])
    expect(await world.refused('colleague', { type: 'read.mark', ticketId, chat: 'customer', seq: 0 })).toBe(
      'E_NOT_FOUND ticketId',
    )
  })

  it('loses colleagues of the former customer, whose company goes with them', async () => {
    const world = await CoreWorld.start()
    await withColleague(world)
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.run('dispatcher', add(ticketId, ['colleague']))
    await world.run('dispatcher', { type: 'ticket.update', ticketId, fields: { customerId: 'customer2' } })
    expect((await chatOf(world, ticketId)).people).toEqual(['customer2', 'dispatcher'])
    const found = await world.core.readTicket('admin', ticketId)
    expect(found?.ticket.fields.company).toBe('АО «Василёк»')
    expect(found?.history.at(-1)?.changes).toEqual([
      { field: 'company', from: 'ООО «Ромашка»', to: 'АО «Василёк»' },
      { field: 'customerId', from: 'customer', to: 'customer2' },
    ])
  })
})
