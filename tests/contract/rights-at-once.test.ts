import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatRoom, type ChatKind, type RoomName, type TicketId } from '#common/domain/ids.ts'
import { baseRoles } from '#common/domain/role.ts'
import { stopWhole } from '#tests/support/hostile/bystander.ts'
import { HostileRoom } from '#tests/support/hostile/hostile-room.ts'
import { SyncListener } from '#tests/support/rights/sync-listener.ts'
import { nextId, signIn } from '#tests/support/room-client/room-client.ts'
import { call } from '#tests/support/server/api-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

/**
 * R13, P7: a right that is taken away is gone from the sockets of who lost it within a second, while the administrator who
 * took it has not read the answer yet. Real sockets, a real process.
 */
const barMs = 1_000
let server: TestServer
const tokens = new Map<string, string>()

beforeAll(async () => {
  server = await startServer({ seed: 'demo' })
  for (const login of ['admin', 'dispatcher', 'engineer', 'engineer2', 'engineer3', 'engineer4', 'customer'])
    tokens.set(login, await signIn(server.url, login))
  await run('admin', { type: 'organisation.update', splitChats: true })
}, 120_000)

afterAll(async () => {
  await stopWhole(server)
})

const token = (login: string): string => tokens.get(login) ?? ''
const complete = (body: object) => ({ id: nextId(), writtenAt: new Date().toISOString(), ...body })

async function run(login: string, body: object): Promise<string> {
  const command = complete(body)
  const { body: answer } = await call(server.url, 'POST', '/api/commands', { token: token(login), body: command })
  expect(answer).toEqual({ ok: true, id: command.id })
  return command.id
}

/** Sends a request whose answer waits on the socket, unread, until it is asked for. */
function sendUnread(method: string, path: string, body?: object): () => Promise<number> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const headers = [
    `${method} ${path} HTTP/1.1`,
    'Host: naryad',
    'Connection: close',
    `Authorization: Bearer ${token('admin')}`,
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]),
  ]
  const socket = connect(server.port, '127.0.0.1', () => socket.write(`${headers.join('\r\n')}\r\n\r\n${text}`))
  socket.pause()
  return () =>
    new Promise((resolve, reject) => {
      let answer = ''
      socket.on('data', (data) => (answer += data.toString()))
      socket.on('error', reject)
      socket.on('close', () => resolve(Number(answer.split(' ')[1])))
      socket.resume()
    })
}

const post = (ticketId: TicketId, to: ChatKind[], text: string) =>
  run('dispatcher', { type: 'message.post', ticketId, to, text, attachments: [] })

/** Everything that somebody has open at a room: the feed, a channel, a socket of its own. */
class Doors {
  private readonly listener: SyncListener
  private readonly socket: HostileRoom
  private readonly room: RoomName
  private readonly name: string
  private socketClosedWith: number | undefined

  private constructor(listener: SyncListener, socket: HostileRoom, room: RoomName, name: string) {
    this.listener = listener
    this.socket = socket
    this.room = room
    this.name = name
  }

  static async open(login: string, room: RoomName): Promise<Doors> {
    const listener = await SyncListener.open(server.url, token(login), nextId())
    listener.send({ type: 'SINCE', cursor: null, scope: 'open' })
    listener.openChannel(1, room)
    const socket = await HostileRoom.open(server.url, token(login), room)
    socket.send({ type: 'sync-step-1', stateVector: new Uint8Array([0]) })
    await socket.next('sync-step-2')
    await listener.until(() => listener.isCaughtUp && listener.channels.get(1) === 'opened')
    expect(listener.rooms).toContain(room)
    return new Doors(listener, socket, room, login)
  }

  /** Resolves when all of them are shut. */
  async shut(how: 'revoked' | 'closed'): Promise<void> {
    this.socketClosedWith = (await this.socket.closed).code
    if (how === 'revoked') {
      const { listener, room } = this
      await listener.until(() => listener.revoked.has(room) && listener.channels.get(1) !== 'opened')
      expect(listener.channels.get(1)).toBe('4403 E_REMOVED')
    } else {
      await expect.poll(() => this.listener.closedWith, { interval: 1 }).toBe(4403)
    }
    expect(this.socketClosedWith).toBe(4403)
  }

