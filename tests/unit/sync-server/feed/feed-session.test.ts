import { describe, expect, it } from 'vitest'
import { readEntries, readReceipts } from '#common/documents/chat-document.ts'
import { readTicket } from '#common/documents/ticket-document.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import type { SyncClient } from '#tests/support/server-core/sync-client.ts'

const texts = (client: SyncClient, ticketId: string, chat = 'customer'): string[] =>
  readEntries(client.document(`chat.${ticketId}.${chat}`)).flatMap((entry) =>
    entry.type === 'message' ? [entry.text] : [],
  )

describe('the feed', () => {
  it('sends whole rooms first, people and own state before tickets, newest activity first (F2)', async () => {
    const world = await CoreWorld.start()
    const older = await world.createTicket()
    await world.clock.advance(1_000)
    const newer = await world.createTicket()
    await world.clock.advance(1_000)
    await world.post('dispatcher', older, 'свежее')
    const client = await world.sync('dispatcher')
    await client.follow()
    const order = client.ofType('CHANGES').map((frame) => frame.room)
    expect(order[0]).toBe('directory')
    expect(order.indexOf(`ticket.${older}`)).toBeLessThan(order.indexOf(`ticket.${newer}`))
    expect(texts(client, older)).toEqual(['свежее'])
    expect(readTicket(client.document(`ticket.${newer}`))?.fields.title).toBe('Не греет котёл')
  })

  it('goes on live after the last entry it read, with a cursor for each batch (F1)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const client = await world.sync('dispatcher2')
    await client.follow()
    const before = client.cursor
    await Promise.all(['а', 'б', 'в'].map((text) => world.post('dispatcher', ticketId, text)))
    await settled()
    expect(texts(client, ticketId)).toEqual(['а', 'б', 'в'])
    expect(client.cursor).not.toBe(before)
    expect(client.gaps).toEqual([])
  })

  it('brings more than a connection may let wait room by room, as the client reads (L7)', async () => {
    const world = await CoreWorld.start({ limits: { coalesceBytes: 50_000, slowConsumerBytes: 200_000 } })
    const away = await world.sync('dispatcher2')
    await away.follow()
    away.cut()
    const tickets: string[] = []
    for (let count = 0; count < 20; count++) tickets.push(await world.createTicket())
    for (const ticketId of tickets) await world.post('dispatcher', ticketId, 'ы'.repeat(8_000))
    for (const cursor of [away.cursor, null]) {
      const client = await world.sync('dispatcher2')
      client.connection.reading = false
      client.send({ type: 'SINCE', cursor, scope: 'all' })
      for (let turn = 0; turn < 100 && client.ofType('CAUGHT_UP').length === 0; turn++) {
        await settled()
        client.connection.readAll()
        client.connection.reading = false
      }
      expect(client.closedWith).toBeUndefined()
      for (const ticketId of tickets) expect(texts(client, ticketId)).toHaveLength(1)
      client.cut()
    }
  })

  it('does not take a client for slow because one room is larger than may wait (L7)', async () => {
    const world = await CoreWorld.start({ limits: { coalesceBytes: 20_000, slowConsumerBytes: 100_000 } })
    const ticketId = await world.createTicket()
    const target = await world.post('dispatcher', ticketId, 'ошибка')
    for (let count = 0; count < 10; count++) await world.post('dispatcher', ticketId, 'ы'.repeat(8_000))
    const client = await world.sync('dispatcher2')
    client.send({ type: 'SINCE', cursor: null, scope: 'all' })
    await settled()
    await world.run('dispatcher', { type: 'message.delete', ticketId, chat: 'customer', target })
    client.connection.reading = false
    // The deleted text is taken out, and everybody is sent the room anew.
    await world.clock.advance(30_000)
    client.connection.readAll()
    await settled()
    expect(client.rooms.get(`chat.${ticketId}.customer`)?.epoch).toBe(2)
    expect(client.closedWith).toBeUndefined()
  })

  it('catches up from a cursor with nothing but what changed', async () => {
    const world = await CoreWorld.start()
    const [one, two] = [await world.createTicket(), await world.createTicket()]
    const first = await world.sync('dispatcher')
    await first.follow()
    first.cut()
    await world.post('dispatcher2', two, 'пока нас не было')
    const again = await world.sync('dispatcher')
    for (const [room, known] of first.rooms) again.rooms.set(room, known)
    await again.follow(first.cursor)
    expect(texts(again, two)).toEqual(['пока нас не было'])
    expect(again.ofType('CHANGES').map((frame) => frame.room)).toEqual([`chat.${two}.customer`])
    expect(again.gaps).toEqual([])
    expect(again.rooms.has(`ticket.${one}`)).toBe(true)
  })

  it('shows everybody only what they may see', async () => {
    const world = await CoreWorld.start({ splitChats: true })
    const ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
    await world.post('dispatcher', ticketId, 'внутреннее', ['team'])
    await world.post('dispatcher', ticketId, 'для заказчика', ['customer'])
    const customer = await world.sync('customer')
    const other = await world.sync('customer2')
    const engineer = await world.sync('engineer')
    for (const client of [customer, other, engineer]) await client.follow()
    await world.post('dispatcher', ticketId, 'ещё внутреннее', ['team'])
    await settled()
    const rooms = (client: SyncClient): string[] => client.ofType('CHANGES').map((frame) => frame.room)
    expect(new Set(rooms(customer))).toEqual(new Set([`ticket.${ticketId}`, `chat.${ticketId}.customer`]))
    expect(rooms(other)).toEqual([])
    expect(rooms(engineer)).toEqual(['directory'])
  })

  it('grants and revokes rooms when an assignee changes, live and in a catch-up (F3)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.post('dispatcher', ticketId, 'до назначения')
    const live = await world.sync('engineer')
    await live.follow()
    const away = await world.sync('engineer2')
    await away.follow()
    away.cut()
    await world.assign(ticketId, 'engineer')
    await settled()
    expect(live.ofType('GRANT').map((frame) => frame.room)).toContain(`ticket.${ticketId}`)
    expect(texts(live, ticketId)).toEqual(['до назначения'])
    await world.post('dispatcher', ticketId, 'Петру')
    await settled()
    expect(texts(live, ticketId)).toEqual(['до назначения', 'Петру'])

    await world.assign(ticketId, 'engineer2')
    await world.post('dispatcher', ticketId, 'Ивану')
    await settled()
    expect(live.ofType('REVOKE').map((frame) => frame.room)).toContain(`chat.${ticketId}.customer`)
    expect(live.rooms.has(`chat.${ticketId}.customer`)).toBe(false)
    expect(live.gaps).toEqual([])
    const back = await world.sync('engineer2')
    await back.follow(away.cursor)
    expect(back.ofType('GRANT').map((frame) => frame.room)).toContain(`chat.${ticketId}.customer`)
    expect(texts(back, ticketId)).toEqual(['до назначения', 'Петру', 'Ивану'])
  })

  it('continues a first sync that was cut, with what changed meanwhile', async () => {
    const world = await CoreWorld.start()
    const ids: string[] = []
    for (let index = 0; index < 120; index++) {
      ids.push(await world.createTicket())
      await world.clock.advance(10)
    }
    const first = await world.sync('dispatcher')
    first.connection.reading = false
    first.send({ type: 'SINCE', cursor: null, scope: 'open' })
    await settled()
    first.connection.readAll()
    const firstCursor = first.ofType('CURSOR')[0]?.cursor ?? ''
    first.cut()
    const sentAtFirst = new Set<string>()
    for (const frame of first.frames) {
      if (frame.type === 'CURSOR' && frame.cursor === firstCursor) break
      if (frame.type === 'CHANGES') sentAtFirst.add(frame.room)
    }
    expect(sentAtFirst.size).toBeLessThan(160)
    const changed = ids[119] ?? ''
    await world.post('dispatcher2', changed, 'после обрыва')
    const again = await world.sync('dispatcher')
    await again.follow(firstCursor)
    for (const id of ids) {
      const room = `ticket.${id}`
      expect(sentAtFirst.has(room) || again.rooms.has(room), room).toBe(true)
    }
    expect(texts(again, changed)).toEqual(['после обрыва'])
    expect(again.ofType('CHANGES').length).toBeLessThan(200)
  })

  it('answers a cursor of another history with E_EPOCH and a whole first sync (F6)', async () => {
    const store = new MemoryLogStore()
    const world = await CoreWorld.start({ store })
    const ticketId = await world.createTicket()
    const client = await world.sync('dispatcher')
    await client.follow()
    store.raiseEpoch()
    const restored = await CoreWorld.on(store)
    const again = await restored.sync('dispatcher')
    await again.follow(client.cursor)
    expect(again.ofType('ERROR').map((frame) => frame.code)).toEqual(['E_EPOCH'])
    expect(again.rooms.has(`ticket.${ticketId}`)).toBe(true)
  })

  it('leaves out long closed tickets unless all are asked for', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.run('dispatcher', { type: 'ticket.stage', ticketId, stage: 'closed' })
    await world.clock.advance(29 * 86_400_000)
    const soon = await world.sync('dispatcher')
    await soon.follow()
    expect(soon.rooms.has(`ticket.${ticketId}`)).toBe(true)
    await world.clock.advance(2 * 86_400_000)
    const later = await world.sync('dispatcher')
    await later.follow()
    expect(later.rooms.has(`ticket.${ticketId}`)).toBe(false)
    const all = await world.sync('dispatcher')
    await all.follow(null, 'all')
    expect(all.rooms.has(`ticket.${ticketId}`)).toBe(true)
  })

  it('reads from the log again for a client that could not take more, and closes one that never does (L7)', async () => {
    const limits = { coalesceBytes: 5_000, slowConsumerBytes: 1e6, slowConsumerMs: 30_000, messagesPerMinute: 1e6 }
    const world = await CoreWorld.start({ limits })
    const ticketId = await world.createTicket()
    const slow = await world.sync('dispatcher2')
    await slow.follow()
    slow.connection.reading = false
    for (let index = 0; index < 60; index++) await world.post('dispatcher', ticketId, `${index} ${'я'.repeat(200)}`)
    await settled()
    expect(slow.connection.bufferedBytes()).toBeLessThan(12_000)
    slow.connection.readAll()
    await world.clock.advance(100)
    expect(texts(slow, ticketId)).toHaveLength(60)
    expect(slow.gaps).toEqual([])

    slow.connection.reading = false
    for (let index = 0; index < 30; index++) await world.post('dispatcher', ticketId, 'я'.repeat(500))
    await world.clock.advance(31_000)
    expect(slow.closedWith).toBe(4430)
  })

  it('tells what reached a device of those who take part, once a second at most (F7)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.assign(ticketId, 'engineer')
    const engineer = await world.sync('engineer')
    await engineer.follow()
    const bystander = await world.sync('dispatcher2')
    await bystander.follow()
    const receipts = (): Map<string, { delivered: number; read: number }> =>
      readReceipts(bystander.document(`chat.${ticketId}.customer`))
    await world.post('dispatcher', ticketId, 'один')
    await settled()
    expect(receipts().get('engineer')).toBeUndefined()
    for (const client of [engineer, bystander]) client.send({ type: 'APPLIED', cursor: client.cursor ?? '' })
    await settled()
    expect(receipts().get('engineer')).toEqual({ delivered: 2, read: 0 })
    expect(receipts().has('dispatcher2')).toBe(false)

    for (const text of ['два', 'три']) {
      await world.post('dispatcher', ticketId, text)
      await settled()
      engineer.send({ type: 'APPLIED', cursor: engineer.cursor ?? '' })
      await settled()
    }
    expect(receipts().get('engineer')?.delivered).toBe(2)
    await world.clock.advance(1_000)
    expect(receipts().get('engineer')?.delivered).toBe(4)
  })

  it('counts a message as delivered only with the cursor it came with', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.assign(ticketId, 'engineer')
    const engineer = await world.sync('engineer')
    await engineer.follow()
    const early = engineer.cursor ?? ''
    await world.post('dispatcher', ticketId, 'ещё не сохранено')
    await settled()
    engineer.send({ type: 'APPLIED', cursor: early })
    await world.clock.advance(1_000)
    const watcher = await world.sync('dispatcher')
    await watcher.follow()
    expect(readReceipts(watcher.document(`chat.${ticketId}.customer`)).get('engineer')?.delivered).toBe(1)
  })

  it('leaves in one message with the strike-off of the command that made it (F8)', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const client = await world.sync('dispatcher', 'device-1')
    await client.follow()
    const { Outbox } = await import('#tests/support/server-core/channel-outbox.ts')
    const outbox = new Outbox(client, 7, 'outbox.device-1')
    await settled()
    const from = client.batches.length
    outbox.push(world.command({ type: 'message.post', ticketId, to: ['customer'], text: 'привет', attachments: [] }))
    await settled()
    expect(outbox.waiting).toEqual([])
    const batch = client.batches.slice(from).find((frames) => frames.some(({ channel }) => channel === 7))
    expect(batch?.map(({ type }) => type)).toEqual(['CHANGES', 'CAUGHT_UP', 'room'])
  })

  it('answers FETCH with what is missing of a room, and nothing of a hidden one', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    for (const text of ['а', 'б', 'в']) await world.post('dispatcher', ticketId, text)
    const client = await world.sync('dispatcher')
    const room = `chat.${ticketId}.customer`
    client.send({ type: 'FETCH', room, from: 2 })
    const frame = await client.next('CHANGES')
    expect([frame.room, frame.from, frame.to, frame.updates.length]).toEqual([room, 2, 4, 1])
    const stranger = await world.sync('engineer')
    stranger.send({ type: 'FETCH', room, from: 0 })
    stranger.send({ type: 'FETCH', room: 'chat.absent.customer', from: 0 })
    await settled()
    expect(stranger.ofType('ERROR').map((error) => error.code)).toEqual(['E_ROOM_FORBIDDEN', 'E_ROOM_FORBIDDEN'])
    expect(stranger.ofType('CHANGES')).toEqual([])
  })
})
