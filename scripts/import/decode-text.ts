import { fail, succeed, type Result } from '#common/domain/result.ts'

/** `spreadsheet`: an .xlsx or .ods; `binary`: no text at all; `encoding`: the named encoding is unknown, or the bytes are not of it. */
export type DecodingFailure = { kind: 'spreadsheet' } | { kind: 'binary' } | { kind: 'encoding'; encoding: string }

export type DecodedText = { text: string; encoding: string }

/**
 * Bytes of a file → its text with line feeds only. Without a named encoding: what its byte order mark says, else UTF-8 where
 * the bytes are valid, else Windows-1251, in which Russian Excel writes CSV.
 */
export function decodeText(bytes: Uint8Array, named: string | undefined): Result<DecodedText, DecodingFailure> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) return fail({ kind: 'spreadsheet' })
  const encoding = named ?? markedEncoding(bytes)
  const decoded = encoding === undefined ? decodeByTrial(bytes) : decodeAs(bytes, encoding)
  if (!decoded) return fail({ kind: 'encoding', encoding: encoding ?? '' })
  if (decoded.text.includes('\0')) return fail({ kind: 'binary' })
  return succeed({ ...decoded, text: decoded.text.replace(/\r\n?/g, '\n') })
}

function markedEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return undefined
}

function decodeByTrial(bytes: Uint8Array): DecodedText | undefined {
  return decodeAs(bytes, 'utf-8') ?? decodeAs(bytes, 'windows-1251')
}

function decodeAs(bytes: Uint8Array, encoding: string): DecodedText | undefined {
  try {
    const decoder = new TextDecoder(encoding, { fatal: true })
    return { text: decoder.decode(bytes), encoding: decoder.encoding }
  } catch {
    return undefined // an unknown name (RangeError) or invalid bytes (TypeError): the caller says which encoding it was
  }
}
