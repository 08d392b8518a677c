import { beforeEach, describe, expect, it } from 'vitest'
import type { Credentials } from '#common/ipc.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { createClientCore } from '#renderer/data/create-client-core.ts'
import type { ClientCore, ClientPorts, HttpAnswer } from '#renderer/data/client-core.ts'
import type { AccountStores } from '#renderer/data/store/ports.ts'
import { MemoryJournal } from '#tests/support/client/memory-journal.ts'
import { ScriptedServer, welcome } from '#tests/support/client/scripted-server.ts'
import { ManualClock, settled } from '#tests/support/server-core/manual-clock.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'

type Request = Parameters<ClientPorts['http']>[0]
type LastAccount = Parameters<ClientPorts['lastAccount']['store']>[0]

const address = 'https://naryad.test'
const account = (id: string) => ({
  id,
  login: id,
  name: 'Мария',
  kind: 'employee' as const,
  roleId: 'dispatcher',
  permissions: [],
  districts: [],
})
const unsplit = { name: '', splitChats: false }
const error = (status: number, code: string): HttpAnswer => ({ status, body: { code, message: '', requestId: 'r' } })
const unreachable = (): never => {
  throw new Error('ECONNREFUSED')
}

let clock: ManualClock
let server: ScriptedServer
let core: ClientCore
let requests: Request[]
let answer: (request: Request) => HttpAnswer
let answersAnybody: boolean
let credentials: Credentials | null
let lastAccount: LastAccount
let journals: Map<string, MemoryJournal>
let stores: Map<string, AccountStores>
let tokens: number
let count = 0

function journalOf(key: string): MemoryJournal {
  const journal = journals.get(key) ?? new MemoryJournal()
  journals.set(key, journal)
  return journal
}

function session(user = 'dispatcher'): HttpAnswer {
  tokens++
  const body = { accessToken: `A${tokens}`, refreshToken: `R${tokens}`, expiresIn: 600, user: account(user) }
  return { status: 200, body }
}

beforeEach(() => {
  clock = new ManualClock()
  server = new ScriptedServer()
  requests = []
  answer = () => session()
  answersAnybody = false
  credentials = null
  lastAccount = null
  journals = new Map()
  stores = new Map()
  tokens = 0
  return () => core.stop()
})

async function start(): Promise<void> {
  core = createClientCore({
    clock,
    // Never a short delay, never the same id twice.
    fillRandom: (bytes) => bytes.fill(200).fill(count++ % 256, -1),
    openSocket: server.openSocket,
    http: async (request) => {
      requests.push(request)
      return answer(request)
    },
    somebodyAnswers: async () => answersAnybody,
    openStores: async (key) => {
      const opened = stores.get(key) ?? createMemoryStores()
      stores.set(key, opened)
      return { stores: opened, rebuilt: false }
    },
    journal: {
      read: (key) => journalOf(key).read(key),
      write: (key, entries) => journalOf(key).write(key, entries),
    },
    credentials: {
      read: async () => credentials,
      store: async (value) => void (credentials = value),
      clear: async () => void (credentials = null),
    },
    lastAccount: { read: async () => lastAccount, store: async (value) => void (lastAccount = value) },
    device: { id: 'device-1', name: 'Рабочее место 1' },
  })
  await core.start()
}

const signIn = (server = address, remember = true) =>
  core.act.signIn({ server, login: 'dispatcher', password: 'demo', remember })

async function greet(): Promise<void> {
  await settled()
  await clock.advance(1_000)
  server.last.open()
  await settled()
  server.last.say(welcome())
  await settled()
}

const post = (text: string) => core.act.postMessage({ ticketId: 'T1', to: ['customer'], text })
const texts = () => core.outbox.get().map(({ command }) => ('text' in command ? command.text : ''))

