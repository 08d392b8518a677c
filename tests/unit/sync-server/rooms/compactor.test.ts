import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { readEntries, readReceipts } from '#common/documents/chat-document.ts'
import { Compactor, looseMost } from '#server/rooms/compactor.ts'
import { mergedUpdate, RoomReader } from '#server/rooms/room-reader.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { ManualClock, settled } from '#tests/support/server-core/manual-clock.ts'

describe('compaction of a room', () => {
  it('leaves readers the same content and short absences a short way', async () => {
    const store = new MemoryLogStore()
    const world = await CoreWorld.start({ store })
    const ticketId = await world.createTicket()
    const room = `chat.${ticketId}.customer`
    const client = await world.sync('dispatcher')
    await client.follow()
    let cursor = client.cursor
    for (let index = 1; index <= 400; index++) {
      await world.post('dispatcher2', ticketId, `№ ${index}`)
      if (index === 390) cursor = client.cursor
    }
    await world.run('dispatcher', { type: 'read.mark', ticketId, chat: 'customer', seq: 400 })
    await settled()
    expect((await store.load(room)).snapshot).toBeUndefined()
    await world.clock.advance(5_000)
    const content = await store.load(room)
    expect(content.snapshot?.seq).toBeGreaterThan(128)
    expect(content.updates.length).toBeLessThan(200)
    expect(content.head).toBe(402)

    const fresh = await world.sync('dispatcher')
    await fresh.follow()
    expect(readEntries(fresh.document(room)).map((entry) => entry.seq)).toEqual(
      Array.from({ length: 400 }, (_, index) => index + 1),
    )
    expect(readReceipts(fresh.document(room)).get('dispatcher')?.read).toBe(400)
    const away = await world.sync('dispatcher')
    await away.follow(cursor)
    const frames = away.ofType('CHANGES').filter((frame) => frame.room === room)
    expect(frames.map((frame) => frame.from)).toEqual([391])

    const restarted = await CoreWorld.on(store)
    await restarted.post('dispatcher', ticketId, 'после перезапуска')
    const reader = restarted.room('dispatcher', room)
    await settled()
    expect(readEntries(reader.document)).toHaveLength(401)
  })

  it('waits for calm only so long', async () => {
    const store = new MemoryLogStore()
    const room = 'chat.01J00000000000000000000000.customer'
    const document = new Y.Doc()
    const updates: Uint8Array[] = []
    document.on('update', (update: Uint8Array) => updates.push(update))
    for (let index = 0; index < looseMost; index++) document.getMap('receipts').set('anna', index)
    await store.commit([{ appends: [{ room, expectedHead: 0, updates }], records: [], visibility: [] }])
    const reader = new RoomReader(store, { headInForce: () => undefined, idle: () => Promise.resolve() })
    const compacted: number[] = []
    const clock = new ManualClock()
    const compactor = new Compactor(
      store,
      reader,
      clock,
      (_, loose) => compacted.push(loose),
      () => {},
    )
    compactor.grown(room, looseMost - 1, looseMost)
    await settled()
    expect(compacted).toEqual([])
    compactor.grown(room, looseMost, looseMost)
    await expect.poll(() => compacted).toEqual([64])
    const content = await store.load(room)
    const copy = new Y.Doc()
    Y.applyUpdate(copy, mergedUpdate(content))
    expect([content.snapshot?.seq, copy.getMap('receipts').get('anna')]).toEqual([looseMost - 64, looseMost - 1])
  })
})
