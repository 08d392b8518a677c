import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MediaVariant } from '#common/domain/media-type.ts'
import type { MediaSnapshot } from '#renderer/data/media-api.ts'
import { ClientDevice } from '#tests/support/client/client-device.ts'
import { MediaWorld } from '#tests/support/client/media-world.ts'
import { fileOf } from '#tests/support/client/memory-folder.ts'

const sha256 = 'a'.repeat(64)
let all: MediaWorld
let device: ClientDevice
let disposers: (() => void)[]
beforeEach(async () => {
  disposers = []
  all = await MediaWorld.start()
  device = await all.device()
})
afterEach(async () => {
  for (const dispose of disposers) dispose()
  await all.stop()
})

function onServer(variant: MediaVariant, bytes: number): void {
  all.media.files.set(`${sha256}.${variant}`, new Uint8Array(bytes).fill(7))
}

/** Watches it; answers with all that was shown. */
function watch(variant: MediaVariant = 'full'): MediaSnapshot[] {
  const { value, dispose } = device.core.media.watch({ room: all.room, sha256, variant })
  const shown: MediaSnapshot[] = [value.get()]
  const stop = value.subscribe(() => shown.push(value.get()))
  disposers.push(() => {
    stop()
    dispose()
  })
  return shown
}

const downloads = () => all.media.requests.filter((request) => request.startsWith('GET')).length

describe('a picture of a message', () => {
  it('is brought here when it is looked at, and not again', async () => {
    onServer('full', 3_000_000)
    const shown = watch()
    await device.until(() => shown.at(-1)?.state === 'ready', 'ready')
    expect(shown[0]).toEqual({ state: 'waiting' })
    expect(shown.at(-1)).toEqual({ state: 'ready', url: `cache:${sha256}.full` })
    expect(device.folder.cached.get(`${sha256}.full`)).toHaveLength(3_000_000)
    for (const dispose of disposers.splice(0)) dispose()
    const again = watch()
    await device.until(() => again.at(-1)?.state === 'ready', 'ready again')
    expect(downloads()).toBe(1)
  })

  it('is absent without a connection and comes by itself with it', async () => {
    onServer('thumb', 100)
    device.goOffline()
    const shown = watch('thumb')
    await device.until(() => shown.at(-1)?.state === 'absent', 'absent')
    device.goOnline()
    await device.until(() => shown.at(-1)?.state === 'ready', 'ready')
  })

  it('goes on where it broke', async () => {
    onServer('full', 3_000_000)
    await device.folder.folder.cache.write({
      account: 'a',
      sha256,
      variant: 'full',
      offset: 0,
      total: 3_000_000,
      bytes: new Uint8Array(2_000_000).fill(7),
    })
    const shown = watch()
    await device.until(() => shown.at(-1)?.state === 'ready', 'ready')
    expect(device.folder.cached.get(`${sha256}.full`)).toHaveLength(3_000_000)
  })

  it('that the server does not give says so, and is asked for again only when that is wanted', async () => {
    const shown = watch()
    await device.until(() => shown.at(-1)?.state === 'failed', 'failed')
    expect(shown.at(-1)).toEqual({ state: 'failed', reason: 'refused' })
    await all.world.clock.advance(120_000)
    expect(downloads()).toBe(1)
    onServer('full', 10)
    await device.core.act.loadMedia({ room: all.room, sha256, variant: 'full' })
    await device.until(() => shown.at(-1)?.state === 'ready', 'ready')
  })

  it('is tried a few times while the server is in trouble, then said to be unreachable', async () => {
    all.media.instead = (method) => (method === 'GET' ? { status: 503 } : undefined)
    const shown = watch()
    await device.until(() => shown.at(-1)?.state === 'failed', 'failed')
    expect(shown.at(-1)).toEqual({ state: 'failed', reason: 'unreachable' })
    expect(downloads()).toBe(5)
  })

  it('of one’s own message is shown from this device, before it was sent and after', async () => {
    device.goOffline()
    await all.post(device, 'своё', await all.attach(device, [fileOf('фото.jpg', 300)]))
    const own = device.core.outbox.get()[0]?.files?.[0]?.sent?.sha256 ?? ''
    const { value, dispose } = device.core.media.watch({ room: all.room, sha256: own, variant: 'full' })
    disposers.push(dispose)
    expect(value.get()).toEqual({ state: 'ready', url: `local:${own}` })
    device.goOnline()
    await device.until(() => device.folder.cached.has(`${own}.full`), 'it is cache now')
    await device.until(() => value.get().state === 'ready' && JSON.stringify(value.get()).includes('cache:'), 'shown')
    expect(device.folder.cached.has(`${own}.thumb`)).toBe(true)
    await device.until(() => device.folder.local.size === 0, 'nothing else stays')
    expect(downloads()).toBe(0)
  })

  it('leaves this device with the right to its chat', async () => {
    const world = all.world
    await world.assign(all.ticketId, 'engineer')
    await all.post(device, 'фото', await all.attach(device, [fileOf('фото.jpg', 300)]))
    await device.caughtUp()
    const [attachment] = (await all.posted())[0]?.attachments ?? []
    all.media.files.set(`${attachment!.sha256}.full`, new Uint8Array(50))
    const engineer = await ClientDevice.signedIn(world, 'engineer', { media: all.media })
    const wanted = { room: all.room, sha256: attachment!.sha256, variant: 'full' as const }
    const { value, dispose } = engineer.core.media.watch(wanted)
    await engineer.until(() => value.get().state === 'ready', 'ready')
    expect(engineer.folder.cached.size).toBe(1)
    await world.assign(all.ticketId, 'engineer2')
    await engineer.until(() => engineer.folder.cached.size === 0, 'gone')
    dispose()
    await engineer.core.stop()
  })

  it('is saved where the user wants after it was brought here; not without a connection', async () => {
    onServer('full', 10)
    const save = () => device.core.act.saveMediaAs({ room: all.room, sha256, name: 'фото.jpg' })
    device.goOffline()
    expect(await save()).toBe('absent')
    device.goOnline()
    await device.caughtUp()
    const saving = save()
    await device.until(() => device.folder.saved.length === 1, 'saved')
    expect(await saving).toBe('saved')
  })
})
