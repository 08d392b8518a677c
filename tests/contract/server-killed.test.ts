import { describe, expect, it } from 'vitest'
import type * as Y from 'yjs'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom } from '#common/domain/ids.ts'
import { messageTo, nextId, openDocument, Outbox, signIn, whenSynced } from '#tests/support/room-client/room-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'
import { makeTemporaryFolder } from '#tests/support/server/temporary-folder.ts'

const kills = 8
const writers = 3

/** Ids of the messages of a chat, in its order. */
const messageIds = (chat: Y.Doc): string[] =>
  readEntries(chat).flatMap((entry) => (entry.type === 'message' ? [entry.id] : []))

describe('a server that is killed again and again', () => {
  it(
    'P2, P3, P4: keeps every message with the sent tick, none twice, in one order for all',
    { timeout: 180_000 },
    async () => {
      const folder = await makeTemporaryFolder()
      const start = (port: number): Promise<TestServer> =>
        startServer({
          dataDir: folder.path,
          seed: 'demo',
          port,
          limits: { commandsPerSecond: 100_000, commandBurst: 100_000, messagesPerMinute: 1_000_000 },
        })
      let server = await start(0)
      const { url, port } = server
      const token = await signIn(url)
      const outboxes = Array.from({ length: writers }, () => new Outbox(url, token))
      try {
        const ticketId = nextId()
        outboxes[0]?.push([{ type: 'ticket.create', id: ticketId, fields: { title: 'Насос не держит давление' } }])
        await outboxes[0]?.struckOff()
        const room = chatRoom(ticketId, 'customer')
        const watching = openDocument(url, token, room)
        await whenSynced(watching.provider)

        const written: string[][] = outboxes.map(() => [])
        const write = (): void =>
          outboxes.forEach((outbox, index) =>
            written[index]?.push(...outbox.push([messageTo(ticketId, `Сообщение ${nextId()}`)])),
          )
        let seen: string[] = []
        for (let kill = 0; kill < kills; kill++) {
          const writing = setInterval(write, 5)
          const enough = messageIds(watching.document).length + 20 + 15 * kill
          await expect
            .poll(() => messageIds(watching.document).length, { timeout: 30_000, interval: 10 })
            .toBeGreaterThanOrEqual(enough)
          await server.kill()
          clearInterval(writing)
          // What was shown before the kill had been stored before the kill.
          seen = messageIds(watching.document)
          server = await start(port)
          await expect
            .poll(() => messageIds(watching.document).length, { timeout: 30_000 })
            .toBeGreaterThanOrEqual(seen.length)
          expect(messageIds(watching.document).slice(0, seen.length)).toEqual(seen)
        }
        await Promise.all(outboxes.map((outbox) => outbox.struckOff()))
        for (const outbox of outboxes) expect([...outbox.refused]).toEqual([])

        const fresh = openDocument(url, token, room)
        await whenSynced(fresh.provider)
        const stored = messageIds(fresh.document)
        expect([...stored].sort()).toEqual(written.flat().sort())
        written.forEach((ids) => expect(stored.filter((id) => ids.includes(id))).toEqual(ids))
        await expect.poll(() => messageIds(watching.document)).toEqual(stored)
        for (const { provider } of [watching, fresh]) provider.destroy()
      } finally {
        for (const outbox of outboxes) outbox.close()
        await server.kill()
        await folder.remove()
      }
    },
  )
})
