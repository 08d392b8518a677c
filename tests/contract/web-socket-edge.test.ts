import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { decodeRoomMessage } from '#common/protocol/room-messages.ts'
import { roomSubprotocol, syncSubprotocol } from '#common/protocol/version.ts'
import { createAddressOf } from '#server/api/client-address.ts'
import { createOriginCheck } from '#server/api/origins.ts'
import { startLimits } from '#server/limits.ts'
import type { Connection, ConnectionHandler, VerifiedToken } from '#server/server-core.ts'
import { createWebSocketEdge, type WebSocketEdge } from '#server/socket/web-socket-edge.ts'

/** The edge between real sockets and a core that only writes down what it is given. */
const limits = { ...startLimits, pingMs: 100, connectionsPerAddress: 3, coalesceBytes: 100_000 }
let server: Server
let edge: WebSocketEdge
let url: string
let accepted: { connection: Connection; room: string | undefined; received: Uint8Array[]; closed: boolean }[]

beforeEach(async () => {
  accepted = []
  const accept = (connection: Connection, room?: string): ConnectionHandler => {
    const seen = { connection, room, received: [] as Uint8Array[], closed: false }
    accepted.push(seen)
    return { receive: (message) => seen.received.push(message), closed: () => (seen.closed = true) }
  }
  const token: VerifiedToken = { userId: 'anna', sessionId: 's', expiresAt: Number.MAX_SAFE_INTEGER }
  edge = createWebSocketEdge({
    core: {
      acceptSync: (connection) => accept(connection),
      acceptRoom: (connection, room) => accept(connection, room),
    },
    limits,
    isAllowedOrigin: createOriginCheck([]),
    addressOf: createAddressOf(['127.0.0.1']),
    verifyToken: (text) => (text === 'good' ? token : undefined),
    report: () => {},
  })
  server = createServer()
  server.on('upgrade', (request, socket, head) => edge.upgrade(request, socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  await edge.close(0)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const open = async (path = '/sync', protocols = [syncSubprotocol], headers: Record<string, string> = {}) => {
  const socket = new WebSocket(url + path, protocols, { headers })
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('open', resolve))
  await expect.poll(() => accepted.length).toBeGreaterThan(0)
  return socket
}

const statusOf = (headers: Record<string, string> = {}): Promise<number> => {
  const socket = new WebSocket(`${url}/sync`, [syncSubprotocol], { headers })
  socket.on('error', () => {})
  return new Promise((resolve) => {
    socket.once('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.once('unexpected-response', (request, response) => {
      request.destroy()
      resolve(response.statusCode ?? 0)
    })
  })
}

const closedWith = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve))

describe('the WebSocket edge', () => {
  it('hands whole messages to the core and takes its messages', async () => {
    const socket = await open(`/rooms/${encodeURIComponent('chat.a.team')}`, [roomSubprotocol, 'bearer.good'])
    const [core] = accepted
    expect(core?.room).toBe('chat.a.team')
    socket.send(Uint8Array.of(1, 2), { fin: false })
    socket.send(Uint8Array.of(3), { fin: true })
    await expect.poll(() => core?.received.map((message) => [...message])).toEqual([[1, 2, 3]])
    const answer = new Promise<Buffer>((resolve) => socket.once('message', resolve))
    core?.connection.send(Uint8Array.of(9))
    expect([...(await answer)]).toEqual([9])
    core?.connection.close(closeCodes.restart, 'restart')
    expect(await closedWith(socket)).toBe(closeCodes.restart)
    await expect.poll(() => core?.closed).toBe(true)
  })

  it('nothing that comes after its own close reaches the core', async () => {
    const socket = await open()
    accepted[0]?.connection.close(closeCodes.forbidden, '')
    socket.send(Uint8Array.of(1))
    await closedWith(socket)
    expect(accepted[0]?.received).toEqual([])
  })

  it('L8: cuts a client that answers no ping, and only that', async () => {
    const alive = await open()
    const dead = new WebSocket(`${url}/sync`, [syncSubprotocol], { autoPong: false })
    await new Promise((resolve) => dead.once('open', resolve))
    expect(await closedWith(dead)).toBe(1006)
    expect(alive.readyState).toBe(WebSocket.OPEN)
  })

  it('closes a client that sends nothing but pings', async () => {
    const socket = await open()
    const closed = closedWith(socket)
    // As fast as they are answered: a burst that outruns its answers is cut by `ws` itself.
    socket.on('pong', () => socket.ping())
    for (let ping = 0; ping < 30; ping++) socket.ping()
    expect(await closed).toBe(closeCodes.rateLimited)
  })

  it('W1: gives a client of one room a sign of life it can see', async () => {
    const socket = await open('/rooms/chat.a.team', [roomSubprotocol, 'bearer.good'])
    const message = await new Promise<Buffer>((resolve) => socket.once('message', resolve))
    expect(decodeRoomMessage(message)).toEqual({ ok: true, value: { type: 'awareness', update: Uint8Array.of(0) } })
  })

  it('L4: takes so many connections of an address, whatever the address claims', async () => {
    await open()
    await open()
    const third = await open()
    expect(await statusOf()).toBe(429)
    // The proxy is trusted for the last entry only: what stands before it comes from the client.
    expect(await statusOf({ 'x-forwarded-for': '203.0.113.5, 127.0.0.1' })).toBe(429)
    expect(await statusOf({ 'x-forwarded-for': '203.0.113.5' })).toBe(101)
    third.terminate()
    await expect.poll(() => statusOf()).toBe(101)
  })

  it('L7: tells when a slow reader has taken what waited', async () => {
    const socket = await open()
    const connection = accepted[0]?.connection
    await connection?.drained()
    socket.pause()
    let sent = 0
    while ((connection?.bufferedBytes() ?? 0) < 1_000_000) {
      connection?.send(new Uint8Array(200_000))
      if (++sent > 1_000) throw new Error('the socket takes everything')
      await new Promise((resolve) => setImmediate(resolve))
    }
    let isDrained = false
    const drained = connection?.drained().then(() => (isDrained = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isDrained).toBe(false)
    socket.resume()
    await drained
    expect(connection?.bufferedBytes()).toBeLessThan(limits.coalesceBytes)
  })

  it('a reader that is cut is waited for no longer', async () => {
    const socket = await open()
    const connection = accepted[0]?.connection
    socket.pause()
    while ((connection?.bufferedBytes() ?? 0) < 1_000_000) {
      connection?.send(new Uint8Array(200_000))
      await new Promise((resolve) => setImmediate(resolve))
    }
    const drained = connection?.drained()
    socket.terminate()
    await drained
    await connection?.drained()
    await expect.poll(() => accepted[0]?.closed).toBe(true)
  })

  it('ends with those that answer, cuts the others, and takes nobody meanwhile', async () => {
    const polite = await open()
    const deaf = await open()
    deaf.pause()
    for (const { connection } of accepted) connection.close(closeCodes.restart, 'restart')
    const ended = edge.close(200)
    expect(await statusOf()).toBe(503)
    expect(await closedWith(polite)).toBe(closeCodes.restart)
    await ended
    expect(accepted.every(({ closed }) => closed)).toBe(true)
    deaf.terminate()
  })

  it('survives a client that goes away in the middle of its upgrade', async () => {
    const { port } = server.address() as AddressInfo
    for (const head of [
      'GET /sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(head)
        socket.resetAndDestroy()
      })
      socket.on('error', () => {})
      await new Promise((resolve) => socket.once('close', resolve))
    }
    const socket = await open()
    expect(socket.protocol).toBe(syncSubprotocol)
  })
})
