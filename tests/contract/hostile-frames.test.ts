import * as encoding from 'lib0/encoding'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TicketId } from '#common/domain/ids.ts'
import { encodeClientFrame, type ClientFrame } from '#common/protocol/control-frames.ts'
import { syncSubprotocol } from '#common/protocol/version.ts'
import { Bystander, stopWhole } from '#tests/support/hostile/bystander.ts'
import { RawSocket, type RawEnd } from '#tests/support/hostile/raw-socket.ts'
import { nextId, roomProtocols, signIn } from '#tests/support/room-client/room-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

/** Attacks below and on the level of frames. After each the process lives and an honest client notices nothing. */
let server: TestServer
let token: string
let bystander: Bystander

beforeAll(async () => {
  server = await startServer({
    seed: 'demo',
    limits: { helloTimeoutMs: 1_500, messagesPerMinute: 1e6, refusedRoomsPerMinute: 1e6, violationsPerMinute: 1e6 },
  })
  token = await signIn(server.url, 'engineer')
  bystander = await Bystander.arrive(server.url, await someTicket())
})

afterAll(async () => {
  bystander.leave()
  await stopWhole(server)
})

afterEach(() => bystander.checkUnharmed())

async function someTicket(): Promise<TicketId> {
  const answer = await fetch(`${server.url}/api/tickets`, { headers: { authorization: `Bearer ${token}` } })
  const { tickets } = (await answer.json()) as { tickets: { id: string; stage: string }[] }
  return tickets.find((ticket) => ticket.stage !== 'closed')?.id ?? ''
}

const binary = 0x82
const text = 0x81

/** Control frames as one WebSocket message. */
const message = (...frames: (ClientFrame | Uint8Array)[]): Uint8Array =>
  encoding.encode((encoder) => {
    for (const frame of frames) {
      encoding.writeVarUint(encoder, 0)
      encoding.writeVarUint8Array(encoder, frame instanceof Uint8Array ? frame : encodeClientFrame(frame))
    }
  })
const hello = (): ClientFrame => ({ type: 'HELLO', token, deviceId: nextId(), version: 1 })

type Endpoint = 'sync' | 'rooms'
const endpoints: Endpoint[] = ['sync', 'rooms']

function open(endpoint: Endpoint): Promise<RawSocket> {
  if (endpoint === 'sync') return RawSocket.upgrade(server.url, '/sync', [syncSubprotocol])
  return RawSocket.upgrade(server.url, `/rooms/outbox.${nextId()}`, roomProtocols(token))
}

async function attack(endpoint: Endpoint, act: (socket: RawSocket) => void): Promise<RawEnd['code']> {
  const socket = await open(endpoint)
  if (endpoint === 'sync') socket.frame(binary, message(hello()))
  act(socket)
  return (await socket.ended).code
}

