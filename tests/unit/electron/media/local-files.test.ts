import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mediaLimits } from '#common/domain/media-type.ts'
import { mediaTransferLimits } from '#common/media-transfer-limits.ts'
import { createLocalFiles } from '#electron/main/media/local-files.ts'
import { nodeMediaDisk } from '#electron/main/media/media-disk.ts'
import { seededRandom } from '#tests/support/electron/faulty-disk.ts'
import { createMemoryMediaDisk, mediaBytes } from '#tests/support/electron/memory-media-disk.ts'

const account = 'deadbeef'
/** More than one piece. */
const photo = mediaBytes('image/jpeg', 1_200_000)
const isPhoto = (bytes: Uint8Array | undefined) => bytes !== undefined && Buffer.compare(bytes, photo) === 0
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function inMemory() {
  const disk = createMemoryMediaDisk()
  let count = 0
  const files = createLocalFiles({ disk, folder: '/media', randomName: () => `name${count++}` })
  return { disk, files, names: () => disk.names().filter((name) => name.startsWith('/media/')) }
}

describe('taking over a file', () => {
  it('keeps a copy that is named by its hash', async () => {
    const { disk, files, names } = inMemory()
    await disk.place('/home/Фото клапана.JPG', photo)
    const sha256 = hashOf(photo)
    expect(await files.adoptPath(account, '/home/Фото клапана.JPG')).toEqual({
      ok: true,
      sha256,
      name: 'Фото клапана.jpg',
      size: photo.length,
      type: 'image/jpeg',
    })
    expect(names()).toEqual([`/media/${account}/${sha256}`])
    expect(isPhoto(disk.contentOf(files.pathOf(account, sha256)))).toBe(true)
    expect(await files.list(account)).toEqual([{ sha256, size: photo.length }])
    await files.forget(account, [sha256])
    expect(names()).toEqual([])
  })

  it('names it after what it is, not after what it is called', async () => {
    const { files } = inMemory()
    const adopt = async (name: string) => {
      const picked = await files.adoptBytes(account, name, mediaBytes('video/webm', 100))
      return picked.ok ? [picked.name, picked.type] : picked.reason
    }
    expect(await adopt('../../etc/passwd')).toEqual(['passwd.webm', 'video/webm'])
    expect(await adopt('C:\\x\\invoice.pdf\u202Egpj.exe')).toEqual(['invoice.pdfgpj.exe.webm', 'video/webm'])
    expect(await adopt('')).toEqual(['video.webm', 'video/webm'])
  })

  it('keeps the same file once, whoever attaches it again', async () => {
    const { files, names } = inMemory()
    await Promise.all([files.adoptBytes(account, 'a.jpg', photo), files.adoptBytes(account, 'b.jpg', photo)])
    expect(names()).toEqual([`/media/${account}/${hashOf(photo)}`])
  })

  it('keeps the files of one account from the other', async () => {
    const { files } = inMemory()
    await files.adoptBytes(account, 'a.jpg', photo)
    expect(await files.list('cafebabe')).toEqual([])
    await files.forget('cafebabe', [hashOf(photo)])
    expect(await files.list(account)).toHaveLength(1)
  })
})

