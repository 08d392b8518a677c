import { request } from 'node:http'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { filesBelow } from '#tests/support/media/data-folder.ts'
import { MediaWorld } from '#tests/support/media/media-world.ts'
import { peakMemoryMb, photoProcesses } from '#tests/support/media/photo-processes.ts'
import { makeGpsJpeg, makeJpeg, makePngBomb, makeVideo, secretPlace } from '#tests/support/media/pictures.ts'
import { sha256Of, type TusClient, type UploadWords } from '#tests/support/media/tus-client.ts'

/** Files and requests that no honest client sends, to a real server. Each also leaves nothing behind and harms nobody. */
let world: MediaWorld
let mallory: TusClient
const photoTimeoutMs = 4_000

beforeAll(async () => {
  world = await MediaWorld.start({ limits: { photoTimeoutMs, uploadsPerUser: 30 } })
  mallory = await world.tus('engineer2')
}, 180_000)
afterAll(() => world.server.stop())

let blobsBefore: string[] = []
const stored = async () => (await filesBelow(`${world.server.dataDir}/media`)).map(({ path }) => path).sort()

/** The file must be refused and gone, the server alive. */
async function refused(bytes: Uint8Array, status: number, code: string, words: UploadWords = {}): Promise<void> {
  blobsBefore = await stored()
  const answer = await mallory.upload(bytes, words)
  expect({ status: answer.status, code: answer.code }).toEqual({ status, code })
  expect(await stored()).toEqual(blobsBefore)
  expect((await mallory.call('HEAD', `/media/${words.sha256 ?? sha256Of(bytes)}`)).status).toBe(404)
}

afterEach(async () => {
  expect((await fetch(`${world.server.url}/readyz`)).status).toBe(200)
})

describe('files that are not what they seem', () => {
  it('of a photo with its place nothing of the place is kept, nowhere', async () => {
    const photo = await makeGpsJpeg()
    const { exif } = await sharp(photo).metadata()
    if (!exif) throw new Error('the photo of this test has no EXIF')
    const latitude = Buffer.from([59, 0, 0, 0, 1, 0, 0, 0, 57, 0, 0, 0, 1, 0, 0, 0])
    expect(photo.includes(secretPlace) && exif.includes(latitude)).toBe(true)
    const sha256 = await world.upload('dispatcher', photo)
    await world.post('dispatcher', ['team'], [sha256])
    for (const variant of ['full', 'thumb'] as const) {
      const { bytes } = await world.get('engineer', sha256, world.room('team'), { variant })
      const { exif: kept, xmp, iptc, icc, orientation, width, height } = await sharp(bytes).metadata()
      expect([kept, xmp, iptc, icc, orientation]).toEqual(Array.from({ length: 5 }))
      // It lay on its side, and stands now.
      expect(height).toBeGreaterThan(width)
    }
    for (const { content } of await filesBelow(world.server.dataDir))
      expect(content.includes(secretPlace) || content.includes(latitude) || content.includes(exif)).toBe(false)
  })

  it('of a JPEG that is HTML as well only the picture is kept', async () => {
    const page = '<script>alert(document.domain)</script>'
    const photo = await makeJpeg({ seed: 41 })
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, page.length + 2]), Buffer.from(page)])
    const polyglot = Buffer.concat([photo.subarray(0, 2), comment, photo.subarray(2), Buffer.from(page)])
    const sha256 = await world.upload('dispatcher', polyglot)
    await world.post('dispatcher', ['team'], [sha256])
    const { bytes, headers } = await world.get('engineer', sha256, world.room('team'))
    expect(headers.get('content-type')).toBe('image/jpeg')
    expect(bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))).toBe(true)
    for (const { content } of await filesBelow(world.server.dataDir)) expect(content.includes(page)).toBe(false)
  })

  it.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['PDF', '%PDF-1.7\n'],
    ['GIF', 'GIF89a\u0001\0\u0001\0\0\0\0;'],
    ['a JPEG that is none after its first bytes', '\u00ff\u00d8\u00ff\u00e0 and that was all'],
    ['a PNG without an image', '\u0089PNG\r\n\u001a\n'],
  ])('%s named .jpg is refused', async (_name, text) => {
    await refused(Buffer.from(text, 'latin1'), 415, 'E_MEDIA_TYPE', { name: 'фото.jpg' })
  })

  it('half a photo is refused', async () => {
    const photo = await makeJpeg({ width: 800, height: 600, seed: 42 })
    await refused(photo.subarray(0, photo.length / 2), 415, 'E_MEDIA_TYPE')
  })

  it('a PNG of 50,000 × 50,000 is refused by its head, without memory for it', async () => {
    await world.upload('engineer2', await makeJpeg({ seed: 43 }))
    const before = await peakMemoryMb(world.server.pid)
    await refused(makePngBomb(50_000), 413, 'E_MEDIA_TOO_BIG')
    expect((await peakMemoryMb(world.server.pid)) - before).toBeLessThan(60)
  })

  it('an empty file is refused before it is sent, a video as a poster after it', async () => {
    await refused(new Uint8Array(), 415, 'E_MEDIA_TYPE')
    await refused(makeVideo(5_000, 44), 415, 'E_MEDIA_TYPE', { poster: 'a'.repeat(64) })
  })
})

