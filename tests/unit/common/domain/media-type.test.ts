import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanFileName, mediaTypeOf, sniffMediaType, type MediaType } from '#common/domain/media-type.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const bytes = (...parts: (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))
const brands = (major: string, ...others: string[]): Uint8Array => {
  const body = text(`ftyp${major}\0\0\u0002\0${others.join('')}`)
  return bytes([0, 0, 0, body.length + 4], body)
}
const mimeOf = (head: Uint8Array): string | undefined => sniffMediaType(head)?.mime

function ofMime(mime: string): MediaType {
  const type = mediaTypeOf(mime)
  if (!type) throw new Error(`no type ${mime}`)
  return type
}
const jpeg = ofMime('image/jpeg')
const mov = ofMime('video/quicktime')

test('photos and videos are known by their first bytes', () => {
  expect(mimeOf(bytes([0xff, 0xd8, 0xff, 0xe1, 0, 0]))).toBe('image/jpeg')
  expect(mimeOf(bytes([0x89], text('PNG\r\n\u001a\n')))).toBe('image/png')
  expect(mimeOf(bytes(text('RIFF'), [1, 2, 3, 4], text('WEBPVP8 ')))).toBe('image/webp')
  expect(mimeOf(brands('isom', 'iso2', 'avc1', 'mp41'))).toBe('video/mp4')
  expect(mimeOf(brands('mp42'))).toBe('video/mp4')
  expect(mimeOf(brands('qt  ', 'qt  '))).toBe('video/quicktime')
  expect(mimeOf(bytes([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x86, 0x81, 1, 0x42, 0x82, 0x84], text('webm')))).toBe(
    'video/webm',
  )
})

test('a photo of an iPhone is known as HEIC, whatever brand comes first', () => {
  expect(sniffMediaType(brands('heic', 'mif1', 'heic'))?.kind).toBe('heic')
  expect(sniffMediaType(brands('mif1', 'heic'))?.kind).toBe('heic')
})

test.each([
  ['nothing', new Uint8Array()],
  ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['HTML', text('<!doctype html><script>alert(1)</script>')],
  ['GIF', text('GIF89a')],
  ['PDF', text('%PDF-1.7')],
  ['AVIF', brands('avif', 'mif1', 'miaf')],
  ['sound', brands('M4A ', 'isom', 'mp42')],
  ['Matroska', bytes([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x88], text('matroska'))],
  ['a RIFF of sound', bytes(text('RIFF'), [0, 0, 0, 0], text('WAVE'))],
  ['a box that claims more than a page of brands', bytes([0xff, 0xff, 0xff, 0xff], text('ftypisom'))],
])('%s is none of ours', (_name, head) => {
  expect(sniffMediaType(head)).toBeUndefined()
})

test('any bytes are answered without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('', 'ftyp', 'RIFF'), (noise, word) => {
      sniffMediaType(noise)
      sniffMediaType(bytes([0, 0, 0, 90], text(word), noise))
    }),
  )
})

test.each([
  ['фото щита.JPG', 'фото щита.jpg'],
  ['photo.html', 'photo.html.jpg'],
  ['photo.jpg.exe', 'photo.jpg.exe.jpg'],
  ['Отчёт 12.05.2026', 'Отчёт 12.05.2026.jpg'],
  ['../../etc/passwd', 'passwd.jpg'],
  ['C:\\Windows\\system.ini', 'system.ini.jpg'],
  ['evil\u202Egpj.exe', 'evilgpj.exe.jpg'],
  ['zero\u200Bwidth\u0000\u0007.png', 'zerowidth.jpg'],
  ['CON.png', '_CON.jpg'],
  ['lpt1', '_lpt1.jpg'],
  ['a<b>:"|?*.jpg', 'a_b______.jpg'],
  ['.hidden', 'hidden.jpg'],
  ['...', 'photo.jpg'],
  ['', 'photo.jpg'],
  ['\ud800.jpg', 'photo.jpg'],
  ['и\u0306.jpg', 'й.jpg'],
])('the name %j is kept as %j', (given, kept) => {
  expect(cleanFileName(given, jpeg)).toBe(kept)
})

test('the extension is that of what the file is', () => {
  expect(cleanFileName('clip.jpg', mov)).toBe('clip.mov')
  expect(cleanFileName('', mov)).toBe('video.mov')
})

test('a clean name is short, shows what it is, and stays as it is when cleaned again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(jpeg, mov), (given, type) => {
      const name = cleanFileName(given, type)
      expect(text(name).length).toBeLessThanOrEqual(120)
      expect(name.endsWith(`.${type.extension}`)).toBe(true)
      expect(name.length).toBeGreaterThan(type.extension.length + 1)
      expect(name).not.toMatch(/[\p{C}/\\<>:"|?*]/u)
      expect(name).not.toMatch(/^\./)
      expect(cleanFileName(name, type)).toBe(name)
    }),
    { numRuns: 300 },
  )
})
