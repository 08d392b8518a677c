import { describe, expect, test } from 'vitest'
import type { Participant } from '#common/domain/message.ts'
import type { HistoryEntry } from '#common/domain/ticket.ts'
import type { QueueItem } from '#renderer/data/api.ts'
import { createTranslator } from '#renderer/i18n/translator.ts'
import { audienceOf, shortenedNames } from '#renderer/ui/chat/audience.ts'
import { fallenFromStart } from '#renderer/ui/chat/kept-items.ts'
import { createReadingTracker } from '#renderer/ui/chat/reading-tracker.ts'
import { inHeldOrder } from '#renderer/ui/inbox/held-order.ts'
import { nextUnread } from '#renderer/ui/inbox/next-unread.ts'
import { queueGroups } from '#renderer/ui/queue/queue-groups.ts'
import { pathOf, placeOf } from '#renderer/ui/routes.ts'
import { historyLines, isCreation } from '#renderer/ui/ticket/history-words.ts'

describe('what was read', () => {
  test('a message is read after one second in view, once', () => {
    const tracker = createReadingTracker()
    tracker.setVisible(4, true)
    expect(tracker.look(0, true)).toBeUndefined()
    expect(tracker.look(999, true)).toBeUndefined()
    expect(tracker.look(1000, true)).toBe(4)
    expect(tracker.look(2000, true)).toBeUndefined()
  })

  test('time while the window is not before the user does not count', () => {
    const tracker = createReadingTracker()
    tracker.setVisible(4, true)
    tracker.look(0, true)
    expect(tracker.look(900, false)).toBeUndefined()
    expect(tracker.look(1100, true)).toBeUndefined()
    expect(tracker.look(2000, true)).toBeUndefined()
    expect(tracker.look(2100, true)).toBe(4)
  })

  test('scrolling away begins anew', () => {
    const tracker = createReadingTracker()
    tracker.setVisible(4, true)
    tracker.look(0, true)
    tracker.setVisible(4, false)
    tracker.setVisible(4, true)
    expect(tracker.look(1500, true)).toBeUndefined()
    expect(tracker.look(2500, true)).toBe(4)
  })

  test('the highest in view counts and the mark never goes back', () => {
    const tracker = createReadingTracker()
    for (const seq of [5, 7, 6]) tracker.setVisible(seq, true)
    tracker.look(0, true)
    expect(tracker.look(1000, true)).toBe(7)
    tracker.setVisible(3, true)
    tracker.look(2000, true)
    expect(tracker.look(9000, true)).toBeUndefined()
  })
})

describe('audience', () => {
  const me = { id: 'me', kind: 'employee' } as const
  const person = (name: string, kind: Participant['kind']): Participant => ({ name, kind, addedBy: 'me', addedAt: 0 })
  const olga = person('Ольга Синицына', 'customer')
  const ilya = person('Илья Громов', 'employee')
  const participants = { me: person('Мария', 'employee'), olga, ilya }
  const company = 'ТЦ «Меридиан»'

  test('the only chat of a ticket names the customer in a plain tone', () => {
    expect(audienceOf({ chat: 'customer', named: true, split: false, account: me, participants, company })).toEqual({
      tone: 'plain',
      readers: 'customer',
      names: ['Ольга Синицына', company],
    })
  })

  test('with two chats the tone tells them apart', () => {
    const customer = audienceOf({ chat: 'customer', named: true, split: true, account: me, participants, company })
    expect([customer.tone, customer.readers]).toEqual(['customer', 'customer'])
    const team = audienceOf({
      chat: 'team',
      named: true,
      split: true,
      account: me,
      participants: { me: ilya, ilya },
      company,
    })
    expect(team).toEqual({ tone: 'team', readers: 'team', names: ['Илья Громов'] })
  })

  test('the customer chat says «customer» even before one takes part', () => {
    const base = { chat: 'customer', named: true, account: me, participants: { ilya } } as const
    expect(audienceOf({ ...base, split: true, company: '' }).readers).toBe('customer')
    expect(audienceOf({ ...base, split: false, company }).names).toEqual([company])
    expect(audienceOf({ ...base, split: false, company: '' }).readers).toBe('employees')
  })

  test('a customer sees which employees read', () => {
    const account = { id: 'olga', kind: 'customer' } as const
    expect(audienceOf({ chat: 'customer', named: true, split: true, account, participants, company })).toEqual({
      tone: 'plain',
      readers: 'employees',
      names: ['Мария', 'Илья Громов'],
    })
  })

  test('alone in a chat', () => {
    const alone = audienceOf({
      chat: 'customer',
      named: true,
      split: false,
      account: me,
      participants: {},
      company: '',
    })
    expect(alone.readers).toBe('nobody')
  })

  test('more than three names are counted', () => {
    expect(shortenedNames(['А', 'Б', 'В', 'Г', 'Д'])).toEqual({ names: 'А, Б, В', more: 2 })
    expect(shortenedNames(['А'])).toEqual({ names: 'А', more: 0 })
  })
})

