/** A message is deleted while somebody else looks at it: real apps, a real server that takes the text out of storage. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { startLauncher, type Launcher } from '#tests/support/electron/launcher.ts'
import { placesOf, readDatabases } from '#tests/support/electron/stored-data.ts'
import { nextId, signIn } from '#tests/support/room-client/room-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

const patience = { timeout: 20_000, interval: 100 }
const secret = 'Код домофона 58К3391'

let server: TestServer
let launcher: Launcher
const desks: Desk[] = []

beforeAll(async () => {
  launcher = await startLauncher()
  server = await startServer({ seed: 'demo', limits: { erasureMs: 1_500 } })
})
afterAll(async () => {
  await Promise.all(desks.map((desk) => desk.launched.close()))
  await server.stop()
  await launcher.stop()
})

async function createTicket(): Promise<string> {
  const id = nextId()
  const command = { id, type: 'ticket.create', writtenAt: new Date().toISOString(), fields: { title: 'Не открывается подъезд' } } // prettier-ignore
  const headers = { authorization: `Bearer ${await signIn(server.url)}`, 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}/api/commands`, { method: 'POST', headers, body: JSON.stringify(command) })
  expect(answer.status).toBe(200)
  return id
}

/** The fewest messages that stood in the chat since. */
async function watchMessages({ page }: Desk): Promise<() => Promise<number>> {
  const fewest = await page.evaluateHandle(() => {
    const count = (): number => document.querySelectorAll('[role=feed] article').length
    const seen = { fewest: count() }
    new MutationObserver(() => (seen.fewest = Math.min(seen.fewest, count()))).observe(document.body, {
      childList: true,
      subtree: true,
    })
    return seen
  })
  return () => fewest.evaluate((seen) => seen.fewest)
}

it(
  'the text goes from the screen and then from everything that the others’ apps keep',
  { timeout: 120_000 },
  async () => {
    const ticketId = await createTicket()
    const open = (login: string) => openDesk({ server: server.url, login, password: 'demo' })
    desks.push(...(await Promise.all([open('dispatcher'), open('dispatcher2')])))
    const [author, colleague] = desks
    if (!author || !colleague) throw new Error('no desks')
    for (const desk of desks) await desk.openChat(ticketId)
    for (const text of ['Мастер у подъезда', secret, 'Открыли, спасибо']) await author.send(text)
    await colleague.message('Открыли, спасибо').waitFor()
    expect(placesOf(secret, await readDatabases(colleague.launched))).not.toEqual([])
    const fewest = await watchMessages(colleague)

    await author.message(secret).click({ button: 'right' })
    await author.page.getByRole('menuitem', { name: 'Удалить' }).click()
    await author.page.getByRole('alertdialog').getByRole('button', { name: 'Удалить' }).click()
    await colleague.message('Сообщение удалено').waitFor()
    expect(await colleague.message(secret).count()).toBe(0)
    for (const desk of desks)
      await expect.poll(async () => placesOf(secret, await readDatabases(desk.launched)), patience).toEqual([])
    await author.send('Ещё раз проверим')
    await colleague.message('Ещё раз проверим').waitFor()
    expect(await fewest()).toBe(3)
  },
)
