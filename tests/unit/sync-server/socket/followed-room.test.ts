import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { appendEntries, readEntries } from '#common/documents/chat-document.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import { RoomClient } from '#tests/support/server-core/room-client.ts'

const token = (world: CoreWorld, userId: string) => ({
  userId,
  sessionId: 's',
  expiresAt: world.clock.nowMs() + 600_000,
})

describe('a server-written room opened by a provider', () => {
  it('brings what is missing, then each update, in order and without gaps', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = `chat.${ticketId}.customer`
    await world.post('dispatcher', ticketId, '1')
    const first = world.room('dispatcher', room)
    await settled()
    first.cut()
    const writing = ['2', '3', '4', '5'].map((text) => world.post('dispatcher', ticketId, text))
    const again = new RoomClient(world.core, room, token(world, 'dispatcher'), first.document)
    await Promise.all(writing)
    await settled()
    expect(readEntries(again.document).map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5])
    expect(again.document.store.pendingStructs).toBeNull()
    const [answer] = again.received
    expect(answer?.type).toBe('sync-step-2')
    expect(again.received.some((message) => message.type === 'sync-step-1')).toBe(false)
  })

  it('is written with one clientID by every process (N3)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.post('dispatcher', ticketId, '1')
    const restarted = await CoreWorld.on(world.store)
    await restarted.post('dispatcher', ticketId, '2')
    const reader = restarted.room('dispatcher', `chat.${ticketId}.customer`)
    await settled()
    expect([...reader.document.store.clients.keys()]).toHaveLength(1)
  })

  it('takes nothing from a client: a change closes it, a repetition does not (N4)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = `chat.${ticketId}.customer`
    await world.post('dispatcher', ticketId, '1')
    const reader = world.room('dispatcher', room)
    await settled()
    reader.send({ type: 'sync-step-2', update: Y.encodeStateAsUpdate(reader.document) })
    reader.send({ type: 'update', update: new Uint8Array([0, 0]) })
    await settled()
    expect(reader.closedWith).toBeUndefined()
    appendEntries(reader.document, [{ id: 'forged', type: 'delete', target: 'x' }], 1)
    await settled()
    expect([reader.closedWith, reader.reason]).toEqual([4403, 'E_READONLY'])
    const other = world.room('dispatcher2', room)
    await settled()
    expect(readEntries(other.document)).toHaveLength(1)
    reader.document.getArray('entries').delete(0, 1)
    const thief = world.room('dispatcher', room)
    await settled()
    thief.send({ type: 'update', update: Y.encodeStateAsUpdate(reader.document) })
    await settled()
    expect(thief.closedWith).toBe(4403)
    expect((await world.store.load(room)).head).toBe(2)
  })

  it('catches up from the log for a client that could not take more', async () => {
    const world = await CoreWorld.start({ limits: { coalesceBytes: 2_000, messagesPerMinute: 1e6 } })
    const ticketId = await world.createTicket()
    const slow = world.room('dispatcher2', `chat.${ticketId}.customer`)
    await settled()
    slow.connection.reading = false
    for (let index = 0; index < 40; index++) await world.post('dispatcher', ticketId, 'я'.repeat(100))
    await settled()
    expect(slow.connection.bufferedBytes()).toBeLessThan(3_000)
    slow.connection.readAll()
    await world.clock.advance(100)
    expect(readEntries(slow.document)).toHaveLength(40)
    await world.post('dispatcher', ticketId, 'и живьём')
    await settled()
    expect(readEntries(slow.document)).toHaveLength(41)
  })

  it('closes for who asks the same again and again', async () => {
    const world = await CoreWorld.start()
    const reader = world.room('dispatcher', 'directory')
    for (let index = 0; index < 20; index++)
      reader.send({ type: 'sync-step-1', stateVector: Y.encodeStateVector(reader.document) })
    await settled()
    expect([reader.closedWith, reader.reason]).toEqual([4429, 'E_RATE'])
  })

  it('closes with the token', async () => {
    const world = await CoreWorld.start()
    const reader = world.room('dispatcher', 'directory')
    await world.clock.advance(600_000)
    expect(reader.closedWith).toBe(4401)
  })
})
