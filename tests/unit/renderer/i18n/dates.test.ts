import { describe, expect, test } from 'vitest'
import { countdownText, dayText, durationText, exactTimeText, momentText, rowTimeText } from '#renderer/i18n/dates.ts'
import { createTranslator } from '#renderer/i18n/translator.ts'

const ru = { language: 'ru', t: createTranslator('ru') } as const
const en = { language: 'en', t: createTranslator('en') } as const
const at = (text: string) => new Date(text).getTime()
const now = at('2026-11-22T14:35:00')

describe('time of a list row', () => {
  test.each([
    ['2026-11-22T14:32:00', '14:32', '14:32'],
    ['2026-11-22T00:00:00', '00:00', '00:00'],
    ['2026-11-21T23:59:00', 'вчера', 'yesterday'],
    ['2026-11-20T10:00:00', '20 нояб.', '20 Nov'],
    ['2025-11-20T10:00:00', '20.11.2025', '20/11/2025'],
  ])('%s', (moment, russian, english) => {
    expect(rowTimeText(ru, at(moment), now)).toBe(russian)
    expect(rowTimeText(en, at(moment), now)).toBe(english)
  })

  test('a clock that is ahead shows a time, not a date of tomorrow', () => {
    expect(rowTimeText(ru, at('2026-11-23T00:10:00'), now)).toBe('00:10')
  })
})

describe('heading of a day', () => {
  test.each([
    ['2026-11-22T09:00:00', 'Сегодня, 22 ноября'],
    ['2026-11-21T09:00:00', 'Вчера, 21 ноября'],
    ['2026-11-20T09:00:00', '20 ноября'],
    ['2025-12-31T09:00:00', '31 декабря 2025 г.'],
  ])('%s', (moment, text) => {
    expect(dayText(ru, at(moment), now)).toBe(text)
  })
})

test('a moment of another day has its date', () => {
  expect(momentText('ru', at('2026-11-22T17:00:00'), now)).toBe('17:00')
  expect(momentText('ru', at('2026-11-23T10:00:00'), now)).toBe('23 нояб., 10:00')
  expect(momentText('ru', at('2027-01-09T10:00:00'), now)).toBe('09.01.2027, 10:00')
})

test('an exact time leaves out the date it stands beside', () => {
  expect(exactTimeText('ru', at('2026-11-22T06:49:31'), at('2026-11-22T07:07:31'))).toBe('06:49:31')
  expect(exactTimeText('ru', at('2026-11-21T23:59:59'), at('2026-11-22T07:07:31'))).toContain('21 ноября 2026')
})

test.each([
  [0, '0_мин', '0_min'],
  [38 * 60_000, '38_мин', '38_min'],
  [146 * 60_000, '2_ч 26_мин', '2_h 26_min'],
  [120 * 60_000, '2_ч', '2_h'],
  [47 * 3_600_000, '47_ч', '47_h'],
  [72 * 3_600_000, '3_дн.', '3_d'],
])('%i ms as a length of time, where no number (`_`) is parted from its unit', (length, russian, english) => {
  expect(durationText(ru.t, length)).toBe(russian.replaceAll('_', '\u00a0'))
  expect(durationText(en.t, length)).toBe(english.replaceAll('_', '\u00a0'))
})

test('countdown in hours and minutes', () => {
  expect(countdownText(38 * 60_000 + 59_000)).toBe('0:38')
  expect(countdownText(125 * 60_000)).toBe('2:05')
})
