import { rgbaToThumbHash, thumbHashToRGBA } from 'thumbhash'
import { describe, expect, it } from 'vitest'
import { coloursOf, thumbhashUrl } from '#renderer/ui/media/thumbhash-url.ts'

/** Soft spots, opaque or half transparent. */
function hashOf(width: number, height: number, alpha = 255): Uint8Array {
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [(index % width) / width, Math.floor(index / width) / height]
    return [200 * x, 120 + 100 * Math.sin(6 * y), 255 * (1 - x) * y, alpha]
  })
  return rgbaToThumbHash(width, height, pixels.flat().map(Math.round))
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

describe('colours of a thumbhash', () => {
  it.each([
    ['wide', 80, 60],
    ['upright', 60, 80],
    ['square', 64, 64],
    ['very wide', 100, 20],
  ])('are those of its own decoder: %s', (_name, width, height) => {
    const hash = hashOf(width, height)
    const { w, h, rgba } = thumbHashToRGBA(hash)
    const own = coloursOf(hash, 32)
    expect([own.width, own.height, own.rgba.length]).toEqual([w, h, rgba.length])
    // The one rounds, the other cuts off.
    const apart = [...own.rgba].map((value, index) => Math.abs(value - (rgba[index] ?? 0)))
    expect(Math.max(...apart)).toBeLessThanOrEqual(1)
  })

  it('become a short address, also where the picture is transparent', () => {
    const address = thumbhashUrl(base64(hashOf(80, 60))) ?? ''
    expect(address).toMatch(/^data:image\/png;base64,/)
    expect(address.length).toBeLessThan(1_500)
    expect(thumbhashUrl(base64(hashOf(80, 60, 90)))).toMatch(/^data:image\/png;base64,/)
  })

  it('are none where another device wrote anything else', () => {
    expect(thumbhashUrl(null)).toBeNull()
    expect(thumbhashUrl('not base64!')).toBeNull()
    expect(thumbhashUrl('AAAA')).toBeNull()
    for (let byte = 0; byte < 256; byte++)
      expect(() => thumbhashUrl(base64(new Uint8Array(6).fill(byte)))).not.toThrow()
  })
})
