/** `end` is exclusive. `none`: the whole is asked for. */
export type ByteRange = { kind: 'none' } | { kind: 'part'; start: number; end: number } | { kind: 'unsatisfiable' }

/**
 * What a `Range` header asks of a file of `size` bytes (RFC 9110, section 14). One that is not understood, or asks for several
 * parts, counts as none, as the RFC allows.
 */
export function parseByteRange(header: string | null, size: number): ByteRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  const first = match?.[1] ?? ''
  const last = match?.[2] ?? ''
  if (first === '' && last === '') return { kind: 'none' }
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return { kind: 'none' }
  return start >= size ? { kind: 'unsatisfiable' } : { kind: 'part', start, end }
}
