import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom, outboxRoom, personalRoom, ticketRoom, type TicketId } from '#common/domain/ids.ts'
import { stopWhole } from '#tests/support/hostile/bystander.ts'
import { HostileRoom } from '#tests/support/hostile/hostile-room.ts'
import { messageTo, nextId, openDocument, Outbox, signIn, whenSynced } from '#tests/support/room-client/room-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

/** People who ask for what is not theirs, on a real server. */
let server: TestServer
const tokens = new Map<string, string>()

beforeAll(async () => {
  server = await startServer({
    seed: 'demo',
    limits: { messagesPerMinute: 1e6, commandBurst: 1e6, refusedRoomsPerMinute: 1e6, roomOpenBurst: 1e6 },
  })
  for (const login of ['admin', 'dispatcher', 'engineer', 'engineer2', 'customer', 'customer2'])
    tokens.set(login, await signIn(server.url, login))
})

afterAll(async () => {
  await stopWhole(server)
})

const token = (login: string): string => tokens.get(login) ?? ''
const outboxOf = async (login: string): Promise<Outbox> => {
  const outbox = new Outbox(server.url, token(login))
  await outbox.synced
  return outbox
}

async function get(login: string, path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token(login)}` } })
  return { status: answer.status, body: await answer.json() }
}

async function idOf(login: string): Promise<string> {
  const { body } = await get(login, '/api/me')
  return (body as { id: string }).id
}

/** Executes one command through an outbox; returns the code of the refusal, or undefined. */
async function run(outbox: Outbox, command: object): Promise<string | undefined> {
  const [id = ''] = outbox.push([command])
  await outbox.struckOff()
  return outbox.refused.get(id)?.code
}

async function newTicket(fields: object = {}): Promise<TicketId> {
  const outbox = await outboxOf('dispatcher')
  const [id = ''] = outbox.push([{ type: 'ticket.create', fields: { title: 'Чужая заявка', ...fields } }])
  await outbox.struckOff()
  outbox.close()
  return id
}

async function answerTo(login: string, room: string): Promise<string> {
  const hostile = await HostileRoom.open(server.url, token(login), room)
  const opened = hostile.next('sync-step-2').then(() => 'opened')
  hostile.send({ type: 'sync-step-1', stateVector: new Uint8Array([0]) })
  const closed = hostile.closed.then(({ code, reason }) => `${code} ${reason}`)
  const answer = await Promise.race([opened.catch(() => closed), closed])
  hostile.end()
  return answer
}

describe('rooms', () => {
  it('of others are refused to everybody they are not for, as if they were absent (N2, R1–R12)', async () => {
    const customerId = await idOf('customer')
    const ticketId = await newTicket({ customerId })
    const forbidden = '4403 E_ROOM_FORBIDDEN'
    const rooms = [ticketRoom(ticketId), chatRoom(ticketId, 'customer'), chatRoom(ticketId, 'team')]
    const absent = [ticketRoom(nextId()), chatRoom(nextId(), 'customer')]
    for (const login of ['engineer', 'engineer2', 'customer2'])
      for (const room of [...rooms, ...absent])
        expect([login, room, await answerTo(login, room)]).toEqual([login, room, forbidden])
    expect(await answerTo('customer', chatRoom(ticketId, 'customer'))).toBe('opened')
    for (const room of [chatRoom(ticketId, 'team'), 'directory', personalRoom(await idOf('dispatcher'))])
      expect(await answerTo('customer', room)).toBe(forbidden)
    expect(await answerTo('dispatcher', chatRoom(ticketId, 'team'))).toBe(forbidden)
  })

  it('answer a guessed id as fast as an absent one', async () => {
    const hidden = ticketRoom(await newTicket())
    const absent = ticketRoom(nextId())
    const times: Record<string, number[]> = { [hidden]: [], [absent]: [] }
    for (let round = 0; round < 60; round++) {
      for (const room of round % 2 ? [hidden, absent] : [absent, hidden]) {
        const startedAt = performance.now()
        await answerTo('engineer2', room)
        times[room]?.push(performance.now() - startedAt)
      }
    }
    const median = (room: string): number => (times[room] ?? []).sort((a, b) => a - b)[30] ?? 0
    expect(Math.abs(median(hidden) - median(absent))).toBeLessThan(Math.max(3, median(absent) * 0.5))
  })

  it('of somebody else’s device is refused', async () => {
    const device = nextId()
    const own = new Outbox(server.url, token('dispatcher'), device)
    await own.synced
    expect(await answerTo('engineer', outboxRoom(device))).toBe('4403 E_ROOM_FORBIDDEN')
    own.close()
  })
})

describe('commands', () => {
  it('that need a right one lacks are refused, neither copy of a cross-post stored', async () => {
    const customerId = await idOf('customer')
    const ticketId = await newTicket({ customerId })
    const customer = await outboxOf('customer')
    const both = { ...messageTo(ticketId, 'в оба'), to: ['customer', 'team'] }
    expect(await run(customer, both)).toBe('E_FORBIDDEN')
    expect(await run(customer, { type: 'ticket.stage', ticketId, stage: 'closed' })).toBe('E_FORBIDDEN')
    expect(await run(customer, { type: 'ticket.assign', ticketId, assigneeId: null })).toBe('E_FORBIDDEN')
    expect(await run(customer, { type: 'ticket.update', ticketId, fields: { title: 'моё' } })).toBe('E_FORBIDDEN')
    expect(await run(customer, { type: 'user.create', user: {} })).toBe('E_COMMAND_INVALID')
    const stranger = await outboxOf('customer2')
    for (const id of [ticketId, nextId()]) {
      expect(await run(stranger, messageTo(id, 'впустите'))).toBe('E_NOT_FOUND')
      expect(await run(stranger, { type: 'read.mark', ticketId: id, chat: 'customer', seq: 0 })).toBe('E_NOT_FOUND')
    }
    const { document, provider } = openDocument(server.url, token('customer'), chatRoom(ticketId, 'customer'))
    await whenSynced(provider)
    expect(readEntries(document)).toEqual([])
    for (const client of [customer, stranger]) client.close()
    provider.destroy()
  })

  it('for a closed ticket are refused', async () => {
    const ticketId = await newTicket()
    const dispatcher = await outboxOf('dispatcher')
    expect(await run(dispatcher, { type: 'ticket.stage', ticketId, stage: 'closed' })).toBeUndefined()
    expect(await run(dispatcher, messageTo(ticketId, 'поздно'))).toBe('E_FORBIDDEN')
    dispatcher.close()
  })
})

describe('removal', () => {
  it('while messages pour in: not one that came after it reaches who was removed (P7)', async () => {
    const ticketId = await newTicket()
    const engineerId = await idOf('engineer')
    const dispatcher = await outboxOf('dispatcher')
    await run(dispatcher, { type: 'ticket.assign', ticketId, assigneeId: engineerId })
    const watcher = openDocument(server.url, token('dispatcher'), chatRoom(ticketId, 'customer'))
    const victim = openDocument(server.url, token('engineer'), chatRoom(ticketId, 'customer'))
    await Promise.all([whenSynced(watcher.provider), whenSynced(victim.provider)])
    for (let burst = 0; burst < 60; burst++) {
      dispatcher.push(Array.from({ length: 10 }, (_, index) => messageTo(ticketId, `${burst}.${index}`)))
      if (burst === 30) dispatcher.push([{ type: 'ticket.assign', ticketId, assigneeId: null }])
      await new Promise((resolve) => setImmediate(resolve))
    }
    await dispatcher.struckOff()
    const all = () => readEntries(watcher.document)
    while (all().filter((entry) => entry.type === 'message').length < 600)
      await new Promise((resolve) => watcher.document.once('update', resolve))
    const left = all().find((entry) => entry.type === 'left')?.seq ?? 0
    expect(left).toBeGreaterThan(100)
    expect(Math.max(...readEntries(victim.document).map((entry) => entry.seq))).toBeLessThan(left)
    expect(victim.provider.shouldConnect).toBe(false)
    for (const { provider } of [watcher, victim]) provider.destroy()
    dispatcher.close()
  })
})
