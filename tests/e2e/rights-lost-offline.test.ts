/** A dispatcher without a network does a whole evening's work, is killed, and comes back with fewer rights: each action is taken or visibly refused. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { baseRoles } from '#common/domain/role.ts'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { makeUserDataDir, removeUserData } from '#tests/support/electron/launch-app.ts'
import { MembersDialog } from '#tests/support/electron/members-dialog.ts'
import { openLink, type Link } from '#tests/support/network/link.ts'
import { Staff } from '#tests/support/server/staff.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

const patience = { timeout: 60_000, interval: 200 }
const title = 'Не держит давление насос ГВС'
const added = 'Антон Белый, Тимур Ахметов'
const toTeam = 'Павел, забирай насос на складе'
const toCustomer = 'Ольга, к вам едет Павел Дорохов'
const toBoth = 'Павел будет в 19:30, въезд со двора'
const noRight = 'Отклонено сервером: У вас нет на это прав'

let server: TestServer
let link: Link
let admin: Staff
let ticketId: string
let userDataDir: string
let desk: Desk

beforeAll(async () => {
  server = await startServer({ seed: 'demo' })
  link = await openLink(server.url)
  admin = await Staff.signIn(server.url, 'admin')
  await admin.split(true)
  ticketId = (await admin.ticket(title)).id
  userDataDir = await makeUserDataDir()
})
afterAll(async () => {
  await desk.launched.close()
  await removeUserData(userDataDir)
  await link.close()
  await server.stop()
})

/** What a role of dispatchers may do from now on. */
async function takeAway(...taken: string[]): Promise<void> {
  const dispatchers = baseRoles.find(({ id }) => id === 'dispatcher')
  const permissions = dispatchers?.permissions.filter((permission) => !taken.includes(permission))
  await admin.command({ type: 'role.update', roleId: 'dispatcher', permissions })
}

async function write(chat: 'team' | 'customer', text: string): Promise<void> {
  await desk.openChat(ticketId, chat)
  await desk.field(chat).fill(text)
  await desk.field(chat).press('Control+Enter')
  await desk.feed(chat).getByText(text).waitFor(patience)
}

async function workWithoutNetwork(): Promise<void> {
  await desk.openChat(ticketId, 'customer')
  const members = new MembersDialog(desk)
  await members.open()
  await members.tick(added.split(', '))
  await members.save()
  await write('team', toTeam)
  await write('customer', toCustomer)

  await desk.openChat(ticketId, 'team')
  await desk.field('team').fill(toBoth)
  await desk.page.getByText('Также отправить сообщение заказчику').click()
  await desk.page.getByRole('textbox', { name: 'Сообщение команде и заказчику' }).press('Control+Enter')
  await desk.page.getByRole('alertdialog').getByRole('button', { name: 'Отправить заказчику' }).click()
  await desk.feed('team').getByText(toBoth).waitFor(patience)

  await desk.tab('Заявка').click()
  const fields = desk.page.getByRole('tabpanel', { name: 'Заявка' })
  await fields.getByRole('button', { name: 'Илья Громов' }).click()
  await desk.page.getByRole('dialog', { name: 'Исполнитель' }).getByText('Павел Дорохов').click()
  await fields.getByRole('button', { name: 'Павел Дорохов' }).waitFor(patience)
}

/** All five actions are there, and none twice. */
async function expectQueued(): Promise<void> {
  await desk.showQueue()
  await expect.poll(() => desk.queueEntries().count(), patience).toBe(5)
  for (const text of [`Добавление в чат`, toTeam, toCustomer, toBoth, 'Павел Дорохов'])
    await desk.queueEntries(text).first().waitFor()
  await desk.queueEntries('Добавление в чат').getByText(added).waitFor()
  await desk.queueEntries('Назначение исполнителя').getByText('Павел Дорохов').waitFor()
}

async function expectCopied(text: string): Promise<void> {
  await desk.queueEntries(text).getByRole('button', { name: 'Копировать' }).click()
  await expect.poll(() => desk.launched.app.evaluate(({ clipboard }) => clipboard.readText()), patience).toBe(text)
}

it('loses nothing: what may still be done is done, the rest is refused with its text at hand', async () => {
  desk = await openDesk({ userDataDir })
  await desk.signIn(link.url, 'dispatcher')
  await desk.page.getByRole('option').first().waitFor(patience)
  await expect.poll(() => desk.page.getByText('Загружаем данные').count(), patience).toBe(0)
  await link.cut()
  await workWithoutNetwork()
  await expectQueued()

  await desk.launched.kill()
  desk = await openDesk({ userDataDir })
  await expectQueued()
  await takeAway('messages.participants.add', 'messages.customer.write')
  const before = await admin.chat(ticketId, 'customer')
  await link.heal()

  // Three are refused, and two are taken.
  await expect.poll(() => desk.queueEntries(noRight).count(), patience).toBe(3)
  await expect.poll(() => desk.queueEntries().count(), patience).toBe(3)
  await expect.poll(async () => (await admin.chat(ticketId, 'team')).texts, patience).toEqual([toTeam])
  expect((await admin.ticket(title)).assigneeId).toBe('engineer3')
  const after = await admin.chat(ticketId, 'customer')
  expect(after.texts).toEqual(before.texts)
  expect(after.members).not.toContain('engineer2')
  expect(after.members).not.toContain('engineer4')
  for (const text of [toCustomer, toBoth, added]) await expectCopied(text)

  // Refused things are as durable as others, and go when the right is given back.
  await desk.launched.kill()
  desk = await openDesk({ userDataDir })
  await desk.showQueue()
  await expect.poll(() => desk.queueEntries(noRight).count(), patience).toBe(3)
  await takeAway()
  for (const entry of ['Добавление в чат', toCustomer, toBoth])
    await desk.queueEntries(entry).getByRole('button', { name: 'Повторить' }).click()
  await expect.poll(() => desk.queueEntries().count(), patience).toBe(0)
  const [team, customer] = await Promise.all([admin.chat(ticketId, 'team'), admin.chat(ticketId, 'customer')])
  expect(team.texts).toEqual([toTeam, toBoth])
  expect(customer.texts.slice(before.texts.length)).toEqual([toCustomer, toBoth])
  expect(customer.members).toEqual(expect.arrayContaining(['engineer2', 'engineer3', 'engineer4']))
}, 180_000)
