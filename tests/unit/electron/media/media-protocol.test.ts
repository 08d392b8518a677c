import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { parseByteRange } from '#electron/main/media/byte-range.ts'
import { createLocalFiles } from '#electron/main/media/local-files.ts'
import { createMediaCache } from '#electron/main/media/media-cache.ts'
import { createMediaResponder, parseMediaAddress } from '#electron/main/media/media-protocol.ts'
import { createMemoryMediaDisk, mediaBytes } from '#tests/support/electron/memory-media-disk.ts'

const account = 'deadbeef'
const sha256 = 'a'.repeat(64)

async function serve(content: Uint8Array) {
  const disk = createMemoryMediaDisk()
  const local = createLocalFiles({ disk, folder: '/media', randomName: () => 'temporary' })
  const cache = createMediaCache({ disk, folder: '/media', quotaBytes: () => Infinity, now: () => 1 })
  await disk.place(`/media/${account}/${sha256}`, content)
  await disk.place(`/media/${account}/cache/${sha256}.thumb`, content)
  const respond = createMediaResponder({ disk, local, cache, isOwnPage: (url) => url.startsWith('app://bundle') })
  const get = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
    respond(new Request(url, { headers, method }))
  return { get, url: `app-media://local/${account}/${sha256}`, disk }
}

describe('addresses', () => {
  it('name a local file or a variant of a cached one', () => {
    expect(parseMediaAddress(`app-media://local/${account}/${sha256}`)).toEqual({ place: 'local', account, sha256 })
    expect(parseMediaAddress(`app-media://cache/${account}/${sha256}.thumb`)).toEqual({
      place: 'cache',
      account,
      sha256,
      variant: 'thumb',
    })
  })

  it.each([
    `app-media://local/${account}/../../etc/passwd`,
    `app-media://local/${account}/..%2f..%2fetc%2fpasswd`,
    `app-media://local/../${sha256}`,
    `app-media://local/${account}/${sha256}/`,
    `app-media://local/${account}/${sha256}.part`,
    `app-media://local/${account}/${sha256}%00`,
    `app-media://local/${account}/${sha256}?x`,
    `app-media://local/${account}/${sha256}#x`,
    `app-media://local/${account}/${sha256.toUpperCase()}`,
    `app-media://local/${account}/cache/${sha256}.full`,
    `app-media://local/${account}/${'a'.repeat(63)}`,
    `app-media://cache/${account}/${sha256}`,
    `app-media://cache/${account}/${sha256}.full.part`,
    `app-media://cache/${account}/${sha256}.other`,
    `app-media://other/${account}/${sha256}`,
    `app-media://user@local/${account}/${sha256}`,
    `app-media://local:80/${account}/${sha256}`,
    `app://local/${account}/${sha256}`,
    'app-media:',
    '',
  ])('%j names nothing', (url) => {
    expect(parseMediaAddress(url)).toBeUndefined()
  })
})

describe('what is given out', () => {
  const bytes = mediaBytes('image/jpeg', 600_000)

  it('is the file, as what it is and as nothing that could run', async () => {
    const { get, url } = await serve(bytes)
    const response = await get(url)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'content-length': '600000',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
    })
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), bytes)).toBe(0)
    expect((await get(`app-media://cache/${account}/${sha256}.thumb`)).status).toBe(200)
  })

  it('is nothing but photos and videos, whatever came into the folder', async () => {
    for (const text of ['<script>alert(1)</script>', '<svg xmlns="http://www.w3.org/2000/svg"/>', '{}', 'MZ', '']) {
      const { get, url } = await serve(new TextEncoder().encode(text))
      const response = await get(url)
      expect([text, response.status, await response.text()]).toEqual([text, 404, ''])
    }
  })

  it('is nothing for other methods, other accounts and other hashes', async () => {
    const { get, url } = await serve(bytes)
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) expect((await get(url, {}, method)).status).toBe(404)
    expect((await get(`app-media://local/cafebabe/${sha256}`)).status).toBe(404)
    expect((await get(`app-media://local/${account}/${'b'.repeat(64)}`)).status).toBe(404)
    expect((await get(`app-media://cache/${account}/${sha256}.full`)).status).toBe(404)
  })

  it('can be read by our own page only', async () => {
    const { get, url } = await serve(bytes)
    const allowed = async (origin: string) => (await get(url, { origin })).headers.get('access-control-allow-origin')
    expect(await allowed('app://bundle')).toBe('app://bundle')
    expect(await allowed('https://example.invalid')).toBeNull()
    expect(await allowed('null')).toBeNull()
    expect((await get(url, { origin: 'app://bundle' }, 'OPTIONS')).status).toBe(204)
  })

  it('is the range that was asked for', async () => {
    const { get, url } = await serve(bytes)
    const response = await get(url, { range: 'bytes=299990-300009' })
    expect([response.status, response.headers.get('content-range'), response.headers.get('content-length')]).toEqual([
      206,
      'bytes 299990-300009/600000',
      '20',
    ])
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.subarray(299_990, 300_010))
    const beyond = await get(url, { range: 'bytes=600000-' })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */600000'])
  })

  it('closes the file whatever becomes of the answer', async () => {
    let open = 0
    const { get, url, disk } = await serve(bytes)
    const openFile = disk.openFile
    disk.openFile = async (path) => {
      const file = await openFile(path)
      if (file === undefined) return undefined
      open++
      return { ...file, close: async () => void open-- }
    }
    await (await get(url)).arrayBuffer()
    const left = (await get(url)).body?.getReader()
    await left?.read()
    await left?.cancel()
    await get(url, { range: 'bytes=900000-' })
    expect(open).toBe(0)
  })
})

describe('ranges', () => {
  it.each([
    [null, { kind: 'none' }],
    ['bytes=0-', { kind: 'part', start: 0, end: 100 }],
    ['bytes=5-9', { kind: 'part', start: 5, end: 10 }],
    ['bytes=90-500', { kind: 'part', start: 90, end: 100 }],
    ['bytes=-10', { kind: 'part', start: 90, end: 100 }],
    ['bytes=-500', { kind: 'part', start: 0, end: 100 }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=100-', { kind: 'unsatisfiable' }],
    ['bytes=9-5', { kind: 'none' }],
    ['bytes=-', { kind: 'none' }],
    ['bytes=0-1,5-6', { kind: 'none' }],
    ['bytes=a-b', { kind: 'none' }],
    ['items=0-1', { kind: 'none' }],
    ['bytes=99999999999999999999-', { kind: 'none' }],
  ])('%s', (header, range) => {
    expect(parseByteRange(header, 100)).toEqual(range)
  })

  it('never leave the file, whatever is asked', () => {
    const part = fc.oneof(fc.nat(200).map(String), fc.constantFrom('', '-1', '1e3', '999999999999999'))
    fc.assert(
      fc.property(part, part, fc.nat(150), (first, last, size) => {
        const range = parseByteRange(`bytes=${first}-${last}`, size)
        if (range.kind !== 'part') return
        expect(range.start).toBeGreaterThanOrEqual(0)
        expect(range.start).toBeLessThan(range.end)
        expect(range.end).toBeLessThanOrEqual(size)
      }),
    )
  })
})
