/** Photos and videos between two real apps over a real server: picked, pasted, dropped, filmed; seen, saved, and kept from others. */
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
import { MediaWorld } from '#tests/support/media/media-world.ts'
import { photoWithPlace } from '#tests/support/media/photos.ts'
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
    entry.type === 'message' && entry.text === text ? [...entry.attachments] : [],
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
