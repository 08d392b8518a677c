import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createUlidSource } from '#common/domain/ids.ts'
import { baseRoles } from '#common/domain/role.ts'
import type { Ticket } from '#common/domain/ticket.ts'
import { sessionResponseSchema } from '#common/protocol/http-api.ts'
import { call, signInAs, signInBody } from '#tests/support/server/api-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

/** The HTTP interface from outside, on a real process with the demonstration data. Rules: SPEC.md, section «HTTP». */
const page = 'https://naryad.example'
const nextId = createUlidSource(Date.now, (bytes) => crypto.getRandomValues(bytes))
const tokens = new Map<string, string>()
let server: TestServer

beforeAll(async () => {
  server = await startServer({ seed: 'demo', args: ['--origin', page] })
  for (const login of ['dispatcher', 'engineer', 'customer', 'customer2', 'admin'])
    tokens.set(login, (await signInAs(server.url, login)).accessToken)
}, 60_000)
afterAll(async () => {
  await server.stop()
})

const as = (login: string, method: string, path: string, body?: unknown) =>
  call(server.url, method, path, { token: tokens.get(login), body })

const ticketsOf = async (login: string, query = ''): Promise<Ticket[]> => {
  const { body } = await as(login, 'GET', `/api/tickets?limit=200${query}`)
  return (body as { tickets: Ticket[] }).tickets
}

describe('signing in', () => {
  it('gives tokens and the account with its permissions', async () => {
    const session = await signInAs(server.url, 'engineer')
    expect(session.expiresIn).toBe(600)
    const role = baseRoles.find(({ id }) => id === 'engineer')
    expect(session.user).toMatchObject({ login: 'engineer', kind: 'employee', roleId: 'engineer' })
    expect([...session.user.permissions].sort()).toEqual([...(role?.permissions ?? [])].sort())
    const me = await call(server.url, 'GET', '/api/me', { token: session.accessToken })
    expect(me.body).toEqual(session.user)
  })

  it('says the same of a wrong password and an unknown login', async () => {
    const wrong = await call(server.url, 'POST', '/api/session', { body: signInBody('engineer2', 'other') })
    const unknown = await call(server.url, 'POST', '/api/session', { body: signInBody('nobody', 'demo') })
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    const { requestId: _one, ...wrongBody } = wrong.body as Record<string, unknown>
    const { requestId: _other, ...unknownBody } = unknown.body as Record<string, unknown>
    expect(wrongBody).toEqual(unknownBody)
    expect(wrongBody['code']).toBe('E_CREDENTIALS')
  })

  it('is refused for a while after five failures, the right password too', async () => {
    const attempt = (password: string) =>
      call(server.url, 'POST', '/api/session', { body: signInBody('customer3', password) })
    const failures = await Promise.all(Array.from({ length: 8 }, () => attempt('guess')))
    expect(failures.filter(({ status }) => status === 401)).toHaveLength(5)
    const refused = failures.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(3)
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(60)
    expect((await attempt('demo')).status).toBe(429)
  })

  it('a page may read how long to wait, of every answer', async () => {
    const exposed = async (origin: string, path: string, body?: unknown) => {
      const { headers } = await call(server.url, body ? 'POST' : 'GET', path, { body, headers: { origin } })
      return headers.get('access-control-expose-headers')?.split(/, */)
    }
    const wrong = signInBody('customer3', 'guess')
    expect(await exposed('app://bundle', '/api/session', wrong)).toContain('retry-after')
    expect(await exposed(page, '/api/me')).toContain('retry-after')
    expect(await exposed('https://evil.example', '/api/me')).toBeUndefined()
  })

  it('rotates the refresh token; the one before the last ends the session', async () => {
    const first = await signInAs(server.url, 'dispatcher2')
    const refresh = async (refreshToken: string) => {
      const { status, body } = await call(server.url, 'POST', '/api/session/refresh', { body: { refreshToken } })
      return status === 200 ? sessionResponseSchema.parse(body) : undefined
    }
    const meWith = async (token: string) => (await call(server.url, 'GET', '/api/me', { token })).status
    const second = await refresh(first.refreshToken)
    expect(second?.refreshToken).not.toBe(first.refreshToken)
    // The answer was lost: the same again.
    expect((await refresh(first.refreshToken))?.refreshToken).toBe(second?.refreshToken)
    const third = await refresh(second?.refreshToken ?? '')
    expect(await meWith(third?.accessToken ?? '')).toBe(200)
    expect(await refresh(first.refreshToken)).toBeUndefined()
    expect(await refresh(third?.refreshToken ?? '')).toBeUndefined()
    expect(await meWith(third?.accessToken ?? '')).toBe(401)
  })

  it('signing out makes the tokens worthless', async () => {
    const { accessToken, refreshToken } = await signInAs(server.url, 'customer4')
    expect((await call(server.url, 'DELETE', '/api/session', { token: accessToken })).status).toBe(204)
    expect((await call(server.url, 'GET', '/api/me', { token: accessToken })).status).toBe(401)
    const again = await call(server.url, 'POST', '/api/session/refresh', { body: { refreshToken } })
    expect(again.status).toBe(401)
  })

  it.each([
    ['none', undefined],
    ['garbage', 'x.y.z'],
    [
      'alg none',
      `${btoa('{"alg":"none","typ":"JWT"}').replace(/=+$/, '')}.${btoa('{"sub":"admin"}').replace(/=+$/, '')}.`,
    ],
  ])('a token of no use: %s', async (_name, token) => {
    const { status, body } = await call(server.url, 'GET', '/api/me', { token })
    expect(status).toBe(401)
    expect(body).toMatchObject({ code: 'E_TOKEN' })
  })

  it('a token with a changed payload, or in the query, is of no use', async () => {
    const token = tokens.get('customer') ?? ''
    const [header, payload = '', signature] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url')
    expect((await call(server.url, 'GET', '/api/me', { token: `${header}.${forged}.${signature}` })).status).toBe(401)
    expect((await call(server.url, 'GET', `/api/me?token=${token}&access_token=${token}`)).status).toBe(401)
  })
})

