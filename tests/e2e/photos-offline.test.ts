/** Photos and videos of an app without a network, with a bad one, and through SIGKILL. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom } from '#common/domain/ids.ts'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { DeskFiles } from '#tests/support/electron/desk-files.ts'
import { makeUserDataDir, removeUserData } from '#tests/support/electron/launch-app.ts'
import { writtenDown } from '#tests/support/electron/written-down.ts'
import { MediaWorld } from '#tests/support/media/media-world.ts'
import { makeJpeg, makeVideo } from '#tests/support/media/pictures.ts'
import { openLink, type Link } from '#tests/support/network/link.ts'
import { openDocument, whenSynced } from '#tests/support/room-client/room-client.ts'

// Bounds for a machine that has ten other things to do; nothing here waits for them to pass.
const patience = { timeout: 240_000, interval: 100 }
const testMs = 900_000
const hint = 'Отпустите, чтобы прикрепить в чат с командой'

let world: MediaWorld
let folder: string
let userDataDir: string
let link: Link
let desk: Desk
let files: DeskFiles

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naryad-offline-'))
  world = await MediaWorld.start({ dataDir: join(folder, 'server') })
  userDataDir = await makeUserDataDir()
  link = await openLink(world.server.url)
  await open()
  await desk.signIn(link.url, 'dispatcher')
  await desk.page.getByRole('option').first().waitFor()
  await desk.page.getByText('Загружаем данные').first().waitFor({ state: 'detached' })
}, testMs)
beforeEach(async () => {
  // A test that failed leaves a cut link, and its files in a draft: they are not to be the next one's.
  await link.heal()
  link.slow(Infinity)
  world.ticketId = await world.makeTicket()
})
afterAll(async () => {
  await desk.launched.close()
  await link.close()
  await world.server.stop()
  await removeUserData(userDataDir)
  await rm(folder, { recursive: true, force: true })
})

async function open(): Promise<void> {
  desk = await openDesk({ userDataDir, startTimeoutMs: patience.timeout })
  files = new DeskFiles(desk)
  desk.page.setDefaultTimeout(patience.timeout)
}
async function killAndOpen(): Promise<void> {
  await desk.launched.kill()
  await open()
}

/** Until a kill can't take it any more. What a window shows may be ahead of the disk: the last half second of typing, for one. */
async function whenWrittenDown(kind: 'draft' | 'command', text: string): Promise<void> {
  await expect.poll(async () => (await writtenDown(userDataDir, kind, text)).length, patience).toBe(1)
}

/** Messages of the team's chat with these texts, as the server has them, in its order. */
async function stored(ticketId: string, texts: readonly string[]) {
  const { document, provider } = openDocument(
    world.server.url,
    await world.token('dispatcher2'),
    chatRoom(ticketId, 'team'),
  )
  await whenSynced(provider)
  provider.destroy()
  return readEntries(document).flatMap((entry) =>
    entry.type === 'message' && texts.includes(entry.text) ? [entry] : [],
  )
}

describe('photos taken without a network', () => {
  it(
    'wait through SIGKILL in draft and queue, and are one message in their order once there is a network',
    { timeout: testMs },
    async () => {
      const text = 'Осмотр кровли'
      const names = Array.from({ length: 10 }, (_, index) => `${index + 1} кровля.jpg`)
      const paths = names.map((name) => join(folder, name))
      for (const [index, path] of paths.entries()) await writeFile(path, await makeJpeg({ seed: index + 1 }))
      const other = await world.makeTicket()
      await desk.openChat(other, 'team')
      await desk.openChat(world.ticketId, 'team')
      await link.cut()
      await files.drop(paths, hint)
      await files.ready(10)
      await desk.openChat(other, 'team')
      await desk.composer.fill('Черновик с файлом')
      await files.drop(paths.slice(0, 1), hint)
      await files.ready(1)
      await Promise.all(paths.map((path) => rm(path)))
      await whenWrittenDown('draft', 'Черновик с файлом')

      await killAndOpen()
      await desk.openChat(other, 'team')
      await files.ready(1)
      expect(await desk.composer.inputValue()).toBe('Черновик с файлом')
      await desk.openChat(world.ticketId, 'team')
      await files.ready(10)
      expect(await files.names()).toEqual(names)
      await files.send(text)
      await desk.message(text).getByText('Файлы отправятся при связи: 0 из 10').waitFor()
      await whenWrittenDown('command', text)

      await killAndOpen()
      await desk.showQueue()
      await expect.poll(async () => (await desk.queueTexts()).join('\n'), patience).toContain(text)
      await link.heal()
      await expect.poll(async () => (await desk.queueTexts()).length, patience).toBe(0)
      const messages = await stored(world.ticketId, [text])
      expect(messages.map(({ attachments }) => attachments?.map(({ name }) => name))).toEqual([names])
      await desk.openChat(world.ticketId, 'team')
      await expect
        .poll(() => files.pictureNames(text), patience)
        .toEqual([
          ...names.slice(0, 5).map((name, index) => `Фото ${index + 1} из 10: ${name}`),
          `Фото 6 из 10: ${names[5]}. Ещё 4`,
        ])
      for (const { sha256 } of messages[0]?.attachments ?? [])
        expect(await world.statusOf('engineer', sha256, 'team')).toBe(200)
    },
  )
})

