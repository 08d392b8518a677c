import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { filesBelow } from '#tests/support/media/data-folder.ts'
import { MediaWorld } from '#tests/support/media/media-world.ts'
import { makeJpeg, makeVideo } from '#tests/support/media/pictures.ts'
import { sha256Of, type TusClient } from '#tests/support/media/tus-client.ts'
import { makeSmallDisk, type SmallDisk } from '#tests/support/server/small-disk.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '#tests/support/server/temporary-folder.ts'
import type { StartServerOptions } from '#tests/support/server/start-server.ts'

/** Uploads that meet what happens to servers: kills, full disks, quotas, time. */
let world: MediaWorld | undefined
let folder: TemporaryFolder | undefined
let disk: SmallDisk | undefined

async function start(options: StartServerOptions = {}): Promise<MediaWorld> {
  world = await MediaWorld.start(options)
  return world
}

afterEach(async () => {
  await world?.server.kill()
  await (folder ?? disk)?.remove()
  if (world && !folder && !disk) await world.server.stop()
  world = folder = disk = undefined
})

/** Sends bytes from `offset` on over a socket of its own, at most `limit` of them, and leaves it open. */
async function sendPart(tus: TusClient, path: string, offset: number, bytes: Buffer, limit: number, token: string) {
  const { port, hostname } = new URL(tus.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  const part = bytes.subarray(offset)
  socket.write(
    `PATCH ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nTus-Resumable: 1.0.0\r\n` +
      `Upload-Offset: ${offset}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: ${part.length}\r\n\r\n`,
  )
  await new Promise<void>((resolve) => socket.write(part.subarray(0, limit), () => resolve()))
  return socket
}

const offsetOf = async (tus: TusClient, path: string): Promise<number> =>
  Number((await tus.head(path)).headers.get('upload-offset'))

/** What lies on the disk of an upload. */
async function bytesOnDisk(dataDir: string, path: string): Promise<number> {
  const files = await filesBelow(`${dataDir}/media/uploads`)
  return files.find((file) => file.path.endsWith(path.slice(-32)))?.content.length ?? 0
}

describe('an upload that is interrupted', () => {
  it(
    'cuts off a piece that begins elsewhere than the upload ends: a browser sent it again by itself',
    { timeout: 120_000 },
    async () => {
      const { server } = await start()
      const [tus, token] = await Promise.all([world!.tus('dispatcher'), world!.token('dispatcher')])
      const video = makeVideo(2_000_000)
      const path = (await tus.create(video)).headers.get('location') ?? ''
      const first = await sendPart(tus, path, 0, video, 1_000_000, token)
      await expect.poll(() => bytesOnDisk(server.dataDir, path), { timeout: 10_000 }).toBeGreaterThan(0)
      first.destroy()
      const again = await sendPart(tus, path, 0, video, 50_000, token)
      again.resume()
      await expect.poll(() => again.closed, { timeout: 10_000 }).toBe(true)
      const offset = await offsetOf(tus, path)
      expect((await tus.patch(path, offset, video.subarray(offset))).status).toBe(204)
    },
  )

  it(
    'goes on where it was: the server is killed three times, no byte is sent again',
    { timeout: 120_000 },
    async () => {
      folder = await makeTemporaryFolder()
      let running = await start({ dataDir: folder.path })
      const video = makeVideo(20_971_520)
      let tus = await running.tus('dispatcher')
      const path = (await tus.create(video)).headers.get('location') ?? ''
      let offset = 0
      for (let kill = 1; kill <= 3; kill++) {
        const enough = kill * 5_242_880
        const token = await running.token('dispatcher')
        const socket = await sendPart(tus, path, offset, video, enough - offset, token)
        const { dataDir } = running.server
        await expect.poll(() => bytesOnDisk(dataDir, path), { timeout: 20_000, interval: 20 }).toBe(enough)
        await running.server.kill()
        socket.destroy()
        running = await start({ dataDir: folder.path })
        tus = await running.tus('dispatcher')
        offset = await offsetOf(tus, path)
        expect(offset).toBe(enough)
      }
      expect((await tus.patch(path, offset, video.subarray(offset))).status).toBe(204)
      const sha256 = sha256Of(video)
      expect(await running.post('dispatcher', ['team'], [sha256])).toMatchObject({ ok: true })
      expect((await running.get('engineer', sha256, running.room('team'))).bytes.equals(video)).toBe(true)
    },
  )

  it('M3: and whose last answer was lost is told that it is complete', { timeout: 60_000 }, async () => {
    folder = await makeTemporaryFolder()
    const first = await start({ dataDir: folder.path })
    const photo = await makeJpeg({ seed: 80 })
    const tus = await first.tus('dispatcher')
    const path = (await tus.create(photo)).headers.get('location') ?? ''
    expect((await tus.patch(path, 0, photo)).status).toBe(204)
    await first.server.kill()
    const again = await start({ dataDir: folder.path })
    const afterwards = await again.tus('dispatcher')
    expect(await offsetOf(afterwards, path)).toBe(photo.length)
    expect((await afterwards.call('HEAD', `/media/${sha256Of(photo)}`)).status).toBe(200)
    // The same bytes once more are no second photo.
    const before = (await filesBelow(`${folder.path}/media/blobs`)).length
    expect((await afterwards.upload(photo)).status).toBe(204)
    expect((await filesBelow(`${folder.path}/media/blobs`)).length).toBe(before)
  })
})

describe('M9: when there is no room', () => {
  it('a full disk refuses files with 507, takes text, and the upload goes on later', { timeout: 60_000 }, async () => {
    disk = await makeSmallDisk(50_331_648)
    // Where a test may not make a small disk, one that is too small for its reserve stands for it.
    if (!disk.isReal) await disk.makeRoom()
    const reserve = disk.isReal ? 4_194_304 : Number.MAX_SAFE_INTEGER
    const full = await start({ dataDir: disk.path, limits: { diskReserveBytes: reserve } })
    const tus = await full.tus('dispatcher')
    const video = makeVideo(16_777_216)
    if (!disk.isReal) {
      expect(await tus.create(video)).toMatchObject({ status: 507, code: 'E_MEDIA_FULL' })
    } else {
      const path = (await tus.create(video)).headers.get('location') ?? ''
      expect((await tus.patch(path, 0, video.subarray(0, 1_000_000))).status).toBe(204)
      // Somebody else fills the disk meanwhile.
      await disk.fill()
      const rest = await tus.patch(path, 1_000_000, video.subarray(1_000_000))
      expect([rest.status, rest.code]).toEqual([507, 'E_MEDIA_FULL'])
      expect((await tus.create(video)).code).toBe('E_MEDIA_FULL')
      expect(await textIsTaken(full)).toBe(true)
      await disk.makeRoom()
      const offset = await offsetOf(tus, path)
      expect((await tus.patch(path, offset, video.subarray(offset))).status).toBe(204)
    }
    expect(await textIsTaken(full)).toBe(true)
  })

  it('the quota refuses files with 507 and takes text', { timeout: 60_000 }, async () => {
    folder = await makeTemporaryFolder()
    const before = await start({ dataDir: folder.path })
    // The demonstration has photos of its own.
    const used = await storedBytes(before)
    await before.server.kill()
    const small = await start({ dataDir: folder.path, limits: { mediaBytes: used + 200_000 } })
    const tus = await small.tus('dispatcher')
    expect((await tus.upload(makeVideo(150_000))).status).toBe(204)
    expect(await storedBytes(small)).toBe(used + 150_000)
    expect(await tus.upload(makeVideo(100_000, 2))).toMatchObject({ status: 507, code: 'E_MEDIA_FULL' })
    // Unfinished ones count, too.
    const path = (await tus.create(makeVideo(40_000, 3))).headers.get('location') ?? ''
    await tus.patch(path, 0, makeVideo(40_000, 3).subarray(0, 30_000))
    expect((await tus.create(makeVideo(30_000, 4))).code).toBe('E_MEDIA_FULL')
    expect(await textIsTaken(small)).toBe(true)
  })
})

async function storedBytes({ server }: MediaWorld): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^naryad_media_bytes\{state="stored"\} (\d+)$/m.exec(metrics)?.[1])
}

