/** The real dialogs of the system, worked by keyboard: what the user picks comes into the media folder, and goes out of it. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { chatRoom } from '#common/domain/ids.ts'
import type { PickedFile } from '#common/ipc-media.ts'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { openedDialog } from '#tests/support/electron/file-dialog.ts'
import { runInPage } from '#tests/support/electron/in-page.ts'
import type { LaunchedApp } from '#tests/support/electron/launch-app.ts'
import { launchApp } from '#tests/support/electron/launch-app.ts'
import { mediaBytes } from '#tests/support/electron/memory-media-disk.ts'
import { photoWithPlace } from '#tests/support/media/photos.ts'
import { signIn } from '#tests/support/room-client/room-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

const account = 'deadbeefdeadbeef'
const title = 'Прикрепить фото и видео'
const photo = mediaBytes('image/jpeg', 300_000)
const video = mediaBytes('video/webm', 5_000_000)
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let desk: LaunchedApp
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naryad-picker-'))
  await mkdir(join(folder, 'pictures'))
  await writeFile(join(folder, 'pictures', '1 valve.JPG'), photo)
  await writeFile(join(folder, 'pictures', '2 noise.webm'), video)
  await writeFile(join(folder, 'pictures', '3 other.webm'), mediaBytes('video/webm', 100, 3))
  await writeFile(join(folder, 'invoice.jpg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  desk = await launchApp()
})
afterAll(async () => {
  await desk.close()
  await rm(folder, { recursive: true, force: true })
})
const inPage = <Answer>(code: string) => runInPage<Answer>(desk, code)
const pick = () => inPage<PickedFile[]>(`return naryad.call('media.pick', { account: '${account}' })`)
const readBack = (sha256: string) =>
  inPage<number[]>(
    `const answer = await fetch('app-media://local/${account}/${sha256}', { headers: { Range: 'bytes=4-7' } });
     return [answer.status, ...new Uint8Array(await answer.arrayBuffer())]`,
  )

describe('the dialog for files', () => {
  it('picks two files at once', async () => {
    const picking = pick()
    const dialog = await openedDialog(title)
    await dialog.pickFirstTwoOf(join(folder, 'pictures'))
    expect(await picking).toEqual([
      { ok: true, sha256: hashOf(photo), name: '1 valve.jpg', size: photo.length, type: 'image/jpeg' },
      { ok: true, sha256: hashOf(video), name: '2 noise.webm', size: video.length, type: 'video/webm' },
    ])
  })

  it('keeps copies: the originals may move or go', async () => {
    await rename(join(folder, 'pictures'), join(folder, 'moved'))
    await rm(join(folder, 'moved', '1 valve.JPG'))
    const kept = join(desk.userDataDir, 'media', account)
    expect((await readdir(kept)).sort()).toEqual([hashOf(photo), hashOf(video)].sort())
    expect(Buffer.compare(await readFile(join(kept, hashOf(video))), video)).toBe(0)
    expect(await readBack(hashOf(photo))).toEqual([206, 1, 1, 1, 1])
  })

  it('picks one by its path, and refuses what only calls itself a photo', async () => {
    const picking = pick()
    await (await openedDialog(title)).pick(join(folder, 'invoice.jpg'))
    expect(await picking).toEqual([{ ok: false, name: 'invoice.jpg', reason: 'type' }])
  })

  it('picks nothing when it is cancelled', async () => {
    const picking = pick()
    await (await openedDialog(title)).cancel()
    expect(await picking).toEqual([])
  })
})

describe('files of the page', () => {
  /** Puts a file into the page as a drop or a file field does, and hands it over. */
  async function adopt(path: string, through = ''): Promise<PickedFile[]> {
    await inPage(
      "const field = document.createElement('input'); field.type = 'file'; field.id = 'chosen'; document.body.append(field)",
    )
    await desk.page.setInputFiles('#chosen', path)
    return inPage(`const field = document.querySelector('#chosen'); let files = [...field.files]; field.remove(); ${through};
      return naryad.adoptFiles('${account}', files)`)
  }
  const large = mediaBytes('video/webm', 70_000_000)

  it('are copied by the main process, whatever their size, also after they crossed a channel', async () => {
    await writeFile(join(folder, 'large.webm'), large)
    const crossing = `const { port1, port2 } = new MessageChannel();
      files = await new Promise((f) => { port2.onmessage = ({ data }) => f(data); port1.postMessage(files) })`
    for (const through of ['', crossing]) {
      const taken = await adopt(join(folder, 'large.webm'), through)
      expect(taken).toEqual([
        { ok: true, sha256: hashOf(large), name: 'large.webm', size: large.length, type: 'video/webm' },
      ])
    }
  })

  it('made in memory come by their bytes; a path that the page invents is none', async () => {
    await writeFile(join(folder, 'secret.jpg'), mediaBytes('image/jpeg', 50, 9))
    const secret = JSON.stringify(join(folder, 'secret.jpg'))
    const pasted = await inPage<
      PickedFile[]
    >(`const file = new File([new Uint8Array([0xff, 0xd8, 0xff, 1])], 'image.png');
      Object.defineProperty(file, 'path', { value: ${secret} }); return naryad.adoptFiles('${account}', [file])`)
    expect(pasted).toMatchObject([{ ok: true, name: 'image.jpg', size: 4 }])
    for (const forged of [`{ path: ${secret}, name: 'x.jpg', size: 1 }`, secret, 'null', 'new Blob(["x"])'])
      await expect(inPage(`return naryad.adoptFiles('${account}', [${forged}])`)).rejects.toThrow('E_IPC_ARGUMENT')
    await expect(inPage(`return naryad.adoptFiles('../../x', [new File(['x'], 'x')])`)).rejects.toThrow(
      'E_IPC_ARGUMENT',
    )
    expect(await readdir(join(desk.userDataDir, 'media', account))).not.toContain(
      hashOf(mediaBytes('image/jpeg', 50, 9)),
    )
  })

  it('beyond twenty are named and left', async () => {
    const all = await inPage<PickedFile[]>(
      `return naryad.adoptFiles('${account}', Array.from({ length: 22 }, (_, i) => new File(['x'], i + '.jpg')))`,
    )
    expect(all.slice(19)).toEqual([
      { ok: false, name: '19.jpg', reason: 'type' },
      { ok: false, name: '20.jpg', reason: 'too-many' },
      { ok: false, name: '21.jpg', reason: 'too-many' },
    ])
  })
})

