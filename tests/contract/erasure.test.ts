import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Y from 'yjs'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom } from '#common/domain/ids.ts'
import { messageTo, nextId, openDocument, Outbox, signIn, whenSynced } from '#tests/support/room-client/room-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '#tests/support/server/temporary-folder.ts'

/** What a real server leaves of a deleted message: in its files, and for a client of another maker. */
let folder: TemporaryFolder
let server: TestServer
beforeAll(async () => {
  folder = await makeTemporaryFolder()
})
afterAll(async () => {
  await server.stop()
  await folder.remove()
})

const secret = 'Пароль от щитовой: РЯБИНА-17'

async function isKept(): Promise<boolean> {
  const names = await readdir(folder.path, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file)))).some((bytes) => bytes.includes(secret))
}

const textsOf = (document: Y.Doc): string[] =>
  readEntries(document).flatMap((entry) => (entry.type === 'message' ? [entry.text] : []))

describe('N6: a deleted text', () => {
  it('is in no file of the server any more, though it was killed in between, and in nobody’s document', async () => {
    const start = (erasureMs: number, port = 0): Promise<TestServer> =>
      startServer({ dataDir: folder.path, seed: 'demo', port, limits: { erasureMs } })
    server = await start(3_600_000)
    const { url, port } = server
    const token = await signIn(url)
    const outbox = new Outbox(url, token)
    const ticketId = nextId()
    outbox.push([{ type: 'ticket.create', id: ticketId, fields: { title: 'Нет света в щитовой' } }])
    const [target = ''] = outbox.push([messageTo(ticketId, secret)])
    outbox.push([messageTo(ticketId, 'Мастер в пути')])
    await outbox.struckOff()
    const room = chatRoom(ticketId, 'customer')
    const watching = openDocument(url, token, room)
    await whenSynced(watching.provider)
    expect(textsOf(watching.document)).toEqual([secret, 'Мастер в пути'])
    outbox.push([{ type: 'message.delete', ticketId, chat: 'customer', target }])
    await outbox.struckOff()
    expect(await isKept()).toBe(true)

    await server.kill()
    server = await start(100, port)
    await expect.poll(isKept, { timeout: 20_000 }).toBe(false)
    const newcomer = openDocument(url, token, room)
    await whenSynced(newcomer.provider)
    expect(textsOf(newcomer.document)).toEqual(['', 'Мастер в пути'])
    await expect.poll(() => textsOf(watching.document), { timeout: 20_000 }).toEqual(['', 'Мастер в пути'])
    outbox.push([messageTo(ticketId, 'Свет есть')])
    for (const { document } of [watching, newcomer])
      await expect.poll(() => textsOf(document)).toEqual(['', 'Мастер в пути', 'Свет есть'])
    expect([...outbox.refused]).toEqual([])
    for (const { provider } of [watching, newcomer]) provider.destroy()
    outbox.close()
  })
})
