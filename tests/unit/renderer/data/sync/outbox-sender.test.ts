import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { readCommands, strikeOff } from '#common/documents/outbox-document.ts'
import { commandIdOf } from '#common/domain/command.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { refusal, type Refusal } from '#common/protocol/refusals.ts'
import { Keeper } from '#renderer/data/commands/keeper.ts'
import { loadWriting } from '#renderer/data/commands/load-writing.ts'
import { MultiplexedSocket } from '#renderer/data/sync/multiplexed-socket.ts'
import { OutboxSender, windowLimits } from '#renderer/data/sync/outbox-sender.ts'
import { MemoryJournal } from '#tests/support/client/memory-journal.ts'
import { outboxRow } from '#tests/support/client/rows.ts'
import { ScriptedServer, welcome, type ScriptedSocket } from '#tests/support/client/scripted-server.ts'
import { ManualClock, settled } from '#tests/support/server-core/manual-clock.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'

let clock: ManualClock
let server: ScriptedServer
let socket: MultiplexedSocket
let keeper: Keeper
let sender: OutboxSender
let taken: string[]
let journal: MemoryJournal

/** The server's copy of the outbox on one connection. */
class ServersOutbox {
  readonly document = new Y.Doc()
  private readonly socket: ScriptedSocket
  private readonly channel: number
  private read = 0

  constructor(of: ScriptedSocket) {
    this.socket = of
    const opened = of.ofType('OPEN').findLast(({ room }) => room === 'outbox.device-1')
    if (opened === undefined) throw new Error('the outbox is not open')
    this.channel = opened.channel
    this.socket.sayInRoom(this.channel, { type: 'sync-step-1', stateVector: Y.encodeStateVector(this.document) })
  }

  /** Ids of the commands that came and were not struck off. */
  ids(): (string | undefined)[] {
    const { room } = this.socket
    for (const { channel, message } of room.slice(this.read))
      if (channel === this.channel && (message.type === 'update' || message.type === 'sync-step-2'))
        Y.applyUpdate(this.document, message.update, 'client')
    this.read = room.length
    return readCommands(this.document).map(commandIdOf)
  }

  strikeOff(count: number, refusals: [string, Refusal][] = []): void {
    this.ids()
    const before = Y.encodeStateVector(this.document)
    strikeOff(this.document, count, new Map(refusals))
    this.socket.sayInRoom(this.channel, { type: 'update', update: Y.encodeStateAsUpdate(this.document, before) })
  }

  drop(code: number, reason: string): void {
    this.socket.say({ type: 'CLOSE', channel: this.channel, code, reason })
  }
}

const command = (count: number) => outboxRow({ order: count }).command
const id = (count: number) => command(count).id

beforeEach(async () => {
  clock = new ManualClock()
  server = new ScriptedServer()
  taken = []
  journal = new MemoryJournal()
  const store = createMemoryStores().outbox
  keeper = new Keeper({ clock, account: 'a', journal, store, loaded: await loadWriting('a', journal, store, false) })
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
  let chance = 0
  sender = new OutboxSender({
    clock,
    fillRandom: (bytes) => bytes.fill(++chance),
    deviceId: 'device-1',
    socket,
    keeper,
    taken: (ids) => taken.push(...ids),
  })
  return () => {
    sender.stop()
    socket.stop()
  }
})

async function connect(): Promise<ServersOutbox> {
  socket.start()
  await clock.advance(1)
  server.last.open()
  await settled()
  server.last.say(welcome())
  await settled()
  return new ServersOutbox(server.last)
}

