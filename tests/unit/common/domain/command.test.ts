import { describe, expect, it } from 'vitest'
import { commandIdOf, parseCommand } from '#common/domain/command.ts'

const id = '01J9ZZZZZZZZZZZZZZZZZZZZZZ'
const writtenAt = '2026-11-22T09:00:00.000Z'
const post = {
  id,
  writtenAt,
  type: 'message.post',
  ticketId: 'T1',
  to: ['customer'],
  text: 'Приехал на объект',
  attachments: [],
}

const refusedField = (value: unknown): string | undefined => {
  const parsed = parseCommand(value)
  return parsed.ok ? 'accepted' : parsed.reason.field
}

describe('C2: commands from outside', () => {
  it.each([
    [post],
    [{ id, writtenAt, type: 'ticket.create', fields: { title: 'Течёт кран' } }],
    [{ id, writtenAt, type: 'ticket.update', ticketId: 'T1', fields: { dueAt: '' } }],
    [{ id, writtenAt, type: 'ticket.stage', ticketId: 'T1', stage: 'done' }],
    [{ id, writtenAt, type: 'ticket.assign', ticketId: 'T1', assigneeId: null }],
    [{ id, writtenAt: '2026-11-22T12:00:00+03:00', type: 'read.mark', ticketId: 'T1', chat: 'customer', seq: 0 }],
    [{ ...post, text: 'я'.repeat(8000) }],
    [{ ...post, text: '😀'.repeat(8000) }],
  ])('are taken: case %#', (value) => {
    expect(parseCommand(value)).toMatchObject({ ok: true })
  })

  it.each([
    [null, 'type'],
    [[], 'type'],
    ['text', 'type'],
    [{ ...post, type: 'message.forge' }, 'type'],
    [{ ...post, id: 'short' }, 'id'],
    [{ ...post, writtenAt: 'yesterday' }, 'writtenAt'],
    [{ ...post, text: 'я'.repeat(8001) }, 'text'],
    [{ ...post, text: '😀'.repeat(8001) }, 'text'],
    [{ ...post, text: '  ' }, 'text'],
    [{ ...post, text: 'a\u0000b' }, 'text'],
    [{ ...post, text: '\ud800' }, 'text'],
    [{ ...post, to: [] }, 'to'],
    [{ ...post, to: ['customer', 'customer'] }, 'to'],
    [{ ...post, to: ['everybody'] }, 'to.0'],
    [{ ...post, replyTo: 1.5 }, 'replyTo'],
    [{ ...post, replyTo: -0 }, 'replyTo'],
    [{ ...post, ticketId: '../T1' }, 'ticketId'],
    [{ ...post, authorId: 'somebody' }, 'authorId'],
    [{ ...post, ['x'.repeat(500)]: 1 }, 'x'.repeat(100)],
    [{ ...post, seq: 1 }, 'seq'],
    [{ ...post, attachments: new Array(11).fill({}) }, 'attachments'],
    [{ id, writtenAt, type: 'ticket.create', fields: { title: ' ' } }, 'fields.title'],
    [{ id, writtenAt, type: 'ticket.create', fields: { title: 'a', number: 5 } }, 'fields.number'],
    [{ id, writtenAt, type: 'ticket.update', ticketId: 'T1', fields: {} }, 'fields'],
    [{ id, writtenAt, type: 'read.mark', ticketId: 'T1', chat: 'customer', seq: Number.NaN }, 'seq'],
    [{ id, writtenAt, type: 'read.mark', ticketId: 'T1', chat: 'customer', seq: 1e308 }, 'seq'],
  ])('are refused with the offending field: case %#', (value, field) => {
    expect(refusedField(value)).toBe(field)
  })

  it('are refused with a number that JSON does not have', () => {
    expect(refusedField({ id, writtenAt, type: 'read.mark', ticketId: 'T1', chat: 'customer', seq: 5n })).toBe('seq')
  })

  it('do not take fields from a prototype', () => {
    const polluted = Object.create(post) as object
    expect(refusedField(polluted)).not.toBe('accepted')
  })

  it('are refused however deep they nest', () => {
    let nested: unknown = 1
    for (let depth = 0; depth < 100_000; depth++) nested = [nested]
    expect(refusedField({ ...post, mentions: nested })).toBe('mentions.0')
  })

  it('give their id for a refusal even when the rest can not be read', () => {
    expect(commandIdOf({ id, type: 'nonsense' })).toBe(id)
    expect(commandIdOf({ id: '../', type: 'nonsense' })).toBeUndefined()
    expect(commandIdOf(null)).toBeUndefined()
  })
})
