import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom, type ChatKind, type TicketId } from '#common/domain/ids.ts'
import { nextId, openDocument, whenSynced } from '#tests/support/room-client/room-client.ts'
import { call, signInAs } from '#tests/support/server/api-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '#tests/support/server/temporary-folder.ts'

/** C1, C4: a server that dies (SIGKILL, by its own hand) at each step by which a message for two chats is stored and answered. */
const mortal = fileURLToPath(new URL('../support/server/mortal-storage.cjs', import.meta.url))
const chats: readonly ChatKind[] = ['customer', 'team']
const fiveMinutes = 300_000

let folder: TemporaryFolder
let server: TestServer
let token = ''

const killFile = (): string => join(folder.path, 'kill-at')
const start = async (): Promise<void> => {
  server = await startServer({
    dataDir: join(folder.path, 'data'),
    env: { NODE_OPTIONS: `--require=${mortal}`, NARYAD_KILL_AT: killFile() },
  })
}

beforeAll(async () => {
  folder = await makeTemporaryFolder()
  await start()
  const password = (await readFile(join(folder.path, 'data', 'admin-password.txt'), 'utf8')).trim()
  token = (await signInAs(server.url, 'admin', password)).accessToken
}, fiveMinutes)

afterAll(async () => {
  await server.kill()
  await folder.remove()
})

const post = (command: object) => call(server.url, 'POST', '/api/commands', { token, body: command })

async function accepted(body: object): Promise<string> {
  const command = { id: nextId(), writtenAt: new Date().toISOString(), ...body }
  const { status, body: answer } = await post(command)
  expect(answer).toEqual({ ok: true, id: command.id })
  expect(status).toBe(200)
  return command.id
}

/** How many copies of a message each chat has. */
function copies(ticketId: TicketId, messageId: string): Promise<number[]> {
  return Promise.all(
    chats.map(async (chat) => {
      const { document, provider } = openDocument(server.url, token, chatRoom(ticketId, chat))
      await whenSynced(provider)
      provider.destroy()
      return readEntries(document).filter(({ id }) => id === messageId).length
    }),
  )
}

/** What comes after COMMIT has the message in the log; the process died before it did the last of the steps. */
const isCommitted = (steps: readonly string[]): boolean => steps.slice(0, -1).includes('COMMIT')

it(
  'both copies are there or none, and the same command again leaves one of each',
  { timeout: fiveMinutes },
  async () => {
    await accepted({ type: 'organisation.update', splitChats: true })
    const ticketId = await accepted({ type: 'ticket.create', fields: { title: 'Насос не держит давление' } })
    const seen: string[] = []
    for (let step = 1; ; step++) {
      await rm(`${killFile()}.steps`, { force: true })
      await writeFile(killFile(), String(step))
      const command = { id: nextId(), writtenAt: new Date().toISOString(), type: 'message.post', ticketId, to: chats, text: `Шаг ${step}`, attachments: [] } // prettier-ignore
      const answer = await post(command).catch(() => 'killed')
      const steps = (await readFile(`${killFile()}.steps`, 'utf8')).trim().split('\n')
      await rm(killFile())
      if (answer !== 'killed') {
        // It went through alive: there was no such step any more.
        expect(steps.length).toBeLessThan(step)
        expect(await copies(ticketId, command.id)).toEqual([1, 1])
        break
      }
      const last = steps.at(-1) ?? ''
      seen.push(last)
      await server.kill()
      await start()
      const expected = isCommitted(steps) ? [1, 1] : [0, 0]
      expect([last, ...(await copies(ticketId, command.id))]).toEqual([last, ...expected])
      for (let times = 0; times < 2; times++) expect((await post(command)).body).toEqual({ ok: true, id: command.id })
      expect([last, ...(await copies(ticketId, command.id))]).toEqual([last, 1, 1])
    }
    process.stdout.write(`killed at ${seen.length} steps: ${seen.join(' · ')}\n`)
    // Both chats, the ends of the transaction and the way of the answer were among them.
    expect(seen.filter((name) => name === 'UPDATE rooms SET').length).toBeGreaterThanOrEqual(2)
    const steps = ['worker is asked', 'BEGIN IMMEDIATE', 'INSERT INTO log', 'INSERT INTO outcomes', 'COMMIT', 'worker answers', 'server hears the worker', 'answer'] // prettier-ignore
    expect(seen).toEqual(expect.arrayContaining(steps))
  },
)
