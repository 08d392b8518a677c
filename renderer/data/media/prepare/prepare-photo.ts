import { mediaLimits, sniffedBytes, sniffMediaType } from '#common/domain/media-type.ts'
import { fitSize } from './fit-size.ts'
import { readPhotoSize } from './photo-size.ts'
import { drawn, pictureType, smallPictureOf } from './small-picture.ts'

/** `photo` is what is sent, upright and without metadata; `thumbnail` at most `mediaLimits.thumbnailBytes`; sides in pixels. */
export type PreparedPhoto = { photo: Blob; thumbnail: Blob; thumbhash: string; width: number; height: number }
export type PhotoOutcome = { ok: true; prepared: PreparedPhoto } | { ok: false; reason: 'unreadable' | 'too-big' }

/** Enough for a document on a desk to be read, a tenth of what a telephone takes. */
const longestSide = 2_560
/** More pixels than any telephone takes, and as many as 480 MB of memory hold. */
const mostPixels = 120_000_000
const quality = { usual: 0.85, original: 0.92 } as const

/**
 * Draws a photo anew: so its orientation is in its pixels, and place, time and make of the camera are gone, as is whatever else
 * was in the file. `original` keeps all pixels. Runs in a worker: it takes seconds.
 */
export async function preparePhoto(source: Blob, original: boolean): Promise<PhotoOutcome> {
  const read = async (position: number, length: number) =>
    new Uint8Array(await source.slice(position, position + length).arrayBuffer())
  const size = await readPhotoSize(read)
  if (size === undefined) return { ok: false, reason: 'unreadable' }
  if (size.width * size.height > mostPixels) return { ok: false, reason: 'too-big' }
  const type = sniffMediaType(await read(0, sniffedBytes))
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(source)
  } catch {
    return { ok: false, reason: 'unreadable' }
  }
  try {
    return await draw(bitmap, original, type?.mime !== 'image/jpeg')
  } finally {
    bitmap.close()
  }
}

async function draw(bitmap: ImageBitmap, original: boolean, mayHaveAlpha: boolean): Promise<PhotoOutcome> {
  const size = original ? bitmap : fitSize(bitmap, longestSide)
  const { width, height } = size
  const canvas = drawn(bitmap, { width, height })
  const small = await smallPictureOf(canvas, { width, height }, mayHaveAlpha)
  const photo = await canvas.convertToBlob({
    type: pictureType(small.hasAlpha),
    quality: original ? quality.original : quality.usual,
  })
  if (photo.size > mediaLimits.photoBytes || width * height > mediaLimits.photoPixels)
    return { ok: false, reason: 'too-big' }
  return { ok: true, prepared: { photo, thumbnail: small.blob, thumbhash: small.thumbhash, width, height } }
}
