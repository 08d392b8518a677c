/** Participants of a chat: a dispatcher adds and removes people with the mouse and with the keyboard; an engineer gets the chat and loses it. */
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { MembersDialog, opacityOf } from '#tests/support/electron/members-dialog.ts'
import { placesOf, readDatabases } from '#tests/support/electron/stored-data.ts'
import { Staff } from '#tests/support/server/staff.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

const patience = { timeout: 30_000, interval: 100 }
const title = 'Не держит давление насос ГВС'
const firstWords = 'После утреннего запуска давление ГВС снова падает'
const added = ['Тимур Ахметов', 'Антон Белый']

let server: TestServer
let dispatcher: Desk
let engineer: Desk
let dialog: MembersDialog
let staff: Staff
let ticketId: string

beforeAll(async () => {
  server = await startServer({ seed: 'demo' })
  staff = await Staff.signIn(server.url, 'dispatcher')
  ticketId = (await staff.ticket(title)).id
  const launch = (login: string): Promise<Desk> => openDesk({ server: server.url, login, password: 'demo' })
  ;[dispatcher, engineer] = await Promise.all([launch('dispatcher'), launch('engineer2')])
  await Promise.all([dispatcher, engineer].map((desk) => desk.page.getByRole('option').first().waitFor(patience)))
  dialog = new MembersDialog(dispatcher)
})
afterAll(async () => {
  await Promise.all([dispatcher, engineer].map((desk) => desk.launched.close()))
  await server.stop()
})

beforeEach(() => staff.ask({ type: 'participants.remove', ticketId, chat: 'customer', userId: 'engineer2' }))

/** Texts long enough to stand in no other chat. */
async function longTexts(): Promise<string[]> {
  return (await staff.chat(ticketId, 'customer')).texts.filter((text) => text.length > 30)
}

/** Those of the texts that the engineer's databases hold. */
async function keptBy(desk: Desk, texts: readonly string[]): Promise<string[]> {
  const stored = await readDatabases(desk.launched)
  return texts.filter((text) => placesOf(text, stored).length > 0)
}

async function engineerGetsAllOfTheChat(): Promise<void> {
  await engineer.inboxRow(title).click(patience)
  await engineer.composer.waitFor(patience)
  const { page } = engineer
  await page.getByRole('feed').hover()
  const comesInSight = async (line: Locator, wheel: number): Promise<boolean> => {
    await page.mouse.wheel(0, wheel)
    return line.isVisible()
  }
  await expect.poll(() => comesInSight(engineer.message(firstWords), -20_000), patience).toBe(true)
  const arrival = page.getByText('Мария Ковалёва добавила в чат: Тимур Ахметов').first()
  await expect.poll(() => comesInSight(arrival, 20_000), patience).toBe(true)
  const texts = await longTexts()
  expect(texts.length).toBeGreaterThan(10)
  await expect.poll(() => keptBy(engineer, texts), patience).toEqual(texts)
}

async function engineerHasNothingOfTheChat(): Promise<void> {
  await engineer.page.getByText('Заявка недоступна').waitFor(patience)
  await engineer.page.getByText('Вы больше не видите заявку').first().waitFor(patience)
  expect(await engineer.composer.count()).toBe(0)
  await expect.poll(() => engineer.inboxRow(title).count(), patience).toBe(0)
  await expect.poll(async () => keptBy(engineer, [...(await longTexts()), title]), patience).toEqual([])
}

const members = async () => (await staff.chat(ticketId, 'customer')).members

