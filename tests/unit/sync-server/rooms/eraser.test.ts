import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom, type RoomName, type TicketId } from '#common/domain/ids.ts'
import { startLimits } from '#server/limits.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'

const { erasureMs } = startLimits
const secret = 'Код от сейфа 4711'
const corrected = 'Код от сейфа 4712'

let store: MemoryLogStore
let world: CoreWorld
let ticketId: TicketId
let room: RoomName
let target: string

beforeEach(async () => {
  store = new MemoryLogStore()
  world = await CoreWorld.start({ store })
  ticketId = await world.createTicket('dispatcher', { customerId: 'customer' })
  room = chatRoom(ticketId, 'customer')
  await world.post('dispatcher', ticketId, 'до')
  target = await world.post('dispatcher', ticketId, secret)
  await world.run('dispatcher', { type: 'message.edit', ticketId, chat: 'customer', target, text: corrected })
  await world.post('customer', ticketId, 'после')
})

const remove = (id = target) => world.run('dispatcher', { type: 'message.delete', ticketId, chat: 'customer', target: id }) // prettier-ignore

async function isStored(text: string): Promise<boolean> {
  const { snapshot, updates } = await store.load(room)
  return [...(snapshot ? [snapshot] : []), ...updates].some(({ update }) => Buffer.from(update).includes(text))
}

const linesOf = (document: Y.Doc) =>
  readEntries(document).map((entry) => `${entry.seq} ${entry.type} ${'text' in entry ? entry.text : ''}`.trim())

const blanked = ['1 message до', '2 message', '3 edit', '4 message после', '5 delete']

describe('N6: the text of a deleted message', () => {
  it('is taken out of storage with what its edits said; everything else stays in its place', async () => {
    await remove()
    await world.clock.advance(erasureMs - 1)
    expect(await isStored(secret)).toBe(true)
    await world.clock.advance(1)
    expect([await isStored(secret), await isStored(corrected)]).toEqual([false, false])
    const newcomer = await world.sync('customer')
    await newcomer.follow()
    expect(linesOf(newcomer.document(room))).toEqual(blanked)
    expect(readEntries(newcomer.document(room))[1]).toMatchObject({ id: target, authorId: 'dispatcher', seq: 2 })
  })

  it('is replaced under a new epoch for who follows the feed and for who was away', async () => {
    const follower = await world.sync('customer')
    const away = await world.sync('dispatcher2')
    await follower.follow()
    await away.follow()
    away.cut()
    await remove()
    await world.clock.advance(erasureMs)
    const last = follower.ofType('CHANGES').findLast((frame) => frame.room === room)
    expect(last).toMatchObject({ epoch: 2, from: 0 })
    expect(linesOf(follower.document(room))).toEqual(blanked)
    await world.post('customer', ticketId, 'дальше')
    await settled()
    expect(linesOf(follower.document(room))).toEqual([...blanked, '6 message дальше'])
    expect(follower.gaps).toEqual([])

    const back = await world.sync('dispatcher2')
    await back.follow(away.cursor)
    expect(back.ofType('CHANGES').map(({ epoch, from }) => [epoch, from])).toEqual([[2, 0]])
    expect(linesOf(back.document(room))).toEqual([...blanked, '6 message дальше'])
  })

  it('disappears from a document that a provider has open, and from one that comes back with what it had', async () => {
    const open = world.room('customer', room)
    const kept = world.room('dispatcher2', room)
    await settled()
    kept.cut()
    await remove()
    await world.clock.advance(erasureMs)
    const back = world.room('dispatcher2', room, kept.document)
    await settled()
    await world.post('customer', ticketId, 'дальше')
    await settled()
    for (const { document, closedWith } of [open, back]) {
      expect(closedWith).toBeUndefined()
      expect(linesOf(document)).toEqual([...blanked, '6 message дальше'])
      expect(Buffer.from(Y.encodeStateAsUpdate(document)).includes(secret)).toBe(false)
    }
  })

  it('waits for others: a room with several is rewritten once', async () => {
    await remove()
    await world.clock.advance(erasureMs / 2)
    await remove(readEntries(await documentOf())[0]?.id)
    await world.clock.advance(erasureMs)
    expect((await store.load(room)).epoch).toBe(2)
    expect(linesOf(await documentOf())[0]).toBe('1 message')
    await world.clock.advance(10 * erasureMs)
    expect((await store.load(room)).epoch).toBe(2)
  })

  it('is erased later when the disk was full, and after a restart when there was none to do it', async () => {
    await remove()
    store.failNextCommit()
    await world.clock.advance(erasureMs)
    expect(await isStored(secret)).toBe(true)
    store = store.crash()
    world = await CoreWorld.on(store, {}, world.clock)
    expect(await isStored(secret)).toBe(true)
    await world.clock.advance(erasureMs)
    expect(await isStored(secret)).toBe(false)
    await world.post('customer', ticketId, 'дальше')
    expect(linesOf(await documentOf())).toEqual([...blanked, '6 message дальше'])
  })

  it('goes with its files, which nobody but their author could name', async () => {
    const bytes = 'ab'.repeat(32)
    await world.core.media.addUpload('dispatcher', bytes, {
      kind: 'photo',
      mime: 'image/jpeg',
      size: 10,
      full: bytes,
      bytes: 10,
    })
    const attachments = [{ sha256: bytes, name: 'замок.jpg', mime: 'image/jpeg', size: 10 }]
    const post = { type: 'message.post', ticketId, to: ['customer'], text: '', attachments }
    const shown = await world.run('dispatcher', post)
    expect([await isStored(bytes), await isStored('замок')]).toEqual([true, true])
    await remove(shown)
    await world.clock.advance(erasureMs)
    expect([await isStored(bytes), await isStored('замок')]).toEqual([false, false])
  })
})

async function documentOf(): Promise<Y.Doc> {
  const client = await world.sync('dispatcher', 'reader')
  await client.follow()
  return client.document(room)
}
