import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText } from '../../../scripts/import/decode-text.ts'
import { readTable, type Row } from '../../../scripts/import/read-table.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const cp1251 = (text: string) =>
  Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < 128) return code
    const at = 'Ёё№«»'.indexOf(character)
    return at >= 0 ? [0xa8, 0xb8, 0xb9, 0xab, 0xbb][at]! : code - 0x410 + 0xc0
  })
const isColumn = (name: string) => ['тема', 'адрес', 'title'].includes(name.trim().toLowerCase())
const read = (text: string) => readTable(text, isColumn)

describe('decodeText', () => {
  const text = 'Тема;Адрес\nНасос № 3;«Ёлки»\n'

  it.each([
    ['UTF-8', utf8(text), 'utf-8'],
    ['UTF-8 with its mark', utf8(`\ufeff${text}`), 'utf-8'],
    ['Windows-1251', cp1251(text), 'windows-1251'],
    ['UTF-16 with its mark', new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')), 'utf-16le'],
  ])('reads %s, and the mark is no part of the text', (_name, bytes, encoding) => {
    expect(decodeText(bytes, undefined)).toEqual({ ok: true, value: { text, encoding } })
  })

  it('makes line feeds of all line ends', () => {
    expect(decodeText(utf8('a\r\nb\rc\nd'), undefined)).toMatchObject({ value: { text: 'a\nb\nc\nd' } })
  })

  it('obeys a named encoding, and says when the bytes are not of it or nobody knows it', () => {
    expect(decodeText(cp1251('Тема'), 'cp1251')).toMatchObject({ value: { text: 'Тема', encoding: 'windows-1251' } })
    const failure = (encoding: string) => ({ ok: false, reason: { kind: 'encoding', encoding } })
    expect(decodeText(cp1251('Тема'), 'utf-8')).toEqual(failure('utf-8'))
    expect(decodeText(utf8('Тема'), 'no-such')).toEqual(failure('no-such'))
  })

  it('knows an Excel workbook, and a file that is no text', () => {
    expect(decodeText(utf8('PK\u0003\u0004…'), undefined)).toEqual({ ok: false, reason: { kind: 'spreadsheet' } })
    expect(decodeText(utf8('Тема\0'), undefined)).toEqual({ ok: false, reason: { kind: 'binary' } })
  })
})

describe('readTable', () => {
  it.each([';', ',', '\t'])('finds the delimiter %j by the header, whatever stands in the records', (delimiter) => {
    const { header, rows } = read(`Тема${delimiter}Адрес\n"a;b,c\td"${delimiter}x\n`)
    expect(header?.cells).toEqual(['Тема', 'Адрес'])
    expect(rows).toEqual([{ line: 2, cells: ['a;b,c\td', 'x'] }])
  })

  it('is not misled by a delimiter inside a name that is quoted', () => {
    expect(read('Тема;"Один, два, три, четыре"\nx;y').header?.cells).toEqual(['Тема', 'Один, два, три, четыре'])
  })

  it('tells the line of the file where a record begins, past empty ones and those of several lines', () => {
    const { header, rows } = read('\nТема;Адрес\n"1\n\n1";a\n\n;\n2;"b\nb"\n3;c')
    expect(header?.line).toBe(2)
    expect(rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
      [3, '1\n\n1'],
      [8, '2'],
      [10, '3'],
    ])
  })

  it('keeps the records before a broken one, and says where it is', () => {
    const unclosed = read('Тема;Адрес\n1;a\n2;"b\n3;c\n4;d\n')
    expect(unclosed.rows).toEqual([{ line: 2, cells: ['1', 'a'] }])
    expect(unclosed.broken).toEqual({ line: 3, reason: 'unclosed-quote' })
    expect(read('Тема;Адрес\n1;a\nТЦ "Меридиан";b\n').broken).toEqual({ line: 3, reason: 'quote' })
    expect(read('Тема;Адрес\n"1\n"x;b\n').broken).toEqual({ line: 3, reason: 'quote' })
  })

  it('reads back any text that was written, and counts its lines', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[;,\t"\n =+@'-]{0,6}$/),
      fc.constantFrom('=1+1', '@SUM(A1)', '__proto__', ' x '),
    )
    const record = fc.tuple(cell, cell).filter((cells) => cells.some((text) => text.trim() !== ''))
    const file = fc.record({
      records: fc.array(record, { maxLength: 20 }),
      delimiter: fc.constantFrom(';', ',', '\t'),
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      mark: fc.constantFrom('', '\ufeff'),
      isEnded: fc.boolean(),
    })
    fc.assert(
      fc.property(file, ({ records, delimiter, lineEnd, mark, isEnded }) => {
        const written = records.map((cells) => cells.map((text) => quoted(text, delimiter)).join(delimiter))
        const text = mark + [`Тема${delimiter}Адрес`, ...written].join(lineEnd) + (isEnded ? lineEnd : '')
        const decoded = decodeText(utf8(text), undefined)
        if (records.flat().join('').includes('\0')) return expect(decoded.ok).toBe(false)
        if (!decoded.ok) throw new Error(`not decoded: ${decoded.reason.kind}`)
        const table = read(decoded.value.text)
        expect(table.broken).toBeUndefined()
        expect(table.rows).toEqual(expectedRows(records))
        return undefined
      }),
    )
  })
})

const quoted = (text: string, delimiter: string): string =>
  text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

function expectedRows(records: readonly (readonly string[])[]): Row[] {
  let line = 2
  return records.map((record) => {
    const cells = record.map((text) => text.replace(/\r\n?/g, '\n'))
    const row = { line, cells }
    line += 1 + (cells.join('').match(/\n/g)?.length ?? 0)
    return row
  })
}
