import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { appendEntries, writeParticipant } from '#common/documents/chat-document.ts'
import { writeReadMark } from '#common/documents/personal-document.ts'
import { writeTicket } from '#common/documents/ticket-document.ts'
import type { EntryDraft } from '#common/domain/message.ts'
import type { ServerFrame } from '#common/protocol/control-frames.ts'
import type { AccountStores } from '#renderer/data/store/ports.ts'
import { Feed } from '#renderer/data/sync/feed.ts'
import { loadReplica } from '#renderer/data/sync/load-replica.ts'
import { MultiplexedSocket } from '#renderer/data/sync/multiplexed-socket.ts'
import { storedTicket } from '#tests/support/client/rows.ts'
import { ScriptedServer, welcome } from '#tests/support/client/scripted-server.ts'
import { ManualClock, settled } from '#tests/support/server-core/manual-clock.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'

const room = 'chat.T1.customer'
const at = Date.UTC(2026, 0, 15, 9)

let clock: ManualClock
let server: ScriptedServer
let socket: MultiplexedSocket
let stores: AccountStores
let feed: Feed
let told: string[]

/** A room as its server writes it: each change is one numbered update. */
class WrittenRoom {
  readonly document = new Y.Doc()
  readonly updates: Uint8Array[] = []
  readonly room: string
  epoch: number

  constructor(name: string, epoch = 1) {
    this.room = name
    this.epoch = epoch
    this.document.on('update', (update: Uint8Array) => this.updates.push(update))
  }

  say(id: string, text: string, authorId = 'other'): this {
    return this.append({ id, type: 'message', authorId, writtenAt: new Date(at).toISOString(), text })
  }

  append(draft: EntryDraft): this {
    this.document.transact(() => appendEntries(this.document, [draft], at))
    return this
  }

  /** Updates after `from`. */
  changes(from = 0): ServerFrame {
    const { room: name, epoch, updates } = this
    return { type: 'CHANGES', room: name, epoch, from, to: updates.length, updates: updates.slice(from) }
  }
}

const cursor = (text: string): ServerFrame => ({ type: 'CURSOR', cursor: text })
const caughtUp = (text: string): ServerFrame => ({ type: 'CAUGHT_UP', cursor: text })

beforeEach(async () => {
  clock = new ManualClock()
  server = new ScriptedServer()
  stores = createMemoryStores()
  told = []
  await open()
  return () => {
    feed.stop()
    socket.stop()
  }
})

async function open(): Promise<void> {
  socket = new MultiplexedSocket({
    clock,
    fillRandom: (bytes) => bytes.fill(0),
    openSocket: server.openSocket,
    url: 'ws://server.test/sync',
    deviceId: 'device-1',
    authorize: async () => ({ ok: true, token: 'T' }),
    tokenRejected: () => {},
    ended: () => {},
  })
  feed = new Feed({
    clock,
    socket,
    replica: await loadReplica(stores, 'own'),
    queueLimitBytes: 1_000_000,
    listener: {
      arrived: (messages, live) => told.push(...messages.map(({ text }) => `${live ? 'live' : 'late'} ${text}`)),
      effects: (ids) => told.push(...ids.map((id) => `effect ${id}`)),
      settled: () => {},
      lost: (tickets) => told.push(...tickets.map(({ number, title }) => `lost ${number} ${title}`)),
      restored: () => told.push('restored'),
    },
  })
  socket.start()
  await connect()
}

async function connect(): Promise<void> {
  await clock.advance(1)
  server.last.open()
  await settled()
  server.last.say(welcome())
  await settled()
}

/** The app ends without a word and is started again. */
async function restart(): Promise<void> {
  feed.stop()
  socket.stop()
  await open()
}

const texts = async (of = room) => {
  const rows = await stores.projection.messagesById(of, ['M1', 'M2', 'M3', 'M4'])
  return [...rows.values()].map((row) => (row.type === 'message' ? row.text : row.type))
}

