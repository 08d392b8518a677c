import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { MediaVariant } from '#common/domain/media-type.ts'
import { createLocalFiles } from '#electron/main/media/local-files.ts'
import { createMediaCache } from '#electron/main/media/media-cache.ts'
import { createMemoryMediaDisk, mediaBytes } from '#tests/support/electron/memory-media-disk.ts'

const account = 'deadbeef'
const hash = (digit: number) => digit.toString(16).padStart(64, '0')

function inMemory(quotaBytes = Infinity) {
  let time = 1
  const disk = createMemoryMediaDisk(() => time)
  const cache = createMediaCache({ disk, folder: '/media', quotaBytes: () => quotaBytes, now: () => time })
  const local = createLocalFiles({ disk, folder: '/media', randomName: () => 'temporary' })
  const receive = (sha256: string, bytes: Uint8Array, variant: MediaVariant = 'full') =>
    cache.write({ account, sha256, variant, offset: 0, total: bytes.length, bytes })
  return {
    disk,
    cache,
    local,
    receive,
    tick: (ms = 100_000) => (time += ms),
    cached: () => disk.names().filter((name) => name.includes('/cache/')),
    state: (sha256: string, variant: MediaVariant = 'full') => cache.state({ account, sha256, variant }),
  }
}

describe('a download', () => {
  const bytes = mediaBytes('image/jpeg', 10_000)
  const piece = (offset: number, end: number) => ({
    account,
    sha256: hash(1),
    variant: 'full' as const,
    offset,
    total: bytes.length,
    bytes: bytes.subarray(offset, end),
  })

  it('arrives in pieces and is visible only when it is whole', async () => {
    const { cache, disk, state } = inMemory()
    expect(await state(hash(1))).toEqual({ state: 'none', size: 0 })
    expect(await cache.write(piece(0, 4_000))).toEqual({ ok: true, state: 'part', size: 4_000 })
    expect(await state(hash(1))).toEqual({ state: 'part', size: 4_000 })
    expect(disk.contentOf(cache.pathOf(piece(0, 0)))).toBeUndefined()
    expect(await cache.write(piece(4_000, 10_000))).toEqual({ ok: true, state: 'whole', size: 10_000 })
    expect(disk.contentOf(cache.pathOf(piece(0, 0)))).toEqual(bytes)
  })

  it('goes on where it is, not where the page thinks', async () => {
    const { cache } = inMemory()
    await cache.write(piece(0, 4_000))
    expect(await cache.write(piece(5_000, 6_000))).toEqual({ ok: false, reason: 'offset', size: 4_000 })
    expect(await cache.write(piece(0, 4_000))).toEqual({ ok: false, reason: 'offset', size: 4_000 })
    const all = await Promise.all([cache.write(piece(4_000, 10_000)), cache.write(piece(4_000, 10_000))])
    expect(all.map(({ ok }) => ok)).toEqual([true, true])
  })

  it('goes on after the disk was full', async () => {
    const { cache, disk } = inMemory()
    disk.capacityBytes = 6_000
    await cache.write(piece(0, 4_000))
    expect(await cache.write(piece(4_000, 10_000))).toEqual({ ok: false, reason: 'disk-full', size: 6_000 })
    disk.capacityBytes = Infinity
    expect(await cache.write(piece(6_000, 10_000))).toMatchObject({ ok: true, state: 'whole' })
    expect(disk.contentOf(cache.pathOf(piece(0, 0)))).toEqual(bytes)
  })

  it('tells of a folder that can not be written', async () => {
    const { disk, receive } = inMemory()
    disk.fault = (operation) => (operation === 'makeFolder' ? 'EROFS' : undefined)
    expect(await receive(hash(1), bytes)).toEqual({ ok: false, reason: 'unwritable', size: 0 })
  })

  it('that is no photo and no video, longer than it said, or another video, is not kept', async () => {
    const { cache, receive, cached } = inMemory()
    const refused = { ok: false, reason: 'content', size: 0 }
    expect(await receive(hash(1), new TextEncoder().encode('<svg onload="alert(1)"/>'))).toEqual(refused)
    expect(await cache.write({ ...piece(0, 4_000), total: 3_000 })).toEqual(refused)
    const video = mediaBytes('video/webm', 1_000)
    expect(await receive(hash(2), video)).toEqual(refused)
    expect(await receive(hash(2), video, 'thumb')).toEqual(refused)
    expect(cached()).toEqual([])
    const sha256 = createHash('sha256').update(video).digest('hex')
    expect(await receive(sha256, video)).toMatchObject({ ok: true, state: 'whole' })
  })
})

