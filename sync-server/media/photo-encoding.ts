import { stat } from 'node:fs/promises'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import { mediaLimits } from '#common/domain/media-type.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'

/** `size` and sides are those of the encoded photo; `thumbhash` is base64. */
export type EncodedPhoto = {
  mime: 'image/jpeg' | 'image/webp'
  size: number
  width: number
  height: number
  thumbhash: string
}
export type PhotoRefusal = 'unreadable' | 'too-many-pixels'

const quality = 85
const thumbQualities = [80, 65, 50, 35, 20]
/** Sides of a picture of which a thumbhash is made. */
const hashSide = 96

/** One thread for a photo, nothing kept between photos, and of the many formats only those that are taken. */
export function prepareEncoder(): void {
  sharp.concurrency(1)
  sharp.cache(false)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({
    operation: ['VipsForeignLoadJpegFile', 'VipsForeignLoadPngFile', 'VipsForeignLoadWebpFile'],
  })
}

/**
 * Writes a photo anew: upright, in sRGB, without metadata or anything that was hidden in the file, and a small picture of
 * it. Sides are read from its head before anything is decoded.
 */
export async function encodePhoto(
  input: string,
  { full, thumb }: { full: string; thumb: string },
  pixelLimit: number,
): Promise<Result<EncodedPhoto, PhotoRefusal>> {
  const open = (): Sharp => sharp(input, { limitInputPixels: pixelLimit, failOn: 'error', sequentialRead: true })
  const head = await sharp(input, { limitInputPixels: false }).metadata().catch(unreadable)
  if (!head) return fail('unreadable')
  if (head.width * head.height > pixelLimit) return fail('too-many-pixels')
  try {
    const format = head.hasAlpha ? 'webp' : 'jpeg'
    const info = await encoded(open().autoOrient(), format).toFile(full)
    const thumbhash = await thumbhashOf(full)
    await writeThumb(full, thumb)
    const { size } = await stat(full)
    return succeed({ mime: `image/${format}`, size, width: info.width, height: info.height, thumbhash })
  } catch (error) {
    if (isOfThePhoto(error)) return fail('unreadable')
    throw error
  }
}

function unreadable(): Metadata | undefined {
  return undefined
}

function encoded(image: Sharp, format: 'jpeg' | 'webp'): Sharp {
  return format === 'webp'
    ? image.webp({ quality })
    : image.jpeg({ quality, chromaSubsampling: '4:2:0', mozjpeg: false })
}

/** Of the encoded photo: what is shown before it is the same picture. */
async function writeThumb(full: string, thumb: string): Promise<void> {
  const side = mediaLimits.thumbnailSide
  for (const atQuality of thumbQualities) {
    const small = sharp(full).resize(side, side, { fit: 'inside', withoutEnlargement: true })
    const { size } = await small.webp({ quality: atQuality }).toFile(thumb)
    if (size <= mediaLimits.thumbnailBytes) return
  }
  // Noise, as a rule: fewer pixels are the only way left.
  const small = sharp(full).resize(side / 4, side / 4, { fit: 'inside', withoutEnlargement: true })
  await small.webp({ quality }).toFile(thumb)
}

async function thumbhashOf(full: string): Promise<string> {
  const { data, info } = await sharp(full)
    .resize(hashSide, hashSide, { fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
}

/** The file system's errors are no fault of the photo. */
function isOfThePhoto(error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  return !/ENOSPC|No space left|unable to write|EDQUOT|EFBIG|File too large/i.test(message)
}
