import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { fitSize } from '#renderer/data/media/prepare/fit-size.ts'
import { readPhotoSize } from '#renderer/data/media/prepare/photo-size.ts'
import { claimingPng, photoWithPlace } from '#tests/support/media/photos.ts'

const sizeOf = (bytes: Uint8Array) => readPhotoSize(async (from, length) => bytes.subarray(from, from + length))

describe('the size that a header tells', () => {
  it('is that of a JPEG with metadata, as it is stored', async () => {
    expect(await sizeOf(await photoWithPlace(320, 120, 6))).toEqual({ width: 320, height: 120 })
    const progressive = await sharp(await photoWithPlace(62, 41, 1))
      .jpeg({ progressive: true })
      .toBuffer()
    expect(await sizeOf(progressive)).toEqual({ width: 62, height: 41 })
  })

  it('is that of a PNG and of every WebP', async () => {
    const size = { width: 301, height: 77 }
    const plain = sharp({ create: { ...size, channels: 3, background: 'red' } })
    const clear = sharp({ create: { ...size, channels: 4, background: '#ff000080' } })
    expect(await sizeOf(await plain.clone().png().toBuffer())).toEqual(size)
    expect(await sizeOf(await plain.clone().webp().toBuffer())).toEqual(size)
    expect(await sizeOf(await plain.clone().webp({ lossless: true }).toBuffer())).toEqual(size)
    expect(await sizeOf(await clear.clone().webp().toBuffer())).toEqual(size)
  })

  it('is what a bomb claims, without decoding it', async () => {
    expect(await sizeOf(await claimingPng(50_000, 50_000))).toEqual({ width: 50_000, height: 50_000 })
  })

  it('is unknown of anything else, and nothing makes it fail or go on for ever', async () => {
    const head = fc.constantFrom(
      [0xff, 0xd8, 0xff, 0xe1],
      [0x89, 0x50],
      [...new TextEncoder().encode('RIFF0000WEBPVP8X')],
    )
    await fc.assert(
      fc.asyncProperty(head, fc.uint8Array({ maxLength: 100 }), async (start, rest) => {
        const size = await sizeOf(Uint8Array.from([...start, ...rest]))
        expect(size === undefined || (size.width > 0 && size.height > 0)).toBe(true)
      }),
    )
    expect(await sizeOf(new Uint8Array())).toBeUndefined()
    const endless = await readPhotoSize(async (from) =>
      Uint8Array.from(from === 0 ? [0xff, 0xd8] : [0xff, 0xe1, 0, 0, 0, 0, 0, 0, 0]),
    )
    expect(endless).toBeUndefined()
  })
})

describe('a size that fits', () => {
  it('keeps the shape, and never grows', () => {
    expect(fitSize({ width: 4_032, height: 3_024 }, 2_560)).toEqual({ width: 2_560, height: 1_920 })
    expect(fitSize({ width: 100, height: 5 }, 2_560)).toEqual({ width: 100, height: 5 })
    expect(fitSize({ width: 10_000, height: 1 }, 480)).toEqual({ width: 480, height: 1 })
  })
})
