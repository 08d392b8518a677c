import { beforeEach, describe, expect, it } from 'vitest'
import { writeTicket } from '#common/documents/ticket-document.ts'
import type { EntryDraft } from '#common/domain/message.ts'
import type { ServerFrame } from '#common/protocol/control-frames.ts'
import { caughtUp, cursor, FedDevice, WrittenRoom } from '#tests/support/client/fed-device.ts'
import { storedTicket } from '#tests/support/client/rows.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'

const room = 'chat.T1.customer'

let device: FedDevice

beforeEach(async () => {
  device = new FedDevice()
  await device.start()
  return () => device.stop()
})

describe('cursor', () => {
  it('is asked for with null at first, and with the stored one later', async () => {
    expect(device.server.last.ofType('SINCE')).toEqual([{ type: 'SINCE', cursor: null, scope: 'open' }])
    device.server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), caughtUp('c1'))
    await settled()
    expect(device.server.last.ofType('APPLIED')).toEqual([{ type: 'APPLIED', cursor: 'c1' }])
    await device.restart()
    expect(device.server.last.ofType('SINCE')).toEqual([{ type: 'SINCE', cursor: 'c1', scope: 'open' }])
  })

  it('is stored after the rows, and the rows in one batch with their states', async () => {
    const order: string[] = []
    const { replica, projection } = device.stores
    const save = replica.save.bind(replica)
    const write = projection.write.bind(projection)
    replica.save = (states, kept) => (order.push(`save ${states.length} ${kept}`), save(states, kept))
    projection.write = (batch) => (order.push(`write ${batch.messages.length}`), write(batch))
    device.server.last.say(
      new WrittenRoom(room).say('M1', 'один').say('M2', 'два').changes(),
      cursor('c1'),
      caughtUp('c2'),
    )
    await settled()
    expect(order).toEqual(['write 2', 'save 1 c2'])
  })

  it('a database that does not take a batch gets it again after a new connection', async () => {
    const write = device.stores.projection.write.bind(device.stores.projection)
    device.stores.projection.write = () => Promise.reject(new Error('QuotaExceededError'))
    const written = new WrittenRoom(room).say('M1', 'один')
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    expect(await device.stores.replica.cursor()).toBeNull()
    expect(device.server.last.ofType('APPLIED')).toEqual([])
    device.stores.projection.write = write
    await device.connect()
    await device.clock.advance(1_100)
    expect(device.server.last.ofType('SINCE')).toHaveLength(1)
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    expect(await device.texts(room)).toEqual(['один'])
    expect(await device.stores.replica.cursor()).toBe('c1')
  })

  it('cuts a connection that brings more than can be stored, once, and goes on when it is stored', async () => {
    const release = device.holdWriting()
    const long = 'x'.repeat(300_000)
    const rooms = [1, 2, 3, 4, 5].map((number) => new WrittenRoom(`chat.T${number}.customer`).say(`M${number}`, long))
    device.server.last.say(rooms[0]!.changes(), cursor('c1'))
    await settled()
    for (const written of rooms.slice(1, 4)) device.server.last.say(written.changes())
    expect(device.server.last.isClosed).toBe(false)
    device.server.last.say(rooms[4]!.changes())
    expect(device.server.last.isClosed).toBe(true)
    await device.connect()
    device.server.last.say({ type: 'PONG' })
    await settled()
    expect(device.server.last.isClosed).toBe(false)
    expect(device.server.last.ofType('SINCE')).toEqual([])
    release()
    await settled()
    expect(device.server.last.ofType('SINCE')).toMatchObject([{ cursor: 'c1' }])
  })

  it('waits with the next question until what came before the cut is stored', async () => {
    const release = device.holdWriting()
    device.server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), caughtUp('c1'))
    await settled()
    device.server.last.close(1006)
    await device.connect()
    expect(device.server.last.ofType('SINCE')).toEqual([])
    release()
    await settled()
    expect(device.server.last.ofType('SINCE')).toMatchObject([{ cursor: 'c1' }])
    expect(device.server.last.ofType('APPLIED')).toEqual([])
  })
})

