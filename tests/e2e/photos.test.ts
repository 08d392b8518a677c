/** Photos and videos between two real apps over a real server: picked, pasted, dropped, filmed; seen, saved, and kept from others. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Attachment } from '#common/domain/message.ts'
import type { ChatKind } from '#common/domain/ids.ts'
import { readEntries } from '#common/documents/chat-document.ts'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { DeskFiles } from '#tests/support/electron/desk-files.ts'
import { openedDialog } from '#tests/support/electron/file-dialog.ts'
import { storedInPage } from '#tests/support/electron/in-page.ts'
import { MediaWorld } from '#tests/support/media/media-world.ts'
import { noise, photoWithPlace } from '#tests/support/media/photos.ts'
import { makeJpeg } from '#tests/support/media/pictures.ts'
import { openDocument, whenSynced } from '#tests/support/room-client/room-client.ts'

const patience = { timeout: 30_000, interval: 100 }
const toCustomer = 'Отпустите, чтобы прикрепить в чат с заказчиком'

let world: MediaWorld
let folder: string
let dispatcher: Desk
let customer: Desk
let files: DeskFiles
let seen: DeskFiles

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naryad-photos-'))
  world = await MediaWorld.start()
  const open = (login: string) =>
    openDesk({
      server: world.server.url,
      login,
      password: 'demo',
      switches: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    })
  ;[dispatcher, customer] = await Promise.all([open('dispatcher'), open('customer')])
  files = new DeskFiles(dispatcher)
  seen = new DeskFiles(customer)
  for (const desk of [dispatcher, customer]) {
    await desk.page.getByRole('option').first().waitFor()
    await desk.openChat(world.ticketId)
  }
})
afterAll(async () => {
  await Promise.all([dispatcher, customer].map((desk) => desk.launched.close()))
  await world.server.stop()
  await rm(folder, { recursive: true, force: true })
})

/** What the server's own entry of a message says of its files. */
async function attachmentsOf(text: string, chat: ChatKind = 'customer'): Promise<Attachment[]> {
  const { document, provider } = openDocument(world.server.url, await world.token('dispatcher'), world.room(chat))
  await whenSynced(provider)
  provider.destroy()
  return readEntries(document).flatMap((entry) =>
    entry.type === 'message' && entry.text === text ? (entry.attachments ?? []) : [],
  )
}

/** The rule of the protocol: upright, sRGB, no metadata, JPEG of quality 85. */
const encodedAnew = (photo: Buffer): Promise<Buffer> =>
  sharp(photo).autoOrient().jpeg({ quality: 85, chromaSubsampling: '4:2:0', mozjpeg: false }).toBuffer()

