/** Photos and videos before they are sent, in the browser and the worker that prepare them. */
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimingPng, noise, photoWithPlace } from '#tests/support/media/photos.ts'
import { openPreparePage, type OpenedPage } from '#tests/support/media/open-prepare-page.ts'

let opened: OpenedPage
let withPlace: Buffer
beforeAll(async () => {
  withPlace = await photoWithPlace(3_200, 1_200, 6)
  const polyglot = Buffer.concat([await photoWithPlace(40, 20, 1), Buffer.from('<script>alert(1)</script>')])
  const transparent = await sharp({ create: { width: 300, height: 100, channels: 4, background: '#ff000080' } })
    .png()
    .toBuffer()
  opened = await openPreparePage({
    'place.jpg': withPlace,
    'polyglot.jpg': polyglot,
    'transparent.png': transparent,
    'opaque.webp': await sharp(await photoWithPlace(90, 60, 1)).webp().toBuffer(), // prettier-ignore
    'camera.jpg': await noise(4_032, 3_024),
    'huge.png': await claimingPng(50_000, 50_000),
    'torn.jpg': withPlace.subarray(0, 300),
    'text.jpg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    'empty.jpg': Buffer.alloc(0),
  })
})
afterAll(() => opened.close())

async function prepare(name: string, original = false) {
  const report = await opened.page.evaluate(([url, isOriginal]) => window.preparing.photo(url, isOriginal), [
    name,
    original,
  ] as const)
  if (!report.ok) return report
  const photo = Buffer.from(report.photo, 'base64')
  const thumbnail = Buffer.from(report.thumbnail, 'base64')
  return { ...report, photo, thumbnail }
}
async function prepared(name: string, original = false) {
  const report = await prepare(name, original)
  if (!report.ok) throw new Error(report.reason)
  return report
}

/** The colour in the middle of an area, as 'red' or 'blue'. */
async function colourAt(picture: Buffer, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true })
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels
  return (data[at] ?? 0) > (data[at + 2] ?? 0) ? 'red' : 'blue'
}

describe('a photo with its place in it', () => {
  it('is what a camera makes', async () => {
    const { exif, orientation } = await sharp(withPlace).metadata()
    expect(orientation).toBe(6)
    expect(exif?.includes('NaryadCam')).toBe(true)
  })

  it.each([
    ['smaller', false, 960, 2_560],
    ['as an original', true, 1_200, 3_200],
  ])('comes out upright and without metadata, %s', async (_, original, width, height) => {
    const { photo, thumbnail, ...facts } = await prepared('place.jpg', original)
    expect([facts.width, facts.height]).toEqual([width, height])
    for (const picture of [photo, thumbnail]) {
      const { format, exif, xmp, iptc, orientation } = await sharp(picture).metadata()
      expect({ format, exif, xmp, iptc, orientation }).toEqual({ format: 'jpeg' })
      for (const word of ['NaryadCam', 'secret owner', 'Exif', 'GPS']) expect(picture.includes(word)).toBe(false)
      // Orientation 6: what was stored at the left is at the top.
      expect([await colourAt(picture, 0.5, 0.1), await colourAt(picture, 0.5, 0.9)]).toEqual(['red', 'blue'])
    }
    expect((await sharp(photo).metadata()).width).toBe(width)
    expect((await sharp(thumbnail).metadata()).height).toBe(480)
  })

  it('is nothing but the picture: what was behind it is gone', async () => {
    const { photo, width, height } = await prepared('polyglot.jpg')
    expect([width, height]).toEqual([40, 20])
    expect(photo.includes('script')).toBe(false)
  })
})

describe('the rules of size', () => {
  it('a thumbnail has at most 30 kB, however detailed the photo, and a thumbhash', async () => {
    const { thumbnail, photo, thumbhash, width, height } = await prepared('camera.jpg')
    expect(thumbnail.length).toBeLessThanOrEqual(30_720)
    expect([width, height]).toEqual([2_560, 1_920])
    expect(photo.length).toBeLessThan(26_214_400)
    expect(Buffer.from(thumbhash, 'base64').length).toBeGreaterThan(15)
    expect(thumbhash.length).toBeLessThanOrEqual(60)
  })

  it('transparency stays, and only it makes a WebP', async () => {
    const transparent = await sharp((await prepared('transparent.png')).photo).metadata()
    expect([transparent.format, transparent.hasAlpha, transparent.width]).toEqual(['webp', true, 300])
    expect((await sharp((await prepared('opaque.webp')).photo).metadata()).format).toBe('jpeg')
  })

  it.each([
    ['huge.png', 'too-big'],
    ['torn.jpg', 'unreadable'],
    ['text.jpg', 'unreadable'],
    ['empty.jpg', 'unreadable'],
  ])('%s is refused as %s, and the next one is prepared', async (name, reason) => {
    expect(await prepare(name)).toEqual({ ok: false, reason })
    expect(await prepare('polyglot.jpg')).toMatchObject({ ok: true })
  })
})

describe('a video', () => {
  it('that the browser recorded tells its length and gives a picture', async () => {
    const facts = await opened.page.evaluate(() => window.preparing.recorded(1.5))
    if (facts === null) throw new Error('no facts')
    expect(facts.recordedDuration).toBe(-1)
    expect([facts.width, facts.height]).toEqual([640, 360])
    expect(facts.durationMs).toBeGreaterThan(800)
    expect(facts.durationMs).toBeLessThan(30_000)
    const poster = Buffer.from(facts.poster, 'base64')
    expect(poster.length).toBeLessThanOrEqual(30_720)
    expect(await sharp(poster).metadata()).toMatchObject({ format: 'jpeg', width: 480, height: 270 })
    expect(facts.thumbhash.length).toBeGreaterThan(10)
  })

  it('that can not be played is told at once', async () => {
    expect(await opened.page.evaluate(() => window.preparing.broken())).toBe(true)
  })
})

it('ten photos of twelve megapixels do not keep anybody from typing', async () => {
  const { page } = opened
  const box = page.getByRole('textbox', { name: 'Сообщение' })
  await box.click()
  const running = page.evaluate(() => window.preparing.many('camera.jpg', 10))
  const end = { reached: false }
  void running.finally(() => (end.reached = true))
  let typed = ''
  let slowestKeyMs = 0
  while (!end.reached) {
    const start = performance.now()
    await page.keyboard.type('ы')
    slowestKeyMs = Math.max(slowestKeyMs, performance.now() - start)
    typed += 'ы'
  }
  const { prepared, longestTaskMs, standstillMs, tookMs } = await running
  process.stdout.write(
    `ten photos of 12 megapixels: ${Math.round(tookMs)} ms; longest task of the page ${Math.round(longestTaskMs)} ms (0: below 50), longest standstill ${Math.round(standstillMs)} ms;` +
      ` ${typed.length} keys meanwhile, slowest ${Math.round(slowestKeyMs)} ms\n`,
  )
  expect(prepared).toBe(10)
  expect(await box.inputValue()).toBe(typed)
  expect(longestTaskMs).toBeLessThan(250)
  // Where the page draws them itself it stands still for a second and more with each.
  expect(standstillMs).toBeLessThan(500)
})
