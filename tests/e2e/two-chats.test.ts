/** Messages split into a chat with the team and one with the customer: an administrator, a dispatcher and a customer, each in the real app. */
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from '#common/domain/message.ts'
import { switchSplit } from '#tests/support/electron/administration.ts'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { Staff } from '#tests/support/server/staff.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

const patience = { timeout: 30_000, interval: 100 }
const undoMs = 5_000
const title = 'Не держит давление насос ГВС'

let server: TestServer
let staff: Staff
let ticketId: string
let admin: Desk
let dispatcher: Desk
let customer: Desk
let entriesBefore: Entry[]

beforeAll(async () => {
  server = await startServer({ seed: 'demo' })
  staff = await Staff.signIn(server.url, 'dispatcher')
  ticketId = (await staff.ticket(title)).id
  entriesBefore = (await staff.chat(ticketId, 'customer')).entries
  const launch = (login: string): Promise<Desk> => openDesk({ server: server.url, login, password: 'demo' })
  ;[admin, dispatcher, customer] = await Promise.all([launch('admin'), launch('dispatcher'), launch('customer')])
  await Promise.all([admin, dispatcher, customer].map(({ page }) => page.getByRole('option').first().waitFor(patience)))
})
afterAll(async () => {
  await Promise.all([admin, dispatcher, customer].map((desk) => desk.launched.close()))
  await server.stop()
})

/** Of the customer's window: nothing in it speaks of a team. */
async function expectCustomerSeesOneChat(): Promise<void> {
  expect(await customer.tabNames()).toEqual(['Заявка', 'Сообщения', 'История изменений'])
  expect(await customer.page.getByText(/команд/i).count()).toBe(0)
  expect(await customer.page.getByRole('checkbox').count()).toBe(0)
}

async function widthOf(element: Locator): Promise<{ left: number; right: number }> {
  const box = await element.boundingBox()
  if (!box) throw new Error('it is out of sight')
  return { left: box.x, right: box.x + box.width }
}

