/** Two dispatchers and an engineer, each in the real app, one real server: the first whole thing. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { chatRoom } from '#common/domain/ids.ts'
import { readEntries } from '#common/documents/chat-document.ts'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { makeUserDataDir, removeUserData } from '#tests/support/electron/launch-app.ts'
import { startLauncher, type Launcher } from '#tests/support/electron/launcher.ts'
import { openLink, type Link } from '#tests/support/network/link.ts'
import { openDocument, signIn, whenSynced } from '#tests/support/room-client/room-client.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

const patience = { timeout: 20_000, interval: 100 }
const ticketList = z.object({
  tickets: z.array(
    z.object({ id: z.string(), number: z.number(), stage: z.string(), fields: z.object({ title: z.string() }) }),
  ),
})
type ListedTicket = z.infer<typeof ticketList>['tickets'][number]

let server: TestServer
let launcher: Launcher
let token: string
let tickets: ListedTicket[]

async function listTickets(query = ''): Promise<ListedTicket[]> {
  const response = await fetch(`${server.url}/api/tickets?${query}`, { headers: { authorization: `Bearer ${token}` } })
  return ticketList.parse(await response.json()).tickets
}

/** Texts of a chat's messages as the server has them, in its order. */
async function storedTexts(ticketId: string): Promise<string[]> {
  const { document, provider } = openDocument(server.url, token, chatRoom(ticketId, 'customer'))
  await whenSynced(provider)
  provider.destroy()
  return readEntries(document).flatMap((entry) => (entry.type === 'message' ? [entry.text] : []))
}

beforeAll(async () => {
  launcher = await startLauncher()
  server = await startServer({ seed: 'demo' })
  token = await signIn(server.url, 'engineer')
  tickets = (await listTickets()).filter(({ stage }) => stage !== 'closed')
  token = await signIn(server.url, 'dispatcher')
})
afterAll(async () => {
  await server.stop()
  await launcher.stop()
})

describe('a message', () => {
  const desks: Desk[] = []
  afterEach(async () => {
    await Promise.all(desks.splice(0).map((desk) => desk.launched.close()))
  })

  it(
    'reaches the others, raises unread and badge, and its tick tells that it was read',
    { timeout: 120_000 },
    async () => {
      const [ticket] = tickets
      if (!ticket) throw new Error('the engineer has no ticket')
      const launch = (login: string): Promise<Desk> => openDesk({ server: server.url, login, password: 'demo' })
      const [author, colleague, engineer] = await Promise.all([
        launch('dispatcher'),
        launch('dispatcher2'),
        launch('engineer'),
      ])
      desks.push(author, colleague, engineer)
      await Promise.all(desks.map((desk) => desk.page.getByRole('option').first().waitFor()))
      await author.openChat(ticket.id)
      await expect.poll(() => engineer.badge(), patience).toBeGreaterThan(0)
      const unreadBefore = await engineer.badge()

      await author.send('Илья, захватите термопасту и вентилятор')
      await expect.poll(() => engineer.badge(), patience).toBe(unreadBefore + 1)
      await engineer.inboxRow('захватите термопасту').waitFor()
      await colleague.inboxRow('захватите термопасту').waitFor()
      await author.message('захватите термопасту').getByText('Доставлено').waitFor()

      await engineer.inboxRow('захватите термопасту').click()
      await engineer.message('захватите термопасту').waitFor()
      await author.message('захватите термопасту').getByText('Прочитано').waitFor()
      await expect.poll(() => engineer.badge(), patience).toBeLessThan(unreadBefore + 1)

      await author.page.getByText('Илья смотрит этот чат').waitFor()
      await engineer.composer.pressSequentially('Взял, ')
      await author.page.getByText('Илья пишет…').waitFor()
      await engineer.send('Взял, буду через сорок минут')
      await author.message('буду через сорок минут').waitFor()
      expect((await storedTexts(ticket.id)).slice(-2)).toEqual([
        'Илья, захватите термопасту и вентилятор',
        'Взял, буду через сорок минут',
      ])
    },
  )
})

describe('a dispatcher without a network', () => {
  let link: Link
  let userDataDir: string
  afterEach(async () => {
    await link.close()
    await removeUserData(userDataDir)
  })

  it.each([
    ['is killed and comes back', false],
    ['is killed and loses the browser’s database', true],
  ])('%s: everything written arrives once and in order', { timeout: 180_000 }, async (_case, wipe) => {
    link = await openLink(server.url)
    userDataDir = await makeUserDataDir()
    const mark = wipe ? 'после потери базы' : 'после остановки'
    let desk = await openDesk({ userDataDir })
    await desk.signIn(link.url, 'dispatcher2')
    await desk.page.getByRole('option').first().waitFor()
    await expect.poll(() => desk.page.getByText('Загружаем данные').count(), patience).toBe(0)

    await link.cut()
    const chosen = tickets.slice(0, 5)
    const written = new Map<string, string[]>(chosen.map(({ id }) => [id, []]))
    for (let index = 0; index < 20; index++) {
      const ticket = chosen[index % chosen.length]
      if (!ticket) throw new Error('the engineer has too few tickets')
      await desk.openChat(ticket.id)
      const text = `Сообщение ${index + 1} ${mark}`
      await desk.send(text)
      written.get(ticket.id)?.push(text)
      await desk.message(text).getByText('В очереди').waitFor()
    }
    await desk.page.evaluate(() => (location.hash = '#/tickets'))
    await desk.page.getByRole('button', { name: 'Новая заявка' }).click()
    await desk.page.getByRole('textbox', { name: 'Тема' }).fill(`Заявка без связи ${mark}`)
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Создать' }).click()
    await desk.page.getByRole('dialog').waitFor({ state: 'detached' })

    await desk.launched.kill()
    if (wipe) await rm(join(userDataDir, 'IndexedDB'), { recursive: true })
    desk = await openDesk({ userDataDir })
    await desk.showQueue()
    await expect.poll(async () => (await desk.queueTexts()).length, patience).toBe(21)
    const queue = (await desk.queueTexts()).join('\n')
    for (const text of [...written.values()].flat()) expect(queue).toContain(text)
    expect(queue).toContain(`Заявка без связи ${mark}`)
    if (wipe) await desk.page.getByText('Локальная база была повреждена').waitFor()

    await link.heal()
    await expect.poll(async () => (await desk.queueTexts()).length, { timeout: 60_000, interval: 200 }).toBe(0)
    for (const [ticketId, texts] of written)
      expect((await storedTexts(ticketId)).filter((text) => text.includes(mark))).toEqual(texts)
    const [created, ...others] = await listTickets(`q=${encodeURIComponent(`Заявка без связи ${mark}`)}`)
    expect(others).toEqual([])
    expect(created?.number).toBeGreaterThan(0)
    await desk.page.evaluate(() => (location.hash = '#/tickets'))
    await desk.page
      .getByRole('option')
      .filter({ hasText: `Заявка без связи ${mark}` })
      .getByText(`№ ${created?.number}`)
      .waitFor()
    await desk.launched.close()
  })
})
