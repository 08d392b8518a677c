import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import * as Y from 'yjs'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom } from '#common/domain/ids.ts'
import type { Ticket } from '#common/domain/ticket.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { syncSubprotocol } from '#common/protocol/version.ts'
import { messageTo, openDocument, Outbox, roomProtocols, whenSynced } from '#tests/support/room-client/room-client.ts'
import { call, signInAs } from '#tests/support/server/api-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'
import { SyncSocket } from '#tests/support/server/sync-socket.ts'

/** Both WebSocket endpoints from outside, on a real process. Rules: SPEC.md, «Endpoints», «Control frames», «Close codes». */
const page = 'https://naryad.example'
let server: TestServer
let token: string

beforeAll(async () => {
  server = await startServer({ seed: 'demo', limits: { helloTimeoutMs: 1_500 }, args: ['--origin', page] })
  token = (await signInAs(server.url, 'dispatcher')).accessToken
}, 60_000)
afterAll(async () => {
  await server.stop()
})

type Socket = {
  webSocket: WebSocket
  opened: Promise<void>
  closed: Promise<{ code: number; reason: string }>
  /** Status of a refused upgrade. */
  refused: Promise<number>
}

function open(path: string, protocols: string[], options: ClientOptions = {}): Socket {
  const webSocket = new WebSocket(server.url.replace('http', 'ws') + path, protocols, options)
  webSocket.on('error', () => {})
  return {
    webSocket,
    opened: new Promise((resolve) => webSocket.once('open', () => resolve())),
    closed: new Promise((resolve) =>
      webSocket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    ),
    refused: new Promise((resolve) =>
      webSocket.once('unexpected-response', (request, response) => {
        resolve(response.statusCode ?? 0)
        request.destroy()
      }),
    ),
  }
}

async function tickets(accessToken: string, query: string): Promise<Ticket[]> {
  const { body } = await call(server.url, 'GET', `/api/tickets?limit=200&${query}`, { token: accessToken })
  return (body as { tickets: Ticket[] }).tickets
}

describe('GET /rooms/<room> with an unmodified y-websocket client', () => {
  it('reads a chat, and a message posted through an outbox arrives there once', async () => {
    const [ticket] = await tickets(token, 'stage=inProgress')
    const room = chatRoom(ticket?.id ?? '', 'customer')
    const engineer = (await signInAs(server.url, ticket?.assigneeId ?? '')).accessToken
    const reader = openDocument(server.url, engineer, room)
    await whenSynced(reader.provider)
    const before = readEntries(reader.document)
    expect(before.length).toBeGreaterThan(5)
    expect(before.map(({ seq }) => seq)).toEqual(before.map((_, index) => index + 1))

    const outbox = new Outbox(server.url, token)
    await outbox.synced
    const [id] = outbox.push([messageTo(ticket?.id ?? '', 'Как дела на объекте?')])
    await outbox.struckOff()
    await expect.poll(() => readEntries(reader.document).filter((entry) => entry.id === id).length).toBe(1)
    const last = readEntries(reader.document).at(-1)
    expect(last).toMatchObject({ type: 'message', authorId: 'dispatcher', text: 'Как дела на объекте?' })
    expect(outbox.refused.size).toBe(0)
    outbox.close()
    reader.provider.destroy()
  })

  it('says in `refused` what it did not take', async () => {
    const [closed] = await tickets(token, 'stage=closed')
    const outbox = new Outbox(server.url, token)
    await outbox.synced
    const [id = ''] = outbox.push([messageTo(closed?.id ?? '', 'Поздно')])
    await outbox.struckOff()
    expect(outbox.refused.get(id)?.code).toBe('E_FORBIDDEN')
    outbox.close()
  })

  it('answers with naryad.y, never with the token', async () => {
    const [ticket] = await tickets(token, 'stage=new')
    const { webSocket, opened } = open(`/rooms/${chatRoom(ticket?.id ?? '', 'customer')}`, roomProtocols(token))
    await opened
    expect(webSocket.protocol).toBe('naryad.y')
    webSocket.terminate()
  })

  it('closes with 4401 without a good token, wherever else it may be', async () => {
    const [ticket] = await tickets(token, 'stage=new')
    const path = `/rooms/${chatRoom(ticket?.id ?? '', 'customer')}`
    for (const socket of [
      open(path, roomProtocols('nonsense')),
      open(path, ['naryad.y']),
      open(`${path}?token=${token}`, ['naryad.y']),
      open(path, []),
    ])
      expect((await socket.closed).code).toBe(closeCodes.tokenExpired)
  })

  it('answers a forbidden room and an absent one alike, and closes a name that is none', async () => {
    const [others] = await tickets((await signInAs(server.url, 'customer2')).accessToken, 'limit=1')
    const customer = (await signInAs(server.url, 'customer')).accessToken
    const forbidden = await open(`/rooms/${chatRoom(others?.id ?? '', 'customer')}`, roomProtocols(customer)).closed
    const absent = await open('/rooms/chat.01ARZ3NDEKTSV4RRFFQ69G5FAV.customer', roomProtocols(customer)).closed
    expect(forbidden).toEqual(absent)
    expect(forbidden.code).toBe(closeCodes.forbidden)
    const directory = await open('/rooms/directory', roomProtocols(customer)).closed
    expect(directory).toEqual(absent)
    for (const name of ['..%2f..%2fetc', '%00', 'x'.repeat(4_000), 'chat.a.b.c'])
      expect((await open(`/rooms/${name}`, roomProtocols(customer)).closed).code).toBe(closeCodes.malformed)
  })

  it('does not take writing into a room of the server', async () => {
    const [ticket] = await tickets(token, 'stage=inProgress')
    const room = chatRoom(ticket?.id ?? '', 'customer')
    const { document, provider } = openDocument(server.url, token, room)
    await whenSynced(provider)
    const before = readEntries(document).length
    const closed = new Promise<number>((resolve) =>
      provider.once('connection-close', (event) => resolve(event?.code ?? 0)),
    )
    document.getArray('entries').push([{ id: 'forged', type: 'message', authorId: 'admin', text: 'forged' }])
    expect(await closed).toBe(closeCodes.forbidden)
    provider.destroy()
    const again = openDocument(server.url, token, room)
    await whenSynced(again.provider)
    expect(readEntries(again.document)).toHaveLength(before)
    again.provider.destroy()
  })
})

