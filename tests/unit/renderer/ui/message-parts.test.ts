import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageParts } from '#renderer/ui/chat/message-parts.ts'

const links = (text: string) => messageParts(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []))

describe('links in a message', () => {
  test.each([
    ['Схема: https://example.ru/a?b=1#c', ['https://example.ru/a?b=1#c']],
    ['см. example.ru.', ['https://example.ru']],
    ['http://10.0.0.5:8080/x', ['http://10.0.0.5:8080/x']],
    ['пишите на help@example.ru', ['mailto:help@example.ru']],
    ['Позвоните: +7 812 555-01-42', ['tel:+78125550142']],
    ['8 (921) 123-45-67 или 8(812)5550142', ['tel:+79211234567', 'tel:+78125550142']],
  ])('%s', (text, hrefs) => {
    expect(links(text)).toEqual(hrefs)
  })

  test.each([
    'javascript:alert(1)',
    'javascript://example.ru/%0aalert(1)',
    'data:text/html,<script>1</script>',
    'file:///etc/passwd',
    'vbscript:x',
    'ftp://example.ru/file',
    String.raw`\\host\share\file`,
    'https://bank.ru@evil.ru/',
    'https://user:pass@evil.ru/',
    'Wilo IL 50/140, счёт 4081 7810 0000 1234 5678, этаж 4',
    '<img src=x onerror=alert(1)>',
  ])('%s gets no dangerous link', (text) => {
    for (const href of links(text)) {
      const url = new URL(href)
      expect(['http:', 'https:', 'mailto:', 'tel:']).toContain(url.protocol)
      expect(url.username).toBe('')
    }
    expect(links(text).filter((href) => href.startsWith('tel:'))).toEqual([])
  })

  test('a host in letters of another alphabet is shown by its real name in the link', () => {
    // The first letter is the Cyrillic «а».
    const [href] = links('https://аpple.com')
    expect(href && new URL(href).hostname).toMatch(/^xn--/)
  })

  test('nothing of a text is lost or moved', () => {
    const text = fc.array(fc.oneof(fc.string(), fc.webUrl(), fc.emailAddress(), fc.constant('+7 812 555-01-42')))
    fc.assert(
      fc.property(text, (parts) => {
        const whole = parts.join(' ')
        expect(
          messageParts(whole)
            .map((part) => part.text)
            .join(''),
        ).toBe(whole)
      }),
    )
  })
})