describe('tickets', () => {
  it('shows everybody what they may see and no more', async () => {
    const all = await ticketsOf('dispatcher')
    expect(all.length).toBeGreaterThanOrEqual(40)
    const engineer = await ticketsOf('engineer')
    expect(engineer.length).toBeGreaterThan(3)
    expect(engineer.every(({ assigneeId }) => assigneeId === 'engineer')).toBe(true)
    const customer = await ticketsOf('customer')
    expect(customer.length).toBeGreaterThan(3)
    expect(customer.every(({ customerId }) => customerId === 'customer')).toBe(true)
  })

  it('filters by stage, assignee and words', async () => {
    const stages = await ticketsOf('dispatcher', '&stage=new,closed')
    expect(new Set(stages.map(({ stage }) => stage))).toEqual(new Set(['new', 'closed']))
    const assigned = await ticketsOf('dispatcher', '&assigneeId=engineer2&stage=inProgress')
    expect(assigned.length).toBeGreaterThan(0)
    expect(assigned.every(({ assigneeId, stage }) => assigneeId === 'engineer2' && stage === 'inProgress')).toBe(true)
    const found = await ticketsOf('dispatcher', `&q=${encodeURIComponent('насос гвс')}`)
    expect(found.map(({ fields }) => fields.title)).toContain('Не держит давление насос ГВС')
  })

  it('comes in pages without repetition', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const path = `/api/tickets?limit=7${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
      const { body } = await as('dispatcher', 'GET', path)
      const page = body as { tickets: Ticket[]; cursor: string | null }
      seen.push(...page.tickets.map(({ id }) => id))
      cursor = page.cursor
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength((await ticketsOf('dispatcher')).length)
  })

  it('refuses a filter that means nothing', async () => {
    for (const query of ['cursor=zzz', 'stage=asleep', 'limit=0', 'limit=many', 'assigneeId=%00'])
      expect((await as('dispatcher', 'GET', `/api/tickets?${query}`)).status).toBe(400)
  })

  it('gives one ticket with its history; a hidden one and an absent one get the same answer', async () => {
    const [own] = await ticketsOf('customer')
    const [others] = await ticketsOf('customer2')
    const one = await as('customer', 'GET', `/api/tickets/${own?.id}`)
    expect(one.status).toBe(200)
    const { ticket, history } = one.body as { ticket: Ticket; history: unknown[] }
    expect(ticket.fields.title).toBe(own?.fields.title)
    expect(history.length).toBeGreaterThan(0)
    const hidden = await as('customer', 'GET', `/api/tickets/${others?.id}`)
    const absent = await as('customer', 'GET', `/api/tickets/${nextId()}`)
    expect([hidden.status, absent.status]).toEqual([404, 404])
    expect({ ...(hidden.body as object), requestId: '' }).toEqual({ ...(absent.body as object), requestId: '' })
    for (const id of ['..%2f..%2fme', '%00', 'x'.repeat(4000)])
      expect((await as('customer', 'GET', `/api/tickets/${id}`)).status).toBe(404)
  })
})

describe('commands', () => {
  const post = (ticketId: string, text: string) => ({
    id: nextId(),
    type: 'message.post',
    writtenAt: new Date().toISOString(),
    ticketId,
    to: ['customer'],
    text,
    attachments: [],
  })

  it('executes a command once, however often it comes', async () => {
    const [ticket] = await ticketsOf('customer', '&stage=inProgress')
    const command = post(ticket?.id ?? '', 'Через HTTP')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => as('dispatcher', 'POST', '/api/commands', command)),
    )
    for (const { status, body } of answers) {
      expect(status).toBe(200)
      expect(body).toEqual({ ok: true, id: command.id })
    }
    const changed = await as('dispatcher', 'POST', '/api/commands', { ...command, text: 'Другое' })
    expect(changed.status).toBe(409)
    expect(changed.body).toMatchObject({ ok: false, code: 'E_ID_CONFLICT', refusal: { code: 'E_ID_CONFLICT' } })
  })

  it('says why it refuses', async () => {
    const [closed] = await ticketsOf('dispatcher', '&stage=closed')
    const [others] = await ticketsOf('customer2')
    const cases: [string, unknown, number, string][] = [
      ['customer', post(others?.id ?? '', 'x'), 404, 'E_NOT_FOUND'],
      ['dispatcher', post(closed?.id ?? '', 'x'), 403, 'E_FORBIDDEN'],
      ['dispatcher', { ...post(others?.id ?? '', ''), text: '' }, 422, 'E_COMMAND_INVALID'],
      ['dispatcher', { type: 'nothing' }, 422, 'E_COMMAND_INVALID'],
      ['dispatcher', [], 422, 'E_COMMAND_INVALID'],
      ['customer', { ...post(others?.id ?? '', 'x'), authorId: 'admin' }, 422, 'E_COMMAND_INVALID'],
    ]
    for (const [login, command, status, code] of cases) {
      const answer = await as(login, 'POST', '/api/commands', command)
      expect(answer.body).toMatchObject({ ok: false, code, requestId: expect.any(String) as string })
      expect(answer.status).toBe(status)
    }
  })
})

describe('the edges of HTTP', () => {
  it('every error has the same form and a request id', async () => {
    const { status, headers, body } = await call(server.url, 'GET', '/api/nothing')
    expect(status).toBe(404)
    expect(body).toEqual({
      code: 'E_ROUTE',
      message: expect.any(String) as string,
      requestId: headers.get('x-request-id'),
    })
    const other = await call(server.url, 'PUT', '/api/session')
    expect(other.status).toBe(405)
    expect(other.headers.get('allow')).toBe('POST, DELETE')
  })

  it('takes JSON only: a form of another site gets nowhere', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', '']) {
      const answer = await call(server.url, 'POST', '/api/session', {
        body: JSON.stringify(signInBody('dispatcher')),
        headers: { 'content-type': type },
      })
      expect(answer.status).toBe(415)
    }
    expect((await call(server.url, 'POST', '/api/session', { body: '{"login":' })).status).toBe(400)
    expect((await call(server.url, 'POST', '/api/session', { body: { login: 'x' } })).body).toMatchObject({
      code: 'E_REQUEST',
      field: 'password',
    })
  })

  it('refuses a body above 64 kB, announced or not', async () => {
    const password = 'x'.repeat(1_000_000)
    expect((await call(server.url, 'POST', '/api/session', { body: signInBody('dispatcher', password) })).status).toBe(
      413,
    )
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = server
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
      const sent = request({ port, method: 'POST', path: '/api/session', headers }, (response) =>
        resolve(response.statusCode),
      )
      sent.on('error', reject)
      for (let count = 0; count < 20; count++) sent.write('x'.repeat(10_000))
      sent.end()
    })
    expect(status).toBe(413)
    expect((await call(server.url, 'GET', '/healthz')).status).toBe(200)
  })

  it('answers pages of allowed origins only', async () => {
    const withOrigin = (origin: string, method = 'GET') => call(server.url, method, '/healthz', { headers: { origin } })
    for (const origin of [page, 'app://bundle']) {
      const answer = await withOrigin(origin)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
      expect((await withOrigin(origin, 'OPTIONS')).status).toBe(204)
    }
    for (const origin of [`${page}.evil`, 'null', 'http://naryad.example', `${page}:444`, 'https://evil.example']) {
      const answer = await withOrigin(origin)
      expect(answer.status).toBe(403)
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      expect((await withOrigin(origin, 'OPTIONS')).status).toBe(403)
    }
  })

  it('sends the headers that keep a browser from guessing', async () => {
    const { headers } = await call(server.url, 'GET', '/healthz')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('refuses a head of 2,000 headers', async () => {
    const head = Array.from({ length: 2_000 }, (_, index) => `X-${index}: ${index}`).join('\r\n')
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n`),
      )
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
      socket.on('error', reject)
      socket.on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })
})

