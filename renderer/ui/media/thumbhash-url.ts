import { thumbHashToDataURL } from 'thumbhash'

/** A conversation is scrolled back and forth: each picture's colours are worked out once. */
const known = new Map<string, string | null>()
const knownAtMost = 2000

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
    return bytes.length < 5 ? null : thumbHashToDataURL(bytes)
  } catch {
    return null
  }
}
