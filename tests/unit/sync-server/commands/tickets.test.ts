import { describe, expect, it } from 'vitest'
import { readEntries, readParticipants } from '#common/documents/chat-document.ts'
import type { Stage } from '#common/domain/ticket.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import type { RoomClient } from '#tests/support/server-core/room-client.ts'

async function open(world: CoreWorld, room: string, userId = 'admin'): Promise<RoomClient> {
  const client = world.room(userId, room)
  await settled()
  return client
}

async function participants(world: CoreWorld, ticketId: string, chat = 'customer'): Promise<Record<string, string>> {
  const { document } = await open(world, `chat.${ticketId}.${chat}`)
  return Object.fromEntries([...readParticipants(document)].map(([id, { lock }]) => [id, lock ?? '']))
}

const ticketOf = async (world: CoreWorld, ticketId: string) => {
  const found = await world.core.readTicket('admin', ticketId)
  if (!found) throw new Error('no ticket')
  return found
}

describe('ticket.create', () => {
  it('makes the ticket under the id of the command, numbered, with its chat and history', async () => {
    const world = await CoreWorld.start()
    const first = await world.createTicket()
    const second = await world.createTicket('dispatcher', { customerId: 'customer', description: 'Гудит и не греет' })
    const { ticket, history } = await ticketOf(world, second)
    expect(ticket).toMatchObject({
      id: second,
      number: 2,
      stage: 'new',
      requesterId: 'dispatcher',
      customerId: 'customer',
      createdById: 'dispatcher',
      fields: { title: 'Не греет котёл', company: 'ООО «Ромашка»', description: 'Гудит и не греет' },
    })
    expect(history).toMatchObject([{ byId: 'dispatcher', commandId: second, at: world.clock.nowMs() }])
    expect(await participants(world, second)).toEqual({ dispatcher: 'requester', customer: 'requester' })
    expect((await ticketOf(world, first)).ticket.number).toBe(1)
  })

  it('keeps numbers rising over a restart', async () => {
    const world = await CoreWorld.start()
    await world.createTicket()
    const again = await CoreWorld.on(world.store)
    const id = await again.createTicket()
    expect((await ticketOf(again, id)).ticket.number).toBe(2)
  })

  it('lets a customer open a ticket for themselves and nobody else', async () => {
    const world = await CoreWorld.start()
    const id = await world.createTicket('customer')
    const { ticket } = await ticketOf(world, id)
    expect(ticket).toMatchObject({ requesterId: 'customer', customerId: 'customer' })
    expect(ticket.fields.company).toBe('ООО «Ромашка»')
    const create = (fields: object) => ({ type: 'ticket.create', fields: { title: 'т', ...fields } })
    expect(await world.refused('customer', create({ customerId: 'customer2' }))).toBe('E_FORBIDDEN fields.customerId')
    expect(await world.refused('customer', create({ requesterId: 'dispatcher' }))).toBe(
      'E_FORBIDDEN fields.requesterId',
    )
    expect(await world.refused('customer', create({ company: 'Чужая' }))).toBe('E_FORBIDDEN fields.company')
    expect(await world.refused('engineer', create({}))).toBe('E_FORBIDDEN')
    expect(await world.refused('dispatcher', create({ customerId: 'engineer' }))).toBe('E_NOT_FOUND fields.customerId')
    expect(await world.refused('dispatcher', create({ requesterId: 'nobody' }))).toBe('E_NOT_FOUND fields.requesterId')
  })

  it('opens a team chat too while chats are split, without the customer', async () => {
    const world = await CoreWorld.start({ splitChats: true })
    const id = await world.createTicket('dispatcher', { customerId: 'customer' })
    expect(await participants(world, id, 'team')).toEqual({ dispatcher: 'requester' })
  })
})

describe('ticket.assign', () => {
  it('moves the lock, tells the chat, sets the stage, and gives and takes the rooms', async () => {
    const world = await CoreWorld.start()
    const id = await world.createTicket()
    expect((await open(world, `ticket.${id}`, 'engineer')).closedWith).toBe(4403)
    await world.assign(id, 'engineer')
    expect((await ticketOf(world, id)).ticket).toMatchObject({ assigneeId: 'engineer', stage: 'assigned' })
    const seen = await open(world, `ticket.${id}`, 'engineer')
    expect(seen.closedWith).toBeUndefined()
    await world.assign(id, 'engineer2')
    expect(await participants(world, id)).toEqual({ dispatcher: 'requester', engineer2: 'assignee' })
    expect([seen.closedWith, seen.reason]).toEqual([4403, 'E_REMOVED'])
    const chat = await open(world, `chat.${id}.customer`)
    expect(readEntries(chat.document).map((entry) => [entry.type, 'userId' in entry && entry.userId])).toEqual([
      ['joined', 'engineer'],
      ['left', 'engineer'],
      ['joined', 'engineer2'],
    ])
    await world.assign(id, null)
    expect((await ticketOf(world, id)).ticket).toMatchObject({ assigneeId: null, stage: 'new' })
  })

  it('leaves the requester in the chat when they are no longer the assignee', async () => {
    const world = await CoreWorld.start()
    const id = await world.createTicket('dispatcher', { requesterId: 'engineer' })
    await world.assign(id, 'engineer')
    expect(await participants(world, id)).toEqual({ engineer: 'assignee' })
    await world.assign(id, 'engineer2')
    expect(await participants(world, id)).toEqual({ engineer: 'requester', engineer2: 'assignee' })
  })

  it('is refused for who may not, for customers as assignees and for a closed ticket', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const to = (assigneeId: string) => ({ type: 'ticket.assign', ticketId, assigneeId })
    await world.assign(ticketId, 'engineer')
    expect(await world.refused('engineer', to('engineer2'))).toBe('E_FORBIDDEN')
    expect(await world.refused('engineer2', to('engineer2'))).toBe('E_NOT_FOUND ticketId')
    expect(await world.refused('dispatcher', to('customer'))).toBe('E_NOT_FOUND assigneeId')
    await world.run('dispatcher', { type: 'ticket.stage', ticketId, stage: 'closed' })
    expect(await world.refused('dispatcher', to('engineer2'))).toBe('E_FORBIDDEN stage')
  })
})

