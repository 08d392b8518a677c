import { beforeEach, describe, expect, it } from 'vitest'
import { writeParticipant } from '#common/documents/chat-document.ts'
import { writeReadMark } from '#common/documents/personal-document.ts'
import { writeTicket } from '#common/documents/ticket-document.ts'
import { caughtUp, cursor, FedDevice, WrittenRoom, writtenAt } from '#tests/support/client/fed-device.ts'
import { storedTicket } from '#tests/support/client/rows.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'

const room = 'chat.T1.customer'

let device: FedDevice

beforeEach(async () => {
  device = new FedDevice()
  await device.start()
  return () => device.stop()
})

describe('rows', () => {
  it('later entries change earlier lines, also those of an earlier batch', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    written.append({ id: 'E1', type: 'edit', target: 'M1', text: 'исправлено' })
    written.append({ id: 'D1', type: 'delete', target: 'M2' })
    device.server.last.say(written.changes(2), caughtUp('c2'))
    await settled()
    expect(await device.texts(room)).toEqual(['исправлено', ''])
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({
      lastSeq: 4,
      unread: 1,
      last: { id: 'M1', text: 'исправлено' },
    })
  })

  it('a read mark recounts its chat only', async () => {
    const one = new WrittenRoom(room).say('M1', 'один').say('M2', 'два', 'own').say('M3', 'три')
    const two = new WrittenRoom('chat.T2.customer').say('M1', 'один')
    device.server.last.say(one.changes(), two.changes(), caughtUp('c1'))
    await settled()
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({ unread: 2, readSeq: 0 })
    const counted: string[] = []
    const count = device.stores.projection.countUnread.bind(device.stores.projection)
    device.stores.projection.countUnread = (...args) => (counted.push(args[0]), count(...args))
    const personal = new WrittenRoom('me.own')
    writeReadMark(personal.document, room, 2)
    device.server.last.say(personal.changes(), caughtUp('c2'))
    await settled()
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({ unread: 1, readSeq: 2 })
    expect(counted).toEqual([room])
    await device.restart()
    device.server.last.say(one.say('M4', 'четыре').changes(3), caughtUp('c3'))
    await settled()
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({ unread: 2, readSeq: 2 })
  })

  it('a ticket and its chats know each other, in whatever order they come', async () => {
    const chat = new WrittenRoom(room)
    chat.document.transact(() =>
      writeParticipant(chat.document, 'other', { name: 'П', kind: 'employee', addedBy: 'x', addedAt: 1 }),
    )
    const {
      history: _history,
      lastAt: _lastAt,
      ...ticket
    } = storedTicket({ id: 'T1', assigneeId: 'own', createdAt: writtenAt - 5_000, stageAt: writtenAt - 5_000 })
    const written = new WrittenRoom('ticket.T1')
    device.server.last.say(chat.changes(), cursor('c1'))
    await settled()
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({ mine: false, lastAt: 0 })
    writeTicket(written.document, ticket, null)
    device.server.last.say(written.changes(), cursor('c2'))
    await settled()
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({
      mine: true,
      lastAt: writtenAt - 5_000,
    })
    device.server.last.say(chat.say('M1', 'один').changes(1), caughtUp('c3'))
    await settled()
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({ mine: true, lastAt: writtenAt })
    expect(await device.stores.projection.ticket('T1')).toMatchObject({ lastAt: writtenAt })
  })

  it('are made again from the states when the projection is gone', async () => {
    const written = new WrittenRoom(room)
      .say('M1', 'один')
      .append({ id: 'E1', type: 'edit', target: 'M1', text: 'правка' })
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    await device.stores.projection.clear()
    await device.restart()
    expect(await device.texts(room)).toEqual(['правка'])
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({ lastSeq: 2, unread: 1 })
  })
})

describe('read marks', () => {
  const chats = (['chat.T1.customer', 'chat.T2.customer'] as const).map((name) =>
    new WrittenRoom(name).say('M1', 'один').say('M2', 'два').changes(),
  )
  let personal: WrittenRoom
  let loaded: string[]

  const unread = async () => {
    const rows = await device.stores.projection.chats(['chat.T1.customer', 'chat.T2.customer'])
    return [...rows.values()].map((row) => row.unread)
  }

  beforeEach(async () => {
    personal = new WrittenRoom('me.own')
    writeReadMark(personal.document, 'chat.T1.customer', 1)
    device.server.last.say(personal.changes(), ...chats, caughtUp('c1'))
    await settled()
    loaded = []
    const { replica } = device.stores
    const load = replica.load.bind(replica)
    replica.load = (rooms) => (loaded.push(...rooms), load(rooms))
  })

  it('are read when a chat changes, not when nothing does, and once', async () => {
    await device.restart()
    device.server.last.say(caughtUp('c2'))
    await settled()
    expect(loaded).toEqual([])
    for (const seq of [1, 2]) {
      writeReadMark(personal.document, 'chat.T2.customer', seq)
      device.server.last.say(personal.changes(seq), caughtUp(`c${seq + 2}`))
      await settled()
    }
    expect(loaded).toEqual(['me.own'])
    expect(await unread()).toEqual([1, 0])
  })

  it('that could not be stored are taken again from what is stored', async () => {
    const { replica } = device.stores
    const save = replica.save.bind(replica)
    replica.save = () => Promise.reject(new Error('QuotaExceededError'))
    writeReadMark(personal.document, 'chat.T1.customer', 2)
    device.server.last.say(personal.changes(1), caughtUp('c2'))
    await settled()
    replica.save = save
    await device.connect()
    await device.clock.advance(1_100)
    writeReadMark(personal.document, 'chat.T2.customer', 2)
    device.server.last.say(personal.changes(1), caughtUp('c3'))
    await settled()
    expect(await unread()).toEqual([0, 0])
    await device.restart()
    expect(await device.stores.replica.cursor()).toBe('c3')
    expect((await device.stores.replica.heads()).get('me.own')).toMatchObject({ seq: 3 })
  })

  it('that came damaged are asked for as a whole', async () => {
    writeReadMark(personal.document, 'chat.T1.customer', 2)
    const damaged = personal.changes(1)
    if (damaged.type === 'CHANGES') damaged.updates = [damaged.updates[0]!.slice(0, 5)]
    device.server.last.say(damaged, caughtUp('c2'))
    await settled()
    expect(device.server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room: 'me.own', from: 0 }])
    device.server.last.say(personal.changes())
    await settled()
    expect(await unread()).toEqual([0, 2])
    expect(await device.stores.replica.cursor()).toBe('c2')
  })
})
