import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { readEntries } from '#common/documents/chat-document.ts'
import { encodeClientFrame } from '#common/protocol/control-frames.ts'
import { encodeRoomMessage } from '#common/protocol/room-messages.ts'
import { CoreWorld, people } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import { SyncClient } from '#tests/support/server-core/sync-client.ts'

const hello = (token: string, deviceId = 'device-1', version = 1) =>
  ({ type: 'HELLO', token, deviceId, version }) as const

describe('a connection of GET /sync', () => {
  it('is welcomed after HELLO, told the time, the epoch and the limits (S2)', async () => {
    const world = await CoreWorld.start()
    const client = new SyncClient(world.core)
    client.send(hello('dispatcher'))
    const { welcome } = await client.next('WELCOME')
    expect(welcome).toEqual({
      userId: 'dispatcher',
      serverTime: world.clock.nowMs(),
      epoch: 1,
      limits: { frameBytes: 1_048_576, commandBytes: 48_000 },
    })
    client.send({ type: 'PING' })
    await client.next('PONG')
    expect(world.core.connections()).toEqual({ sync: 1, room: 0, devices: ['device-1'] })
  })

  it('closes without a timely, well-formed, first HELLO of a known version and token', async () => {
    const world = await CoreWorld.start()
    const closing = async (act: (client: SyncClient) => void): Promise<number | undefined> => {
      const client = new SyncClient(world.core)
      act(client)
      await settled()
      return client.closedWith
    }
    expect(await closing((client) => client.send(hello('nobody')))).toBe(4401)
    world.revoked.add('engineer')
    expect(await closing((client) => client.send(hello('engineer')))).toBe(4401)
    expect(await closing((client) => client.send(hello('dispatcher', 'device-1', 0)))).toBe(4426)
    expect(await closing((client) => client.send({ type: 'PING' }))).toBe(4400)
    expect(await closing((client) => client.sendOn(3, new Uint8Array([0])))).toBe(4400)
    expect(await closing((client) => client.sendRaw(new Uint8Array([0, 200])))).toBe(4400)
    expect(await closing((client) => client.sendRaw(new Uint8Array()))).toBe(4400)
    expect(await closing((client) => client.sendOn(0, new Uint8Array([99])))).toBe(4400)
    expect(await closing((client) => client.send(hello('x'.repeat(9_000))))).toBe(4400)
    expect(await closing((client) => client.sendRaw(new Uint8Array(70_000)))).toBe(1009)
    const twice = await closing((client) => {
      client.send(hello('dispatcher'))
      client.send(hello('dispatcher'))
    })
    expect(twice).toBe(4400)
    const silent = new SyncClient(world.core)
    await world.clock.advance(5_000)
    expect(silent.closedWith).toBe(4408)
  })

  it('gives way to a newer one of the same device and the same user only (S3)', async () => {
    const world = await CoreWorld.start()
    const older = await world.sync('dispatcher', 'shared')
    const stranger = await world.sync('engineer', 'shared')
    expect(older.closedWith).toBeUndefined()
    const newer = await world.sync('dispatcher', 'shared')
    expect(older.closedWith).toBe(4409)
    expect([stranger.closedWith, newer.closedWith]).toEqual([undefined, undefined])
  })

  it('is one of a few of its user', async () => {
    const world = await CoreWorld.start({ limits: { connectionsPerUser: 2 } })
    await world.sync('dispatcher', 'one')
    await world.sync('dispatcher', 'two')
    const third = new SyncClient(world.core)
    third.send(hello('dispatcher', 'three'))
    await settled()
    expect(third.closedWith).toBe(4429)
    expect(world.core.connections().sync).toBe(2)
  })

  it('ends with its token unless a new one of the same session came in time', async () => {
    const world = await CoreWorld.start()
    const client = await world.sync('dispatcher')
    await world.clock.advance(300_000)
    client.send({ type: 'TOKEN', token: 'dispatcher' })
    await world.clock.advance(400_000)
    expect(client.closedWith).toBeUndefined()
    await world.clock.advance(200_000)
    expect(client.closedWith).toBe(4401)
    for (const token of ['dispatcher:other-session', 'engineer', 'nobody']) {
      const other = await world.sync('dispatcher')
      other.send({ type: 'TOKEN', token })
      await settled()
      expect(other.closedWith).toBe(4401)
    }
  })

  it('ends at once with its session or its account', async () => {
    const world = await CoreWorld.start()
    const [one, two] = [await world.sync('dispatcher:s1', 'one'), await world.sync('dispatcher:s2', 'two')]
    const room = world.room('engineer', 'me.engineer')
    world.core.endSession('s1')
    expect([one.closedWith, two.closedWith]).toEqual([4403, undefined])
    world.core.endSession('engineer')
    expect(room.closedWith).toBe(4403)
    const dispatcher = people.find((user) => user.id === 'dispatcher')
    if (dispatcher) await world.core.writeDirectory({ users: [{ ...dispatcher, active: false }] })
    expect(two.closedWith).toBe(4403)
    expect(world.core.account('dispatcher')).toBeUndefined()
  })

  it('carries rooms on channels, judged like those of GET /rooms', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = `chat.${ticketId}.customer`
    const client = await world.sync('dispatcher')
    const document = new Y.Doc()
    const { decodeRoomMessage } = await import('#common/protocol/room-messages.ts')
    client.onPayload = (_channel, payload) => {
      const message = decodeRoomMessage(payload)
      if (message.ok && 'update' in message.value && message.value.type !== 'awareness')
        Y.applyUpdate(document, message.value.update)
    }
    client.send({ type: 'OPEN', channel: 5, room })
    client.sendOn(5, encodeRoomMessage({ type: 'sync-step-1', stateVector: Y.encodeStateVector(document) }))
    await settled()
    await world.post('dispatcher2', ticketId, 'живьём')
    await settled()
    expect(readEntries(document)).toHaveLength(1)
    client.send({ type: 'CLOSE', channel: 5 })
    await world.post('dispatcher2', ticketId, 'мимо')
    await settled()
    expect(readEntries(document)).toHaveLength(1)

    const closing = async (channel: number, name: string) => {
      client.send({ type: 'OPEN', channel, room: name })
      await settled()
      const frame = client.ofType('CLOSE').find((close) => close.channel === channel)
      return frame && [frame.code, frame.reason]
    }
    const engineer = await world.sync('engineer')
    engineer.send({ type: 'OPEN', channel: 1, room })
    engineer.send({ type: 'OPEN', channel: 2, room: 'chat.absent.customer' })
    await settled()
    expect(engineer.ofType('CLOSE').map(({ code, reason }) => [code, reason])).toEqual([
      [4403, 'E_ROOM_FORBIDDEN'],
      [4403, 'E_ROOM_FORBIDDEN'],
    ])
    expect(await closing(6, '../secret')).toEqual([4400, 'E_ROOM_NAME'])
    expect(await closing(7, 'me.engineer')).toEqual([4403, 'E_ROOM_FORBIDDEN'])
    expect(client.closedWith).toBeUndefined()
    client.send({ type: 'OPEN', channel: 8, room: 'directory' })
    client.send({ type: 'OPEN', channel: 8, room: 'directory' })
    await settled()
    expect(client.closedWith).toBe(4400)
  })

  it('ends after too many refused rooms in a minute, also over several connections (L3)', async () => {
    const world = await CoreWorld.start({ limits: { refusedRoomsPerMinute: 4 } })
    const client = await world.sync('engineer')
    for (let channel = 1; channel <= 4; channel++)
      client.send({ type: 'OPEN', channel, room: `ticket.guess${channel}` })
    await settled()
    expect(client.closedWith).toBeUndefined()
    const socket = world.room('engineer', 'ticket.guess5')
    expect(socket.closedWith).toBe(4440)
    client.send({ type: 'OPEN', channel: 9, room: 'ticket.guess9' })
    await settled()
    expect(client.closedWith).toBe(4440)
    await world.clock.advance(60_000)
    expect(world.room('engineer', 'ticket.guess6').closedWith).toBe(4403)
  })

  it('opens rooms at a pace', async () => {
    const world = await CoreWorld.start({ limits: { roomOpenBurst: 2, roomOpensPerSecond: 1 } })
    const client = await world.sync('dispatcher')
    for (const channel of [1, 2, 3]) client.send({ type: 'OPEN', channel, room: 'directory' })
    await settled()
    expect(client.ofType('CLOSE').map(({ channel, code }) => [channel, code])).toEqual([[3, 4429]])
    client.send({ type: 'FETCH', room: 'directory', from: 0 })
    await settled()
    expect(client.ofType('ERROR').map(({ code }) => code)).toEqual(['E_RATE'])
  })

  it('takes what follows HELLO in the same message', async () => {
    const world = await CoreWorld.start()
    const client = new SyncClient(world.core)
    const { FrameBatch } = await import('#common/protocol/frames.ts')
    const batch = new FrameBatch(
      () => undefined,
      (message) => client.sendRaw(message),
    )
    batch.add(0, encodeClientFrame(hello('dispatcher')))
    batch.add(0, encodeClientFrame({ type: 'SINCE', cursor: null, scope: 'open' }))
    batch.add(0, encodeClientFrame({ type: 'OPEN', channel: 1, room: 'directory' }))
    batch.flush()
    await client.next('CAUGHT_UP')
    expect(client.frames[0]?.type).toBe('WELCOME')
  })

  it('is closed when it keeps the server busy: frames without end, the feed from the start again and again', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const closing = async (userId: string, act: (client: SyncClient) => void): Promise<number | undefined> => {
      const client = await world.sync(userId)
      act(client)
      await settled()
      return client.closedWith
    }
    const pings = (count: number): Uint8Array => {
      const bytes = new Uint8Array(3 * count)
      for (let index = 0; index < count; index++) bytes.set([0, 1, 8], 3 * index)
      return bytes
    }
    expect(await closing('dispatcher', (client) => client.sendRaw(pings(8_000)))).toBeUndefined()
    expect(await closing('dispatcher', (client) => client.sendRaw(pings(9_000)))).toBe(4400)
    expect(
      await closing('dispatcher', (client) => {
        for (let message = 0; message < 3; message++) client.sendRaw(pings(8_000))
      }),
    ).toBe(4429)
    expect(
      await closing('engineer', (client) => {
        for (let index = 0; index < 1_000; index++) client.send({ type: 'SINCE', cursor: null, scope: 'all' })
      }),
    ).toBe(4429)
    expect(
      await closing('dispatcher2', (client) => {
        for (let index = 0; index < 400; index++) client.send({ type: 'FETCH', room: `ticket.${ticketId}`, from: 0 })
      }),
    ).toBeUndefined()
  })
})
