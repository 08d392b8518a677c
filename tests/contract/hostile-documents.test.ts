import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { appendCommand, readRefused } from '#common/documents/outbox-document.ts'
import { chatRoom, outboxRoom, type TicketId } from '#common/domain/ids.ts'
import { Bystander, stopWhole } from '#tests/support/hostile/bystander.ts'
import { HostileRoom } from '#tests/support/hostile/hostile-room.ts'
import { attackerClient, bitFlips, fatalAttacks } from '#tests/support/hostile/yjs-attacks.ts'
import { messageTo, nextId, signIn } from '#tests/support/room-client/room-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

/** Attacks through documents, over real sockets on a real server: nothing stored, nothing shown, everybody else unharmed. */
let server: TestServer
let token: string
let ticketId: TicketId
let bystander: Bystander

beforeAll(async () => {
  server = await startServer({
    seed: 'demo',
    limits: { violationsPerMinute: 1e6, messagesPerMinute: 1e6, roomOpenBurst: 1e6 },
  })
  token = await signIn(server.url, 'engineer')
  const answer = await fetch(`${server.url}/api/tickets`, { headers: { authorization: `Bearer ${token}` } })
  const { tickets } = (await answer.json()) as { tickets: { id: string; stage: string }[] }
  ticketId = tickets.find((ticket) => ticket.stage !== 'closed')?.id ?? ''
  bystander = await Bystander.arrive(server.url, ticketId)
})

afterAll(async () => {
  bystander.leave()
  await stopWhole(server)
})

/** An outbox with one honest command in it and the server's answer to that. */
async function openOutbox(): Promise<{ room: HostileRoom; document: Y.Doc }> {
  const document = new Y.Doc()
  document.clientID = attackerClient
  appendCommand(document, { id: 'no-command' })
  const room = await HostileRoom.open(server.url, token, outboxRoom(nextId()))
  await room.next('sync-step-1')
  room.send({ type: 'sync-step-2', update: Y.encodeStateAsUpdate(document) })
  Y.applyUpdate(document, (await room.next('update')).update)
  return { room, document }
}

describe('an attack on the own outbox', () => {
  it.each(fatalAttacks)('$name: the document is dropped, and nothing else', async ({ update }) => {
    const { room, document } = await openOutbox()
    room.send({ type: 'update', update: update(Y.getState(document.store, attackerClient)) })
    expect(await room.closed).toEqual({ code: 4400, reason: 'E_COMMAND_INVALID' })
    await bystander.checkUnharmed()
  })

  it.each(fatalAttacks)('$name, in the first sync step 2', async ({ update }) => {
    const room = await HostileRoom.open(server.url, token, outboxRoom(nextId()))
    await room.next('sync-step-1')
    room.send({ type: 'sync-step-2', update: update(0) })
    expect((await room.closed).code).toBe(4400)
    await bystander.checkUnharmed()
  })

  it('turned bits: a document is dropped, or its commands are refused', async () => {
    const honest = new Y.Doc()
    honest.clientID = attackerClient
    for (const text of ['один', 'два']) appendCommand(honest, { ...messageTo('absent', text), id: nextId() })
    const flips = bitFlips(Y.encodeStateAsUpdate(honest), 400, 7)
    const answers: (number | 'struck off')[] = []
    const attackers = Array.from({ length: 8 }, async () => {
      for (let flip = flips.pop(); flip; flip = flips.pop()) {
        const room = await HostileRoom.open(server.url, token, outboxRoom(nextId()))
        await room.next('sync-step-1')
        room.send({ type: 'sync-step-2', update: flip })
        const struckOff = room.next('update').then(() => 'struck off' as const)
        answers.push(await Promise.race([struckOff, room.closed.then(({ code }) => code)]).catch(() => 4400))
        room.end()
      }
    })
    await Promise.all(attackers)
    expect(answers).toHaveLength(400)
    expect(new Set(answers)).toEqual(new Set([4400, 'struck off']))
    await bystander.checkUnharmed()
  }, 60_000)

  it('values JSON can not say, claims of the server’s fields and half a command are refused by name', async () => {
    const { room, document } = await openOutbox()
    const message = { ...messageTo(ticketId, 'обман'), to: ['customer'], writtenAt: new Date().toISOString() }
    const commands = [
      { ...message, id: nextId(), authorId: 'dispatcher' },
      { ...message, id: nextId(), seq: 1 },
      { ...message, id: nextId(), at: 1 },
      { ...message, id: nextId(), replyTo: NaN },
      { ...message, id: nextId(), replyTo: -0 },
      { ...message, id: nextId(), replyTo: 1e308 },
      { ...message, id: nextId(), type: 'constructor' },
      { ...message, id: nextId(), to: ['team'] },
      { ...message, id: nextId(), text: 'я'.repeat(8_001) },
      { ...message, id: nextId(), text: 'нуль \u0000 внутри' },
      { id: nextId(), type: 'read.mark', ticketId, chat: 'customer', seq: 1, userId: 'dispatcher' },
    ]
    document.on('update', (update: Uint8Array, origin) => {
      if (origin !== room) room.send({ type: 'update', update })
    })
    document.transact(() => commands.forEach((command) => appendCommand(document, command)))
    while (readRefused(document).size < commands.length + 1) {
      await room.somethingNew()
      for (const message of room.received.splice(0))
        if (message.type === 'update') Y.applyUpdate(document, message.update, room)
    }
    const refused = readRefused(document)
    expect(commands.map(({ id }) => refused.get(id)?.code)).toEqual(
      commands.map((command) =>
        'to' in command && command.to.includes('team') ? 'E_FEATURE_OFF' : 'E_COMMAND_INVALID',
      ),
    )
    room.end()
    await bystander.checkUnharmed()
  })

  it.each([
    ['text', JSON.stringify({ id: '01JZZZZZZZZZZZZZZZZZZZZZZZ', type: 'read.mark' })],
    ['a number', 7],
    ['nothing', null],
    ['a list', [1]],
    ['no id', { type: 'read.mark' }],
    ['an id that is none', { id: 5 }],
  ])('%s instead of a command is never struck off as if it had been taken (C8)', async (_name, value) => {
    const { room, document } = await openOutbox()
    const before = Y.encodeStateVector(document)
    document.getArray('commands').push([value])
    room.send({ type: 'update', update: Y.encodeStateAsUpdate(document, before) })
    expect(await room.closed).toEqual({ code: 4400, reason: 'E_COMMAND_INVALID' })
    expect(room.received.filter(({ type }) => type === 'update')).toHaveLength(1)
    await bystander.checkUnharmed()
  })

  it('the same command a hundred times has one effect, another text under its id none', async () => {
    const before = bystander.entries
    const command = { ...messageTo(ticketId, 'один раз'), id: nextId(), writtenAt: new Date().toISOString() }
    for (let round = 0; round < 10; round++) {
      const { room, document } = await openOutbox()
      document.transact(() => {
        for (let copy = 0; copy < 10; copy++)
          appendCommand(document, { ...command, ...(copy === 9 && { text: 'другое' }) })
      })
      room.send({ type: 'update', update: Y.encodeStateAsUpdate(document) })
      room.send({ type: 'sync-step-1', stateVector: Y.encodeStateVector(new Y.Doc()) })
      await room.next('sync-step-2')
      room.end()
    }
    await bystander.post('конец')
    const added = bystander.entries.slice(before.length)
    expect(added.filter((entry) => entry.id === command.id)).toMatchObject([{ text: 'один раз' }])
    bystander.remember()
  })
})

