/**
 * What a file is, told by its first bytes and by nothing else: a name and a client's word are never believed. Shared by who
 * picks a file, who sends it and who takes it, so all three say the same.
 */

/** Limits of photos and videos in bytes and pixels. Source: SPEC.md, section «Media». */
export const mediaLimits = {
  photoBytes: 26_214_400,
  photoPixels: 50_000_000,
  videoBytes: 524_288_000,
  /** Longest side of the small picture, and its largest size. */
  thumbnailSide: 480,
  thumbnailBytes: 30_720,
} as const

/** So many of a file's first bytes are enough for `sniffMediaType`. */
export const sniffedBytes = 4_096

/** `full` is a photo as the server encoded it, or a video as it came; `thumb` the small picture of either. */
export const mediaVariants = ['full', 'thumb'] as const
export type MediaVariant = (typeof mediaVariants)[number]

export type MediaType =
  | { kind: 'photo'; mime: 'image/jpeg' | 'image/png' | 'image/webp'; extension: 'jpg' | 'png' | 'webp' }
  | { kind: 'video'; mime: 'video/mp4' | 'video/quicktime' | 'video/webm'; extension: 'mp4' | 'mov' | 'webm' }
  /** A photo that servers do not take: a client that can read it converts it first, another says so by name. */
  | { kind: 'heic'; mime: 'image/heic'; extension: 'heic' }

const jpeg = { kind: 'photo', mime: 'image/jpeg', extension: 'jpg' } as const
const png = { kind: 'photo', mime: 'image/png', extension: 'png' } as const
const webp = { kind: 'photo', mime: 'image/webp', extension: 'webp' } as const
const mp4 = { kind: 'video', mime: 'video/mp4', extension: 'mp4' } as const
const quicktime = { kind: 'video', mime: 'video/quicktime', extension: 'mov' } as const
const webm = { kind: 'video', mime: 'video/webm', extension: 'webm' } as const
const heic = { kind: 'heic', mime: 'image/heic', extension: 'heic' } as const
const everyType: readonly MediaType[] = [jpeg, png, webp, mp4, quicktime, webm, heic]

/** Undefined for what is neither a photo nor a video of ours: SVG, HTML, GIF, AVIF, PDF, audio, anything else. */
export function sniffMediaType(head: Uint8Array): MediaType | undefined {
  if (startsWith(head, 0, [0xff, 0xd8, 0xff])) return jpeg
  if (startsWith(head, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return png
  if (latin(head, 0, 4) === 'RIFF' && latin(head, 8, 12) === 'WEBP') return webp
  if (latin(head, 4, 8) === 'ftyp') return typeByBrands(head)
  if (startsWith(head, 0, [0x1a, 0x45, 0xdf, 0xa3])) return isWebm(head) ? webm : undefined
  return undefined
}

/** The type of a mime string as one of ours, for what was stored with its sniffed type. */
export function mediaTypeOf(mime: string): MediaType | undefined {
  return everyType.find((type) => type.mime === mime)
}

const mp4Brand = /^(?:iso[m2-9]|mp4[12]|mp71|avc1|M4V[ HP]|MSNV|dash|3gp[4-9]|mmp4)$/
const heicBrand = /^(?:hei[cxms]|hev[cxms])$/

/** ISO base media files say what they are in a list of brands: the first is the file's own, the others it can be read as. */
function typeByBrands(head: Uint8Array): MediaType | undefined {
  const boxBytes = Math.min(((head[2] ?? 0) << 8) | (head[3] ?? 0), head.length)
  if (head[0] !== 0 || head[1] !== 0 || boxBytes < 12) return undefined
  const major = latin(head, 8, 12)
  const brands = [major]
  for (let at = 16; at + 4 <= boxBytes; at += 4) brands.push(latin(head, at, at + 4))
  if (major === 'qt  ') return quicktime
  if (mp4Brand.test(major)) return mp4
  if (brands.some((brand) => heicBrand.test(brand))) return heic
  // Sound only, AVIF and the like call themselves readable as MP4 as well.
  return undefined
}

/** Matroska and WebM begin alike; the document type is in the header, whose elements may come in any order. */
function isWebm(head: Uint8Array): boolean {
  for (let at = 4; at + 7 <= Math.min(head.length, 80); at += 1)
    if (head[at] === 0x42 && head[at + 1] === 0x82)
      return head[at + 2] === 0x84 && latin(head, at + 3, at + 7) === 'webm'
  return false
}

function startsWith(head: Uint8Array, from: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[from + index] === byte)
}

function latin(head: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...head.subarray(from, to))
}

const nameMaxBytes = 120
const mediaExtension = /\.(?:jpe?g|jfif|png|webp|hei[cf]|mp4|m4v|mov|qt|webm)$/i
/** Control, formatting (bidi, zero-width), private and unassigned characters, line separators, lone surrogates. */
const invisible = /[\p{C}\p{Zl}\p{Zp}]/gu
/** What Windows does not allow in a name. */
const reserved = /[<>:"|?*]/g
const reservedName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * A name that is safe to show and to save under on every system, with the extension of what the file really is. Cleaning it
 * again changes nothing.
 */
export function cleanFileName(name: string, type: MediaType): string {
  const suffix = `.${type.extension}`
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const visible = last.replace(invisible, '').replace(reserved, '_').replace(/\s+/gu, ' ')
  const stem = trimmed(visible.replace(/[\s.]+$/u, '').replace(mediaExtension, ''))
  const safe = reservedName.test(stem) ? `_${stem}` : stem
  const short = trimmed(cutToBytes(safe, nameMaxBytes - suffix.length))
  return (short === '' ? type.kind : short) + suffix
}

/** Hidden files, and names that Windows would shorten by itself. */
function trimmed(text: string): string {
  return text.replace(/^[\s.]+|[\s.]+$/gu, '')
}

function cutToBytes(text: string, maxBytes: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += utf8Bytes(character.codePointAt(0) ?? 0)
    if (bytes > maxBytes) break
    end += character.length
  }
  return text.slice(0, end)
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}