  /** Whether any byte of it came, all that was on its way having arrived. */
  async received(word: string): Promise<boolean> {
    const { listener } = this
    if (listener.closedWith === undefined) {
      listener.send({ type: 'PING' })
      await listener.until(() => listener.pongs > 0)
    }
    const ofRoom = this.socket.received.flatMap((message) => ('update' in message ? [Buffer.from(message.update)] : []))
    return [...listener.messages, ...ofRoom].some((bytes) => bytes.includes(word))
  }

  leave(): void {
    this.listener.leave()
    this.socket.end()
  }

  report(delayMs: number): void {
    process.stdout.write(`${this.name} was told after ${delayMs.toFixed(0)} ms\n`)
  }
}

type Case = {
  name: string
  victim: string
  chat: ChatKind
  how: 'revoked' | 'closed'
  setUp(): Promise<TicketId>
  /** What the administrator asks for. */
  request(ticketId: TicketId): [method: string, path: string, body?: object]
  status: number
}

const command = (body: object): [string, string, object] => ['POST', '/api/commands', complete(body)]
const newTicket = (): Promise<TicketId> =>
  run('dispatcher', { type: 'ticket.create', fields: { title: 'Не греет котёл', customerId: 'customer' } })

async function assignedTo(assigneeId: string): Promise<TicketId> {
  const ticketId = await newTicket()
  await run('dispatcher', { type: 'ticket.assign', ticketId, assigneeId })
  return ticketId
}

async function addedTo(userId: string, chat: ChatKind): Promise<TicketId> {
  const ticketId = await newTicket()
  await run('dispatcher', { type: 'participants.add', ticketId, chat, userIds: [userId] })
  return ticketId
}

const cases: Case[] = [
  {
    name: 'a participant is removed (R17)',
    victim: 'engineer2',
    chat: 'customer',
    how: 'revoked',
    setUp: () => addedTo('engineer2', 'customer'),
    request: (ticketId) => command({ type: 'participants.remove', ticketId, chat: 'customer', userId: 'engineer2' }),
    status: 200,
  },
  {
    name: 'an account is switched off (R19)',
    victim: 'engineer3',
    chat: 'customer',
    how: 'closed',
    setUp: () => assignedTo('engineer3'),
    request: () => command({ type: 'user.update', userId: 'engineer3', active: false }),
    status: 200,
  },
  {
    name: 'the sessions of an account are ended',
    victim: 'customer',
    chat: 'customer',
    how: 'closed',
    setUp: newTicket,
    request: () => ['DELETE', '/api/users/customer/sessions'],
    status: 204,
  },
  {
    name: 'split chats are switched off (R5, R21)',
    victim: 'engineer4',
    chat: 'team',
    how: 'revoked',
    setUp: () => addedTo('engineer4', 'team'),
    request: () => command({ type: 'organisation.update', splitChats: false }),
    status: 200,
  },
  {
    name: 'a role is lowered (R20)',
    victim: 'engineer',
    chat: 'customer',
    how: 'revoked',
    setUp: () => assignedTo('engineer'),
    request: () => {
      const permissions = baseRoles.find(({ id }) => id === 'engineer')?.permissions ?? []
      const lowered = permissions.filter((permission) => !/^messages\.(team|customer)\.read$/.test(permission))
      return command({ type: 'role.update', roleId: 'engineer', permissions: lowered })
    },
    status: 200,
  },
]

describe('before the administrator has read the answer, and within a second', () => {
  it.each(cases)('$name', async ({ victim, chat, how, setUp, request, status }) => {
    const ticketId = await setUp()
    await post(ticketId, [chat], 'ещё можно')
    const doors = await Doors.open(victim, chatRoom(ticketId, chat))
    expect(await doors.received('ещё можно')).toBe(true)
    const startedAt = performance.now()
    const answer = sendUnread(...request(ticketId))
    await doors.shut(how)
    const delayMs = performance.now() - startedAt
    doors.report(delayMs)
    expect(delayMs).toBeLessThan(barMs)
    expect(await answer()).toBe(status)
    const forbidden = `нельзя ${ticketId}`
    for (let count = 0; count < 3; count++) await post(ticketId, ['customer'], forbidden)
    expect(await doors.received(forbidden)).toBe(false)
    doors.leave()
  })
})
