import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Clock } from '#common/domain/clock.ts'
import { refusal, refusalCodes } from '#common/protocol/refusals.ts'
import { createAddressOf, isLoopback } from '#server/api/client-address.ts'
import { statusOfRefusal } from '#server/api/http-exchange.ts'
import { createOriginCheck } from '#server/api/origins.ts'
import { createRouting } from '#server/api/routing.ts'
import { TokenBuckets } from '#server/api/token-buckets.ts'
import type { Route } from '#server/api/http-exchange.ts'
import { createMetrics } from '#server/metrics.ts'

const requestFrom = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  // Of a request only these two are read.
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

describe('whose request it is', () => {
  it('is the socket’s word, unless a trusted proxy says otherwise', () => {
    const addressOf = createAddressOf(['10.0.0.1'])
    expect(addressOf(requestFrom('203.0.113.5'))).toBe('203.0.113.5')
    expect(addressOf(requestFrom('203.0.113.5', '1.1.1.1'))).toBe('203.0.113.5')
    expect(addressOf(requestFrom('::ffff:10.0.0.1', '1.1.1.1, 203.0.113.9'))).toBe('203.0.113.9')
    expect(addressOf(requestFrom('10.0.0.1'))).toBe('10.0.0.1')
    expect(addressOf(requestFrom('10.0.0.1', ''))).toBe('10.0.0.1')
  })

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['localhost', true],
    ['127.0.0.1.evil', false],
    ['10.0.0.1', false],
    ['', false],
  ])(
    // prettier-ignore
    'a loopback address: %s %s',
    (address, expected) => expect(isLoopback(address)).toBe(expected),
  )
})

it('origins are compared exactly', () => {
  const isAllowed = createOriginCheck(['https://naryad.example'])
  for (const origin of [undefined, 'app://bundle', 'https://naryad.example']) expect(isAllowed(origin)).toBe(true)
  for (const origin of [
    'null',
    '',
    'https://naryad.example.evil',
    'https://naryad.example/',
    'http://naryad.example',
    'HTTPS://NARYAD.EXAMPLE',
  ])
    expect(isAllowed(origin)).toBe(false)
})

describe('routing', () => {
  const route = (method: Route['method'], path: string): Route => ({
    method,
    path,
    access: 'open',
    summary: '',
    replies: {},
    handle: async () => ({ status: 200 }),
  })
  const find = createRouting([
    route('GET', '/a'),
    route('POST', '/a'),
    route('GET', '/a/:id'),
    route('GET', '/a/:id/b'),
  ])

  it('finds by method and path, and decodes what is named', () => {
    const match = find('GET', '/a/%D1%8F%2Fx')
    expect(match.type === 'found' && [match.route.path, match.parameters.get('id')]).toEqual(['/a/:id', 'я/x'])
  })

  it('knows what else an address takes, and what is none', () => {
    expect(find('DELETE', '/a')).toEqual({ type: 'other-method', allowed: ['GET', 'POST'] })
    for (const path of ['/', '/b', '/a/x/y', '/a/%E0%A4%A', '/a/x/b/']) expect(find('GET', path).type).toBe('none')
  })
})

it('every refusal has a status of failure', () => {
  for (const code of refusalCodes) expect(statusOfRefusal(refusal(code))).toBeGreaterThanOrEqual(400)
})

it('buckets give a burst, then so many a second, each key its own', () => {
  let now = 0
  const clock: Clock = { nowMs: () => now, after: () => () => {} }
  const buckets = new TokenBuckets({ clock, perSecond: 10, burst: 3 })
  expect([1, 2, 3, 4].map(() => buckets.take('anna'))).toEqual([0, 0, 0, 100])
  expect(buckets.take('boris')).toBe(0)
  now = 100
  expect(buckets.take('anna')).toBe(0)
  expect(buckets.take('anna')).toBeCloseTo(100)
  now = 60_000
  expect([1, 2, 3].map(() => buckets.take('anna'))).toEqual([0, 0, 0])
  expect(buckets.take('anna')).toBeGreaterThan(0)
})

it('a client can not make labels of metrics', async () => {
  const metrics = createMetrics()
  metrics.countConnections(() => ({ sync: 3, room: 1, devices: [] }))
  for (let index = 0; index < 50; index++) {
    metrics.event({ type: 'command', command: `made-up-${index}`, userId: 'x', outcome: 'refused', code: 'E_COMMAND_INVALID', durationMs: 1 }) // prettier-ignore
    metrics.answered({ requestId: '', method: `VERB${index}`, route: 'none', status: 404, durationMs: 1 })
  }
  metrics.event({ type: 'command', command: 'message.post', userId: 'x', outcome: 'applied', durationMs: 2 })
  const text = await metrics.text()
  expect(text).not.toMatch(/made-up|VERB/)
  expect(text).toMatch(/naryad_commands_total\{type="unknown",outcome="refused",code="E_COMMAND_INVALID"\} 50/)
  expect(text).toMatch(/naryad_commands_total\{type="message.post",outcome="applied",code=""\} 1/)
  expect(text).toMatch(/naryad_connections\{endpoint="sync"\} 3/)
})
