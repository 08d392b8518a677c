import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { protocolVersion } from '#common/protocol/version.ts'
import { MultiplexedSocket, type Ending } from '#renderer/data/sync/multiplexed-socket.ts'
import type { Authorization } from '#renderer/data/sync/socket-attempt.ts'
import { ScriptedServer, welcome } from '#tests/support/client/scripted-server.ts'
import { ManualClock, settled } from '#tests/support/server-core/manual-clock.ts'

let clock: ManualClock
let server: ScriptedServer
let socket: MultiplexedSocket
let authorization: Authorization
let endings: Ending[]
let rejections: number
/** When the client tried. */
let attempts: number[]
/** All random bits at this value: delays are this share of their bound. */
let randomByte: number

beforeEach(() => {
  clock = new ManualClock()
  server = new ScriptedServer()
  authorization = { ok: true, token: 'T1' }
  endings = []
  rejections = 0
  attempts = []
  randomByte = 255
  socket = new MultiplexedSocket({
    clock,
    fillRandom: (bytes) => bytes.fill(randomByte),
    openSocket: server.openSocket,
    url: 'ws://server.test/sync',
    deviceId: 'device-1',
    authorize: async () => {
      attempts.push(clock.nowMs())
      return authorization
    },
    tokenRejected: () => rejections++,
    ended: (ending) => endings.push(ending),
  })
  return () => socket.stop()
})

async function greet(): Promise<void> {
  if (socket.state.get() === 'stopped') socket.start()
  await settled()
  server.last.open()
  await settled()
  server.last.say(welcome())
}

describe('greeting', () => {
  it('is HELLO with token, device and version, under the subprotocol', async () => {
    await greet()
    expect(server.last).toMatchObject({ url: 'ws://server.test/sync', protocols: ['naryad.v1'] })
    expect(server.last.frames[0]).toEqual({
      type: 'HELLO',
      token: 'T1',
      deviceId: 'device-1',
      version: protocolVersion,
    })
    expect(socket.state.get()).toBe('online')
  })

  it('is not online before WELCOME, and gives up after 15 s', async () => {
    socket.start()
    await settled()
    server.last.open()
    await clock.advance(14_900)
    expect([socket.state.get(), server.sockets.length]).toEqual(['connecting', 1])
    await clock.advance(200)
    expect(server.last.isClosed).toBe(true)
    expect(socket.state.get()).toBe('offline')
  })

  it('sends nothing before WELCOME', async () => {
    socket.start()
    await settled()
    server.last.open()
    socket.send({ type: 'PING' })
    await settled()
    expect(server.last.frames.map(({ type }) => type)).toEqual(['HELLO'])
  })
})