describe('cursor', () => {
  it('is asked for with null at first, and with the stored one later', async () => {
    expect(server.last.ofType('SINCE')).toEqual([{ type: 'SINCE', cursor: null, scope: 'open' }])
    server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), caughtUp('c1'))
    await settled()
    expect(server.last.ofType('APPLIED')).toEqual([{ type: 'APPLIED', cursor: 'c1' }])
    await restart()
    expect(server.last.ofType('SINCE')).toEqual([{ type: 'SINCE', cursor: 'c1', scope: 'open' }])
  })

  it('is stored after the rows, and the rows in one batch with their states', async () => {
    const order: string[] = []
    const { replica, projection } = stores
    const save = replica.save.bind(replica)
    const write = projection.write.bind(projection)
    replica.save = (states, kept) => (order.push(`save ${states.length} ${kept}`), save(states, kept))
    projection.write = (batch) => (order.push(`write ${batch.messages.length}`), write(batch))
    server.last.say(new WrittenRoom(room).say('M1', 'один').say('M2', 'два').changes(), cursor('c1'), caughtUp('c2'))
    await settled()
    expect(order).toEqual(['write 2', 'save 1 c2'])
  })

  it('a database that does not take a batch gets it again after a new connection', async () => {
    const write = stores.projection.write.bind(stores.projection)
    stores.projection.write = () => Promise.reject(new Error('QuotaExceededError'))
    const written = new WrittenRoom(room).say('M1', 'один')
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    expect(await stores.replica.cursor()).toBeNull()
    expect(server.last.ofType('APPLIED')).toEqual([])
    stores.projection.write = write
    await connect()
    await clock.advance(1_100)
    expect(server.last.ofType('SINCE')).toHaveLength(1)
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    expect(await texts()).toEqual(['один'])
    expect(await stores.replica.cursor()).toBe('c1')
  })

  it('cuts a connection that brings more than can be stored, once, and goes on when it is stored', async () => {
    let release = () => {}
    const write = stores.projection.write.bind(stores.projection)
    stores.projection.write = async (batch) => {
      await new Promise<void>((resolve) => (release = resolve))
      return write(batch)
    }
    const long = 'x'.repeat(300_000)
    const rooms = [1, 2, 3, 4, 5].map((number) => new WrittenRoom(`chat.T${number}.customer`).say(`M${number}`, long))
    server.last.say(rooms[0]!.changes(), cursor('c1'))
    await settled()
    for (const written of rooms.slice(1, 4)) server.last.say(written.changes())
    expect(server.last.isClosed).toBe(false)
    server.last.say(rooms[4]!.changes())
    expect(server.last.isClosed).toBe(true)
    await connect()
    server.last.say({ type: 'PONG' })
    await settled()
    expect(server.last.isClosed).toBe(false)
    expect(server.last.ofType('SINCE')).toEqual([])
    stores.projection.write = write
    release()
    await settled()
    expect(server.last.ofType('SINCE')).toMatchObject([{ cursor: 'c1' }])
  })

  it('waits with the next question until what came before the cut is stored', async () => {
    let release = () => {}
    const write = stores.projection.write.bind(stores.projection)
    stores.projection.write = async (batch) => {
      await new Promise<void>((resolve) => (release = resolve))
      return write(batch)
    }
    server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), caughtUp('c1'))
    await settled()
    server.last.close(1006)
    await connect()
    expect(server.last.ofType('SINCE')).toEqual([])
    release()
    await settled()
    expect(server.last.ofType('SINCE')).toMatchObject([{ cursor: 'c1' }])
    expect(server.last.ofType('APPLIED')).toEqual([])
  })
})

