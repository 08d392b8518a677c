import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chatRoom } from '#common/domain/ids.ts'
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

const names = () => all.draft(device).map(({ name }) => name)
const filesOf = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => fileOf(`фото ${from + index}.jpg`, 100 + from + index))

describe('files of a draft', () => {
  it('are ten: those beyond are refused and told, the ten stay', async () => {
    await all.attach(device, filesOf(8))
    device.folder.toPick = filesOf(4, 8)
    const picked = await device.core.act.pickFiles({ room: all.room })
    expect(picked).toMatchObject({
      ok: true,
      value: {
        added: 2,
        refused: [
          { name: 'фото 10.jpg', failure: 'too-many' },
          { name: 'фото 11.jpg', failure: 'too-many' },
        ],
      },
    })
    expect(names()).toHaveLength(10)
    expect(device.core.media.refused.get().get(all.room)).toHaveLength(2)
    await device.until(() => all.draft(device).every(({ sent }) => sent !== null))
    await device.core.act.dismissRefusedFiles({ room: all.room })
    expect(device.core.media.refused.get().get(all.room)).toBeUndefined()
    device.folder.toPick = filesOf(1, 20)
    await device.core.act.pickFiles({ room: all.room })
    expect(device.core.media.refused.get().get(all.room)).toHaveLength(1)
    await all.post(
      device,
      'десять',
      all.draft(device).map(({ id }) => id),
    )
    expect(device.core.media.refused.get().get(all.room)).toBeUndefined()
  })

  it('are not attached twice, and an empty one is named', async () => {
    await all.attach(device, filesOf(1))
    const attached = await device.core.act.attachFiles({
      room: all.room,
      files: [...filesOf(1), fileOf('пусто.jpg', 0)],
    })
    expect(attached).toMatchObject({
      ok: true,
      value: { added: 0, refused: [{ failure: 'duplicate' }, { name: 'пусто.jpg', failure: 'empty' }] },
    })
    expect(names()).toEqual(['фото 0.jpg'])
  })

  it('can not be sent before they are prepared: how many are not is told, and nothing changes', async () => {
    let prepare = (): void => undefined
    device.folder.beforePreparing = () => new Promise<void>((resolve) => (prepare = resolve))
    await device.core.act.attachFiles({ room: all.room, files: filesOf(2) })
    await device.core.act.saveDraft({ room: all.room, text: 'подпись' })
    const ids = all.draft(device).map(({ id }) => id)
    expect(await all.post(device, 'подпись', [...ids, 'gone'])).toEqual({
      ok: false,
      reason: { kind: 'files', preparing: 2, failed: 0, missing: 1 },
    })
    expect(device.core.outbox.get()).toEqual([])
    expect(device.core.drafts.get().get(all.room)).toMatchObject({ text: 'подпись', files: { length: 2 } })
    device.folder.beforePreparing = () => {}
    prepare()
    await device.until(() => all.draft(device).every(({ sent }) => sent !== null))
    expect(await all.post(device, 'подпись', ids)).toMatchObject({ ok: true })
    expect(device.core.drafts.get().get(all.room)?.text ?? '').toBe('')
  })

  it('that are still being prepared belong to their chat, whatever is written in another', async () => {
    let prepare = (): void => undefined
    device.folder.beforePreparing = () => new Promise<void>((resolve) => (prepare = resolve))
    const other = chatRoom(await all.world.createTicket(), 'customer')
    await device.core.act.attachFiles({ room: all.room, files: filesOf(1) })
    await device.core.act.saveDraft({ room: other, text: 'в другом чате' })
    device.folder.beforePreparing = () => {}
    prepare()
    await device.until(() => all.draft(device).every(({ sent }) => sent !== null))
    expect(device.core.drafts.get().get(other)).toMatchObject({ text: 'в другом чате', files: [] })
    expect(names()).toEqual(['фото 0.jpg'])
  })

  it('are moved and removed; what nobody needs any more leaves the folder', async () => {
    const [first, , third] = await all.attach(device, filesOf(3))
    await device.core.act.moveFile({ room: all.room, id: third!, to: 0 })
    expect(names()).toEqual(['фото 2.jpg', 'фото 0.jpg', 'фото 1.jpg'])
    const before = device.folder.local.size
    await device.core.act.removeFile({ room: all.room, id: first! })
    expect(names()).toEqual(['фото 2.jpg', 'фото 1.jpg'])
    await device.until(() => device.folder.local.size === before - 3, 'picked, prepared and small picture are gone')
  })

  it('are prepared anew when originals are wanted, videos are not', async () => {
    await all.attach(device, [...filesOf(1), fileOf('видео.mp4', 500)])
    expect(all.draft(device)[0]?.sent?.size).toBe(99)
    await device.core.act.setOriginals({ room: all.room, originals: true })
    await device.until(() => all.draft(device).every(({ sent }) => sent !== null))
    expect(all.draft(device)[0]?.sent?.size).toBe(100)
    expect(device.folder.prepared).toEqual(['фото 0.jpg', 'видео.mp4', 'фото 0.jpg'])
  })

  it('survive a crash in the middle of preparing, and a browser’s database that is gone', async () => {
    device.folder.beforePreparing = () => new Promise<void>(() => {})
    await device.core.act.attachFiles({ room: all.room, files: filesOf(3) })
    await device.core.act.saveDraft({ room: all.room, text: 'текст' })
    device.crash()
    device.wipeDatabases()
    device.folder.beforePreparing = () => {}
    await device.start()
    await device.until(() => all.draft(device).length === 3 && all.draft(device).every(({ sent }) => sent !== null))
    expect(device.core.drafts.get().get(all.room)?.text).toBe('текст')
    expect(device.folder.local.size).toBe(9)
  })

  it('of which the bytes are gone say so at the start', async () => {
    await all.attach(device, filesOf(2))
    device.crash()
    device.folder.local.delete(all.draft(device)[0]?.picked.sha256 ?? '')
    device.folder.local.delete(all.draft(device)[1]?.sent?.sha256 ?? '')
    await device.start()
    await device.until(() => all.draft(device)[1]?.failure === 'lost', 'lost')
    expect(all.draft(device)[0]?.failure).toBeNull()
  })

  it('what a crash left in the folder is removed, but nothing while it is not known what is needed', async () => {
    await all.attach(device, filesOf(1))
    await device.folder.folder.adopt('a', 'ничья.jpg', Uint8Array.of(1, 2, 3))
    device.crash()
    device.journal.isUnreadable = true
    await device.start()
    await device.until(() => device.core.connection.get().state === 'online')
    expect(device.folder.local.size).toBe(4)
    device.crash()
    device.journal.isUnreadable = false
    await device.start()
    await device.until(() => device.folder.local.size === 3, 'what nobody needs is gone')
  })

  it('are kept on a full disk as they are shown, and that they are not saved is told', async () => {
    device.journal.failure = 'disk-full'
    expect(await device.core.act.attachFiles({ room: all.room, files: filesOf(1) })).toMatchObject({ ok: false })
    expect(device.core.drafts.get().get(all.room)).toMatchObject({ saved: false, files: { length: 1 } })
    const ids = all.draft(device).map(({ id }) => id)
    await device.until(() => all.draft(device).every(({ sent }) => sent !== null))
    expect(await all.post(device, '', ids)).toMatchObject({ ok: false, reason: { kind: 'not-saved' } })
    expect(all.draft(device)).toHaveLength(1)
  })
})

describe('a draft in the journal', () => {
  it('without files is written as versions without files read it, and theirs is read', async () => {
    await device.core.act.saveDraft({ room: all.room, text: 'только текст' })
    expect(device.journal.items.get(`draft ${all.room}`)?.value).toBe(JSON.stringify('только текст'))
    device.crash()
    device.wipeDatabases()
    await device.start()
    expect(device.core.drafts.get().get(all.room)).toMatchObject({ text: 'только текст', files: [] })
  })

  it('with ten files and the longest text is within what the journal takes', async () => {
    await all.attach(device, filesOf(10))
    await device.core.act.saveDraft({ room: all.room, text: '\u0001'.repeat(8_000) })
    expect(device.journal.items.get(`draft ${all.room}`)?.value.length).toBeLessThan(200_000)
  })
})
