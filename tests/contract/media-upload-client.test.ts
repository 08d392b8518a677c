import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chatRoom } from '#common/domain/ids.ts'
import { ProcessClient } from '#tests/support/client/process-client.ts'
import { sha256Of } from '#tests/support/client/memory-folder.ts'
import { openLink, type Link } from '#tests/support/network/link.ts'
import { call, signInAs } from '#tests/support/server/api-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

let server: TestServer
let link: Link
let client: ProcessClient
beforeAll(async () => {
  server = await startServer({ seed: 'demo' })
}, 120_000)
afterAll(() => server.stop())
beforeEach(async () => {
  // As slow as a good mobile link: on an endless one everything is in the buffers of the machine at once, and lost with them.
  link = await openLink(server.url, { bytesPerSecond: 4_000_000 })
  client = new ProcessClient('0123456789abcdef')
  await client.start()
  await client.signIn(link.url, 'dispatcher')
})
afterEach(async () => {
  await client.core.stop()
  await link.close()
})

const soon = { timeout: 30_000, interval: 20 }

/** A film of so many bytes that nobody can play, and that any server takes for one. */
function film(bytes: number): File {
  const content = new Uint8Array(bytes)
  for (let index = 0; index < bytes; index++) content[index] = (index * 31 + (index >> 8)) & 0xff
  content.set([0, 0, 0, 20, ...new TextEncoder().encode('ftypisom'), 0, 0, 2, 0, ...new TextEncoder().encode('isom')])
  return new File([content], 'видео.mp4')
}

async function photo(index: number): Promise<File> {
  const create = { width: 64 + index, height: 48, channels: 3 as const, background: { r: index * 20, g: 90, b: 60 } }
  // What the folder's double prepares is the file without its last byte: one more than a whole photo.
  const bytes = Buffer.concat([await sharp({ create }).jpeg().toBuffer(), Buffer.of(0)])
  return new File([Uint8Array.from(bytes)], `фото ${index}.jpg`)
}

async function createTicket(): Promise<string> {
  const created = await client.core.act.createTicket({ fields: { title: 'Насос не держит давление' } })
  if (!created.ok) throw new Error(JSON.stringify(created.reason))
  await expect.poll(() => client.core.outbox.get().length, soon).toBe(0)
  return created.value.id
}

async function postFiles(ticketId: string, files: File[]): Promise<void> {
  const room = chatRoom(ticketId, 'customer')
  await client.core.act.attachFiles({ room, files })
  const drafted = () => client.core.drafts.get().get(room)?.files ?? []
  await expect.poll(() => drafted().filter(({ sent }) => sent !== null).length, soon).toBe(files.length)
  const ids = drafted().map(({ id }) => id)
  const posted = await client.core.act.postMessage({ ticketId, to: ['customer'], text: 'с файлами', files: ids })
  if (!posted.ok) throw new Error(JSON.stringify(posted.reason))
}

async function attachmentsOf(ticketId: string) {
  const room = chatRoom(ticketId, 'customer')
  const message = await client.core.stores.get()?.projection.newestMessage(room)
  return message?.attachments ?? []
}

describe('files of a message on their way to a real server', () => {
  it(
    'ten photos written offline arrive as one message, in their order, and are read by another',
    { timeout: 60_000 },
    async () => {
      const ticketId = await createTicket()
      await link.cut()
      await postFiles(ticketId, await Promise.all(Array.from({ length: 10 }, (_, index) => photo(index))))
      await client.core.stop()
      await client.start()
      await link.heal()
      client.core.wake()
      await expect.poll(() => client.core.outbox.get().length, soon).toBe(0)
      const attachments = await attachmentsOf(ticketId)
      expect(attachments.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, index) => `фото ${index}.jpg`))
      expect(attachments.map(({ width }) => width)).toEqual(Array.from({ length: 10 }, (_, index) => 64 + index))

      const other = new ProcessClient('fedcba9876543210')
      await other.start()
      await other.signIn(server.url, 'admin')
      try {
        const [first] = attachments
        const watched = other.core.media.watch({
          room: chatRoom(ticketId, 'customer'),
          sha256: first!.sha256,
          variant: 'full',
        })
        await expect.poll(() => watched.value.get().state, soon).toBe('ready')
        watched.dispose()
        const received = other.folder.cached.get(`${first!.sha256}.full`)
        expect(received?.length).toBe(first!.size)
        expect((await sharp(received).metadata()).width).toBe(64)
      } finally {
        await other.core.stop()
      }
      // The sender has what was sent, and does not fetch it.
      expect(client.folder.cached.has(`${attachments[0]!.sha256}.full`)).toBe(true)
      expect([...client.folder.local.keys()]).toEqual([])
    },
  )

  it(
    '20 MB over a link that breaks again and again, the app started anew once, cost less than a fifth more',
    { timeout: 120_000 },
    async () => {
      const bytes = 20 * 1024 * 1024
      const file = film(bytes)
      const ticketId = await createTicket()
      await link.cut()
      await postFiles(ticketId, [file])
      await link.heal()
      const before = link.passed()
      let breaks = 0
      let next = before + bytes / 8
      const breaking = setInterval(() => {
        if (link.passed() < next) return
        next = link.passed() + bytes / 8
        breaks++
        link.reset()
      }, 1)
      try {
        client.core.wake()
        await expect.poll(() => breaks, soon).toBeGreaterThanOrEqual(3)
        await client.core.stop()
        await client.start()
        await expect.poll(() => client.core.outbox.get().length, { ...soon, timeout: 90_000 }).toBe(0)
      } finally {
        clearInterval(breaking)
      }
      const passed = link.passed() - before
      expect(breaks).toBeGreaterThanOrEqual(5)
      expect(passed).toBeLessThanOrEqual(bytes * 1.2)
      const [attachment] = await attachmentsOf(ticketId)
      expect(attachment).toMatchObject({ size: bytes, sha256: sha256Of(new Uint8Array(await file.arrayBuffer())) })
      const { accessToken } = await signInAs(server.url, 'admin')
      const room = chatRoom(ticketId, 'customer')
      const head = await call(server.url, 'HEAD', `/media/${attachment!.sha256}?room=${room}`, { token: accessToken })
      expect(head.headers.get('content-length')).toBe(String(bytes))
    },
  )
})