describe('gaps', () => {
  it('asks for what is missing and keeps no cursor before it is here', async () => {
    const written = new WrittenRoom(room).say('M1', 'один')
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    written.say('M2', 'два').say('M3', 'три')
    server.last.say(written.changes(2), caughtUp('c2'))
    await settled()
    expect(server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room, from: 1 }])
    expect(await stores.replica.cursor()).toBe('c1')
    server.last.say(written.changes(1))
    await settled()
    expect(await texts()).toEqual(['один', 'два', 'три'])
    expect(await stores.replica.cursor()).toBe('c2')
  })

  it('goes on without a room that the server will not answer for', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    server.last.say(written.changes(1), caughtUp('c1'))
    await settled()
    expect(server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room, from: 0 }])
    server.last.say({ type: 'ERROR', code: 'E_ROOM_FORBIDDEN', message: '', room })
    await settled()
    expect(await stores.replica.cursor()).toBe('c1')
  })

  it('asks again when it asked too fast', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    server.last.say(written.changes(1), caughtUp('c1'), { type: 'ERROR', code: 'E_RATE', message: '', room })
    await settled()
    expect(await stores.replica.cursor()).toBeNull()
    await clock.advance(2_000)
    expect(server.last.ofType('FETCH')).toHaveLength(2)
  })

  it('what comes twice, or overlaps, changes nothing', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    written.say('M3', 'три')
    server.last.say(written.changes(), written.changes(1), caughtUp('c2'))
    await settled()
    expect(await texts()).toEqual(['один', 'два', 'три'])
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({ lastSeq: 3, unread: 3 })
    expect((await stores.replica.heads()).get(room)).toEqual({ epoch: 1, seq: 3, entries: 3 })
  })

  it('a damaged update, or one that builds on nothing, makes it ask for the whole room', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    const damaged: ServerFrame = { type: 'CHANGES', room, epoch: 1, from: 0, to: 1, updates: [Uint8Array.of(1, 2, 3)] }
    server.last.say(damaged, caughtUp('c1'))
    await settled()
    expect(server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room, from: 0 }])
    expect(await stores.replica.cursor()).toBeNull()
    const orphan: ServerFrame = { type: 'CHANGES', room, epoch: 1, from: 0, to: 2, updates: [written.updates[1]!] }
    server.last.say(orphan)
    await settled()
    expect(server.last.ofType('FETCH')).toHaveLength(2)
    server.last.say(written.changes())
    await settled()
    expect(await texts()).toEqual(['один', 'два'])
    expect(await stores.replica.cursor()).toBe('c1')
    expect(feed.isLive()).toBe(true)
  })

  it('a room that stays unusable does not hold up the others for ever', async () => {
    const damaged: ServerFrame = { type: 'CHANGES', room, epoch: 1, from: 0, to: 1, updates: [Uint8Array.of(1, 2, 3)] }
    server.last.say(damaged, caughtUp('c1'))
    for (let count = 0; count < 5; count++) {
      await settled()
      server.last.say(damaged)
    }
    server.last.say(new WrittenRoom('chat.T2.customer').say('M1', 'один').changes(), caughtUp('c2'))
    await settled()
    expect(server.last.ofType('FETCH')).toHaveLength(3)
    expect(await texts('chat.T2.customer')).toEqual(['один'])
    expect(await stores.replica.cursor()).toBe('c2')
  })
})