describe('the outbox', () => {
  it('brings what waits, in order, and later what is written', async () => {
    await keeper.add([command(1), command(2)])
    const outbox = await connect()
    await keeper.add([command(3)])
    await settled()
    expect(outbox.ids()).toEqual([id(1), id(2), id(3)])
    expect(keeper.list.value.get().map(({ sending }) => sending)).toEqual([true, true, true])
    outbox.strikeOff(2)
    await settled()
    expect(taken).toEqual([id(1), id(2)])
    expect(keeper.list.pending().map((row) => row.id)).toEqual([id(3)])
    expect([...journal.items.keys()].filter((key) => !key.endsWith('sent-up-to'))).toEqual([`command ${id(3)}`])
  })

  it('is begun anew with each connection, by another client id, with what is left', async () => {
    await keeper.add([command(1), command(2)])
    const first = await connect()
    first.strikeOff(1)
    await settled()
    server.last.close(1006)
    const second = await connect()
    await settled()
    expect(second.ids()).toEqual([id(2)])
    const clients = [first, second].map(({ document }) => [...document.store.clients.keys()])
    expect(clients[0]?.some((client) => clients[1]?.includes(client))).toBe(false)
  })

  it('holds a window only', async () => {
    const many = Array.from({ length: 450 }, (_, count) => command(count + 1))
    await keeper.add(many)
    const outbox = await connect()
    expect(outbox.ids()).toHaveLength(windowLimits.commands)
    outbox.strikeOff(150)
    await settled()
    expect(outbox.ids()).toHaveLength(windowLimits.commands)
    outbox.strikeOff(200)
    await settled()
    outbox.strikeOff(100)
    await settled()
    expect(outbox.ids()).toEqual([])
    expect(taken).toEqual(many.map((each) => each.id))
  })

  it('holds so many bytes only, and one command that is larger', async () => {
    const text = 'я'.repeat(8_000)
    const many = Array.from({ length: 40 }, (_, count) => ({ ...command(count + 1), text }))
    await keeper.add(many)
    const outbox = await connect()
    expect(outbox.ids().length).toBeLessThan(40)
    expect(outbox.ids().length * text.length).toBeLessThanOrEqual(windowLimits.bytes)
  })

  it('marks in the journal what may be sent before it is sent', async () => {
    await keeper.add([command(1)])
    const order: string[] = []
    journal.beforeWrite = () => void order.push('journal')
    const outbox = await connect()
    expect(order).toEqual(['journal'])
    expect(outbox.ids()).toEqual([id(1)])
    expect(sender.mayBeThere(keeper.list.pending()[0]!)).toBe(true)
  })

  it('a full disk does not keep what is written from being sent', async () => {
    await keeper.add([command(1)])
    journal.failure = 'disk-full'
    expect((await connect()).ids()).toEqual([id(1)])
  })
})

describe('refusals', () => {
  it('are kept with their reason and then cleared in the document', async () => {
    await keeper.add([command(1), command(2)])
    const outbox = await connect()
    outbox.strikeOff(2, [[id(1), refusal('E_FORBIDDEN')]])
    await settled()
    expect(taken).toEqual([id(2)])
    expect(keeper.list.pending()).toMatchObject([{ id: id(1), state: 'refused', refusal: { code: 'E_FORBIDDEN' } }])
    outbox.ids()
    expect(outbox.document.getMap('refused').size).toBe(0)
  })

  it('of a read mark are nothing to keep', async () => {
    const mark = {
      id: id(1),
      writtenAt: '2026-01-15T09:00:00.000Z',
      type: 'read.mark',
      ticketId: 'T1',
      chat: 'team',
      seq: 3,
    } as const
    await keeper.add([mark])
    const outbox = await connect()
    outbox.strikeOff(1, [[id(1), refusal('E_FORBIDDEN')]])
    await settled()
    expect(keeper.list.value.get()).toEqual([])
    outbox.ids()
    expect(outbox.document.getMap('refused').size).toBe(0)
  })

  it('are not sent again with the next connection', async () => {
    await keeper.add([command(1)])
    const outbox = await connect()
    outbox.strikeOff(1, [[id(1), refusal('E_FORBIDDEN')]])
    await settled()
    server.last.close(1006)
    expect((await connect()).ids()).toEqual([])
  })
})

describe('a document that the server dropped', () => {
  async function reopened(): Promise<ServersOutbox> {
    await settled()
    await clock.advance(1_000)
    server.last.say({ type: 'PONG' })
    await settled()
    return new ServersOutbox(server.last)
  }

  it('is begun anew, command by command, until the one that can not be read is found', async () => {
    await keeper.add([command(1), command(2), command(3)])
    const first = await connect()
    first.drop(closeCodes.malformed, 'E_COMMAND_INVALID')
    const second = await reopened()
    expect(second.ids()).toEqual([id(1)])
    second.strikeOff(1)
    await settled()
    expect(second.ids()).toEqual([id(2)])
    second.drop(closeCodes.malformed, 'E_COMMAND_INVALID')
    const third = await reopened()
    expect(third.ids()).toEqual([id(2)])
    third.drop(closeCodes.malformed, 'E_COMMAND_INVALID')
    const fourth = await reopened()
    expect(fourth.ids()).toEqual([id(3)])
    expect(keeper.list.pending()).toMatchObject([
      { id: id(2), state: 'refused', refusal: { code: 'E_COMMAND_INVALID' } },
      { id: id(3), state: 'queued' },
    ])
    fourth.strikeOff(1)
    await keeper.add([command(4), command(5)])
    await settled()
    expect(fourth.ids()).toEqual([id(4), id(5)])
  })

  it('for another reason costs no command', async () => {
    await keeper.add([command(1)])
    let outbox = await connect()
    for (let count = 0; count < 4; count++) {
      outbox.drop(closeCodes.superseded, 'superseded')
      outbox = await reopened()
    }
    expect(outbox.ids()).toEqual([id(1)])
    expect(keeper.list.pending()).toMatchObject([{ state: 'queued' }])
  })
})
