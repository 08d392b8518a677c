import { rgbaToDataURL, thumbHashToApproximateAspectRatio, thumbHashToDataURL } from 'thumbhash'

/** A conversation is scrolled back and forth: each picture's colours are worked out once. */
const known = new Map<string, string | null>()
const knownAtMost = 2000
/**
 * Of the picture that is made, in px. Thumbhash has at most seven waves along a side, which this shows as well as the 32 of its own
 * decoder do. That takes several times as long, and its long addresses are read again by each style they are written into:
 * a dozen photos that scroll into view at once would cost a frame.
 */
const longestSide = 16

/** The blurred colours of a picture as an address for `background-image`; null where there are none or they can't be read. */
export function thumbhashUrl(thumbhash: string | null | undefined): string | null {
  if (!thumbhash) return null
  const found = known.get(thumbhash)
  if (found !== undefined) return found
  if (known.size >= knownAtMost) known.clear()
  const url = decode(thumbhash)
  known.set(thumbhash, url)
  return url
}

function decode(thumbhash: string): string | null {
  try {
    // Written by another device: anything can be in it.
    const bytes = Uint8Array.from(atob(thumbhash), (letter) => letter.charCodeAt(0))
    if (bytes.length < 5) return null
    if (hasTransparency(bytes)) return thumbHashToDataURL(bytes)
    const { width, height, rgba } = coloursOf(bytes, longestSide)
    return rgbaToDataURL(width, height, rgba)
  } catch {
    return null
  }
}

/** Rare in photos; left to thumbhash's own decoder. */
function hasTransparency(bytes: Uint8Array): boolean {
  return ((bytes[2] ?? 0) & 0x80) !== 0
}

/** One cosine of a channel: how often it goes over the picture in each direction, and how strongly. */
type Wave = { across: number; down: number; strength: number }

/** What `thumbHashToRGBA` makes of an opaque picture, in any size. The format: https://evanw.github.io/thumbhash. `side`: the longer one, px. */
export function coloursOf(bytes: Uint8Array, side: number): { width: number; height: number; rgba: Uint8ClampedArray } {
  const at = (index: number): number => bytes[index] ?? 0
  const head = at(0) | (at(1) << 8) | (at(2) << 16)
  const rest = at(3) | (at(4) << 8)
  const isWide = rest >> 15 === 1
  const shorter = rest & 7
  let nibble = 0
  const wavesOf = (across: number, down: number, scale: number): Wave[] => {
    const waves: Wave[] = []
    for (let y = 0; y < down; y++)
      for (let x = y === 0 ? 1 : 0; x * down < across * (down - y); x++, nibble++) {
        const value = (at(5 + (nibble >> 1)) >> ((nibble & 1) << 2)) & 15
        // Of two directions at once twice as much, as the format has it for every wave.
        waves.push({ across: x, down: y, strength: (value / 7.5 - 1) * scale * 2 })
      }
    return waves
  }
  const light = wavesOf(Math.max(3, isWide ? 7 : shorter), Math.max(3, isWide ? shorter : 7), ((head >> 18) & 31) / 31)
  // A little more colourful than stored: storing takes some away.
  const yellowBlue = wavesOf(3, 3, (((rest >> 3) & 63) / 63) * 1.25)
  const redGreen = wavesOf(3, 3, (((rest >> 9) & 63) / 63) * 1.25)

  const ratio = thumbHashToApproximateAspectRatio(bytes)
  const width = Math.max(1, Math.round(ratio > 1 ? side : side * ratio))
  const height = Math.max(1, Math.round(ratio > 1 ? side / ratio : side))
  const rgba = new Uint8ClampedArray(width * height * 4)
  const [overX, overY] = [cosines(width), cosines(height)]
  for (let y = 0, place = 0; y < height; y++)
    for (let x = 0; x < width; x++, place += 4) {
      const sum = (waves: readonly Wave[], mean: number): number => {
        for (const { across, down, strength } of waves)
          mean += strength * (overX[across * width + x] ?? 0) * (overY[down * height + y] ?? 0)
        return mean
      }
      const l = sum(light, (head & 63) / 63)
      const p = sum(yellowBlue, ((head >> 6) & 63) / 31.5 - 1)
      const q = sum(redGreen, ((head >> 12) & 63) / 31.5 - 1)
      const blue = l - (2 / 3) * p
      const red = (3 * l - blue + q) / 2
      rgba.set([255 * red, 255 * (red - q), 255 * blue, 255], place)
    }
  return { width, height, rgba }
}

const mostWaves = 7

/** Of each wave along a side its height at each pixel: the same for all rows. */
function cosines(side: number): Float32Array {
  return Float32Array.from({ length: mostWaves * side }, (_, index) =>
    Math.cos((Math.PI / side) * ((index % side) + 0.5) * Math.floor(index / side)),
  )
}