describe('epochs', () => {
  it('a rewritten room replaces its rows', async () => {
    server.last.say(new WrittenRoom(room).say('M1', 'секрет').say('M2', 'два').changes(), caughtUp('c1'))
    await settled()
    server.last.say(new WrittenRoom(room, 2).say('M2', 'два').changes(), caughtUp('c2'))
    await settled()
    expect(await texts()).toEqual(['два'])
    expect((await stores.replica.heads()).get(room)).toEqual({ epoch: 2, seq: 1, entries: 1 })
  })

  it('a change of another epoch that does not begin at its beginning is asked for whole', async () => {
    server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), caughtUp('c1'))
    await settled()
    const rewritten = new WrittenRoom(room, 2).say('M1', 'один').say('M2', 'два')
    server.last.say(rewritten.changes(1), caughtUp('c2'))
    await settled()
    expect(server.last.ofType('FETCH')).toEqual([{ type: 'FETCH', room, from: 0 }])
    expect(await texts()).toEqual(['один'])
  })

  it('another history empties the store, tells the user, and takes what follows', async () => {
    server.last.say(new WrittenRoom(room).say('M1', 'старое').changes(), caughtUp('c1'))
    await settled()
    await restart()
    const first = new WrittenRoom('chat.T2.customer').say('M1', 'новое')
    server.last.say({ type: 'ERROR', code: 'E_EPOCH', message: '' }, first.changes(), caughtUp('d1'))
    await settled()
    expect(await texts()).toEqual([])
    expect(await texts('chat.T2.customer')).toEqual(['новое'])
    expect([...(await stores.replica.heads()).keys()]).toEqual(['chat.T2.customer'])
    expect(await stores.replica.cursor()).toBe('d1')
    expect(told).toContain('restored')
  })
})

describe('rows', () => {
  it('later entries change earlier lines, also those of an earlier batch', async () => {
    const written = new WrittenRoom(room).say('M1', 'один').say('M2', 'два')
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    written.append({ id: 'E1', type: 'edit', target: 'M1', text: 'исправлено' })
    written.append({ id: 'D1', type: 'delete', target: 'M2' })
    server.last.say(written.changes(2), caughtUp('c2'))
    await settled()
    expect(await texts()).toEqual(['исправлено', ''])
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({
      lastSeq: 4,
      unread: 1,
      last: { id: 'M1', text: 'исправлено' },
    })
  })

  it('a read mark recounts its chat only', async () => {
    const one = new WrittenRoom(room).say('M1', 'один').say('M2', 'два', 'own').say('M3', 'три')
    const two = new WrittenRoom('chat.T2.customer').say('M1', 'один')
    server.last.say(one.changes(), two.changes(), caughtUp('c1'))
    await settled()
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({ unread: 2, readSeq: 0 })
    const counted: string[] = []
    const count = stores.projection.countUnread.bind(stores.projection)
    stores.projection.countUnread = (...args) => (counted.push(args[0]), count(...args))
    const personal = new WrittenRoom('me.own')
    writeReadMark(personal.document, room, 2)
    server.last.say(personal.changes(), caughtUp('c2'))
    await settled()
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({ unread: 1, readSeq: 2 })
    expect(counted).toEqual([room])
    await restart()
    server.last.say(one.say('M4', 'четыре').changes(3), caughtUp('c3'))
    await settled()
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({ unread: 2, readSeq: 2 })
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
    } = storedTicket({ id: 'T1', assigneeId: 'own', createdAt: at - 5_000, stageAt: at - 5_000 })
    const written = new WrittenRoom('ticket.T1')
    server.last.say(chat.changes(), cursor('c1'))
    await settled()
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({ mine: false, lastAt: 0 })
    writeTicket(written.document, ticket, null)
    server.last.say(written.changes(), cursor('c2'))
    await settled()
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({ mine: true, lastAt: at - 5_000 })
    server.last.say(chat.say('M1', 'один').changes(1), caughtUp('c3'))
    await settled()
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({ mine: true, lastAt: at })
    expect(await stores.projection.ticket('T1')).toMatchObject({ lastAt: at })
  })

  it('are made again from the states when the projection is gone', async () => {
    const written = new WrittenRoom(room)
      .say('M1', 'один')
      .append({ id: 'E1', type: 'edit', target: 'M1', text: 'правка' })
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    await stores.projection.clear()
    await restart()
    expect(await texts()).toEqual(['правка'])
    expect((await stores.projection.chats([room])).get(room)).toMatchObject({ lastSeq: 2, unread: 1 })
  })
})