describe('GET /sync', () => {
  it('welcomes, and answers SINCE with everything visible', async () => {
    const client = await SyncSocket.open(server.url)
    expect(client.webSocket.protocol).toBe(syncSubprotocol)
    client.hello(token)
    const { welcome } = await client.until('WELCOME')
    expect(welcome).toMatchObject({ userId: 'dispatcher', epoch: 1, limits: { frameBytes: 1_048_576 } })
    client.send({ type: 'SINCE', cursor: null, scope: 'all' })
    await client.until('CAUGHT_UP')
    const documents = new Map<string, Y.Doc>()
    for (const frame of client.frames) {
      if (frame.type !== 'CHANGES') continue
      const document = documents.get(frame.room) ?? new Y.Doc()
      documents.set(frame.room, document)
      for (const update of frame.updates) Y.applyUpdate(document, update)
    }
    const chats = [...documents].filter(([room]) => room.startsWith('chat.'))
    expect(chats.length).toBe((await tickets(token, '')).length)
    const messages = chats.flatMap(([, document]) => readEntries(document).filter(({ type }) => type === 'message'))
    expect(messages.length).toBeGreaterThan(450)
    client.webSocket.close()
  })

  it('closes a socket whose session was ended, with 4403 and at once', async () => {
    const session = await signInAs(server.url, 'engineer3')
    const client = await SyncSocket.open(server.url)
    client.hello(session.accessToken)
    await client.until('WELCOME')
    await call(server.url, 'DELETE', '/api/session', { token: session.accessToken })
    expect(await client.closed).toBe(closeCodes.forbidden)
  })

  it('closes with 4401 for a bad token and with 4408 for none in time', async () => {
    const forged = await SyncSocket.open(server.url)
    forged.hello('nonsense')
    const silent = await SyncSocket.open(server.url)
    expect(await forged.closed).toBe(closeCodes.tokenExpired)
    expect(await silent.closed).toBe(closeCodes.idle)
  })

  it.each<[string, (webSocket: WebSocket) => void, number]>([
    ['a text message', (socket) => socket.send('привет'), closeCodes.malformed],
    [
      'a text message of invalid UTF-8',
      (socket) => socket.send(Buffer.from([0xc3, 0x28]), { binary: false }),
      closeCodes.malformed,
    ],
    ['an empty message', (socket) => socket.send(new Uint8Array()), closeCodes.malformed],
    ['a torn varint', (socket) => socket.send(Uint8Array.of(0x80)), closeCodes.malformed],
    ['a frame before HELLO', (socket) => socket.send(Uint8Array.of(5, 1, 0)), closeCodes.malformed],
    ['more than a MiB', (socket) => socket.send(new Uint8Array(1_048_577)), closeCodes.tooBig],
    [
      'a message in thousands of pieces',
      (socket) => {
        for (let piece = 0; piece < 2_000; piece++) socket.send(Uint8Array.of(0), { fin: false })
      },
      1008,
    ],
  ])('closes a client that sends %s', async (_name, send, code) => {
    const { webSocket, opened, closed } = open('/sync', [syncSubprotocol])
    await opened
    send(webSocket)
    expect((await closed).code).toBe(code)
    expect((await call(server.url, 'GET', '/healthz')).status).toBe(200)
  })

  it.each([
    ['reserved bits', Buffer.from([0xf2, 0x80, 0, 0, 0, 0])],
    ['an unmasked frame', Buffer.from([0x82, 0x01, 0x00])],
    ['a length of 2^63', Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])],
  ])('cuts a socket with %s', async (_name, bytes) => {
    const answer = await rawUpgrade(bytes)
    expect(answer).toContain('101 Switching Protocols')
    expect((await call(server.url, 'GET', '/healthz')).status).toBe(200)
  })
})

describe('upgrades that are refused', () => {
  it.each([
    ['another origin', '/sync', 403, { origin: `${page}.evil` }],
    ['the origin null', '/sync', 403, { origin: 'null' }],
    ['another path', '/socket', 404, {}],
    ['an encoding that is none', '/rooms/%E0%A4%A', 404, {}],
  ])('%s', async (_name, path, status, options) => {
    expect(await open(path, [syncSubprotocol], options).refused).toBe(status)
  })

  it('takes an allowed origin, and none at all', async () => {
    for (const options of [{ origin: page }, { origin: 'app://bundle' }, {}]) {
      const { webSocket, opened } = open('/sync', [syncSubprotocol], options)
      await opened
      expect(webSocket.protocol).toBe(syncSubprotocol)
      webSocket.terminate()
    }
  })

  it('a client without our subprotocol', async () => {
    expect(await open('/sync', []).refused).toBe(400)
  })
})

/** Upgrades by hand and sends bytes that `ws` would not send; resolves with all that came once the server has cut the socket. */
function rawUpgrade(bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(
        'GET /sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${syncSubprotocol}\r\n\r\n`,
      ),
    )
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      if (text === '') socket.write(bytes)
      text += chunk.toString('latin1')
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
}
