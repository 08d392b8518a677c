import { rgbaToThumbHash } from 'thumbhash'
import { mediaLimits } from '#common/domain/media-type.ts'
import { fitSize } from './fit-size.ts'
import type { Size } from './photo-size.ts'

/** What is shown before a photo or a video is there. `thumbhash` is base64. */
export type SmallPicture = { blob: Blob; thumbhash: string; hasAlpha: boolean }

/** The longest side that a thumbhash can be made of. */
const hashSide = 100
const qualities = [0.8, 0.65, 0.5, 0.35]

export function drawn(source: CanvasImageSource, { width, height }: Size): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  const context = contextOf(canvas)
  context.imageSmoothingQuality = 'high'
  context.drawImage(source, 0, 0, width, height)
  return canvas
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no memory for a canvas')
  return context
}

function pixelsOf(canvas: OffscreenCanvas): Uint8ClampedArray {
  return contextOf(canvas).getImageData(0, 0, canvas.width, canvas.height).data
}

function isTransparent(pixels: Uint8ClampedArray): boolean {
  for (let index = 3; index < pixels.length; index += 4) if ((pixels[index] ?? 255) < 255) return true
  return false
}

function hashOf(source: CanvasImageSource, size: Size): string {
  const canvas = drawn(source, fitSize(size, hashSide))
  return btoa(String.fromCharCode(...rgbaToThumbHash(canvas.width, canvas.height, pixelsOf(canvas))))
}

/** JPEG knows no transparency. */
export function pictureType(hasAlpha: boolean): 'image/webp' | 'image/jpeg' {
  return hasAlpha ? 'image/webp' : 'image/jpeg'
}

/** The picture of at most `thumbnailBytes`: as large and as fine as that allows. */
async function thumbnailOf(source: CanvasImageSource, size: Size, hasAlpha: boolean): Promise<Blob> {
  const type = pictureType(hasAlpha)
  for (let side: number = mediaLimits.thumbnailSide; ; side = Math.round(side / 1.5)) {
    const canvas = drawn(source, fitSize(size, side))
    for (const quality of qualities) {
      const blob = await canvas.convertToBlob({ type, quality })
      // The smallest of all is a few hundred bytes, whatever is on it.
      if (blob.size <= mediaLimits.thumbnailBytes || side <= 32) return blob
    }
  }
}

export async function smallPictureOf(
  source: CanvasImageSource,
  size: Size,
  mayHaveAlpha: boolean,
): Promise<SmallPicture> {
  const canvas = drawn(source, fitSize(size, mediaLimits.thumbnailSide))
  const hasAlpha = mayHaveAlpha && isTransparent(pixelsOf(canvas))
  const shrunk = { width: canvas.width, height: canvas.height }
  return { blob: await thumbnailOf(canvas, shrunk, hasAlpha), thumbhash: hashOf(canvas, shrunk), hasAlpha }
}
