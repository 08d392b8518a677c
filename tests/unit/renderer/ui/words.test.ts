import { describe, expect, test } from 'vitest'
import { deliveryStates } from '#common/domain/delivery.ts'
import { refusal, refusalCodes } from '#common/protocol/refusals.ts'
import { createTranslator } from '#renderer/i18n/translator.ts'
import { lengthNote } from '#renderer/ui/chat/length-note.ts'
import { deliveryText, messageTimeText } from '#renderer/ui/chat/delivery-words.ts'
import { dueOf } from '#renderer/ui/common/due.ts'
import { matchesQuery } from '#renderer/ui/common/matches-query.ts'
import { failureDetail, refusalText } from '#renderer/ui/common/refusal-text.ts'
import { snippetOf } from '#renderer/ui/inbox/snippet.ts'

const ru = { language: 'ru', t: createTranslator('ru') } as const
const { t } = ru
const at = (text: string) => new Date(`2026-11-22T${text}`).getTime()
const minute = 60_000

describe('delivery in words', () => {
  test.each([
    ['unsaved', 'Не сохранено'],
    ['queued', 'В очереди'],
    ['sent', 'Отправлено'],
    ['delivered', 'Доставлено'],
    ['read', 'Прочитано'],
    ['refused', 'Не отправлено'],
  ] as const)('%s', (state, text) => {
    expect(deliveryText(t, state, true)).toBe(text)
  })

  test('without a connection only a queued message says so', () => {
    expect(deliveryText(t, 'queued', false)).toBe('В очереди, отправится при связи')
    for (const state of deliveryStates.filter((each) => each !== 'queued'))
      expect(deliveryText(t, state, false)).toBe(deliveryText(t, state, true))
  })

  test('both times only where they are more than two minutes apart', () => {
    const now = at('18:00:00')
    const text = (writtenAt: number, takenAt: number | null) => messageTimeText(ru, { writtenAt, at: takenAt }, now)
    expect(text(at('17:27:00'), at('17:44:00'))).toBe('написано 17:27, доставлено 17:44')
    expect(text(at('17:42:00'), at('17:44:00'))).toBe('17:44')
    expect(text(at('22:44:00'), at('17:44:00'))).toBe('написано 22:44, доставлено 17:44')
    expect(text(at('17:27:00'), null)).toBe('17:27')
  })
})

describe('due date', () => {
  const now = at('14:00:00')
  test.each([
    ['', 'inProgress', { state: 'none' }],
    ['not a date', 'inProgress', { state: 'none' }],
    [new Date(now + 61 * minute).toISOString(), 'inProgress', { state: 'ahead', leftMs: 61 * minute }],
    [new Date(now + 60 * minute).toISOString(), 'inProgress', { state: 'soon', leftMs: 60 * minute }],
    [new Date(now).toISOString(), 'new', { state: 'soon', leftMs: 0 }],
    [new Date(now - 1).toISOString(), 'new', { state: 'overdue', lateMs: 1 }],
    [new Date(now - minute).toISOString(), 'done', { state: 'none' }],
    [new Date(now - minute).toISOString(), 'closed', { state: 'none' }],
    [new Date(now - minute).toISOString(), 'assigneeRefused', { state: 'overdue', lateMs: minute }],
  ] as const)('%s in stage %s', (dueAt, stage, expected) => {
    expect(dueOf(dueAt, stage, now)).toEqual(expected)
  })
})

describe('refusals in words', () => {
  test('every code has words without its name, or names it', () => {
    for (const code of refusalCodes) {
      const text = refusalText(t, refusal(code))
      expect(text).toMatch(/[а-яё]/i)
      expect(text).not.toMatch(/\{|undefined/)
    }
  })

  test('a field is named in words, one of a newer server as it is', () => {
    expect(refusalText(t, refusal('E_COMMAND_INVALID', 'fields.dueAt'))).toBe('Сервер не принял поле «Крайний срок»')
    expect(refusalText(t, refusal('E_COMMAND_INVALID', 'fields.colour'))).toBe('Сервер не принял поле «colour»')
  })

  test('a login or name in use and the last administrator are told apart from other refusals', () => {
    expect(refusalText(t, refusal('E_TAKEN', 'login'))).toBe('Такой логин уже есть')
    expect(refusalText(t, refusal('E_TAKEN', 'name'))).toBe('Такое название уже есть')
    expect(refusalText(t, refusal('E_FORBIDDEN', 'active'))).toBe('Некому было бы раздавать права')
    expect(refusalText(t, refusal('E_FORBIDDEN', 'chat'))).toBe('У вас нет на это прав')
  })

  test('a full disk has words', () => {
    expect(failureDetail(t, 'disk-full')).toBe('на диске нет места')
    expect(failureDetail(t, 'EIO: i/o error')).toBe('EIO: i/o error')
  })
})

test.each([
  ['', { state: 'fine' }],
  ['x'.repeat(20), { state: 'near', count: 0 }],
  ['x'.repeat(23), { state: 'over', count: 3 }],
  // Each of these is one code point in two units.
  ['👷'.repeat(20), { state: 'near', count: 0 }],
  ['👷'.repeat(21), { state: 'over', count: 1 }],
])('counter of %j at a limit of 20', (text, expected) => {
  expect(lengthNote(text, 20)).toEqual(text === '' ? { state: 'near', count: 20 } : expected)
})

test('the counter is silent far from the limit', () => {
  expect(lengthNote('x'.repeat(7499), 8000)).toEqual({ state: 'fine' })
  expect(lengthNote('x'.repeat(7500), 8000)).toEqual({ state: 'near', count: 500 })
  expect(lengthNote('👷'.repeat(4000), 8000)).toEqual({ state: 'fine' })
})

test('the snippet names the author and never runs over lines', () => {
  const last = {
    authorId: 'u',
    authorName: 'Ольга Синицына',
    own: false,
    text: 'Байпас\n  перекрыли',
    attachments: 0,
    at: 0,
    delivery: null,
  }
  expect(snippetOf(t, { last })).toBe('Ольга: Байпас перекрыли')
  expect(snippetOf(t, { last: { ...last, own: true, attachments: 4 } })).toBe('Вы: Байпас перекрыли · 4 файла')
  expect(snippetOf(t, { last: { ...last, text: '', attachments: 1 } })).toBe('Ольга: 1 файл')
  expect(snippetOf(t, { last: { ...last, text: '' } })).toBe('Ольга: Сообщение удалено')
  expect(snippetOf(t, { last: null })).toBe('Сообщений пока нет')
})

test('people are found by the beginnings of words, ё as е', () => {
  expect(matchesQuery('фед', 'Нина Фёдорова', 'Диспетчер')).toBe(true)
  expect(matchesQuery('нин дисп', 'Нина Фёдорова', 'Диспетчер')).toBe(true)
  expect(matchesQuery('орова', 'Нина Фёдорова', 'Диспетчер')).toBe(false)
  expect(matchesQuery('  ', 'Нина Фёдорова')).toBe(true)
})
