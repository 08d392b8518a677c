import type { Page } from 'playwright-core'

type Layer = { scene: string; open(page: Page, size: 'desktop' | 'phone'): Promise<void> }

/** By its name in either language. */
const button = (page: Page, name: RegExp) => page.getByRole('button', { name }).first()
const submit = (page: Page) => page.getByRole('dialog').locator('button[type=submit]')
const fromMenuOfIlya = async (page: Page, item: RegExp) => {
  await button(page, /^(Действия|Actions): Илья/).click()
  await page.getByRole('menuitem', { name: item }).click()
}
const toggleAlso = (page: Page) => page.locator('form label:has(input[type=checkbox])').click()

async function openMembers(page: Page, size: 'desktop' | 'phone'): Promise<void> {
  if (size === 'desktop') await button(page, /^Добавить участников$/).click()
  else {
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: /participants/ }).click()
  }
  await page.getByRole('dialog').getByRole('searchbox').waitFor()
}

/** What opens above the screens when something is pressed. */
export const layers: Record<string, Layer> = {
  'participants of the customer chat, two ticked': {
    scene: 'cross-posts',
    async open(page, size) {
      await openMembers(page, size)
      const options = page.getByRole('dialog').getByRole('option')
      await options.first().click()
      await options.last().click()
      await page.getByRole('dialog').getByRole('row').first().focus()
    },
  },
  'participants, nobody found': {
    scene: 'team',
    async open(page, size) {
      await openMembers(page, size)
      await page.getByRole('dialog').getByRole('searchbox').fill('zzz')
    },
  },
  'the question before a cross-post': {
    scene: 'team',
    async open(page) {
      await page.getByRole('textbox').last().fill('16:00')
      await toggleAlso(page)
      await page.locator('form button[type=submit]').click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  'what saving the roles changes': {
    scene: 'admin-roles',
    async open(page) {
      await page.getByRole('checkbox').nth(3).click()
      await page.getByRole('checkbox').nth(8).click()
      await button(page, /^(Показать|Show)$/).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  'unsaved roles': {
    scene: 'admin-roles',
    async open(page) {
      await page.getByRole('checkbox').nth(1).click()
      await page.getByText(/не сохранено|not saved/).waitFor()
    },
  },
  'a new user with errors': {
    scene: 'admin-users',
    async open(page) {
      await button(page, /^(Новый пользователь|New user)$/).click()
      await submit(page).click()
    },
  },
  'the menu of a user': {
    scene: 'admin-users',
    async open(page) {
      await button(page, /^(Действия|Actions): Илья/).click()
      await page.getByRole('menu').waitFor()
    },
  },
  'a link for signing in': {
    scene: 'admin-users',
    async open(page) {
      await fromMenuOfIlya(page, /риглашение|nvit/)
      await page.getByRole('dialog').getByRole('button').last().click()
      await page.getByRole('dialog').getByRole('textbox').waitFor()
    },
  },
  'sessions of a user': {
    scene: 'admin-users',
    async open(page) {
      await fromMenuOfIlya(page, /Сеансы|Sessions/)
      await page.getByRole('dialog').getByRole('list').waitFor()
    },
  },
  'switching a user off': {
    scene: 'admin-users',
    async open(page) {
      await fromMenuOfIlya(page, /Отключить|Disable/)
      await page.getByRole('alertdialog').waitFor()
    },
  },
  'a new key, shown once': {
    scene: 'admin-keys',
    async open(page) {
      await button(page, /^(Новый ключ|New key)$/).click()
      await page.getByRole('dialog').getByRole('textbox').fill('1C')
      await submit(page).click()
      await page.getByRole('dialog').locator('input[readonly]').waitFor()
    },
  },
  'an invitation with errors': {
    scene: 'signed-out',
    async open(page) {
      await button(page, /приглашение|invitation/).click()
      await page.locator('form button[type=submit]').click()
    },
  },
}