describe('signing in', () => {
  beforeEach(start)

  it('begins signed out, and connects with the token it was given', async () => {
    expect(core.session.get()).toEqual({ state: 'signed-out' })
    expect(await signIn('naryad.test/')).toEqual({ ok: true, value: account('dispatcher') })
    expect(requests[0]).toEqual({
      method: 'POST',
      url: `${address}/api/session`,
      body: { login: 'dispatcher', password: 'demo', device: { id: 'device-1', name: 'Рабочее место 1' } },
    })
    expect(core.session.get()).toEqual({
      state: 'signed-in',
      account: account('dispatcher'),
      organisation: unsplit,
      server: address,
    })
    await greet()
    expect(server.last.url).toBe('wss://naryad.test/sync')
    expect(server.last.frames[0]).toMatchObject({ type: 'HELLO', token: 'A1' })
    expect(credentials).toEqual({ server: address, login: 'dispatcher', refreshToken: 'R1' })
    expect(lastAccount).toEqual({ server: address, account: account('dispatcher'), organisation: unsplit })
    expect(core.connection.get()).toMatchObject({ state: 'online', offlineSince: null })
  })

  it.each<[string, () => HttpAnswer, object]>([
    ['a wrong password', () => error(401, 'E_CREDENTIALS'), { kind: 'refused', refusal: { code: 'E_CREDENTIALS' } }],
    [
      'too many tries',
      () => ({ ...error(429, 'E_RATE'), retryAfterSeconds: 60 }),
      { kind: 'refused', retryAfterSeconds: 60 },
    ],
    [
      'a server without a store',
      () => error(503, 'E_UNAVAILABLE'),
      { kind: 'refused', refusal: { code: 'E_UNAVAILABLE' } },
    ],
    ['no network', unreachable, { kind: 'unreachable' }],
    ['a gateway without its server', () => ({ status: 502, body: '<html>' }), { kind: 'unreachable' }],
    ['a page of somebody else', () => ({ status: 200, body: '<html>' }), { kind: 'not-a-server' }],
    ['a site without such a path', () => ({ status: 404, body: { error: 'nope' } }), { kind: 'not-a-server' }],
  ])('%s is told apart', async (_name, given, failure) => {
    answer = given
    expect(await signIn()).toMatchObject({ ok: false, reason: failure })
    expect(core.session.get()).toEqual({ state: 'signed-out' })
    expect(server.sockets).toEqual([])
  })

  it('a stranger’s server, whose answers a page may not read, is told apart from none', async () => {
    answer = unreachable
    answersAnybody = true
    expect(await signIn()).toEqual({ ok: false, reason: { kind: 'not-a-server' } })
    const link = `${address}/#invitation=abc`
    const redeemed = await core.act.redeemInvitation({ link, password: 'long enough', remember: false })
    expect(redeemed).toEqual({ ok: false, reason: { kind: 'not-a-server' } })
  })

  it('refuses an address that is none without asking anybody', async () => {
    expect(await signIn('not a host')).toEqual({ ok: false, reason: { kind: 'bad-address' } })
    expect(requests).toEqual([])
  })

  it('gives up a server that never answers', async () => {
    answer = () => new Promise(() => {}) as never
    const signing = signIn()
    await settled()
    await clock.advance(10_000)
    expect(await signing).toEqual({ ok: false, reason: { kind: 'unreachable' } })
  })

  it('keeps nothing on a computer that is not to remember', async () => {
    await signIn(address, false)
    expect([credentials, lastAccount]).toEqual([null, null])
  })

  it('writes nothing while nobody is signed in', async () => {
    expect(await post('куда?')).toMatchObject({ ok: false, reason: { kind: 'not-saved' } })
  })

  it('another person gets databases of their own, and the first one’s words wait', async () => {
    await signIn()
    await post('моё')
    answer = () => session('engineer')
    await core.act.signIn({ server: address, login: 'engineer', password: 'demo', remember: true })
    expect(texts()).toEqual([])
    expect(stores.size).toBe(2)
    answer = () => session('dispatcher')
    await signIn()
    expect(texts()).toEqual(['моё'])
  })
})