test('what falls out at the start is known; other changes are none of that', () => {
  const items = (...ids: string[]) => ids.map((id) => ({ id }))
  expect(fallenFromStart(items('a', 'b', 'c'), items('c', 'd'))).toEqual(items('a', 'b'))
  expect(fallenFromStart(items('b', 'c'), items('a', 'b', 'c'))).toEqual([])
  expect(fallenFromStart(items('a', 'b'), items('a', 'b', 'c'))).toEqual([])
  expect(fallenFromStart(items('a', 'b'), items('x', 'y'))).toEqual([])
  expect(fallenFromStart(items('a', 'b'), [])).toEqual([])
})

describe('rows under the pointer', () => {
  const keyOf = (row: { id: string }) => row.id
  const rows = (...ids: string[]) => ids.map((id) => ({ id }))

  test('keep their places while others come to the front', () => {
    expect(inHeldOrder(rows('c', 'a', 'b'), keyOf, ['a', 'b', 'c']).map(keyOf)).toEqual(['a', 'b', 'c'])
  })

  test('what is gone falls out and what is new waits at the end', () => {
    expect(inHeldOrder(rows('new', 'c', 'a'), keyOf, ['a', 'b', 'c']).map(keyOf)).toEqual(['a', 'c', 'new'])
  })
})

test('the next unread goes round the list and is never the one at hand', () => {
  const rows = [
    { room: 'a', unread: 1 },
    { room: 'b', unread: 0 },
    { room: 'c', unread: 2 },
  ]
  const [first, , third] = rows
  expect(nextUnread(rows, null)).toBe(first)
  expect(nextUnread(rows, { room: 'a' })).toBe(third)
  expect(nextUnread(rows, { room: 'c' })).toBe(first)
  expect(nextUnread(rows.slice(0, 2), { room: 'a' })).toBeUndefined()
  expect(nextUnread([], null)).toBeUndefined()
})

test('the queue is shown by ticket, refusals first, in the order of writing', () => {
  const item = (id: string, ticketId: string, writtenAt: number, state: QueueItem['state'] = 'queued') =>
    ({ id, ticketId, writtenAt, state }) as QueueItem
  const queue = [item('3', 'B', 3), item('1', 'A', 1), item('2', 'B', 2), item('4', 'C', 4, 'refused')]
  expect(queueGroups(queue).map((group) => group.map((each) => each.id))).toEqual([['4'], ['1'], ['2', '3']])
})

describe('places', () => {
  test.each([
    '/chats',
    '/tickets',
    '/queue',
    '/chats/01J0/customer',
    '/chats/01J0/team',
    '/tickets/01J0/history',
    '/admin',
    '/admin/roles',
  ])('%s is read and written alike', (path) => {
    expect(pathOf(placeOf(path))).toBe(path)
  })

  test.each(['', '/', '/nowhere', '/chats/../../etc', '/chats/<script>/customer', '//evil.ru', '/tickets/a b'])(
    '%s leads to a list',
    (path) => {
      const place = placeOf(path)
      expect(place).toHaveProperty('ticketId', null)
    },
  )

  test('an unknown tab is the first one, a question mark ends the path', () => {
    expect(placeOf('/tickets/01J0/colour')).toEqual({ section: 'tickets', ticketId: '01J0', tab: 'fields' })
    expect(placeOf('/chats/01J0/customer?seq=4')).toEqual({ section: 'chats', ticketId: '01J0', tab: 'customer' })
  })
})

describe('history in words', () => {
  const words = { t: createTranslator('ru'), language: 'ru', nameOf: (id: string) => `<${id}>` } as const
  const entry = (changes: HistoryEntry['changes']): HistoryEntry => ({
    at: 0,
    writtenAt: '2026-11-22T10:00:00.000Z',
    byId: 'u1',
    commandId: 'c1',
    changes,
  })

  test('stored values become display words', () => {
    const lines = historyLines(
      words,
      entry([
        { field: 'stage', from: 'new', to: 'enRoute' },
        { field: 'assigneeId', from: null, to: 'u2' },
        { field: 'priority', from: 'normal', to: 'critical' },
        { field: 'fields.site', from: 'ИТП-2', to: '' },
      ]),
    )
    expect(lines).toEqual([
      { field: 'Стадия', from: 'Новая', to: 'В пути' },
      { field: 'Исполнитель', from: 'Не назначен', to: '<u2>' },
      { field: 'Критичность', from: 'Обычная', to: 'Аварийная' },
      { field: 'Объект', from: 'ИТП-2', to: 'пусто' },
    ])
  })

  test('values of a newer server are shown as they are', () => {
    expect(historyLines(words, entry([{ field: 'stage', from: 'new', to: 'paused' }]))[0]?.to).toBe('paused')
    expect(historyLines(words, entry([{ field: 'dueAt', from: null, to: 'soon' }]))[0]?.to).toBe('soon')
    expect(historyLines(words, entry([{ field: 'x', from: null, to: { a: 1 } }]))[0]?.to).toBe('{"a":1}')
  })

  test('only an entry with nothing before it is the creation', () => {
    expect(isCreation(entry([{ field: 'stage', from: null, to: 'new' }]))).toBe(true)
    expect(isCreation(entry([{ field: 'assigneeId', from: null, to: 'u2' }]))).toBe(false)
    expect(isCreation(entry([{ field: 'stage', from: 'new', to: 'done' }]))).toBe(false)
  })
})