/** The chats of one ticket, from one chat to two and back: each test goes on where the one before it ended. */
describe('chats of a ticket', () => {
  it('become two at once when an administrator says so; the customer goes on seeing one', async () => {
    await Promise.all([dispatcher.openChat(ticketId), customer.openChat(ticketId)])
    expect(await dispatcher.tabNames()).toEqual(['Заявка', 'Сообщения', 'История изменений'])
    await switchSplit(admin, 'on')
    await expect
      .poll(() => dispatcher.tabNames(), patience)
      .toEqual(['Заявка', 'Команда', 'Заказчик', 'История изменений'])
    await customer.page.getByRole('feed', { name: /^Сообщения заявки/ }).waitFor(patience)
    await expectCustomerSeesOneChat()
  })

  it('keep a draft each, one behind the other or beside each other', async () => {
    await dispatcher.tab('Заказчик').click()
    await dispatcher.field('customer').fill('Черновик для заказчика')
    await dispatcher.tab('Команда').click()
    await dispatcher.field('team').waitFor(patience)
    expect(await dispatcher.field('team').inputValue()).toBe('')
    await dispatcher.field('team').fill('Черновик для своих')
    await dispatcher.tab('Заказчик').click()
    await expect.poll(() => dispatcher.field('customer').inputValue(), patience).toBe('Черновик для заказчика')

    const bounds = { x: 0, y: 0, width: 1_560, height: 900 }
    const widen = () =>
      dispatcher.launched.app.evaluate(
        ({ BrowserWindow }, given) => BrowserWindow.getAllWindows()[0]?.setBounds(given),
        bounds,
      )
    const beside = dispatcher.page.getByTitle('Оба чата рядом')
    // The screen answers in its own time.
    await expect.poll(() => widen().then(() => beside.isVisible()), patience).toBe(true)
    await beside.click()
    const [team, toCustomer] = await Promise.all(
      ['Команда', 'Заказчик'].map((name) => widthOf(dispatcher.page.getByRole('region', { name, exact: true }))),
    )
    expect(team?.right).toBeLessThanOrEqual((toCustomer?.left ?? 0) + 1)
    expect(await dispatcher.field('team').inputValue()).toBe('Черновик для своих')
    expect(await dispatcher.field('customer').inputValue()).toBe('Черновик для заказчика')
  })

  it('take what is written for the team to the team alone', async () => {
    await dispatcher.field('team').fill('Клиент нервный, говорите спокойно')
    await dispatcher.field('team').press('Control+Enter')
    await dispatcher.feed('team').getByText('Клиент нервный, говорите спокойно').waitFor(patience)
    await expect
      .poll(async () => (await staff.chat(ticketId, 'team')).texts, patience)
      .toEqual(['Клиент нервный, говорите спокойно'])
    expect(await dispatcher.field('customer').inputValue()).toBe('Черновик для заказчика')
    expect((await staff.chat(ticketId, 'customer')).entries).toEqual(entriesBefore)
  })

  it('hold a message to the customer for five seconds, in which it comes back into the field', async () => {
    const field = dispatcher.field('customer')
    const text = 'Ольга, насос запустим до 16:00'
    await field.fill(text)
    await field.press('Control+Enter')
    await dispatcher.feed('customer').getByText('Отправится через').waitFor(patience)
    await dispatcher.page.getByRole('button', { name: 'Отменить отправку и вернуть текст в поле' }).click()
    await expect.poll(() => field.inputValue(), patience).toBe(text)
    await expect.poll(() => dispatcher.feed('customer').getByText(text).count(), patience).toBe(0)

    await field.press('Control+Enter')
    await customer.message(text).waitFor(patience)
    const { entries, texts } = await staff.chat(ticketId, 'customer')
    expect(texts.filter((each) => each === text)).toEqual([text])
    const sent = entries.at(-1)
    if (sent?.type !== 'message') throw new Error('the message is not the last one')
    expect(sent.at - Date.parse(sent.writtenAt)).toBeGreaterThanOrEqual(undoMs)
  })

  it('both get a cross-post, after one question; the customer is not told of the other chat', async () => {
    const text = 'Илья на объекте, пуск через полчаса'
    await dispatcher.field('team').fill(text)
    await dispatcher.page.getByText('Также отправить сообщение заказчику').click()
    const both = dispatcher.page.getByRole('textbox', { name: 'Сообщение команде и заказчику' })
    await both.press('Control+Enter')
    const question = dispatcher.page.getByRole('alertdialog', { name: 'Отправить и заказчику?' })
    await question.getByText('Ольга Синицына').waitFor()
    await question.getByRole('button', { name: 'Отправить заказчику' }).click()
    await question.waitFor({ state: 'detached' })
    await customer.message(text).waitFor(patience)
    expect(await question.count()).toBe(0)
    const ofChat = (chat: 'team' | 'customer') => dispatcher.feed(chat).getByRole('article').filter({ hasText: text })
    await ofChat('team').getByText('Также заказчику').waitFor(patience)
    await ofChat('customer').getByText('Также в чат команды').waitFor(patience)
    await expectCustomerSeesOneChat()
    const [team, toCustomer] = await Promise.all([staff.chat(ticketId, 'team'), staff.chat(ticketId, 'customer')])
    const [one, other] = [team, toCustomer].map(({ entries }) => entries.at(-1))
    expect(one).toMatchObject({ text, crossPost: { with: `chat.${ticketId}.customer` } })
    expect(other).toMatchObject({ text, crossPost: { with: `chat.${ticketId}.team` } })
  })

  it('keep the customer out of the team’s chat, of people and of the administration', async () => {
    await customer.goTo(`/chats/${ticketId}/team`)
    await customer.composer.waitFor(patience)
    await expectCustomerSeesOneChat()
    await customer.message('Илья на объекте').waitFor(patience)
    expect(await customer.page.getByText('Клиент нервный').count()).toBe(0)
    expect(await customer.page.getByRole('button', { name: 'Добавить участников' }).count()).toBe(0)
    const sections = customer.page.getByRole('navigation', { name: 'Разделы' }).getByRole('link')
    expect((await sections.allInnerTexts()).map((text) => text.split('\n')[0])).toEqual(['Сообщения', 'Заявки'])
    await customer.tab('Заявка').click()
    expect(await customer.page.getByRole('button', { name: /Назначить|Илья Громов/ }).count()).toBe(0)
    await customer.goTo('/admin/users')
    await customer.page.getByText('Раздел недоступен').waitFor(patience)
    await customer.openChat(ticketId)
  })

  it('show the dispatcher in the customer’s chat what the customer writes', async () => {
    await customer.send('Спасибо, ждём у щита')
    await dispatcher.feed('customer').getByText('Спасибо, ждём у щита').waitFor(patience)
    expect(await dispatcher.feed('team').getByText('Спасибо, ждём у щита').count()).toBe(0)
  })

  it('become one again: the team’s is hidden, and nothing has moved', async () => {
    const [team, before] = await Promise.all([staff.chat(ticketId, 'team'), staff.chat(ticketId, 'customer')])
    await switchSplit(admin, 'off')
    await expect.poll(() => dispatcher.tabNames(), patience).toEqual(['Заявка', 'Сообщения', 'История изменений'])
    await dispatcher.page.getByRole('feed', { name: /^Сообщения заявки/ }).waitFor(patience)
    expect(await dispatcher.page.getByRole('feed').count()).toBe(1)
    expect(await dispatcher.page.getByText('Клиент нервный').count()).toBe(0)
    expect((await staff.chat(ticketId, 'customer')).entries).toEqual(before.entries)
    await switchSplit(admin, 'on')
    await dispatcher.feed('team').getByText('Клиент нервный').waitFor(patience)
    expect((await staff.chat(ticketId, 'team')).entries).toEqual(team.entries)
    expect((await staff.chat(ticketId, 'customer')).entries).toEqual(before.entries)
    await expectCustomerSeesOneChat()
  })
})