describe('what is not taken', () => {
  it.each([
    ['empty', new Uint8Array(), 'empty'],
    ['SVG', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'), 'type'],
    ['HTML', new TextEncoder().encode('<html>'), 'type'],
    ['HEIC', new TextEncoder().encode('\0\0\0\u0018ftypheic\0\0\0\0mif1heic'), 'heic'],
    ['a photo too large', mediaBytes('image/jpeg', mediaTransferLimits.pickedPhotoBytes + 1), 'too-big'],
  ])('%s', async (_, bytes, reason) => {
    const { files, names } = inMemory()
    expect(await files.adoptBytes(account, 'x.jpg', bytes)).toEqual({ ok: false, name: 'x.jpg', reason })
    expect(names()).toEqual([])
  })

  it('a video that is too large is not copied at all', async () => {
    const { disk, files, names } = inMemory()
    const head = mediaBytes('video/webm', 5_000)
    const huge = { size: mediaLimits.videoBytes + 1, read: async () => head, close: async () => {} }
    disk.openFile = async () => huge
    expect(await files.adoptPath(account, '/home/x.webm')).toEqual({ ok: false, name: 'x.webm', reason: 'too-big' })
    expect(names()).toEqual([])
  })

  it('a video that grows beyond the limit while it is copied is not kept', async () => {
    const { disk, files, names } = inMemory()
    const piece = mediaBytes('image/jpeg', 1_048_576)
    const { open } = disk
    // What is written is not kept: the disk in memory is slow with so much.
    disk.open = async (path) => ({ ...(await open(path)), write: async ({ length }) => length })
    disk.openFile = async () => ({ size: 1_000, read: async () => piece, close: async () => {} })
    expect(await files.adoptPath(account, '/home/x.jpg')).toMatchObject({ ok: false, reason: 'too-big' })
    expect(names()).toEqual([])
  })

  it('one that is not there, or can not be read to its end', async () => {
    const { disk, files, names } = inMemory()
    expect(await files.adoptPath(account, '/home/gone.jpg')).toEqual({
      ok: false,
      name: 'gone.jpg',
      reason: 'unreadable',
    })
    await disk.place('/home/torn.jpg', photo)
    disk.breakReadingAfter('/home/torn.jpg', 1_100_000)
    expect(await files.adoptPath(account, '/home/torn.jpg')).toMatchObject({ ok: false, reason: 'unreadable' })
    expect(names()).toEqual([])
  })
})

describe('a file that comes in pieces', () => {
  const transfer = '00000000-0000-4000-8000-000000000000'
  const piece = (offset: number, end: number) => ({
    account,
    name: 'a.png',
    transfer,
    offset,
    isLast: end === photo.length,
    bytes: photo.subarray(offset, end),
  })

  it('is there when its last piece came', async () => {
    const { files, names } = inMemory()
    expect(await files.adoptPiece(piece(0, 1_000_000))).toBeNull()
    expect(await files.list(account)).toEqual([])
    expect(await files.adoptPiece(piece(1_000_000, photo.length))).toMatchObject({ ok: true, name: 'a.jpg' })
    expect(names()).toEqual([`/media/${account}/${hashOf(photo)}`])
  })

  it('may begin anew, but not go on elsewhere', async () => {
    const { files, names } = inMemory()
    await files.adoptPiece(piece(0, 1_000_000))
    await files.adoptPiece(piece(0, 500_000))
    const torn = await files.adoptPiece(piece(1_000_000, photo.length))
    expect(torn).toEqual({ ok: false, name: 'a.png', reason: 'unreadable' })
    expect(names()).toEqual([])
  })

  it('of which one finds the disk full is refused, and leaves nothing', async () => {
    const { disk, files, names } = inMemory()
    disk.capacityBytes = 1_100_000
    await files.adoptPiece(piece(0, 1_000_000))
    expect(await files.adoptPiece(piece(1_000_000, photo.length))).toMatchObject({ ok: false, reason: 'disk-full' })
    expect(names()).toEqual([])
  })
})

describe('a disk that fails', () => {
  it('a full one keeps nothing of it, and takes it when there is room again', async () => {
    const { disk, files, names } = inMemory()
    disk.capacityBytes = photo.length - 10
    expect(await files.adoptBytes(account, 'a.jpg', photo)).toEqual({ ok: false, name: 'a.jpg', reason: 'disk-full' })
    expect(names()).toEqual([])
    disk.capacityBytes = photo.length
    expect(await files.adoptBytes(account, 'a.jpg', photo)).toMatchObject({ ok: true })
  })

  it.each(['makeFolder', 'open', 'write', 'sync', 'rename', 'syncFolder'] as const)(
    'one whose %s fails tells so and leaves no half file',
    async (operation) => {
      const { disk, files, names } = inMemory()
      disk.fault = (each) => (each === operation ? 'EACCES' : undefined)
      expect(await files.adoptBytes(account, 'a.jpg', photo)).toMatchObject({ ok: false, reason: 'unwritable' })
      expect(names().filter((name) => name.endsWith('.part'))).toEqual([])
      disk.fault = () => undefined
      expect(await files.adoptBytes(account, 'a.jpg', photo)).toMatchObject({ ok: true })
    },
  )

  it('after a loss of power at any moment a file is whole or not there, and is there once it was answered', async () => {
    const small = mediaBytes('image/jpeg', 40_000)
    const path = `/media/${account}/${hashOf(small)}`
    for (let haltAfter = 0; haltAfter < 20; haltAfter++)
      for (let seed = 0; seed < 10; seed++) {
        const { disk, files } = inMemory()
        disk.haltAfter = haltAfter
        let isAnswered = false
        void files.adoptBytes(account, 'a.jpg', small).then(({ ok }) => (isAnswered = ok))
        await new Promise((resolve) => setImmediate(resolve))
        const found = disk.afterPowerLoss(seededRandom(seed)).contentOf(path)
        const isSound = found === undefined ? !isAnswered : Buffer.compare(found, small) === 0
        expect(isSound, `halted after ${haltAfter}, seed ${seed}`).toBe(true)
      }
  })

  it('what an earlier run left half copied is removed', async () => {
    const { disk, files, names } = inMemory()
    await disk.place(`/media/${account}/0123.part`, photo)
    await files.adoptBytes(account, 'a.jpg', photo)
    expect(names()).toEqual([`/media/${account}/${hashOf(photo)}`])
  })
})

describe('on a real disk', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'naryad-media-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const real = () =>
    createLocalFiles({ disk: nodeMediaDisk, folder: join(folder, 'media'), randomName: () => 'temporary' })

  it('a file that is moved and overwritten later does no harm', async () => {
    const original = join(folder, 'original.jpg')
    await writeFile(original, photo)
    const picked = await real().adoptPath(account, original)
    await rename(original, join(folder, 'moved.jpg'))
    await writeFile(join(folder, 'moved.jpg'), 'something else')
    if (!picked.ok) throw new Error(picked.reason)
    expect(isPhoto(await readFile(real().pathOf(account, picked.sha256)))).toBe(true)
    expect(await readdir(join(folder, 'media', account))).toEqual([picked.sha256])
  })

  it('a folder, a device and a pipe are no files, and nobody waits for them', async () => {
    const paths = [join(folder, 'folder.jpg')]
    await mkdir(join(folder, 'folder.jpg'))
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [join(folder, 'pipe.jpg')])
      paths.push(join(folder, 'pipe.jpg'), '/dev/zero')
    }
    for (const path of paths) expect(await real().adoptPath(account, path)).toMatchObject({ reason: 'unreadable' })
  })
})