async function textIsTaken(there: MediaWorld): Promise<boolean> {
  const command = { type: 'message.post', ticketId: there.ticketId, to: ['team'], text: 'Текст идёт', attachments: [] }
  return (await there.execute('dispatcher', command)).ok
}

describe('time', () => {
  it('M9: deletes an upload without progress and never a finished one', { timeout: 60_000 }, async () => {
    const short = await start({ limits: { uploadExpiryMs: 2_000 } })
    const tus = await short.tus('dispatcher')
    const photo = await makeJpeg({ seed: 81 })
    expect((await tus.upload(photo)).status).toBe(204)
    const created = await tus.create(makeVideo(50_000, 5))
    expect(Date.parse(created.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now() - 1_000)
    const path = created.headers.get('location') ?? ''
    await expect
      .poll(async () => (await filesBelow(`${short.server.dataDir}/media/uploads`)).length, { timeout: 20_000 })
      .toBe(0)
    expect((await tus.head(path)).status).toBe(404)
    expect((await tus.call('HEAD', `/media/${sha256Of(photo)}`)).status).toBe(200)
  })

  it('cuts a connection over which nothing comes', { timeout: 60_000 }, async () => {
    const slow = await start({ limits: { uploadIdleMs: 500 } })
    const tus = await slow.tus('dispatcher')
    const video = makeVideo(100_000, 6)
    const path = (await tus.create(video)).headers.get('location') ?? ''
    const socket = await sendPart(tus, path, 0, video, 40_000, await slow.token('dispatcher'))
    await new Promise((resolve) => socket.once('close', resolve))
    expect(await offsetOf(tus, path)).toBe(40_000)
    expect((await tus.patch(path, 40_000, video.subarray(40_000))).status).toBe(204)
  })
})

describe('others', () => {
  it('P10: do not wait while twenty photos are encoded', { timeout: 120_000 }, async () => {
    const busy = await start({ limits: { commandBurst: 100_000, messagesPerMinute: 100_000 } })
    const tus = await busy.tus('dispatcher')
    const large = await makeJpeg({ width: 2_400, height: 1_600, seed: 9 })
    const medianOf = async (measured: () => boolean): Promise<number> => {
      const times: number[] = []
      do {
        const startedAt = performance.now()
        await busy.run('engineer', {
          type: 'message.post',
          ticketId: busy.ticketId,
          to: ['team'],
          text: 'Да',
          attachments: [],
        })
        times.push(performance.now() - startedAt)
      } while (measured())
      return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
    }
    let left = 60
    const alone = await medianOf(() => --left > 0)
    let encoding = 20
    const photos = Array.from({ length: encoding }, async () => {
      // Bytes behind the end of a JPEG make it another file with the same picture.
      const answer = await tus.upload(Buffer.concat([large, randomBytes(16)]))
      encoding--
      return answer.status
    })
    const beside = await medianOf(() => encoding > 0)
    expect(new Set(await Promise.all(photos))).toEqual(new Set([204]))
    // A command takes some milliseconds: what a photo takes would be seen.
    expect(beside).toBeLessThan(2 * alone + 50)
  })
})