describe('revocation', () => {
  it('removes rows and states, and says which ticket', async () => {
    const written = new WrittenRoom('ticket.T1')
    const { history: _history, lastAt: _lastAt, ...ticket } = storedTicket({ id: 'T1', number: 7 })
    writeTicket(written.document, ticket, null)
    server.last.say(written.changes(), new WrittenRoom(room).say('M1', 'один').changes(), caughtUp('c1'))
    await settled()
    server.last.say({ type: 'REVOKE', room }, { type: 'REVOKE', room: 'ticket.T1' }, caughtUp('c2'))
    await settled()
    expect(await texts()).toEqual([])
    expect(await stores.projection.ticket('T1')).toBeUndefined()
    expect((await stores.replica.heads()).size).toBe(0)
    expect(told.filter((line) => line.startsWith('lost'))).toEqual(['lost 7 Не работает кондиционер'])
  })

  it('a room that comes back in the same batch comes whole', async () => {
    const written = new WrittenRoom(room).say('M1', 'один')
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    written.say('M2', 'два')
    server.last.say({ type: 'REVOKE', room }, { type: 'GRANT', room }, written.changes(), caughtUp('c2'))
    await settled()
    expect(await texts()).toEqual(['один', 'два'])
    expect((await stores.replica.heads()).get(room)).toMatchObject({ seq: 2 })
  })
})

describe('news', () => {
  it('are told of others only, after a first sync, once', async () => {
    const written = new WrittenRoom(room).say('M1', 'один')
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    server.last.say(written.say('M2', 'два').say('M3', 'своё', 'own').changes(1), caughtUp('c2'))
    server.last.say(written.changes(1), caughtUp('c3'))
    await settled()
    expect(told.filter((line) => !line.startsWith('effect'))).toEqual(['live два'])
    expect(told.filter((line) => line.startsWith('effect'))).toEqual(['effect M1', 'effect M2', 'effect M3'])
  })

  it('are late while catching up', async () => {
    const written = new WrittenRoom(room).say('M1', 'один')
    server.last.say(written.changes(), caughtUp('c1'))
    await settled()
    await restart()
    server.last.say(written.say('M2', 'два').changes(1), caughtUp('c2'))
    await settled()
    expect(told.filter((line) => !line.startsWith('effect'))).toEqual(['late два'])
  })
})

describe('progress and freshness', () => {
  it('shows a first sync until it is complete', async () => {
    server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), cursor('c1'))
    await settled()
    expect(feed.syncing.get()).toEqual({ rooms: 1, messages: 1 })
    expect(feed.caughtUpAt.get()).toBeNull()
    server.last.say(caughtUp('c2'))
    await settled()
    expect(feed.syncing.get()).toBeNull()
    expect(feed.caughtUpAt.get()).toBe(clock.nowMs())
  })

  it('a connection on which more waits than can be kept is dropped, and nothing of it is lost', async () => {
    let release = () => {}
    const write = stores.projection.write.bind(stores.projection)
    stores.projection.write = async (batch) => {
      await new Promise<void>((resolve) => (release = resolve))
      return write(batch)
    }
    const written = new WrittenRoom(room)
    for (let count = 0; count < 90; count++) written.say(`M${count}`, 'x'.repeat(20_000))
    server.last.say(new WrittenRoom('chat.T2.customer').say('M1', 'один').changes(), cursor('none'))
    await settled()
    for (const [index, update] of written.updates.entries())
      server.last.say(
        { type: 'CHANGES', room, epoch: 1, from: index, to: index + 1, updates: [update] },
        cursor(`${index + 1}`),
      )
    expect(server.sockets[0]!.isClosed).toBe(true)
    stores.projection.write = write
    release()
    await connect()
    expect(server.last.ofType('SINCE')).toHaveLength(1)
    const head = (await stores.replica.heads()).get(room)!.seq
    expect(head).toBeGreaterThan(40)
    expect(server.last.ofType('SINCE')).toMatchObject([{ cursor: `${head}` }])
  })
})