describe('words that are not true', () => {
  it('another sha256 is told with 460, and the bytes are gone', async () => {
    await refused(await makeJpeg({ seed: 45 }), 460, 'E_MEDIA_CHECKSUM', { sha256: 'b'.repeat(64) })
  })

  it('a length that is too large, negative or absent, and metadata that are none, begin nothing', async () => {
    const before = await stored()
    expect((await mallory.create(Buffer.from('x'), { length: 600_000_000 })).code).toBe('E_MEDIA_TOO_BIG')
    for (const headers of [
      { 'upload-length': '-5' },
      { 'upload-length': 'many' },
      { 'upload-defer-length': '1' },
      { 'upload-length': '10', 'upload-metadata': 'sha256 bm90IGhleA==' },
      { 'upload-length': '10', 'upload-metadata': ',,,' },
      { 'upload-length': '10' },
      {},
    ] as Record<string, string>[]) {
      const { status } = await mallory.call('POST', '/media/uploads', headers)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).not.toBe(500)
    }
    expect(await stored()).toEqual(before)
  })

  it('more bytes than announced, or at another place, are not taken', async () => {
    const photo = await makeJpeg({ seed: 46 })
    const created = await mallory.create(photo, { length: 100 })
    const path = created.headers.get('location') ?? ''
    expect((await mallory.patch(path, 0, photo)).status).toBe(413)
    expect((await mallory.patch(path, 50, photo.subarray(0, 50))).status).toBe(409)
    const head = await mallory.head(path)
    expect(Number(head.headers.get('upload-offset'))).toBeLessThanOrEqual(100)
    expect((await mallory.call('DELETE', path)).status).toBe(204)
    expect((await mallory.head(path)).status).toBe(404)
  })

  it('a photo that has more bytes than a photo may is refused', async () => {
    const photo = Buffer.concat([await makeJpeg({ seed: 47 }), Buffer.alloc(26_214_400)])
    await refused(photo, 413, 'E_MEDIA_TOO_BIG')
  })
})

