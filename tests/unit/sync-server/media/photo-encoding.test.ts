import { join } from 'node:path'
import { readFile, writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodePhoto } from '#server/media/photo-encoding.ts'
import { makeJpeg } from '#tests/support/media/pictures.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '#tests/support/server/temporary-folder.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await makeTemporaryFolder()
})
afterAll(() => folder.remove())

async function encode(photo: Buffer, pixelLimit = 50_000_000) {
  const [input, full, thumb] = ['input', 'full', 'thumb'].map((name) => join(folder.path, name))
  if (input === undefined || full === undefined || thumb === undefined) throw new Error('three files')
  await writeFile(input, photo)
  const result = await encodePhoto(input, { full, thumb }, pixelLimit)
  if (!result.ok) return result
  const [fullBytes, thumbBytes] = [await readFile(full), await readFile(thumb)]
  return {
    ...result,
    fullBytes,
    thumbBytes,
    seen: await sharp(fullBytes).metadata(),
    small: await sharp(thumbBytes).metadata(),
  }
}

describe('a photo', () => {
  it('is a JPEG with its small picture and its thumbhash', async () => {
    const encoded = await encode(await makeJpeg({ width: 1_000, height: 600 }))
    if (!encoded.ok) throw new Error(encoded.reason)
    expect(encoded.value).toMatchObject({ mime: 'image/jpeg', width: 1_000, height: 600 })
    expect(encoded.value.size).toBe(encoded.fullBytes.length)
    expect([encoded.small.format, encoded.small.width, encoded.small.height]).toEqual(['webp', 480, 288])
  })

  it('with transparency stays transparent, as a WebP', async () => {
    const clear = { r: 200, g: 30, b: 30, alpha: 0.4 }
    const png = await sharp({ create: { width: 50, height: 40, channels: 4, background: clear } })
      .png()
      .toBuffer()
    const encoded = await encode(png)
    if (!encoded.ok) throw new Error(encoded.reason)
    expect(encoded.value.mime).toBe('image/webp')
    expect([encoded.seen.format, encoded.seen.hasAlpha, encoded.small.hasAlpha]).toEqual(['webp', true, true])
  })

  it('that moves is its first picture', async () => {
    const frames = await Promise.all([1, 2, 3].map((seed) => makeJpeg({ width: 60, height: 40, seed })))
    const moving = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer()
    const encoded = await encode(moving)
    if (!encoded.ok) throw new Error(encoded.reason)
    expect([encoded.seen.width, encoded.seen.height, encoded.seen.pages]).toEqual([60, 40, undefined])
  })

  it('that does not compress has a small picture of 30 kB all the same', async () => {
    const noise = Buffer.from(Array.from({ length: 600 * 600 * 3 }, () => Math.floor(Math.random() * 256)))
    const png = await sharp(noise, { raw: { width: 600, height: 600, channels: 3 } })
      .png()
      .toBuffer()
    const encoded = await encode(png)
    if (!encoded.ok) throw new Error(encoded.reason)
    expect(encoded.thumbBytes.length).toBeLessThanOrEqual(30_720)
  })

  it('of more pixels than allowed is refused, and what is none', async () => {
    const photo = await makeJpeg({ width: 101, height: 100 })
    expect(await encode(photo, 10_000)).toEqual({ ok: false, reason: 'too-many-pixels' })
    expect(await encode(Buffer.from('<svg/>'))).toEqual({ ok: false, reason: 'unreadable' })
    expect(await encode(photo.subarray(0, 2_000))).toEqual({ ok: false, reason: 'unreadable' })
  })
})