/** Opens every picture of a message, so that all of it comes to this device. */
async function received(attachments: readonly Attachment[], text: string): Promise<Buffer[]> {
  const isHere = async ({ sha256 }: Attachment) => (await seen.received()).has(`${sha256}.full`)
  for (const [index, attachment] of attachments.entries()) {
    await seen.pictures(text).nth(index).click()
    await expect.poll(() => isHere(attachment), patience).toBe(true)
    await customer.page.keyboard.press('Escape')
    await customer.page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  const all = await seen.received()
  return attachments.map(({ sha256 }) => all.get(`${sha256}.full`) ?? Buffer.alloc(0))
}

describe('two photos from the system’s dialog', () => {
  it(
    'arrive as the server’s own encoding of what was sent, and nothing tells where they were taken',
    { timeout: 120_000 },
    async () => {
      const text = 'Клапан и щит'
      await mkdir(join(folder, 'picked'))
      await writeFile(join(folder, 'picked', '1 клапан.jpg'), await photoWithPlace(3_200, 1_200, 6))
      await writeFile(join(folder, 'picked', '2 щит.jpg'), await photoWithPlace(1_600, 1_200, 1))
      await files.pickFirstTwoOf(join(folder, 'picked'))
      await files.ready(2)
      const sent = await files.kept()
      await files.send(text)

      await expect
        .poll(() => seen.pictureNames(text), patience)
        .toEqual(['Фото 1 из 2: 1 клапан.jpg', 'Фото 2 из 2: 2 щит.jpg'])
      const attachments = await attachmentsOf(text)
      const got = await received(attachments, text)
      for (const [index, { sha256 }] of attachments.entries()) {
        const uploaded = sent.get(sha256) ?? Buffer.alloc(0)
        expect(Buffer.compare(got[index]!, await encodedAnew(uploaded))).toBe(0)
      }
      const heads = await Promise.all(got.map((bytes) => sharp(bytes).metadata()))
      expect(heads.map(({ width, height, exif, orientation }) => ({ width, height, exif, orientation }))).toEqual([
        { width: 960, height: 2_560, exif: undefined, orientation: undefined },
        { width: 1_600, height: 1_200, exif: undefined, orientation: undefined },
      ])
      for (const bytes of [...(await seen.received()).values()]) expect(bytes.includes('NaryadCam')).toBe(false)
    },
  )
})

describe('files that come without a dialog', () => {
  it(
    'are pasted and dropped, and say into which chat; a page is refused by name and goes nowhere',
    { timeout: 120_000 },
    async () => {
      const text = 'Из буфера и с рабочего стола'
      const { page } = dispatcher
      const address = page.url()
      await writeFile(join(folder, 'насос.jpg'), await photoWithPlace(800, 600, 6))
      await writeFile(join(folder, 'счёт.html'), '<script>location = "https://example.org"</script>')
      await writeFile(join(folder, 'схема.jpg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
      await files.paste(
        await sharp(await makeJpeg({ width: 300, height: 200 }))
          .png()
          .toBuffer(),
      )
      await expect.poll(() => files.tiles.count(), patience).toBe(1)
      await files.drop(
        ['насос.jpg', 'счёт.html', 'схема.jpg'].map((name) => join(folder, name)),
        toCustomer,
      )
      await expect.poll(() => files.tiles.count(), patience).toBe(2)
      const refused = page.getByRole('alert').filter({ hasText: 'Не прикреплены 2 файла' })
      for (const name of ['счёт.html', 'схема.jpg'])
        await refused
          .getByRole('listitem')
          .filter({ hasText: `${name}: это не фото и не видео` })
          .waitFor()
      await files.ready(2)
      const sent = await files.kept()
      await files.send(text)
      await expect.poll(() => seen.pictures(text).count(), patience).toBe(2)
      const attachments = await attachmentsOf(text)
      const got = await received(attachments, text)
      for (const [index, { sha256 }] of attachments.entries())
        expect(Buffer.compare(got[index]!, await encodedAnew(sent.get(sha256)!))).toBe(0)
      expect((await sharp(got[1]).metadata()).height).toBe(800)
      expect([page.url(), dispatcher.launched.app.windows().length]).toEqual([address, 1])
    },
  )

  it('come from the camera: a photo and a recording', { timeout: 120_000 }, async () => {
    const text = 'С камеры'
    await files.takePhoto()
    await expect.poll(() => files.tiles.count(), patience).toBe(1)
    await files.record()
    await files.ready(2)
    await files.send(text)
    await expect
      .poll(() => seen.pictureNames(text), patience)
      .toEqual([
        expect.stringMatching(/^Фото 1 из 2: .+\.jpg$/),
        expect.stringMatching(/^Видео 2 из 2: .+\.(mp4|webm), 0:0[1-9]$/),
      ])
    const attachments = await attachmentsOf(text)
    const [photo, film] = await received(attachments, text)
    expect((await sharp(photo).metadata()).format).toBe('jpeg')
    expect(createHash('sha256').update(film!).digest('hex')).toBe(attachments[1]!.sha256)
    // The poster is a picture of what was filmed.
    const thumb = (await seen.received()).get(`${attachments[1]!.sha256}.thumb`)
    expect((await sharp(thumb).metadata()).format).toBe('webp')
  })
})

describe('an organisation with separate chats', () => {
  it(
    'shows each photo in its own chat; what is meant for the team never reaches the customer',
    { timeout: 120_000 },
    async () => {
      const [question, answer] = ['Откуда течёт?', 'Это подвал, заказчику не показываем']
      const [leak, cellar] = [await makeJpeg({ seed: 21 }), await makeJpeg({ seed: 22 })]
      await writeFile(join(folder, 'течь.jpg'), leak)
      await writeFile(join(folder, 'подвал.jpg'), cellar)
      await seen.drop([join(folder, 'течь.jpg')], 'Отпустите, чтобы прикрепить')
      await seen.ready(1)
      await seen.send(question)
      await expect.poll(() => files.pictures(question).count(), patience).toBe(1)

      await dispatcher.openChat(world.ticketId, 'team')
      await files.drop([join(folder, 'подвал.jpg')], 'Отпустите, чтобы прикрепить в чат с командой')
      await files.ready(1)
      await files.send(answer)
      await expect.poll(async () => (await attachmentsOf(answer, 'team')).length, patience).toBe(1)
      expect([await files.pictures(question).count(), await files.pictures(answer).count()]).toEqual([0, 1])

      const [asked] = await attachmentsOf(question)
      const [answered] = await attachmentsOf(answer, 'team')
      const statuses = (login: string, { sha256 }: Attachment) =>
        Promise.all([world.statusOf(login, sha256, 'customer'), world.statusOf(login, sha256, 'team')])
      expect(await statuses('customer', asked!)).toEqual([200, 404])
      expect(await statuses('dispatcher', answered!)).toEqual([404, 200])
      expect(await statuses('customer', answered!)).toEqual([404, 404])

      // A later message is there: what was to come before it has come.
      await dispatcher.openChat(world.ticketId)
      await dispatcher.send('Приедем завтра')
      await customer.message('Приедем завтра').waitFor()
      const databases = await storedInPage(customer.launched)
      expect(databases).toContain(asked!.sha256)
      for (const secret of [answered!.sha256, answer, 'подвал']) expect(databases).not.toContain(secret)
      expect([...(await seen.received()).keys()].filter((name) => name.startsWith(answered!.sha256))).toEqual([])
    },
  )

  it(
    'keeps files with the chat in which they were attached, however long they take',
    { timeout: 120_000 },
    async () => {
      const names = ['а.jpg', 'б.jpg']
      for (const [index, name] of names.entries())
        await writeFile(join(folder, name), await noise(4_000 + index, 3_000))
      await files.drop(
        names.map((name) => join(folder, name)),
        toCustomer,
      )
      await dispatcher.openChat(world.ticketId, 'team')
      expect(await files.tiles.count()).toBe(0)
      await dispatcher.openChat(world.ticketId)
      await files.tiles.getByText('готовим…').first().waitFor()
      await files.ready(names.length)
      expect(await files.names()).toEqual(names)
      await dispatcher.openChat(world.ticketId, 'team')
      expect(await files.tiles.count()).toBe(0)
      await dispatcher.openChat(world.ticketId)
    },
  )
})

describe('the gallery', () => {
  it('opens a photo over the window and saves it where the user says', { timeout: 60_000 }, async () => {
    const [photo] = await attachmentsOf('Клапан и щит')
    await seen.pictures('Клапан и щит').first().click()
    const gallery = customer.page.getByRole('dialog')
    await gallery.getByRole('img', { name: photo!.name }).waitFor()
    const target = join(folder, 'saved.jpg')
    await gallery.getByRole('button', { name: 'Сохранить как…' }).click()
    await (await openedDialog('Сохранить как')).pick(target)
    await customer.page.getByText('Сохранено').waitFor()
    expect(Buffer.compare(await readFile(target), (await seen.received()).get(`${photo!.sha256}.full`)!)).toBe(0)
  })
})