describe('an attack on a chat one may read', () => {
  /** The others hold nothing, so there is nothing to refuse. */
  const written = fatalAttacks.filter(({ name }) => name !== 'nothing at all' && name !== 'empty block')

  it.each(written)('$name: refused, nothing applied (N4)', async ({ update }) => {
    for (const type of ['update', 'sync-step-2'] as const) {
      const room = await HostileRoom.open(server.url, token, chatRoom(ticketId, 'customer'))
      room.send({ type: 'sync-step-1', stateVector: new Uint8Array([0]) })
      await room.next('sync-step-2')
      room.send({ type, update: update(0) })
      expect(await room.closed).toEqual({ code: 4403, reason: 'E_READONLY' })
    }
    await bystander.checkUnharmed()
  })

  it('deleting, forging as the server and squatting on its next clocks: refused', async () => {
    const room = await HostileRoom.open(server.url, token, chatRoom(ticketId, 'customer'))
    room.send({ type: 'sync-step-1', stateVector: new Uint8Array([0]) })
    const { update } = await room.next('sync-step-2')
    room.end()
    const forged = new Y.Doc()
    Y.applyUpdate(forged, update)
    const [writer = 0] = forged.store.clients.keys()
    const changes: ((document: Y.Doc) => void)[] = [
      (document) => document.getArray('entries').delete(0, 1),
      (document) => document.getArray('entries').push([{ type: 'message', authorId: 'dispatcher2', text: 'подделка' }]),
      (document) => document.getMap('receipts').set('dispatcher2', { delivered: 99, read: 99 }),
      (document) => document.getMap('participants').set('engineer2', { name: 'я' }),
    ]
    for (const change of changes) {
      const document = new Y.Doc()
      Y.applyUpdate(document, update)
      document.clientID = writer
      change(document)
      const attack = await HostileRoom.open(server.url, token, chatRoom(ticketId, 'customer'))
      attack.send({ type: 'update', update: Y.encodeStateAsUpdate(document) })
      expect(await attack.closed).toEqual({ code: 4403, reason: 'E_READONLY' })
    }
    await bystander.checkUnharmed()
  })

  it('a flood of questions ends that connection', async () => {
    const room = await HostileRoom.open(server.url, token, chatRoom(ticketId, 'customer'))
    for (let question = 0; question < 1_000; question++)
      room.send({ type: 'sync-step-1', stateVector: new Uint8Array([0]) })
    expect((await room.closed).code).toBe(4429)
    const long = await HostileRoom.open(server.url, token, chatRoom(ticketId, 'customer'))
    long.send({ type: 'sync-step-1', stateVector: new Uint8Array(500_000).fill(255) })
    expect((await long.closed).code).toBe(4400)
    await bystander.checkUnharmed()
  })
})
