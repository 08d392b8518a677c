import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeLink } from '#electron/main/links.ts'

describe('a link', () => {
  it.each([
    ['https://naryad.example/заявки?номер=17#сообщения', 'https://naryad.example/'],
    ['HTTPS://NARYAD.EXAMPLE', 'https://naryad.example/'],
    ['mailto:dispatcher@naryad.example?subject=17', 'mailto:dispatcher@naryad.example?subject=17'],
    ['tel:+7(495)123-45-67', 'tel:+7(495)123-45-67'],
  ])('%s is handed to the system', (link, start) => {
    expect(safeLink(link)?.startsWith(start)).toBe(true)
  })

  it.each([
    'http://naryad.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>1</script>',
    'vbscript:x',
    'smb://host/share',
    '\\\\host\\share',
    '//host/share',
    'ms-msdt:/id',
    'search-ms:query=x',
    'app://bundle/',
    'blob:https://a/b',
    'view-source:https://a/',
    'https://naryad.example@evil.example/',
    'https://user:password@evil.example/',
    'https://',
    'https:// evil',
    'mailto:a@b.example?attach=/etc/passwd',
    'mailto:a@b.example?Attachment=/etc/passwd',
    'tel:+7495;ext=1',
    'tel:*#06#',
    'tel:',
    '',
    'naryad.example',
    `https://naryad.example/${'a'.repeat(2000)}`,
  ])('%s is not', (link) => {
    expect(safeLink(link)).toBeUndefined()
  })

  it('whatever it is, begins with one of three schemes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ validSchemes: ['https', 'http', 'file', 'ftp'] })), (text) => {
        expect(safeLink(text) ?? 'https:').toMatch(/^(https|mailto|tel):/)
      }),
    )
  })

  it('to a host that only looks like another shows its real name', () => {
    expect(safeLink('https://nаryad.example/')).toBe('https://xn--nryad-4ve.example/')
  })
})
