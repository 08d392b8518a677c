import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClientDevice } from '#tests/support/client/client-device.ts'
import { MediaWorld } from '#tests/support/client/media-world.ts'
import { fileOf } from '#tests/support/client/memory-folder.ts'

let all: MediaWorld
let device: ClientDevice
beforeEach(async () => {
  all = await MediaWorld.start()
  device = await all.device()
})
afterEach(() => all.stop())

const tenFiles = () => Array.from({ length: 10 }, (_, index) => fileOf(`фото ${index}.jpg`, 300 - index * 10))
const rows = () => device.core.outbox.get()
const isGone = (text: string) => !rows().some(({ command }) => 'text' in command && command.text === text)
const progress = (id: string) => device.core.media.uploads.get().get(id)

async function postFiles(files: File[], text = 'с фото', holdMs?: number): Promise<string> {
  const posted = await all.post(device, text, await all.attach(device, files), holdMs)
  if (!posted.ok) throw new Error(JSON.stringify(posted.reason))
  return posted.value.id
}

describe('a message with files', () => {
  it('of ten files, written offline and through a crash, goes out as one message with ten attachments in their order', async () => {
    device.goOffline()
    const id = await postFiles(tenFiles())
    expect(all.draft(device)).toEqual([])
    expect(progress(id)).toMatchObject({ state: 'waiting', files: 10, filesDone: 0, remainingMs: null })
    device.crash()
    await device.start()
    expect(rows()).toMatchObject([{ id, waits: true, files: { length: 10 } }])
    device.goOnline()
    await device.caughtUp()
    const [message, ...others] = await all.posted()
    expect(others).toEqual([])
    expect(message?.attachments.map(({ name }) => name)).toEqual(tenFiles().map(({ name }) => name))
    expect(message?.text).toBe('с фото')
    await device.until(() => rows().length === 0)
    expect(progress(id)).toBeUndefined()
  })

  it('sends each file once, the smallest photo first and posters before all, and asks before it sends', async () => {
    device.goOffline()
    await postFiles([fileOf('видео.mp4', 50), fileOf('большое.jpg', 900), fileOf('малое.jpg', 90)])
    device.goOnline()
    await device.caughtUp()
    expect(all.media.created).toEqual(['poster of видео.mp4', 'малое.jpg', 'большое.jpg', 'видео.mp4'])
    const again = all.media.created.length
    await postFiles([fileOf('малое.jpg', 90)])
    await device.caughtUp()
    expect(all.media.created).toHaveLength(again)
    expect(await all.posted()).toHaveLength(2)
  })

  it('is overtaken by text that is written later, and tells how far it is', async () => {
    let release = (): void => undefined
    all.media.beforePiece = () => new Promise<void>((resolve) => (release = resolve))
    const id = await postFiles([fileOf('фото.jpg', 500)])
    await device.until(() => all.media.piecesUnderWay === 1, 'a piece under way')
    expect(progress(id)).toMatchObject({ state: 'running', filesDone: 0, files: 1, bytes: 499 })
    await all.post(device, 'текст')
    await device.until(() => isGone('текст'), 'the text is there')
    release()
    await device.caughtUp()
    expect((await all.posted()).map(({ text }) => text)).toEqual(['текст', 'с фото'])
  })

  it('that is held sends its files but not itself', async () => {
    const id = await postFiles([fileOf('фото.jpg', 500)], 'подумаю', 5_000)
    await device.until(() => progress(id)?.filesDone === 1, 'uploaded')
    expect(rows()).toMatchObject([{ id, waits: true }])
    expect(await all.posted()).toEqual([])
    await all.world.clock.advance(5_000)
    await device.caughtUp()
    expect((await all.posted()).map(({ text }) => text)).toEqual(['подумаю'])
  })

  it('that is taken back gives its text and files to the draft, and they can be sent again', async () => {
    device.goOffline()
    const id = await postFiles([fileOf('один.jpg', 100), fileOf('два.jpg', 200)])
    await all.attach(device, [fileOf('три.jpg', 300)])
    expect(await device.core.act.takeBack({ id, text: 'с фото' })).toBe(true)
    const names = () => all.draft(device).map(({ name }) => name)
    expect(names()).toEqual(['один.jpg', 'два.jpg', 'три.jpg'])
    device.crash()
    await device.start()
    expect(names()).toEqual(['один.jpg', 'два.jpg', 'три.jpg'])
    expect(device.core.drafts.get().get(all.room)?.text).toBe('с фото')
    const files = all.draft(device).map((file) => file.id)
    expect(await all.post(device, 'все три', files)).toMatchObject({ ok: true })
    device.goOnline()
    await device.caughtUp()
    expect((await all.posted()).map(({ attachments }) => attachments.length)).toEqual([3])
  })

  it('that waited when the app was killed was certainly not sent, and can be taken back', async () => {
    await all.post(device, 'до того')
    await device.caughtUp()
    all.media.beforePiece = () => new Promise<void>(() => {})
    const id = await postFiles([fileOf('фото.jpg', 500)])
    await device.until(() => all.media.piecesUnderWay === 1, 'a piece under way')
    device.crash()
    device.isOnline = false
    await device.start()
    expect(rows()).toMatchObject([{ id, waits: true, sending: false }])
    expect(await device.core.act.cancelQueued({ id })).toBe(true)
    expect(all.draft(device)).toHaveLength(1)
  })

  it('cancelled gives its files to the draft and leaves the text that is there', async () => {
    device.goOffline()
    const id = await postFiles([fileOf('один.jpg', 100)])
    await device.core.act.saveDraft({ room: all.room, text: 'уже другое' })
    expect(await device.core.act.cancelQueued({ id })).toBe(true)
    expect(device.core.drafts.get().get(all.room)).toMatchObject({ text: 'уже другое', files: [{ name: 'один.jpg' }] })
    device.goOnline()
    await device.caughtUp()
    expect(await all.posted()).toEqual([])
    expect(all.media.created).toEqual([])
  })

  it('of which a file is lost fails with its name, keeps text and the others, and can be repaired', async () => {
    device.goOffline()
    const id = await postFiles([fileOf('один.jpg', 100), fileOf('два.jpg', 200)], 'важное')
    const lost = rows()[0]?.files?.[1]?.sent?.sha256 ?? ''
    device.folder.local.delete(lost)
    device.goOnline()
    await device.until(() => device.core.connection.get().refused === 1, 'refused')
    expect(rows()).toMatchObject([
      {
        id,
        state: 'refused',
        refusal: { code: 'E_MEDIA_MISSING', field: 'attachments.1' },
        command: { text: 'важное' },
      },
    ])
    expect(progress(id)).toMatchObject({ state: 'failed', failure: 'lost', failed: ['два.jpg'] })
    expect(await device.core.act.takeBack({ id, text: 'важное' })).toBe(true)
    const [one, two] = all.draft(device)
    expect([one?.failure, two?.failure]).toEqual([null, 'lost'])
    expect(await all.post(device, 'важное', [one!.id, two!.id])).toEqual({
      ok: false,
      reason: { kind: 'files', preparing: 0, failed: 1, missing: 0 },
    })
    await device.core.act.retryFile({ room: all.room, id: two!.id })
    await device.until(() => all.draft(device).every(({ sent }) => sent !== null), 'prepared again')
    expect(await all.post(device, 'важное', [one!.id, two!.id])).toMatchObject({ ok: true })
    await device.caughtUp()
    expect((await all.posted()).map(({ attachments }) => attachments.length)).toEqual([2])
  })

  it('does not wait for one that is stuck before it', async () => {
    all.media.instead = (method) => (method === 'POST' && all.media.created.length === 0 ? { status: 507 } : undefined)
    const stuck = await postFiles([fileOf('один.jpg', 100)], 'нет места')
    await device.until(() => progress(stuck)?.failure === 'server-full', 'no room')
    expect(progress(stuck)).toMatchObject({ state: 'failed', failed: ['один.jpg'] })
    await all.post(device, 'текст идёт')
    await device.until(() => isGone('текст идёт'), 'the text is there')
    all.media.instead = () => undefined
    await all.world.clock.advance(60_000)
    await device.caughtUp()
    expect((await all.posted()).map(({ text }) => text)).toEqual(['текст идёт', 'нет места'])
  })

  it('whose file the server does not take is refused with that reason', async () => {
    const answers = [
      [415, 'E_MEDIA_TYPE', 'refused-type'],
      [413, 'E_MEDIA_TOO_BIG', 'refused-size'],
      [460, 'E_MEDIA_CHECKSUM', 'refused-content'],
    ] as const
    for (const [index, [status, code, failure]] of answers.entries()) {
      let pieces = 0
      all.media.instead = (method) => (method === 'PATCH' && ++pieces > 0 ? { status } : undefined)
      const id = await postFiles([fileOf('фото.jpg', 100 + index)])
      await device.until(() => rows().at(-1)?.state === 'refused', code)
      expect(rows().at(-1)?.refusal?.code).toBe(code)
      expect(progress(id)?.failure).toBe(failure)
      // Other bytes than announced may have been the wire's doing: once more from zero.
      expect(pieces).toBe(status === 460 ? 2 : 1)
      await device.core.act.discardRefused({ id })
    }
    expect(await all.posted()).toEqual([])
  })

  it('gets another token when the server does not know this one any more, and stays signed in', async () => {
    all.media.staleTokens.add('dispatcher')
    const id = await postFiles([fileOf('фото.jpg', 100)])
    await device.until(() => all.media.requests.length >= 2, 'asked again')
    expect(device.core.session.get().state).toBe('signed-in')
    all.media.staleTokens.clear()
    await device.caughtUp()
    expect((await all.posted()).map((message) => message.id)).toEqual([id])
  })

  it('waits while the link is metered and the user wants that', async () => {
    await device.core.act.setUploadRules({ parallel: 2, pauseOnMetered: true })
    device.metered.set(true)
    const id = await postFiles([fileOf('фото.jpg', 100)])
    await all.world.clock.advance(5_000)
    expect(progress(id)?.state).toBe('paused')
    expect(all.media.created).toEqual([])
    device.metered.set(false)
    await device.caughtUp()
    expect(await all.posted()).toHaveLength(1)
  })
})

