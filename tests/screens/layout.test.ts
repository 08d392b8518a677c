// What lies where in the windows: nothing over what is read or pressed, and nothing cut that says who or how far.
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScreens, type Screens } from '#tests/support/ui/open-screens.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const patience = { timeout: 5000 }
const page = () => screens.page
const article = (text: string) => page().getByRole('article').filter({ hasText: text })
const sizes = ['desktop', 'laptop', 'phone'] as const

type Box = { left: number; top: number; right: number; bottom: number }

async function boxOf(locator: Locator): Promise<Box> {
  return locator.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect()
    return { left, top, right, bottom }
  })
}

const overlap = (one: Box, other: Box) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom

describe.each(sizes)('a conversation (%s)', (size) => {
  it('has room for who looks at it, and no message moves when they come or go', async () => {
    await screens.show('states', { size })
    const presence = page().getByText('Илья пишет…')
    const last = article('Не записано на диск')
    await presence.waitFor()
    const feed = page().getByRole('feed')
    // Before that the rows are not where they will be seen.
    await page().locator('[role=feed][aria-busy=false]').waitFor()
    expect(overlap(await boxOf(presence), await boxOf(feed))).toBe(false)
    const before = await boxOf(last)
    // Part of a pixel may be rounded away.
    expect(before.bottom).toBeLessThan((await boxOf(feed)).bottom + 1)
    await page().evaluate(() =>
      window.fake.change((world) => {
        const chat = world.chats.get('chat.t-20418.customer')
        if (chat) chat.present = []
      }),
    )
    await presence.waitFor({ state: 'detached' })
    expect(Math.abs((await boxOf(last)).bottom - before.bottom)).toBeLessThan(1)
  })

  it('ends where its messages do, with a scroll bar or without', async () => {
    const inset = size === 'phone' ? 12 : 18
    for (const scene of ['chat', 'states']) {
      await screens.show(scene, { size })
      await page().getByRole('article').last().waitFor()
      const feed = page().getByRole('feed')
      const edge = await feed.evaluate((element) => element.parentElement?.getBoundingClientRect().right ?? 0)
      expect(edge - (await boxOf(page().getByRole('article').last())).right).toBeCloseTo(inset, 0)
      expect(await feed.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
    }
  })
})

it('a long job title leaves the name of the author whole on a phone', async () => {
  await screens.show('states', { size: 'phone' })
  await page().evaluate(() =>
    window.fake.change((world) => {
      const chat = world.chats.get('chat.t-20418.customer')
      if (!chat) return
      chat.items = chat.items.map((item) =>
        item.kind === 'message' ? { ...item, authorDetail: 'Ведущий инженер по обслуживанию насосных станций' } : item,
      )
    }),
  )
  const title = article('Исправленное сообщение').getByText('Ведущий инженер')
  await title.waitFor()
  const cut = (locator: Locator) => locator.evaluate((element) => element.scrollWidth > element.clientWidth)
  const name = article('Исправленное сообщение').locator('b').first()
  expect(await name.innerText()).toBe('Илья Громов')
  expect(await cut(name)).toBe(false)
  expect(await cut(title)).toBe(true)
})

describe.each(sizes)('a toast (%s)', (size) => {
  it('covers no control and is written in the typeface of everything', async () => {
    await screens.show('split', { size })
    await article('Ольга, приняли').focus()
    await page().keyboard.press('Enter')
    await page().getByRole('menuitem', { name: 'Копировать' }).press('Enter')
    const toast = page().locator('[data-sonner-toast]')
    await toast.getByText('Скопировано').waitFor()
    const controls = page().locator('header, nav, form, [role=tablist], [role=status]').filter({ visible: true })
    // It comes gliding; what counts is where it stays.
    const covered = async () => {
      const box = await boxOf(toast)
      const boxes = await Promise.all((await controls.all()).map(boxOf))
      return boxes.filter((each) => overlap(box, each))
    }
    await expect.poll(covered, patience).toEqual([])
    const face = (locator: Locator) => locator.evaluate((element) => getComputedStyle(element).fontFamily)
    expect(await face(toast)).toBe(await face(page().locator('body')))
  })
})

it('the whole menu of the account is in view', async () => {
  await screens.show('inbox')
  await page()
    .getByRole('button', { name: /^Мария Ковалёва, / })
    .click()
  const menu = page().getByRole('menu')
  await menu.getByRole('menuitem', { name: 'Выйти' }).waitFor()
  expect(await menu.evaluate((element) => element.scrollHeight - element.clientHeight)).toBe(0)
})

it('the list of tickets shows stage and due date where there is no column for the latter', async () => {
  await screens.show('tickets', { size: 'laptop' })
  const row = page().getByRole('option').filter({ hasText: 'Сработала пожарная' })
  await row.getByText('Принята').waitFor()
  expect(await row.innerText()).toMatch(/через \d+\u00a0мин/)
  for (const language of ['ru', 'en'] as const) {
    await screens.show('tickets', { size: 'laptop', language })
    await page().getByRole('option').first().waitFor()
    const cut = await page().evaluate(
      () => [...document.querySelectorAll('[role=option] .truncate.text-small')].filter((cell) => cell.scrollWidth > cell.clientWidth).length, // prettier-ignore
    )
    expect(cut).toBe(0)
  }
})

it('the details of a ticket dial its telephone number', async () => {
  await screens.show('chat')
  const details = page().getByRole('complementary', { name: 'Сведения о заявке' })
  const link = details.getByRole('link', { name: '+7 812 555-01-42' })
  expect(await link.getAttribute('href')).toBe('tel:+78125550142')
  const [label, button] = await Promise.all([
    boxOf(details.getByText('Исполнитель', { exact: true }).first()),
    boxOf(details.getByRole('button', { name: 'Илья Громов' })),
  ])
  expect((label.top + label.bottom) / 2).toBeCloseTo((button.top + button.bottom) / 2, 0)
})

it('without a connection the screen of the queue offers to connect, other screens the queue', async () => {
  await screens.show('offline')
  await page().getByRole('link', { name: 'Показать очередь' }).click()
  await page().getByRole('button', { name: 'Соединиться сейчас' }).click()
  expect(await page().getByRole('link', { name: 'Показать очередь' }).count()).toBe(0)
  const asked = () => page().evaluate(() => window.fake.calls.some(({ name }) => name === 'reconnectNow'))
  await expect.poll(asked, patience).toBe(true)
})

it('a deleted message has the focus that its menu had', async () => {
  await screens.show('chat')
  await article('Ольга, приняли').focus()
  await page().keyboard.press('Enter')
  await page().getByRole('menuitem', { name: 'Удалить' }).press('Enter')
  await page().getByRole('alertdialog').getByRole('button', { name: 'Удалить' }).press('Enter')
  const deleted = article('Сообщение удалено')
  await deleted.waitFor()
  await expect.poll(() => deleted.evaluate((element) => element === document.activeElement), patience).toBe(true)
})