describe('gaps', () => {
  it('asks for what is missing and keeps no cursor before it is here', async () => {
    const written = new WrittenRoom(room).say('M1', 'один')
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    written.say('M2', 'два').say('M3', 'три')
    device.server.last.say(written.changes(2), caughtUp('c2'))
    await settled()
    expect(device.server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room, from: 1 }])
    expect(await device.stores.replica.cursor()).toBe('c1')
    device.server.last.say(written.changes(1))
    await settled()
    expect(await device.texts(room)).toEqual(['один', 'два', 'три'])
    expect(await device.stores.replica.cursor()).toBe('c2')
  })

  it('goes on without a room that the server will not answer for', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    device.server.last.say(written.changes(1), caughtUp('c1'))
    await settled()
    expect(device.server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room, from: 0 }])
    device.server.last.say({ type: 'ERROR', code: 'E_ROOM_FORBIDDEN', message: '', room })
    await settled()
    expect(await device.stores.replica.cursor()).toBe('c1')
  })

  it('asks again when it asked too fast', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    device.server.last.say(written.changes(1), caughtUp('c1'), { type: 'ERROR', code: 'E_RATE', message: '', room })
    await settled()
    expect(await device.stores.replica.cursor()).toBeNull()
    await device.clock.advance(2_000)
    expect(device.server.last.ofType('FETCH')).toHaveLength(2)
  })

  it('what comes twice, or overlaps, changes nothing', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    written.say('M3', 'три')
    device.server.last.say(written.changes(), written.changes(1), caughtUp('c2'))
    await settled()
    expect(await device.texts(room)).toEqual(['один', 'два', 'три'])
    expect((await device.stores.projection.chats([room])).get(room)).toMatchObject({ lastSeq: 3, unread: 3 })
    expect((await device.stores.replica.heads()).get(room)).toEqual({ epoch: 1, seq: 3, entries: 3 })
  })

  it('a damaged update, or one that builds on nothing, makes it ask for the whole room', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    const damaged: ServerFrame = { type: 'CHANGES', room, epoch: 1, from: 0, to: 1, updates: [Uint8Array.of(1, 2, 3)] }
    device.server.last.say(damaged, caughtUp('c1'))
    await settled()
    expect(device.server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room, from: 0 }])
    expect(await device.stores.replica.cursor()).toBeNull()
    const orphan: ServerFrame = { type: 'CHANGES', room, epoch: 1, from: 0, to: 2, updates: [written.updates[1]!] }
    device.server.last.say(orphan)
    await settled()
    expect(device.server.last.ofType('FETCH')).toHaveLength(2)
    device.server.last.say(written.changes())
    await settled()
    expect(await device.texts(room)).toEqual(['один', 'два'])
    expect(await device.stores.replica.cursor()).toBe('c1')
    expect(device.feed.isLive()).toBe(true)
  })

  it('a room that stays unusable does not hold up the others for ever', async () => {
    const damaged: ServerFrame = { type: 'CHANGES', room, epoch: 1, from: 0, to: 1, updates: [Uint8Array.of(1, 2, 3)] }
    device.server.last.say(damaged, caughtUp('c1'))
    for (let count = 0; count < 5; count++) {
      await settled()
      device.server.last.say(damaged)
    }
    device.server.last.say(new WrittenRoom('chat.T2.customer').say('M1', 'один').changes(), caughtUp('c2'))
    await settled()
    expect(device.server.last.ofType('FETCH')).toHaveLength(3)
    expect(await device.texts('chat.T2.customer')).toEqual(['один'])
    expect(await device.stores.replica.cursor()).toBe('c2')
  })
})

