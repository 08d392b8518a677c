import sharp from 'sharp'
import * as Y from 'yjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom } from '#common/domain/ids.ts'
import { MediaWorld } from '#tests/support/media/media-world.ts'
import { makeJpeg, makeVideo } from '#tests/support/media/pictures.ts'
import { sha256Of } from '#tests/support/media/tus-client.ts'
import { openDocument, whenSynced } from '#tests/support/room-client/room-client.ts'

/** Who may attach and who may see a photo or video, on a real server. Rules: SPEC.md, section «Media». */
let world: MediaWorld
let seed = 100
const photo = (): Promise<Buffer> => makeJpeg({ seed: ++seed })

beforeAll(async () => {
  world = await MediaWorld.start()
}, 180_000)
afterAll(() => world.server.stop())

async function entriesOf(login: string, room: string) {
  const { document, provider } = openDocument(world.server.url, await world.token(login), room)
  await whenSynced(provider)
  const entries = readEntries(document)
  provider.destroy()
  document.destroy()
  return entries
}

describe('what a message says of its files', () => {
  it('M6: is the server’s word, whatever the client claimed', async () => {
    const sha256 = await world.upload('dispatcher', await photo())
    const claimed = { width: 9, height: 9, thumbhash: 'AAAA', durationMs: 5, mime: 'video/mp4' }
    const posted = await world.post('dispatcher', ['customer'], [sha256], { ...claimed, name: '../../x\u202Egnp.html' })
    const entry = (await entriesOf('customer', world.room('customer'))).find(({ id }) => posted.ok && id === posted.id)
    const full = await world.get('customer', sha256, world.room('customer'))
    const [attachment] = entry?.type === 'message' ? (entry.attachments ?? []) : []
    const { thumbhash, ...rest } = attachment ?? {}
    const said = { sha256, name: 'xgnp.html.jpg', mime: 'image/jpeg', width: 320, height: 240, size: full.bytes.length }
    expect(rest).toEqual(said)
    expect(Buffer.from(thumbhash ?? '', 'base64').length).toBeGreaterThan(10)
  })

  it('M5: a video stays as it came, with the poster of whoever posted it', async () => {
    const video = makeVideo(50_000, ++seed)
    const sha256 = await world.upload('dispatcher', video)
    await world.upload('dispatcher', await photo(), sha256)
    // Somebody who knows of the video can not put a picture of theirs on it.
    await world.upload('engineer', await makeJpeg({ width: 30, height: 60, seed: 5 }), sha256)
    await world.post('dispatcher', ['team'], [sha256], { durationMs: 1500, width: 1280, height: 720 })
    const got = await world.get('engineer', sha256, world.room('team'))
    expect(got.bytes.equals(video)).toBe(true)
    expect(got.headers.get('content-type')).toBe('video/mp4')
    const thumb = await world.get('engineer', sha256, world.room('team'), { variant: 'thumb' })
    expect(thumb.headers.get('content-type')).toBe('image/webp')
    expect(await sharp(thumb.bytes).metadata()).toMatchObject({ width: 320, height: 240 })
    const last = (await entriesOf('engineer', world.room('team'))).at(-1)
    expect(last).toMatchObject({ attachments: [{ durationMs: 1500, width: 1280, height: 720, mime: 'video/mp4' }] })
  })

  it('L5, M6: eleven files are refused, and the same one twice; ten are taken', async () => {
    const sha256s: string[] = []
    for (let file = 0; file < 11; file++) sha256s.push(await world.upload('dispatcher', await photo()))
    const refused = { ok: false, code: 'E_COMMAND_INVALID' }
    expect(await world.post('dispatcher', ['team'], sha256s)).toMatchObject(refused)
    const twice = [sha256s[0] ?? '', sha256s[0] ?? '']
    expect(await world.post('dispatcher', ['team'], twice)).toMatchObject(refused)
    expect(await world.post('dispatcher', ['team'], sha256s.slice(0, 10))).toMatchObject({ ok: true })
  }, 60_000)
})

describe('who may attach a file', () => {
  it('M6: only who uploaded it: knowing another’s sha256 is worth nothing', async () => {
    const bytes = await photo()
    const sha256 = await world.upload('dispatcher', bytes)
    const missing = { ok: false, code: 'E_MEDIA_MISSING' }
    expect(await world.post('engineer', ['team'], [sha256])).toMatchObject(missing)
    expect(await world.post('customer', ['customer'], [sha256])).toMatchObject(missing)
    expect(await world.post('dispatcher', ['team'], ['0'.repeat(64)])).toMatchObject(missing)
    await world.upload('engineer', bytes)
    expect(await world.post('engineer', ['team'], [sha256])).toMatchObject({ ok: true })
  })

  it('M3: HEAD tells only the uploader that it is there', async () => {
    const sha256 = await world.upload('dispatcher', await photo())
    const asked = async (login: string) => (await (await world.tus(login)).call('HEAD', `/media/${sha256}`)).status
    expect([await asked('dispatcher'), await asked('dispatcher2'), await asked('admin')]).toEqual([200, 404, 404])
  })
})

