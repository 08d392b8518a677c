import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { readEntries } from '#common/documents/chat-document.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'

const message = (world: CoreWorld, ticketId: string, text: string): object & { id: string } =>
  world.command({ type: 'message.post', ticketId, to: ['customer'], text, attachments: [] })

async function textsOf(world: CoreWorld, ticketId: string): Promise<string[]> {
  const reader = world.room('dispatcher', `chat.${ticketId}.customer`)
  await settled()
  const texts = readEntries(reader.document).flatMap((entry) => (entry.type === 'message' ? [entry.text] : []))
  reader.cut()
  return texts
}

describe('an outbox', () => {
  it('executes commands in order and strikes them off once they are durable (C4, C5)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const outbox = world.room('dispatcher', 'outbox.device-1')
    outbox.push(message(world, ticketId, 'один'), message(world, ticketId, 'два'))
    await settled()
    expect(outbox.waiting).toEqual([])
    outbox.push(message(world, ticketId, 'три'))
    await settled()
    expect(outbox.waiting).toEqual([])
    expect(await textsOf(world, ticketId)).toEqual(['один', 'два', 'три'])
  })

  it('takes what a device wrote before it connected, and the ticket and its messages in one go', async () => {
    const world = await CoreWorld.start()
    const document = new Y.Doc()
    const create = world.command({ type: 'ticket.create', fields: { title: 'Создана без сети' } })
    document.getArray('commands').push([create, message(world, create.id, 'Приехал')])
    document.getArray('commands').push([message(world, create.id, 'Уехал')])
    const { RoomClient } = await import('#tests/support/server-core/room-client.ts')
    const token = { userId: 'dispatcher', sessionId: 's', expiresAt: world.clock.nowMs() + 1e6 }
    const outbox = new RoomClient(world.core, 'outbox.device-1', token, document)
    await settled()
    expect(outbox.waiting).toEqual([])
    expect(outbox.refused).toEqual({})
    expect(await textsOf(world, create.id)).toEqual(['Приехал', 'Уехал'])
  })

  it('does a command brought again only once (C1)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const command = message(world, ticketId, 'один раз')
    for (const device of ['device-1', 'device-2']) {
      const outbox = world.room('dispatcher', `outbox.${device}`)
      outbox.push(command, command)
      await settled()
      expect(outbox.waiting).toEqual([])
      expect(outbox.refused).toEqual({})
      outbox.push({ ...command, text: 'другое' })
      await settled()
      expect(outbox.refused).toEqual({ [command.id]: 'E_ID_CONFLICT' })
    }
    expect(await textsOf(world, ticketId)).toEqual(['один раз'])
  })

  it('keeps commands in their order when the store fails, and tries again later (C10)', async () => {
    const store = new MemoryLogStore()
    const world = await CoreWorld.start({ store })
    const ticketId = await world.createTicket()
    const outbox = world.room('dispatcher', 'outbox.device-1')
    await settled()
    store.failNextCommit()
    const texts = Array.from({ length: 30 }, (_, index) => `№ ${index}`)
    for (const text of texts) outbox.push(message(world, ticketId, text))
    await settled()
    expect(outbox.waiting).toHaveLength(30)
    expect(outbox.refused).toEqual({})
    await world.clock.advance(1_000)
    expect(outbox.waiting).toEqual([])
    expect(await textsOf(world, ticketId)).toEqual(texts)
  })

  it('takes more than the burst at the pace of the device, and messages at the pace of the user', async () => {
    const world = await CoreWorld.start({ limits: { commandBurst: 5, commandsPerSecond: 2, messagesPerMinute: 60 } })
    const ticketId = await world.createTicket()
    const outbox = world.room('dispatcher', 'outbox.device-1')
    outbox.push(...Array.from({ length: 9 }, (_, index) => message(world, ticketId, `№ ${index}`)))
    await settled()
    expect(outbox.waiting).toHaveLength(4)
    await world.clock.advance(1_000)
    expect(outbox.waiting).toHaveLength(2)
    await world.clock.advance(1_000)
    expect(outbox.waiting).toHaveLength(0)
  })

  it('refuses under its id what is no command', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const outbox = world.room('dispatcher', 'outbox.device-1')
    const good = message(world, ticketId, 'хорошее')
    outbox.push({ id: 'half-a-command' }, { ...good, id: 'x', text: 'я'.repeat(48_000) }, good)
    await settled()
    expect(outbox.waiting).toEqual([])
    expect(outbox.refused).toEqual({ 'half-a-command': 'E_COMMAND_INVALID', x: 'E_COMMAND_TOO_BIG' })
    expect(await textsOf(world, ticketId)).toEqual(['хорошее'])
  })

  it('is dropped for what has no id: it can be refused nowhere', async () => {
    const world = await CoreWorld.start()
    const outbox = world.room('dispatcher', 'outbox.device-1')
    outbox.push({ nothing: true })
    await settled()
    expect([outbox.closedWith, outbox.waiting]).toEqual([4400, [{ nothing: true }]])
    expect(world.events.filter((event) => event.type === 'violation')).toHaveLength(1)
  })

  it('belongs to the user who opened it first', async () => {
    const world = await CoreWorld.start()
    const own = world.room('dispatcher', 'outbox.device-1')
    await settled()
    const other = world.room('engineer', 'outbox.device-1')
    await settled()
    expect([other.closedWith, other.reason]).toEqual([4403, 'E_ROOM_FORBIDDEN'])
    expect(own.closedWith).toBeUndefined()
    const again = await CoreWorld.on(world.store)
    const later = again.room('engineer', 'outbox.device-1')
    await settled()
    expect(later.closedWith).toBe(4403)
  })

  it('gives way to a newer connection of its device', async () => {
    const world = await CoreWorld.start()
    const older = world.room('dispatcher', 'outbox.device-1')
    await settled()
    const newer = world.room('dispatcher', 'outbox.device-1')
    await settled()
    expect(older.closedWith).toBe(4409)
    expect(newer.closedWith).toBeUndefined()
  })

  it('brings refusals back to a server that was restarted, which goes on after them', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const outbox = world.room('dispatcher', 'outbox.device-1')
    outbox.push({ id: 'bad-1' })
    await settled()
    outbox.cut()
    const again = await CoreWorld.on(world.store, {}, world.clock)
    const { RoomClient } = await import('#tests/support/server-core/room-client.ts')
    const token = { userId: 'dispatcher', sessionId: 's', expiresAt: world.clock.nowMs() + 1e6 }
    const document = new Y.Doc()
    Y.applyUpdate(document, Y.encodeStateAsUpdate(outbox.document))
    const later = new RoomClient(again.core, 'outbox.device-1', token, document)
    later.push({ id: 'bad-2' }, message(world, ticketId, 'после'))
    await settled()
    expect(later.closedWith).toBeUndefined()
    expect(later.refused).toEqual({ 'bad-1': 'E_COMMAND_INVALID', 'bad-2': 'E_COMMAND_INVALID' })
    expect(await textsOf(again, ticketId)).toEqual(['после'])
  })
})