describe.each(endpoints)('on GET /%s', (endpoint) => {
  const cases: { name: string; codes: RawEnd['code'][]; act(socket: RawSocket): void }[] = [
    { name: 'reserved bits', codes: [1002], act: (socket) => socket.frame(0xf2, new Uint8Array([1])) },
    { name: 'unknown opcode', codes: [1002], act: (socket) => socket.frame(0x83, new Uint8Array([1])) },
    { name: 'an unmasked frame', codes: [1002], act: (socket) => socket.write(new Uint8Array([binary, 1, 0])) },
    {
      name: 'a length of 2^63',
      codes: [1002, 1009],
      act: (socket) => socket.write(Buffer.from([binary, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
    },
    {
      name: 'a mebibyte and one byte',
      codes: [1009],
      act: (socket) => socket.frame(binary, new Uint8Array(1_048_577)),
    },
    {
      name: 'a message of endless fragments',
      codes: [1008, 1009, 'cut'],
      act: (socket) => {
        socket.frame(0x02, new Uint8Array([0]))
        for (let index = 0; index < 5_000; index++) socket.frame(0x00, new Uint8Array([0]))
      },
    },
    { name: 'a text message', codes: [4400], act: (socket) => socket.frame(text, Buffer.from('{}')) },
    { name: 'text that is no UTF-8', codes: [4400, 1007], act: (socket) => socket.frame(text, new Uint8Array([0xff])) },
    { name: 'an empty message', codes: [4400], act: (socket) => socket.frame(binary, new Uint8Array()) },
    { name: 'an unknown type', codes: [4400], act: (socket) => socket.frame(binary, new Uint8Array([0, 1, 99])) },
    {
      name: 'a number that never ends',
      codes: [4400],
      act: (socket) => socket.frame(binary, new Uint8Array(50).fill(255)),
    },
    {
      name: 'a length beyond the message',
      codes: [4400],
      act: (socket) => socket.frame(binary, new Uint8Array([0, 2, 0xff, 0xff, 0xff, 0x7f, 1])),
    },
    {
      name: 'a flood of pings',
      codes: [1000, 4429, 'cut'],
      act: (socket) => {
        for (let index = 0; index < 20_000; index++) socket.frame(0x89, new Uint8Array())
        // Pings are counted over a longer time than a test has: then the end is ours.
        socket.frame(0x88, new Uint8Array([0x03, 0xe8]))
      },
    },
  ]

  it.each(cases)('$name ends the connection and nothing else', async ({ codes, act }) => {
    expect(codes).toContain(await attack(endpoint, act))
  })
})

describe('before and around HELLO', () => {
  const opened = async (act: (socket: RawSocket) => void): Promise<RawEnd['code']> => {
    const socket = await open('sync')
    act(socket)
    return (await socket.ended).code
  }

  it('nothing is heard but HELLO, in time, once, of a bounded size', async () => {
    expect(await opened((socket) => socket.frame(binary, message({ type: 'PING' })))).toBe(4400)
    expect(
      await opened((socket) => socket.frame(binary, message({ type: 'OPEN', channel: 1, room: 'directory' }))),
    ).toBe(4400)
    expect(await opened((socket) => socket.frame(binary, message(hello(), hello())))).toBe(4400)
    expect(await opened((socket) => socket.frame(binary, message(new Uint8Array(9_000))))).toBe(4400)
    expect(await opened((socket) => socket.frame(binary, message(new Uint8Array(900_000))))).toBe(1009)
    expect(await opened(() => undefined)).toBe(4408)
  })

  it('a token that is missing, forged or of another algorithm is not believed', async () => {
    const [head = '', body = '', signature = ''] = token.split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    for (const forged of ['', 'x', `${none}.${body}.`, `${head}.${body}.${signature.slice(0, -4)}AAAA`, `${token}x`]) {
      const frame: ClientFrame = { type: 'HELLO', token: forged, deviceId: 'd', version: 1 }
      expect(await opened((socket) => socket.frame(binary, message(frame)))).toBe(4401)
    }
  })
})

describe('the upgrade', () => {
  it('of a name that is none, or beside the paths there are, is refused', async () => {
    const names = [
      '',
      '..%2f..%2fetc',
      '%2e%2e',
      'a%00b',
      'x'.repeat(4_000),
      'outbox.',
      'chat.a.b.c',
      'me.%D1%8F',
      'ticket.a/b',
    ]
    for (const name of names) {
      const socket = await RawSocket.upgrade(server.url, `/rooms/${name}`, roomProtocols(token))
      const { status, code } = await socket.ended
      expect([status, code], name).toEqual(status === 101 ? [101, 4400] : [404, 'cut'])
    }
    for (const path of ['/', '/rooms', '/sync/../rooms/directory', '//sync', '/metrics', '/api/commands']) {
      const socket = await RawSocket.upgrade(server.url, path, roomProtocols(token))
      expect((await socket.ended).status, path).not.toBe(101)
    }
  })

  it('with a token in the query string, from a foreign page, or with 2,000 headers is refused', async () => {
    const query = await RawSocket.upgrade(server.url, `/rooms/directory?token=${token}`, ['naryad.y'])
    expect((await query.ended).code).toBe(4401)
    for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`]) {
      const foreign = await RawSocket.upgrade(server.url, '/sync', [syncSubprotocol], [`Origin: ${origin}`])
      expect((await foreign.ended).status, origin).toBe(403)
    }
    const headers = Array.from({ length: 2_000 }, (_, index) => `X-Header-${index}: ${'x'.repeat(20)}`)
    const many = await RawSocket.upgrade(server.url, '/sync', [syncSubprotocol], headers)
    expect((await many.ended).status).not.toBe(101)
  })

  it('that never ends holds nobody up', async () => {
    const slow = await Promise.all(Array.from({ length: 20 }, () => RawSocket.connect(server.url)))
    for (const socket of slow) socket.write('GET /sync HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    for (let letter = 0; letter < 20; letter++) {
      for (const socket of slow) socket.write('z')
      expect(await bystander.post('мимо медленных')).toBeLessThan(5_000)
    }
    for (const socket of slow) socket.end()
    bystander.remember()
  })
})