describe('the quota', () => {
  const kilobyte = (digit: number) => mediaBytes('image/jpeg', 1_000, digit)

  it('holds: what was not used for the longest time goes first', async () => {
    const { receive, cache, state, tick, cached } = inMemory(3_000)
    for (const digit of [1, 2, 3]) {
      await receive(hash(digit), kilobyte(digit))
      tick()
    }
    cache.used({ account, sha256: hash(1), variant: 'full' })
    tick()
    await receive(hash(4), kilobyte(4))
    expect(cached()).toHaveLength(3)
    expect(await state(hash(2))).toEqual({ state: 'none', size: 0 })
    expect(await state(hash(1))).toMatchObject({ state: 'whole' })
  })

  it('counts what an earlier run left, and what was begun', async () => {
    const { disk, receive, cache, cached, state } = inMemory(3_000)
    await disk.place(`/media/${account}/cache/${hash(8)}.full`, kilobyte(8))
    await disk.place(`/media/${account}/cache/${hash(9)}.full.part`, mediaBytes('image/jpeg', 1_900))
    await receive(hash(1), kilobyte(1))
    const used = cached().reduce((sum, name) => sum + (disk.contentOf(name)?.length ?? 0), 0)
    expect(used).toBeLessThanOrEqual(3_000)
    expect(await state(hash(1))).toMatchObject({ state: 'whole' })
    await cache.forget(account, [hash(1)])
    expect(await state(hash(1))).toMatchObject({ state: 'none' })
    await cache.forget(account, undefined)
    expect(cached()).toEqual([])
  })

  it('never takes what is not sent, however little room there is', async () => {
    const { local, receive, disk, cached } = inMemory(1_500)
    const unsent: string[] = []
    for (const digit of [1, 2, 3, 4, 5]) {
      const picked = await local.adoptBytes(account, 'a.jpg', kilobyte(100 + digit))
      if (picked.ok) unsent.push(picked.sha256)
    }
    for (let digit = 1; digit <= 20; digit++) await receive(hash(digit), kilobyte(digit))
    expect(cached()).toHaveLength(1)
    for (const sha256 of unsent) expect(disk.contentOf(local.pathOf(account, sha256))).toHaveLength(1_000)
  })

  it('takes what was sent only from then on', async () => {
    const { cache, local, receive, state, disk } = inMemory(2_000)
    const picked = await local.adoptBytes(account, 'a.jpg', kilobyte(100))
    if (!picked.ok) throw new Error(picked.reason)
    const sent = { account, sha256: picked.sha256, variant: 'full' as const }
    await cache.take(sent, local.pathOf(account, picked.sha256))
    expect(await state(picked.sha256)).toEqual({ state: 'whole', size: 1_000 })
    expect(disk.contentOf(local.pathOf(account, picked.sha256))).toBeUndefined()
    await cache.take(sent, local.pathOf(account, picked.sha256))
    expect(await state(picked.sha256)).toEqual({ state: 'whole', size: 1_000 })
    for (let digit = 1; digit <= 3; digit++) await receive(hash(digit), kilobyte(digit))
    expect(await state(picked.sha256)).toEqual({ state: 'none', size: 0 })
  })

  it('of one account leaves the other alone', async () => {
    const { disk, receive } = inMemory(1_000)
    const other = `/media/cafebabe/cache/${hash(1)}.full`
    await disk.place(other, kilobyte(1))
    await receive(hash(2), kilobyte(2))
    await receive(hash(3), kilobyte(3))
    expect(disk.contentOf(other)).toHaveLength(1_000)
  })
})