describe('a client that takes its time', () => {
  it('is cut when the head of its request does not end', { timeout: 30_000 }, async () => {
    const startedAt = performance.now()
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1')
      const drip = setInterval(() => socket.write('X-More: 1\r\n'), 500)
      let text = ''
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n')
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
      socket.on('error', reject)
      socket.on('close', () => {
        clearInterval(drip)
        resolve(text)
      })
    })
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })
})

describe('for those who run it', () => {
  it('tells that it lives, is ready, and what it did', async () => {
    expect((await call(server.url, 'GET', '/healthz')).body).toEqual({ status: 'ok' })
    expect((await call(server.url, 'GET', '/readyz')).body).toEqual({ status: 'ready' })
    const { headers, body } = await call(server.url, 'GET', '/metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain/)
    const forwarded = await call(server.url, 'GET', '/metrics', { headers: { 'x-forwarded-for': '127.0.0.1' } })
    expect(forwarded.status).toBe(404)
    expect(body).toMatch(/^naryad_server_up 1$/m)
    expect(body).toMatch(/^naryad_commands_total\{type="message.post",outcome="applied",code=""\} [1-9]/m)
    expect(body).toMatch(/^naryad_http_requests_total\{method="GET",route="\/api\/me",status="200"\} /m)
    expect(body).toMatch(/^nodejs_eventloop_lag_seconds /m)
  })

  it('describes itself as OpenAPI', async () => {
    const { body } = await call(server.url, 'GET', '/api/openapi.json')
    const document = body as { openapi: string; paths: Record<string, Record<string, { requestBody?: unknown }>> }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/session', '/api/session/refresh', '/api/me', '/api/tickets/{id}', '/api/commands']),
    )
    expect(JSON.stringify(document.paths['/api/commands']?.['post']?.requestBody)).toContain('message.post')
  })

  it('logs no words of messages and no secrets', async () => {
    const secretText = `Тайна-${nextId()}`
    const [ticket] = await ticketsOf('customer', '&stage=inProgress')
    const command = { id: nextId(), type: 'message.post', writtenAt: new Date().toISOString(), ticketId: ticket?.id, to: ['customer'], text: secretText, attachments: [] } // prettier-ignore
    await as('dispatcher', 'POST', '/api/commands', command)
    await as('dispatcher', 'POST', '/api/commands', { ...command, text: `${secretText}!` })
    expect(server.log()).not.toContain(secretText)
    for (const token of tokens.values()) expect(server.log()).not.toContain(token)
  })
})
