/** Forms and choices under the hands of a user: over the fake data, in the Electron of the tests. */
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScreens, patience, type Screens } from '#tests/support/ui/open-screens.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const page = () => screens.page
const isFocused = (locator: Locator) => locator.evaluate((element) => element === document.activeElement)
const inputsOf = (action: string) => screens.inputsOf(action)

describe('a due date that is typed in part', () => {
  const dialog = () => page().getByRole('dialog')
  const due = () => dialog().getByLabel('Крайний срок')
  const isHalfTyped = () =>
    due().evaluate((input) => input instanceof HTMLInputElement && input.validity.badInput && input.value === '')

  const expectRefused = async (button: string) => {
    await dialog().getByRole('button', { name: button }).click()
    await dialog().getByText('Укажите дату и время полностью').waitFor()
    expect(await isFocused(due())).toBe(true)
    expect(await due().getAttribute('aria-invalid')).toBe('true')
  }

  it('makes no ticket without a due date', async () => {
    await screens.show('tickets')
    await page().keyboard.press('c')
    await dialog().getByRole('textbox', { name: /Тема/ }).fill('Не горит свет')
    await due().focus()
    await page().keyboard.type('31')
    expect(await isHalfTyped()).toBe(true)
    await expectRefused('Создать заявку')
    expect(await inputsOf('createTicket')).toEqual([])

    await due().fill('2027-01-31T17:00')
    await dialog().getByText('Укажите дату и время полностью').waitFor({ state: 'detached' })
    await dialog().getByRole('button', { name: 'Создать заявку' }).click()
    await dialog().waitFor({ state: 'detached' })
    expect(await inputsOf('createTicket')).toMatchObject([
      { fields: { dueAt: new Date('2027-01-31T17:00').toISOString() } },
    ])
  })

  it('does not erase the one that the ticket has, and is not thrown away unasked', async () => {
    await screens.show('fields')
    await page().getByRole('button', { name: 'Изменить' }).first().click()
    expect(await due().inputValue()).not.toBe('')
    await due().focus()
    await page().keyboard.press('Delete')
    expect(await isHalfTyped()).toBe(true)
    await expectRefused('Сохранить')
    expect(await inputsOf('updateTicket')).toEqual([])

    // One that was typed into an empty field is a change too.
    await due().fill('')
    await dialog().getByRole('button', { name: 'Сохранить' }).click()
    await dialog().waitFor({ state: 'detached' })
    expect(await inputsOf('updateTicket')).toEqual([{ ticketId: 't-20418', fields: { dueAt: '' } }])
    await page().getByRole('button', { name: 'Изменить' }).first().click()
    await due().focus()
    await page().keyboard.type('31')
    await page().keyboard.press('Escape')
    await page().getByRole('alertdialog').waitFor()
  })
})

describe('the choice of an assignee', () => {
  const search = () => page().getByRole('combobox', { name: 'Имя или должность' })
  /** The option that Enter would take. */
  const active = () =>
    search().evaluate((input) => {
      const id = input.getAttribute('aria-activedescendant')
      return id === null ? null : (document.getElementById(id)?.textContent ?? null)
    })

  it('opens at the present one: Enter takes nobody’s ticket away', async () => {
    await screens.show('fields')
    const assignee = page().getByRole('button', { name: 'Илья Громов' }).first()
    await assignee.click()
    await expect.poll(active, patience).toContain('Илья Громов')
    await page().keyboard.press('Enter')
    await search().waitFor({ state: 'detached' })
    expect(await inputsOf('assign')).toEqual([])

    await assignee.click()
    await page().keyboard.type('тимур')
    await expect.poll(active, patience).toContain('Тимур Асланов')
    await page().keyboard.press('Enter')
    await expect.poll(() => inputsOf('assign'), patience).toEqual([{ ticketId: 't-20418', assigneeId: 'u-timur' }])
  })
})