describe('reconnection', () => {
  it('doubles the bound of the delay from 500 ms to 30 s', async () => {
    authorization = { ok: false, reason: 'unreachable' }
    socket.start()
    await settled()
    await clock.advance(92_000)
    const delays = attempts.slice(1).map((at, index) => at - attempts[index]!)
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  it('draws the delay evenly from nothing up to the bound', async () => {
    randomByte = 0
    await greet()
    server.last.close(1006)
    await clock.advance(1)
    expect(server.sockets).toHaveLength(2)
  })

  it('starts from the shortest bound again only after a connection that lasted', async () => {
    await greet()
    for (let count = 0; count < 4; count++) {
      server.last.close(1006)
      await clock.advance(500 * 2 ** count)
      await greet()
    }
    server.last.close(1006)
    await clock.advance(7_000)
    expect(server.sockets).toHaveLength(5)
    await clock.advance(1_100)
    expect(server.sockets).toHaveLength(6)
    await greet()
    await clock.advance(5_100)
    server.last.close(1006)
    await clock.advance(510)
    expect(server.sockets).toHaveLength(7)
  })

  it.each([
    closeCodes.internal,
    closeCodes.overloaded,
    closeCodes.rateLimited,
    closeCodes.violations,
    closeCodes.malformed,
  ])('waits 5 s longer after %i', async (code) => {
    await greet()
    server.last.close(code)
    expect(socket.state.get()).toBe('offline')
    await clock.advance(5_000)
    expect(server.sockets).toHaveLength(1)
    await clock.advance(600)
    expect(server.sockets).toHaveLength(2)
  })

  it('asks for another token after 4401', async () => {
    await greet()
    server.last.close(closeCodes.tokenExpired)
    expect(rejections).toBe(1)
    await clock.advance(600)
    expect(server.sockets).toHaveLength(2)
  })

  it.each([
    [closeCodes.forbidden, 'revoked'],
    [closeCodes.superseded, 'superseded'],
    [closeCodes.clientTooOld, 'update-required'],
  ])('stops for good after %i', async (code, ending) => {
    await greet()
    server.last.close(code)
    await clock.advance(120_000)
    expect(endings).toEqual([ending])
    expect([socket.state.get(), server.sockets.length]).toEqual(['stopped', 1])
  })

  it('drops a connection whose bytes are damaged, passes over what only a newer server says', async () => {
    await greet()
    server.last.sayOn({ channel: 0, payload: Uint8Array.of(99, 1, 2) })
    expect(socket.state.get()).toBe('online')
    server.last.sayBytes(Uint8Array.of(0, 200))
    expect(socket.state.get()).not.toBe('online')
    expect(server.last.isClosed).toBe(true)
  })

  it('hears nothing any more of a connection it left', async () => {
    await greet()
    const former = server.last
    socket.restart()
    former.say(welcome())
    former.close(closeCodes.forbidden)
    expect(endings).toEqual([])
    expect(socket.state.get()).toBe('connecting')
  })
})

describe('liveness', () => {
  it('asks every 15 s; a socket without an answer is offline within 25 s', async () => {
    await greet()
    await clock.advance(15_000)
    expect(server.last.ofType('PING')).toHaveLength(1)
    server.last.say({ type: 'PONG' })
    await clock.advance(15_000)
    expect(server.last.ofType('PING')).toHaveLength(2)
    expect(socket.state.get()).toBe('online')
    await clock.advance(10_000)
    expect(socket.state.get()).toBe('offline')
    expect(server.last.isClosed).toBe(true)
  })

  it('any message is a sign of life', async () => {
    await greet()
    for (let count = 0; count < 20; count++) {
      await clock.advance(9_000)
      server.last.say({ type: 'SHUTDOWN' })
    }
    expect([socket.state.get(), server.sockets.length]).toEqual(['online', 1])
  })

  it('when woken asks at once and gives up after 4 s', async () => {
    await greet()
    socket.wake()
    await settled()
    expect(server.last.ofType('PING')).toHaveLength(1)
    await clock.advance(4_000)
    expect(socket.state.get()).toBe('offline')
  })

  it('when woken between two attempts tries at once', async () => {
    await greet()
    server.last.close(1013)
    expect(server.sockets).toHaveLength(1)
    socket.wake()
    await settled()
    expect(server.sockets).toHaveLength(2)
  })

  it('when woken replaces an attempt that hangs, but not one that has just begun', async () => {
    socket.start()
    await settled()
    socket.wake()
    await settled()
    expect(server.sockets).toHaveLength(1)
    await clock.advance(3_000)
    socket.wake()
    await settled()
    expect([server.sockets.length, server.sockets[0]?.isClosed]).toEqual([2, true])
  })
})

describe('channels', () => {
  it('carry an unmodified provider, also when it was made before the connection', async () => {
    const document = new Y.Doc()
    const provider = new WebsocketProvider('channel:', 'chat.T1.team', document, {
      WebSocketPolyfill: socket.channelClass(),
      disableBc: true,
    })
    await greet()
    await settled()
    expect(server.last.ofType('OPEN')).toEqual([{ type: 'OPEN', channel: 1, room: 'chat.T1.team' }])
    expect(server.last.room[0]).toMatchObject({ channel: 1, message: { type: 'sync-step-1' } })
    const other = new Y.Doc()
    other.getArray('entries').push(['привет'])
    server.last.sayInRoom(1, { type: 'sync-step-2', update: Y.encodeStateAsUpdate(other) })
    expect(document.getArray('entries').toJSON()).toEqual(['привет'])
    expect(provider.synced).toBe(true)
    provider.destroy()
    await settled()
    expect(server.last.ofType('CLOSE')).toMatchObject([{ channel: 1 }])
  })

  it('open again after a cut, and stay closed when the server closed them', async () => {
    const channelClass = socket.channelClass()
    const closed: number[] = []
    const open = () => {
      const channel = new channelClass('channel:/chat.T1.team')
      channel.addEventListener ??= () => {}
      Object.assign(channel, { onclose: ({ code }: { code: number }) => closed.push(code) })
      return channel
    }
    open()
    await greet()
    await settled()
    server.last.close(1006)
    expect(closed).toEqual([1006])
    const waiting = open()
    await clock.advance(600)
    await greet()
    await settled()
    expect(waiting.readyState).toBe(1)
    server.last.say({ type: 'CLOSE', channel: 2, code: 4403, reason: 'E_REMOVED' })
    expect(closed).toEqual([1006, 4403])
    expect(waiting.readyState).toBe(3)
  })

  it('keep a provider’s watchdog quiet', async () => {
    const channel = new (socket.channelClass())('channel:/chat.T1.team')
    let messages = 0
    Object.assign(channel, { onmessage: () => messages++ })
    await greet()
    await settled()
    await clock.advance(15_000)
    server.last.say({ type: 'PONG' })
    expect(messages).toBe(1)
  })
})