describe('who may see a file', () => {
  it('M7: a photo of the team chat is in no customer’s reach, nor another ticket’s', async () => {
    const sha256 = await world.upload('dispatcher', await photo())
    await world.post('dispatcher', ['team'], [sha256])
    expect(await world.statusOf('engineer', sha256, 'team')).toBe(200)
    // Everybody, through the room of the other chat.
    for (const login of ['customer', 'dispatcher', 'engineer', 'admin'])
      expect(await world.statusOf(login, sha256, 'customer')).toBe(404)
    expect(await world.statusOf('customer', sha256, 'team')).toBe(404)
    const other = await world.makeTicket()
    for (const room of [chatRoom(other, 'team'), chatRoom(other, 'customer'), `ticket.${world.ticketId}`, 'directory'])
      expect((await world.get('dispatcher', sha256, room)).status).toBe(404)
    expect((await world.get('engineer2', sha256, world.room('team'))).status).toBe(404)
  })

  it('M7: a cross-post shows it in both', async () => {
    const sha256 = await world.upload('dispatcher', await photo())
    await world.post('dispatcher', ['team', 'customer'], [sha256])
    expect(await world.statusOf('customer', sha256, 'customer')).toBe(200)
    expect(await world.statusOf('engineer', sha256, 'team')).toBe(200)
    expect(await world.statusOf('customer', sha256, 'team')).toBe(404)
  })

  it('M7, P7: a removed participant fetches nothing more', async () => {
    const sha256 = await world.upload('dispatcher', await photo())
    await world.post('dispatcher', ['team'], [sha256])
    const chat = { ticketId: world.ticketId, chat: 'team' }
    await world.run('dispatcher', { type: 'participants.add', ...chat, userIds: ['engineer3'] })
    expect(await world.statusOf('engineer3', sha256, 'team')).toBe(200)
    await world.run('dispatcher', { type: 'participants.remove', ...chat, userId: 'engineer3' })
    expect(await world.statusOf('engineer3', sha256, 'team')).toBe(404)
  })

  it('M7: of a deleted message nothing is shown, until another message shows it', async () => {
    const sha256 = await world.upload('dispatcher', await photo())
    const posted = await world.post('dispatcher', ['team'], [sha256])
    const target = posted.ok ? posted.id : ''
    await world.run('dispatcher', { type: 'message.delete', ticketId: world.ticketId, chat: 'team', target })
    expect(await world.statusOf('engineer', sha256, 'team')).toBe(404)
    await world.post('dispatcher', ['team'], [sha256])
    expect(await world.statusOf('engineer', sha256, 'team')).toBe(200)
  })

  it('is asked for its token, and for a room and a variant that exist', async () => {
    const url = `${world.server.url}/media/${'a'.repeat(64)}`
    expect((await fetch(`${url}?room=${world.room('team')}`)).status).toBe(401)
    const headers = { authorization: `Bearer ${await world.token('dispatcher')}` }
    expect((await fetch(url, { headers })).status).toBe(400)
    expect((await fetch(`${url}?room=${world.room('team')}&variant=original`, { headers })).status).toBe(400)
    expect((await fetch(`${url}?room=x%00%2f..`, { headers })).status).toBe(404)
  })
})

describe('how a file is sent', () => {
  it('M8: with headers that let a page show it and nothing else', async () => {
    const sha256 = await world.upload('dispatcher', await photo())
    await world.post('dispatcher', ['customer'], [sha256])
    const { headers, bytes } = await world.get('customer', sha256, world.room('customer'))
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-disposition': `inline; filename="${sha256.slice(0, 12)}.jpg"`,
      'cache-control': 'private, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'same-origin',
      etag: `"${sha256Of(bytes)}"`,
    })
    const again = await world.get('customer', sha256, world.room('customer'), {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    })
    expect([again.status, again.bytes.length]).toEqual([304, 0])
    const small = await world.get('customer', sha256, world.room('customer'), { variant: 'thumb' })
    expect(small.bytes.length).toBeLessThanOrEqual(30_720)
  })

  it('M8: in parts, so that a video can be gone through', async () => {
    const video = makeVideo(100_000, ++seed)
    const sha256 = await world.upload('dispatcher', video)
    await world.post('dispatcher', ['team'], [sha256])
    const part = async (range: string, more: Record<string, string> = {}) => {
      const got = await world.get('engineer', sha256, world.room('team'), { headers: { range, ...more } })
      return { status: got.status, range: got.headers.get('content-range'), bytes: got.bytes }
    }
    const whole = { status: 200, range: null, bytes: video }
    expect(await part('bytes=10-19')).toEqual({
      status: 206,
      range: 'bytes 10-19/100000',
      bytes: video.subarray(10, 20),
    })
    expect(await part('bytes=99990-')).toMatchObject({ status: 206, bytes: video.subarray(99_990) })
    expect(await part('bytes=-5')).toMatchObject({ status: 206, range: 'bytes 99995-99999/100000' })
    expect(await part('bytes=100000-')).toMatchObject({ status: 416, range: 'bytes */100000' })
    expect(await part('bytes=0-1,5-6')).toEqual(whole)
    expect(await part('lines=1-2')).toEqual(whole)
    expect(await part('bytes=0-9', { 'if-range': '"another"' })).toEqual(whole)
    const head = await world.get('engineer', sha256, world.room('team'), { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), head.bytes.length]).toEqual([200, '100000', 0])
  })
})

it('a Yjs document of the other chat never holds a word of the file', async () => {
  const sha256 = await world.upload('dispatcher', await photo())
  await world.post('dispatcher', ['team'], [sha256])
  const { document, provider } = openDocument(world.server.url, await world.token('customer'), world.room('customer'))
  await whenSynced(provider)
  expect(Buffer.from(Y.encodeStateAsUpdate(document)).includes(sha256)).toBe(false)
  provider.destroy()
})