it('a file is saved where the user says, under the name of what it is', async () => {
  const target = join(folder, 'saved.jpg')
  const saving = inPage(
    `return naryad.call('media.saveAs', { account: '${account}', sha256: '${hashOf(photo)}', name: '../клапан.exe' })`,
  )
  await (await openedDialog('Сохранить как')).pick(target)
  expect(await saving).toBe('saved')
  expect(Buffer.compare(await readFile(target), photo)).toBe(0)
})

describe('two photos from the dialog', () => {
  let server: TestServer
  const desks: Desk[] = []
  beforeAll(async () => {
    server = await startServer({ seed: 'demo' })
    await mkdir(join(folder, 'photos'))
    for (const [name, width] of [
      ['1 клапан.jpg', 3_200],
      ['2 щит.jpg', 1_600],
    ] as const)
      // prettier-ignore
      await writeFile(join(folder, 'photos', name), await photoWithPlace(width, 1_200, 6))
  })
  afterAll(async () => {
    await Promise.all(desks.map(({ launched }) => launched.close()))
    await server.stop()
  })

  /** What a desk has received, by hash and variant. */
  async function received(receiver: Desk): Promise<Map<string, Buffer>> {
    const files = new Map<string, Buffer>()
    const root = join(receiver.launched.userDataDir, 'media')
    for (const account of await readdir(root).catch(() => []))
      for (const name of await readdir(join(root, account, 'cache')).catch(() => []))
        if (!name.endsWith('.part')) files.set(name, await readFile(join(root, account, 'cache', name)))
    return files
  }

  it(
    'reach another window as the server made them: upright, smaller, without their place',
    { timeout: 120_000 },
    async () => {
      const token = await signIn(server.url, 'dispatcher')
      const headers = { authorization: `Bearer ${token}` }
      const answer = await (await fetch(`${server.url}/api/tickets`, { headers })).json()
      const ticket = z.object({ tickets: z.array(z.object({ id: z.string() })).check(z.minLength(1)) }).parse(answer)
        .tickets[0]
      if (!ticket) throw new Error('no ticket')
      const open = (login: string) => openDesk({ server: server.url, login, password: 'demo' })
      const [author, colleague] = await Promise.all([open('dispatcher'), open('dispatcher2')])
      desks.push(author, colleague)
      for (const each of desks) await each.page.getByRole('option').first().waitFor()
      await Promise.all(desks.map((each) => each.openChat(ticket.id)))

      await author.page.getByRole('button', { name: 'Прикрепить фото или видео' }).click()
      await (await openedDialog(title)).pickFirstTwoOf(join(folder, 'photos'))
      const tray = author.page.getByRole('list', { name: 'Вложения сообщения' })
      await expect.poll(() => tray.getByText('готово').count(), { timeout: 30_000 }).toBe(2)
      await author.composer.fill('Клапан и щит')
      await author.composer.press('Control+Enter')

      const pictures = colleague.message('Клапан и щит').getByRole('button', { name: /^Фото \d из 2/ })
      await expect.poll(() => pictures.count(), { timeout: 30_000 }).toBe(2)
      await pictures.first().click()
      const whole = async () => [...(await received(colleague)).keys()].filter((name) => name.endsWith('.full')).length
      await expect.poll(whole, { timeout: 30_000 }).toBeGreaterThan(0)
      for (const [name, bytes] of await received(colleague)) {
        const [sha256, variant] = name.split('.')
        const room = encodeURIComponent(chatRoom(ticket.id, 'customer'))
        const kept = await fetch(`${server.url}/media/${sha256}?room=${room}&variant=${variant}`, { headers })
        expect([name, kept.status, Buffer.compare(Buffer.from(await kept.arrayBuffer()), bytes)]).toEqual([
          name,
          200,
          0,
        ])
        const { exif, orientation, width, height } = await sharp(bytes).metadata()
        expect([exif, orientation, bytes.includes('NaryadCam')]).toEqual([undefined, undefined, false])
        expect(height).toBeGreaterThan(width ?? 0)
        expect(height).toBeLessThanOrEqual(2_560)
      }
    },
  )
})