describe('signing in', () => {
  it.each([
    ['nobody', 'demo', 'Сервер не отвечает', 'Адрес сервера'],
    ['dispatcher', 'wrong', 'Неверный логин или пароль', 'Пароль'],
    ['busy', 'demo', 'Слишком много попыток. Подождите 21 секунду.', 'Пароль'],
  ])('%s with %s fails with words, and the focus is in the field to look at', async (login, password, text, field) => {
    await screens.show('signed-out')
    await page().getByRole('textbox', { name: 'Логин' }).fill(login)
    await page().getByLabel('Пароль', { exact: true }).fill(password)
    await page().getByRole('button', { name: 'Войти', exact: true }).click()
    await page().getByText(text).waitFor()
    await expect.poll(() => isFocused(page().getByLabel(field, { exact: true })), patience).toBe(true)
    // What was typed is still there.
    expect(await page().getByRole('textbox', { name: 'Логин' }).inputValue()).toBe(login)
  })

  it('the right password opens the messages', async () => {
    await screens.show('signed-out')
    await page().getByLabel('Пароль', { exact: true }).fill('demo')
    await page().keyboard.press('Enter')
    await page().getByRole('listbox', { name: 'Чаты по заявкам' }).waitFor()
    await expect.poll(() => page().title(), patience).toBe('(7) Наряд')
    expect(await page().evaluate(() => document.documentElement.dataset['ready'])).toBe('true')
  })
})

describe('a narrow window', () => {
  it.each(['phone', 'smallest'] as const)('has its own buttons and the search, %s', async (size) => {
    await screens.show('inbox', { size })
    for (const name of ['Свернуть', 'Развернуть или восстановить', 'Закрыть окно'])
      await page().getByRole('button', { name, exact: true }).click({ trial: true })
    await page().getByRole('button', { name: 'Найти заявку' }).click()
    await page().getByRole('dialog').getByRole('combobox').fill('20418')
    await page().keyboard.press('Enter')
    await page().getByRole('article').first().waitFor()
    // An open ticket has the screen for itself, but not the window.
    await page().getByRole('button', { name: 'Закрыть окно' }).click({ trial: true })
  })

  it('is never covered whole: a sheet begins below the bar', async () => {
    await screens.show('tickets', { size: 'phone' })
    await page().keyboard.press('c')
    const bar = await page().locator('.moves-window').boundingBox()
    expect(bar).toMatchObject({ y: 0, width: 390 })
    // It comes gliding; what counts is where it stays.
    await expect.poll(async () => (await page().getByRole('dialog').boundingBox())?.y, patience).toBe(bar?.height)
  })
})

describe('a notification that leads to another ticket', () => {
  const askForAnother = () =>
    page().evaluate(() => dispatchEvent(new CustomEvent('open-path', { detail: '/chats/t-20397/customer' })))
  const question = () => page().getByRole('alertdialog')
  const title = () => page().locator('main h2')

  it.each([
    {
      what: 'a changed ticket',
      begin: async () => {
        await screens.show('fields')
        await page().getByRole('button', { name: 'Изменить' }).first().click()
        await page().getByRole('dialog').getByRole('textbox', { name: /Тема/ }).fill('Новая тема')
      },
      field: () => page().getByRole('dialog').getByRole('textbox', { name: /Тема/ }),
      text: 'Новая тема',
    },
    {
      what: 'the reason of a stage',
      begin: async () => {
        await screens.show('fields')
        await page()
          .getByRole('button', { name: /^Сменить стадию/ })
          .first()
          .click()
        await page().getByRole('menuitemradio', { name: 'Отказ заказчика' }).click()
        await page().getByRole('dialog').getByLabel('Причина').fill('Нет доступа')
      },
      field: () => page().getByRole('dialog').getByRole('textbox'),
      text: 'Нет доступа',
    },
  ])('asks before $what is thrown away', async ({ begin, field, text }) => {
    await begin()
    const before = await title().innerText()
    await askForAnother()
    await question().getByRole('button', { name: 'Вернуться к форме' }).click()
    await question().waitFor({ state: 'detached' })
    expect(await field().inputValue()).toBe(text)
    expect(await title().innerText()).toBe(before)
    await askForAnother()
    await question().getByRole('button', { name: 'Закрыть без сохранения' }).click()
    await expect.poll(() => title().innerText(), patience).not.toBe(before)
    expect(await page().getByRole('dialog').count()).toBe(0)
  })
})
