import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chatRoom,
  createUlidSource,
  isUlid,
  outboxRoom,
  parseRoom,
  personalRoom,
  ticketRoom,
} from '#common/domain/ids.ts'

const fillRandom = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => crypto.getRandomValues(bytes)

describe('ULIDs', () => {
  it('rise within one millisecond and when the clock steps back', () => {
    const times = [5_000, 5_000, 5_000, 4_000, 1_000, 5_001]
    let index = 0
    const next = createUlidSource(() => times[index++] ?? 6_000, fillRandom)
    const ids = times.map(() => next())
    expect(ids.every(isUlid)).toBe(true)
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('carry into the next digit', () => {
    const next = createUlidSource(
      () => 0,
      (bytes) => bytes.fill(31),
    )
    expect(next()).toBe('0000000000ZZZZZZZZZZZZZZZZ')
    expect(next()).toBe('00000000000000000000000000')
  })
})

describe('room names', () => {
  it('N1: come back from their parts', () => {
    const id = fc.stringMatching(/^[0-9A-Za-z-]{1,40}$/)
    fc.assert(
      fc.property(id, fc.constantFrom('team' as const, 'customer' as const), (ticketId, chat) => {
        expect(parseRoom(chatRoom(ticketId, chat))).toEqual({ kind: 'chat', ticketId, chat })
        expect(parseRoom(ticketRoom(ticketId))).toEqual({ kind: 'ticket', ticketId })
        expect(parseRoom(outboxRoom(ticketId))).toEqual({ kind: 'outbox', deviceId: ticketId })
        expect(parseRoom(personalRoom(ticketId))).toEqual({ kind: 'me', userId: ticketId })
      }),
    )
  })

  it.each([
    '',
    'chat',
    'chat.',
    'chat.a',
    'chat.a.other',
    'chat.a.team.b',
    'ticket.a.b',
    'ticket.../../etc',
    'ticket.%2e%2e',
    'ticket.a\u0000',
    `ticket.${'a'.repeat(41)}`,
    'directory.a',
    'Directory',
    'constructor.a',
    '__proto__.a',
  ])('N1: refuse %j', (name) => {
    expect(parseRoom(name)).toBeUndefined()
  })
})