describe('epochs', () => {
  it('a rewritten room replaces its rows', async () => {
    device.server.last.say(new WrittenRoom(room).say('M1', 'секрет').say('M2', 'два').changes(), caughtUp('c1'))
    await settled()
    device.server.last.say(new WrittenRoom(room, 2).say('M2', 'два').changes(), caughtUp('c2'))
    await settled()
    expect(await device.texts(room)).toEqual(['два'])
    expect((await device.stores.replica.heads()).get(room)).toEqual({ epoch: 2, seq: 1, entries: 1 })
  })

  it('a chat that was rewritten brings no news of what was here, and its lines are never gone', async () => {
    device.server.last.say(caughtUp('c1'))
    await settled()
    device.server.last.say(new WrittenRoom(room).say('M1', 'секрет').say('M2', 'два').changes(), caughtUp('c2'))
    await settled()
    const written = new WrittenRoom(room, 2).say('M1', '').say('M2', 'два').append({ id: 'M3', type: 'delete', target: 'M1' }) // prettier-ignore
    device.told.length = 0
    const removed: string[] = []
    const { projection } = device.stores
    const write = projection.write.bind(projection)
    projection.write = (batch) => {
      removed.push(...batch.removedChats)
      return write(batch)
    }
    device.server.last.say(written.say('M4', 'три').changes(), caughtUp('c3'))
    await settled()
    expect(device.told.filter((line) => !line.startsWith('effect'))).toEqual(['live три'])
    expect(removed).toEqual([])
    expect(await device.texts(room)).toEqual(['', 'два', 'три'])
    const states = await device.stores.replica.load([room])
    expect(Buffer.from(states.get(room)?.state ?? []).includes('секрет')).toBe(false)
  })

  it('files of a deleted message are forgotten, whether the deletion comes by itself or with the whole chat', async () => {
    const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(64)) as [string, string, string]
    const showing = (id: string, sha256: string): EntryDraft => ({
      id,
      type: 'message',
      authorId: 'other',
      writtenAt: '',
      text: '',
      attachments: [{ sha256, name: 'a.jpg', mime: 'image/jpeg', size: 1 }],
    })
    const written = new WrittenRoom(room).append(showing('M1', one)).append(showing('M2', two)).append(showing('M3', three)) // prettier-ignore
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    const forgotten = () => device.told.filter((line) => line.startsWith('forget'))
    expect(forgotten()).toEqual([])
    device.server.last.say(written.append({ id: 'D1', type: 'delete', target: 'M1' }).changes(3), caughtUp('c2'))
    await settled()
    expect(forgotten()).toEqual([`forget ${one}`])
    const rewritten = new WrittenRoom(room, 2).say('M1', '').say('M2', '').append(showing('M3', three))
    for (const target of ['M1', 'M2']) rewritten.append({ id: `D${target}`, type: 'delete', target })
    device.server.last.say(rewritten.changes(), caughtUp('c3'))
    await settled()
    expect(forgotten()).toEqual([`forget ${one}`, `forget ${two}`])
  })

  it('a change of another epoch that does not begin at its beginning is asked for whole', async () => {
    device.server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), caughtUp('c1'))
    await settled()
    const rewritten = new WrittenRoom(room, 2).say('M1', 'один').say('M2', 'два')
    device.server.last.say(rewritten.changes(1), caughtUp('c2'))
    await settled()
    expect(device.server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room, from: 0 }])
    expect(await device.texts(room)).toEqual(['один'])
  })

  it('another history empties the store, tells the user, and takes what follows', async () => {
    device.server.last.say(new WrittenRoom(room).say('M1', 'старое').changes(), caughtUp('c1'))
    await settled()
    await device.restart()
    const first = new WrittenRoom('chat.T2.customer').say('M1', 'новое')
    device.server.last.say({ type: 'ERROR', code: 'E_EPOCH', message: '' }, first.changes(), caughtUp('d1'))
    await settled()
    expect(await device.texts(room)).toEqual([])
    expect(await device.texts('chat.T2.customer')).toEqual(['новое'])
    expect([...(await device.stores.replica.heads()).keys()]).toEqual(['chat.T2.customer'])
    expect(await device.stores.replica.cursor()).toBe('d1')
    expect(device.told).toContain('restored')
  })
})

describe('revocation', () => {
  it('removes rows and states, and says which ticket', async () => {
    const written = new WrittenRoom('ticket.T1')
    const { history: _history, lastAt: _lastAt, ...ticket } = storedTicket({ id: 'T1', number: 7 })
    writeTicket(written.document, ticket, null)
    device.server.last.say(written.changes(), new WrittenRoom(room).say('M1', 'один').changes(), caughtUp('c1'))
    await settled()
    device.server.last.say({ type: 'REVOKE', room }, { type: 'REVOKE', room: 'ticket.T1' }, caughtUp('c2'))
    await settled()
    expect(await device.texts(room)).toEqual([])
    expect(await device.stores.projection.ticket('T1')).toBeUndefined()
    expect((await device.stores.replica.heads()).size).toBe(0)
    expect(device.told.filter((line) => line.startsWith('lost'))).toEqual(['lost 7 Не работает кондиционер'])
  })

  it('a room that comes back in the same batch comes whole', async () => {
    const written = new WrittenRoom(room).say('M1', 'один')
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    written.say('M2', 'два')
    device.server.last.say({ type: 'REVOKE', room }, { type: 'GRANT', room }, written.changes(), caughtUp('c2'))
    await settled()
    expect(await device.texts(room)).toEqual(['один', 'два'])
    expect((await device.stores.replica.heads()).get(room)).toMatchObject({ seq: 2 })
  })
})

describe('news', () => {
  it('are told of others only, after a first sync, once', async () => {
    const written = new WrittenRoom(room).say('M1', 'один')
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    device.server.last.say(written.say('M2', 'два').say('M3', 'своё', 'own').changes(1), caughtUp('c2'))
    device.server.last.say(written.changes(1), caughtUp('c3'))
    await settled()
    expect(device.told.filter((line) => !line.startsWith('effect'))).toEqual(['live два'])
    expect(device.told.filter((line) => line.startsWith('effect'))).toEqual(['effect M1', 'effect M2', 'effect M3'])
  })

  it('are late while catching up', async () => {
    const written = new WrittenRoom(room).say('M1', 'один')
    device.server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    await device.restart()
    device.server.last.say(written.say('M2', 'два').changes(1), caughtUp('c2'))
    await settled()
    expect(device.told.filter((line) => !line.startsWith('effect'))).toEqual(['late два'])
  })
})