describe('tokens', () => {
  beforeEach(async () => {
    await start()
    await signIn()
    await greet()
  })

  it('are renewed in the connection before they expire', async () => {
    await clock.advance(440_000)
    server.last.say({ type: 'PONG' })
    for (let seconds = 0; seconds < 20; seconds += 5) {
      await clock.advance(5_000)
      server.last.say({ type: 'PONG' })
    }
    expect(requests.at(-1)).toMatchObject({ url: `${address}/api/session/refresh`, body: { refreshToken: 'R1' } })
  })

  it('are renewed once after 4401', async () => {
    server.last.close(closeCodes.tokenExpired)
    await greet()
    expect(server.last.frames[0]).toMatchObject({ type: 'HELLO', token: 'A2' })
    expect(credentials?.refreshToken).toBe('R2')
    expect(core.session.get().state).toBe('signed-in')
  })

  it('that are refused again lock, and lose nothing', async () => {
    await post('важное')
    server.last.close(closeCodes.tokenExpired)
    await clock.advance(1_000)
    server.last.open()
    await settled()
    server.last.close(closeCodes.tokenExpired)
    await clock.advance(2_000)
    expect(core.session.get()).toMatchObject({
      state: 'locked',
      reason: 'sign-in-again',
      account: account('dispatcher'),
    })
    const opened = server.sockets.length
    await clock.advance(120_000)
    expect(server.sockets).toHaveLength(opened)
    expect(await post('и это')).toMatchObject({ ok: true })
    expect(texts()).toEqual(['важное', 'и это'])
    await signIn()
    expect(core.session.get().state).toBe('signed-in')
    await greet()
    await settled()
    expect(texts()).toEqual(['важное', 'и это'])
    expect(server.last.room.some(({ message }) => message.type === 'sync-step-1')).toBe(true)
  })

  it('a refresh that the server refuses locks; one that fails on the way does not', async () => {
    answer = unreachable
    server.last.close(closeCodes.tokenExpired)
    await clock.advance(1_000)
    expect(core.session.get().state).toBe('signed-in')
    answer = () => ({ status: 401, body: '<html>a hotel wants your room number</html>' })
    await clock.advance(40_000)
    expect(core.session.get().state).toBe('signed-in')
    answer = () => error(401, 'E_TOKEN')
    await clock.advance(40_000)
    expect(core.session.get()).toMatchObject({ state: 'locked', reason: 'sign-in-again' })
  })

  it('the server’s word about rights replaces the older one', async () => {
    answer = () => {
      const renewed = session()
      return {
        ...renewed,
        body: { ...(renewed.body as object), user: { ...account('dispatcher'), permissions: ['messages.menu'] } },
      }
    }
    server.last.close(closeCodes.tokenExpired)
    await greet()
    expect(core.session.get()).toMatchObject({ account: { permissions: ['messages.menu'] } })
    expect(lastAccount).toMatchObject({ account: { permissions: ['messages.menu'] } })
  })
})

describe('the end of a session', () => {
  beforeEach(async () => {
    await start()
    await signIn()
    await greet()
    await post('не отправлено')
  })

  it('by revocation locks and keeps what was written', async () => {
    server.last.close(closeCodes.forbidden)
    expect(core.session.get()).toMatchObject({ state: 'locked', reason: 'revoked' })
    expect(texts()).toEqual(['не отправлено'])
    expect(core.stores.get()).not.toBeNull()
  })

  it('by another window of this device can be taken back', async () => {
    server.last.close(closeCodes.superseded)
    expect(core.session.get()).toMatchObject({ state: 'locked', reason: 'superseded' })
    await core.act.reconnectNow(null)
    await greet()
    expect(core.session.get().state).toBe('signed-in')
    expect(core.connection.get().state).toBe('online')
  })

  it('by a newer server asks for an update', async () => {
    server.last.close(closeCodes.clientTooOld)
    expect(core.session.get()).toEqual({ state: 'update-required', server: address })
  })

  it('by signing out closes everything, keeps the journal, and tells the server', async () => {
    await core.act.signOut(null)
    expect(core.session.get()).toEqual({ state: 'signed-out' })
    expect([core.stores.get(), texts(), credentials, lastAccount]).toEqual([null, [], null, null])
    expect(requests.at(-1)).toMatchObject({ method: 'DELETE', url: `${address}/api/session`, token: 'A1' })
    expect(server.last.isClosed).toBe(true)
    await signIn()
    expect(texts()).toEqual(['не отправлено'])
  })
})

describe('starting without a network', () => {
  beforeEach(async () => {
    await start()
    await signIn()
    await post('вчерашнее')
    await core.stop()
    answer = unreachable
  })

  it('opens the last account and takes what is written', async () => {
    await start()
    expect(core.session.get()).toMatchObject({ state: 'signed-in', account: account('dispatcher') })
    expect(core.connection.get()).toMatchObject({ queued: 1, offlineSince: clock.nowMs() })
    await post('сегодняшнее')
    await clock.advance(60_000)
    expect(core.connection.get()).toMatchObject({ state: 'offline', queued: 2 })
    expect(texts()).toEqual(['вчерашнее', 'сегодняшнее'])
  })

  it('with lost tokens asks to sign in once the server is there, not before', async () => {
    credentials = null
    await start()
    await clock.advance(60_000)
    expect(core.session.get().state).toBe('signed-in')
    answer = () => ({ status: 200, body: { status: 'ok' } })
    await clock.advance(40_000)
    expect(core.session.get()).toMatchObject({ state: 'locked', reason: 'sign-in-again' })
    expect(requests.at(-1)).toMatchObject({ method: 'GET', url: `${address}/healthz` })
    expect(texts()).toEqual(['вчерашнее'])
  })

  it('does not use the tokens of another person', async () => {
    credentials = { server: address, login: 'engineer', refreshToken: 'theirs' }
    answer = () => ({ status: 200, body: {} })
    await start()
    await settled()
    expect(requests.some(({ url }) => url.endsWith('/refresh'))).toBe(false)
    expect(core.session.get()).toMatchObject({ state: 'locked' })
  })
})