describe('a video on a bad link', () => {
  /** Attaches a video that nobody has yet, and sends it. */
  async function sendVideo(text: string, bytes: number, seed: number): Promise<void> {
    const path = join(folder, `насос ${seed}.mp4`)
    await writeFile(path, makeVideo(bytes, seed))
    await desk.openChat(world.ticketId, 'team')
    await files.drop([path], hint)
    await files.ready(1)
    await files.send(text)
  }

  it(
    'arrives through breaks and a SIGKILL with less than a fifth sent twice; text written later overtakes it',
    { timeout: testMs },
    async () => {
      const [film, text] = ['Видео с насосом', 'Пока грузится: насос стоит']
      const bytes = 20_000_000
      // So slow that there is time to write, however slow the machine is.
      const slowest = 200_000
      link.slow(slowest)
      const bytesInAnAnswer = 100_000
      const before = link.sent()
      const sent = (): number => link.sent() - before
      let breaks = 0
      // By bytes: a slow machine has as many breaks as a fast one.
      const breaking = setInterval(() => {
        if (sent() < ((breaks + 1) * bytes) / 8) return
        breaks++
        link.reset()
      }, 5)
      try {
        await sendVideo(film, bytes, 1)
        await desk.send(text)
        await expect.poll(async () => (await stored(world.ticketId, [text])).length, patience).toBe(1)
        // A break costs what passes until the server has answered: the slower the machine, the slower the link must be.
        const asked = performance.now()
        await stored(world.ticketId, [text])
        link.slow(Math.min(1_000_000, Math.max(slowest, bytesInAnAnswer / ((performance.now() - asked) / 1_000))))
        await expect.poll(sent, patience).toBeGreaterThan(bytes / 2)
        // Killed in the middle: so few bytes can't be all of them.
        expect(sent()).toBeLessThan(bytes)
        await killAndOpen()
        await expect.poll(async () => (await stored(world.ticketId, [film])).length, patience).toBe(1)
      } finally {
        clearInterval(breaking)
        link.slow(Infinity)
      }
      expect(breaks).toBeGreaterThanOrEqual(7)
      expect(sent() / bytes).toBeLessThanOrEqual(1.2)
      const messages = await stored(world.ticketId, [film, text])
      expect(messages.map((message) => message.text)).toEqual([text, film])
      expect(messages[1]!.attachments).toMatchObject([{ size: bytes, mime: 'video/mp4' }])
    },
  )

  it('arrives though the server is killed three times', { timeout: testMs }, async () => {
    const film = 'Видео через перезапуски'
    const bytes = 5_000_000
    link.slow(1_000_000)
    const before = link.sent()
    const sent = (): number => link.sent() - before
    await sendVideo(film, bytes, 2)
    try {
      for (const part of [0.2, 0.4, 0.6]) {
        await expect.poll(sent, patience).toBeGreaterThan(part * bytes)
        const restarted = world.killServer()
        expect(sent()).toBeLessThan(bytes)
        await restarted
      }
      await expect.poll(async () => (await stored(world.ticketId, [film])).length, patience).toBe(1)
    } finally {
      link.slow(Infinity)
    }
    const [message] = await stored(world.ticketId, [film])
    const { bytes: kept } = await world.get('engineer', message?.attachments?.[0]?.sha256 ?? '', world.room('team'))
    expect(Buffer.compare(kept, makeVideo(bytes, 2))).toBe(0)
  })
})