describe('a connection that breaks', () => {
  it('again and again, and an app that is killed once, cost less than a fifth more than the file', async () => {
    const size = 20 * 1024 * 1024
    const files = [fileOf('видео.mp4', size)]
    device.goOffline()
    await postFiles(files)
    const breakAt = 2_600_000
    let breaks = 0
    const breakAgain = (): void => {
      breaks++
      all.media.breaksAfter = breakAt
      // The socket goes with it every other time: its pauses grow while no connection lasts.
      if (breaks % 2 === 0) device.cut()
    }
    all.media.breaksAfter = breakAt
    all.media.broken = breakAgain
    device.goOnline()
    await device.until(() => breaks === 4, 'four breaks')
    device.crash()
    await device.start()
    await device.until(() => device.core.connection.get().state === 'online' && isGone('с фото'), 'posted')
    expect(await all.posted()).toHaveLength(1)
    expect(breaks).toBeGreaterThan(6)
    expect(all.media.sentBytes).toBeLessThanOrEqual(size * 1.2)
    expect(all.media.created.filter((name) => name === 'видео.mp4')).toHaveLength(1)
  })
})

describe('killed at any writing of the journal', () => {
  it('a message with files is never lost and never doubled', async () => {
    for (let killedAt = 1, isKilled = true; isKilled; killedAt++) {
      const mine = await MediaWorld.start()
      const own = await mine.device(`device-${killedAt}`)
      const before = own.journal.writes
      let attempts = 0
      let isWritten = false
      isKilled = false
      const files = [fileOf('один.jpg', 100), fileOf('два.mp4', 200)]
      own.journal.beforeWrite = () => {
        if (++attempts !== killedAt) return
        isKilled = true
        own.crash()
        // Every other time what was under way reaches the disk.
        if (killedAt % 2 === 0) return new Promise<void>(() => {})
      }
      const written = mine.attach(own, files).then((ids) => mine.post(own, 'с фото', ids))
      void written.then(() => (isWritten = true))
      await own.until(() => isKilled || (isWritten && own.core.outbox.get().length === 0), 'done or killed')
      own.journal.beforeWrite = () => {}
      if (isKilled) await own.start()
      await own.until(() => own.core.connection.get().queued === 0, 'nothing waits')
      const posted = await mine.posted()
      const drafted = mine.draft(own)
      expect(own.journal.writes).toBeGreaterThanOrEqual(before)
      expect(posted.length, `killed at ${killedAt}`).toBeLessThanOrEqual(1)
      for (const { attachments } of posted) expect(attachments).toHaveLength(2)
      if (posted.length === 1) expect(drafted).toEqual([])
      // Killed before the files were noted there is nothing to lose: nobody was told that they are kept.
      else expect(killedAt === 1 ? drafted.length % 2 : drafted.length).toBe(killedAt === 1 ? 0 : 2)
      await mine.stop()
    }
  })
})