describe('a dispatcher changes the participants of a chat', () => {
  it('with the mouse', { timeout: 120_000 }, async () => {
    await dispatcher.openChat(ticketId)
    const [button, pane] = await Promise.all(
      [dialog.button, dispatcher.page.getByRole('region', { name: /^Заявка \d+/ })].map((each) => each.boundingBox()),
    )
    if (!button || !pane) throw new Error('the button or the ticket is out of sight')
    expect(button.x).toBeGreaterThan(pane.x + pane.width / 2)
    expect(button.y).toBeLessThan(pane.y + 60)

    await dialog.open()
    await dialog.tick(added)
    await dialog.changes('Добавить 2').waitFor()
    await dialog.dialog.getByText('Добавленным станет видна вся переписка').waitFor()
    await dialog.save()
    await expect.poll(members, patience).toEqual(expect.arrayContaining(['engineer2', 'engineer4']))
    await engineerGetsAllOfTheChat()

    await dialog.open()
    for (const [name, reason] of [
      ['Илья Громов', 'Исполнителя заявки нельзя убрать: назначьте другого'],
      ['Ольга Синицына', 'Инициатора заявки нельзя убрать из чата'],
    ] as const) {
      await dialog.member(name).hover()
      await dialog.member(name).getByRole('img', { name: reason }).waitFor()
      await dialog.member(name).getByText(reason).filter({ visible: true }).waitFor()
      expect(await dialog.trash(name).count()).toBe(0)
    }
    await dialog.search.hover()
    await expect.poll(() => opacityOf(dialog.trash('Тимур Ахметов')), patience).toBe(0)
    await dialog.member('Тимур Ахметов').hover()
    await expect.poll(() => opacityOf(dialog.trash('Тимур Ахметов')), patience).toBe(1)
    await dialog.trash('Тимур Ахметов').click()
    await dialog.member('Тимур Ахметов').getByText('Уйдёт из чата после сохранения').waitFor()
    await dialog.changes('Убрать 1').waitFor()
    await dialog.save()
    await engineerHasNothingOfTheChat()
    expect(await members()).not.toContain('engineer2')
    expect(await members()).toEqual(expect.arrayContaining(['engineer', 'customer', 'engineer4']))
  })

  it('with the keyboard alone', { timeout: 120_000 }, async () => {
    const { keyboard } = dispatcher.page
    await dispatcher.goTo('/chats')
    await keyboard.press('Control+K')
    await keyboard.type(title)
    await dispatcher.page.getByRole('listbox', { name: 'Список заявок' }).getByText(title).waitFor(patience)
    await keyboard.press('Enter')
    await dispatcher.composer.waitFor(patience)
    await tabTo('Добавить участников')
    await keyboard.press('Enter')
    await dialog.dialog.waitFor()

    await keyboard.type('Громов')
    await keyboard.press('ArrowDown')
    await dialog.member('Илья Громов').getByText('Исполнителя заявки нельзя убрать').filter({ visible: true }).waitFor()
    await keyboard.press('Delete')
    await dialog.changes('Пока ничего не изменено').waitFor()

    await typeAnew('Ахметов')
    await keyboard.press('ArrowDown')
    await keyboard.press('Space')
    await dialog.changes('Добавить 1').waitFor()
    await typeAnew('Дорохов')
    await keyboard.press('ArrowDown')
    await keyboard.press('Space')
    await dialog.changes('Добавить 2').waitFor()
    await keyboard.press('Control+Enter')
    await dialog.dialog.waitFor({ state: 'detached' })
    await expect.poll(members, patience).toEqual(expect.arrayContaining(['engineer2', 'engineer3']))
    await engineerGetsAllOfTheChat()

    await tabTo('Добавить участников')
    await keyboard.press('Enter')
    await keyboard.type('Ахметов')
    await keyboard.press('ArrowDown')
    await expect.poll(() => opacityOf(dialog.trash('Тимур Ахметов')), patience).toBe(1)
    await keyboard.press('Delete')
    await dialog.changes('Убрать 1').waitFor()
    await keyboard.press('Control+Enter')
    await dialog.dialog.waitFor({ state: 'detached' })
    await engineerHasNothingOfTheChat()
    expect(await members()).not.toContain('engineer2')
  })
})

/** From a row of the list back to the field, and something else to look for. */
async function typeAnew(text: string): Promise<void> {
  const { keyboard } = dispatcher.page
  await keyboard.press('ArrowUp')
  await keyboard.press('Control+A')
  await keyboard.type(text)
}

/** Presses Tab until the focus is on the control of this name, as one does who has no mouse. */
async function tabTo(name: string): Promise<void> {
  const { page } = dispatcher
  const nameOfFocused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  for (let presses = 0; presses < 60; presses++) {
    if ((await nameOfFocused()) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to «${name}»`)
}