describe('uploads of others', () => {
  it('M2: are absent, whatever is asked of them', async () => {
    const photo = await makeJpeg({ seed: 48 })
    const alice = await world.tus('dispatcher')
    const path = (await alice.create(photo)).headers.get('location') ?? ''
    expect((await alice.patch(path, 0, photo.subarray(0, 100))).status).toBe(204)
    const absent = `/media/uploads/${'0'.repeat(32)}`
    for (const method of ['HEAD', 'PATCH', 'DELETE', 'GET']) {
      const headers = { 'upload-offset': '100', 'content-type': 'application/offset+octet-stream' }
      const body = method === 'PATCH' ? Buffer.from('mallory') : undefined
      const [asked, nobodys] = [
        await mallory.call(method, path, headers, body),
        await mallory.call(method, absent, headers, body),
      ]
      expect([asked.status, asked.code]).toEqual([nobodys.status, nobodys.code])
      expect(asked.status).toBe(method === 'GET' ? 405 : 404)
    }
    expect((await alice.head(path)).headers.get('upload-offset')).toBe('100')
    expect((await alice.patch(path, 100, photo.subarray(100))).status).toBe(204)
  })

  it('are not found by names that lead elsewhere', async () => {
    for (const id of [
      '..%2f..%2fsecret.key',
      '%2e%2e',
      '..%5c..%5clog.sqlite',
      'a%00b',
      `${'0'.repeat(32)}.json`,
      '%ff',
    ])
      for (const method of ['HEAD', 'PATCH', 'DELETE']) {
        const headers = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
        // Those that fetch itself takes apart lead to addresses that have no such method.
        expect([404, 405]).toContain((await mallory.call(method, `/media/uploads/${id}`, headers)).status)
      }
    const { status } = await rawGet('/media/uploads/../../secret.key')
    expect(status).toBe(404)
    for (const sha256 of ['..%2f..%2fsecret.key', 'a%00b', 'A'.repeat(64)])
      expect((await world.get('dispatcher', sha256, world.room('team'))).status).toBe(404)
  })

  it('need a token, and can not be begun without end', async () => {
    const answer = await fetch(`${world.server.url}/media/uploads`, {
      method: 'POST',
      headers: { 'tus-resumable': '1.0.0', 'upload-length': '5' },
    })
    expect(answer.status).toBe(401)
    const carol = await world.tus('engineer3')
    const begun = []
    for (let count = 0; count < 31; count++) begun.push(await carol.create(Buffer.from(`begun ${count}`)))
    expect(begun.filter(({ status }) => status === 201)).toHaveLength(30)
    expect(begun.at(-1)).toMatchObject({ status: 429, code: 'E_RATE' })
  })
})

/** As no URL parser would write it. */
async function rawGet(path: string): Promise<{ status: number }> {
  const authorization = `Bearer ${await world.token('engineer2')}`
  return new Promise((resolve, reject) => {
    request(world.server.url, { path, headers: { authorization } }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0 })
    })
      .on('error', reject)
      .end()
  })
}

describe('a process that decodes photos', () => {
  /** A photo that waits for a process that was stopped. */
  const whileStopped = async (seed: number, then: (pids: number[]) => void) => {
    await world.upload('engineer2', await makeJpeg({ seed }))
    const pids = await photoProcesses(world.server.pid)
    expect(pids.length).toBeGreaterThan(0)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    const photo = await makeJpeg({ seed: seed + 1 })
    const created = await mallory.create(photo)
    const path = created.headers.get('location') ?? ''
    const answer = mallory.patch(path, 0, photo)
    await expect
      .poll(async () =>
        (await filesBelow(`${world.server.dataDir}/media/uploads`)).some(
          ({ path: file, content }) => file.endsWith(path.slice(-32)) && content.length === photo.length,
        ),
      )
      .toBe(true)
    then(pids)
    return answer
  }

  it('that is killed is replaced, and the photo done by the next', async () => {
    const answer = await whileStopped(60, (pids) => pids.forEach((pid) => process.kill(pid, 'SIGKILL')))
    expect(answer.status).toBe(204)
  })

  it('that takes too long is ended, its photo refused, and the next one done', { timeout: 40_000 }, async () => {
    const answer = await whileStopped(70, () => {})
    expect([answer.status, answer.code]).toEqual([415, 'E_MEDIA_TYPE'])
    expect((await mallory.upload(await makeJpeg({ seed: 72 }))).status).toBe(204)
  })
})
