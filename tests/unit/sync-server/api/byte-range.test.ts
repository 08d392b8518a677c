import { describe, expect, it } from 'vitest'
import { rangeOf } from '#server/api/byte-range.ts'

describe('Range, of a file of 1,000 bytes', () => {
  it.each([
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=0-999', { first: 0, last: 999 }],
    ['bytes=500-', { first: 500, last: 999 }],
    ['bytes=990-5000', { first: 990, last: 999 }],
    ['bytes=-1', { first: 999, last: 999 }],
    ['bytes=-5000', { first: 0, last: 999 }],
  ])('%s is one part', (header, range) => {
    expect(rangeOf(header, 1_000)).toEqual(range)
  })

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('%s lies outside', (header) => {
    expect(rangeOf(header, 1_000)).toBe('outside')
  })

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=5-4', 'bytes=0-1,3-4', 'bytes= 0-1', 'lines=0-1', 'bytes=0-1e9'])(
    '%s is the whole file',
    (header) => {
      expect(rangeOf(header, 1_000)).toBeUndefined()
    },
  )
})