describe('ticket.stage and ticket.update', () => {
  it('needs a reason for the side exits and keeps it in the history', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const to = (stage: Stage, reason?: string) => ({ type: 'ticket.stage', ticketId, stage, ...(reason && { reason }) })
    expect(await world.refused('dispatcher', to('customerRefused'))).toBe('E_COMMAND_INVALID reason')
    await world.run('dispatcher', to('customerRefused', 'Передумал'))
    const { history } = await ticketOf(world, ticketId)
    expect(history.at(-1)).toMatchObject({
      reason: 'Передумал',
      changes: [{ field: 'stage', from: 'new', to: 'customerRefused' }],
    })
  })

  it('writes what differs and no more', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { site: 'Склад' })
    await world.run('dispatcher', {
      type: 'ticket.update',
      ticketId,
      fields: { site: 'Офис', title: 'Не греет котёл' },
    })
    await world.run('dispatcher', { type: 'ticket.update', ticketId, fields: { site: 'Офис' } })
    const { ticket, history } = await ticketOf(world, ticketId)
    expect(ticket.fields.site).toBe('Офис')
    expect(history.map((line) => line.changes)).toEqual([
      [{ field: 'stage', from: null, to: 'new' }],
      [{ field: 'site', from: 'Склад', to: 'Офис' }],
    ])
  })

  it('moves the customer with the field', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.run('dispatcher', { type: 'ticket.update', ticketId, fields: { customerId: 'customer2' } })
    expect(await participants(world, ticketId)).toEqual({ dispatcher: 'requester', customer2: 'requester' })
    expect(await world.core.readTicket('customer', ticketId)).toBeUndefined()
    expect(await world.core.readTicket('customer2', ticketId)).toBeDefined()
  })

  it('is refused by staleness, closing and rights', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    const update = { type: 'ticket.update', ticketId, fields: { site: 'Дом' } }
    expect(await world.refused('dispatcher', { ...update, expects: { stage: 'assigned' } })).toBe(
      'E_STALE expects.stage',
    )
    expect(await world.refused('dispatcher', { ...update, expects: { assigneeId: 'engineer' } })).toBe(
      'E_STALE expects.assigneeId',
    )
    expect(await world.refused('customer', update)).toBe('E_FORBIDDEN')
    expect(await world.refused('customer2', update)).toBe('E_NOT_FOUND ticketId')
    await world.run('dispatcher', { type: 'ticket.stage', ticketId, stage: 'closed' })
    expect(await world.refused('dispatcher', update)).toBe('E_FORBIDDEN stage')
    await world.run('dispatcher', { type: 'ticket.stage', ticketId, stage: 'inProgress' })
    await world.run('dispatcher', update)
  })
})

describe('lists of tickets', () => {
  it('show what one may see, filtered, newest activity first, page by page', async () => {
    const world = await CoreWorld.start()
    const ids: string[] = []
    for (let index = 0; index < 5; index++) {
      ids.unshift(
        await world.createTicket('dispatcher', { site: index % 2 ? 'Склад' : 'Офис', description: 'длинное' }),
      )
      await world.clock.advance(10)
    }
    await world.assign(ids[4] ?? '', 'engineer')
    const page = await world.core.listTickets('dispatcher', { limit: 3 })
    expect(page.tickets.map((ticket) => ticket.id)).toEqual([ids[4], ids[0], ids[1]])
    const rest = await world.core.listTickets('dispatcher', { limit: 3, cursor: page.cursor ?? '' })
    expect(rest.tickets.map((ticket) => ticket.id)).toEqual([ids[2], ids[3]])
    expect(rest.cursor).toBeNull()
    const found = await world.core.listTickets('dispatcher', { limit: 10, text: 'СКЛАД', stages: ['new'] })
    expect(found.tickets.map((ticket) => ticket.id)).toEqual([ids[1], ids[3]])
    const own = await world.core.listTickets('engineer', { limit: 10 })
    expect(own.tickets.map((ticket) => ticket.id)).toEqual([ids[4]])
    expect((await world.core.listTickets('customer', { limit: 10 })).tickets).toEqual([])
  })
})
