import { describe, expect, test } from 'vitest'
import { createTranslator } from '#renderer/i18n/translator.ts'

const ru = createTranslator('ru')
const en = createTranslator('en')

describe('plurals', () => {
  test.each([
    [0, '0 непрочитанных'],
    [1, '1 непрочитанное'],
    [2, '2 непрочитанных'],
    [5, '5 непрочитанных'],
    [11, '11 непрочитанных'],
    [21, '21 непрочитанное'],
    [22, '22 непрочитанных'],
    [25, '25 непрочитанных'],
  ])('%i unread', (count, text) => {
    expect(ru('common.unread', { count })).toBe(text)
  })

  test.each([
    [0, 'Всё, что напишете, отправится само.'],
    [1, '1 действие отправится само.'],
    [2, '2 действия отправятся сами.'],
    [5, '5 действий отправятся сами.'],
    [11, '11 действий отправятся сами.'],
    [21, '21 действие отправится само.'],
    [22, '22 действия отправятся сами.'],
    [25, '25 действий отправятся сами.'],
  ])('%i queued', (count, text) => {
    expect(ru('offline.queued', { count })).toBe(text)
  })

  test('two plurals in one message, large numbers in groups', () => {
    expect(ru('sync.progress', { rooms: 1, messages: 20_003 })).toContain('1 чат, 20\u00a0003 сообщения')
  })

  test('English has one and other', () => {
    expect(en('offline.queued', { count: 1 })).toBe('1 action will go out by itself.')
    expect(en('offline.queued', { count: 3 })).toBe('3 actions will go out by themselves.')
  })

  test('a name with braces or ICU syntax stays text', () => {
    expect(ru('chat.announce', { name: '{count, plural}', text: "it's #1" })).toBe("{count, plural}: it's #1")
  })
})
