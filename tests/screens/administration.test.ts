/** The administration under the hands of an administrator: over the fake data, in the Electron of the tests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScreens, patience, type Screens } from '#tests/support/ui/open-screens.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const page = () => screens.page
const press = (key: string) => page().keyboard.press(key)
const button = (name: string) => page().getByRole('button', { name, exact: true })
const dialog = () => page().getByRole('dialog')
const question = () => page().getByRole('alertdialog')
const inputsOf = (action: string) => screens.inputsOf(action)
const setOnline = (online: boolean) =>
  page().evaluate((now) => {
    window.fake.change((world) => {
      world.connection = {
        ...world.connection,
        state: now ? 'online' : 'offline',
        offlineSince: now ? null : Date.now(),
      }
    })
  }, online)
const userRow = (name: string) => page().getByRole('row').filter({ hasText: name })
async function fromMenuOf(name: string, item: string): Promise<void> {
  await button(`Действия: ${name}`).click()
  await page().getByRole('menuitem', { name: item }).click()
}

describe('roles', () => {
  const focusedBox = () => page().evaluate(() => document.activeElement?.getAttribute('aria-label'))
  const bar = () =>
    page()
      .getByRole('status')
      .filter({ hasText: /не сохранен/ })
  const box = (name: string) => page().getByRole('checkbox', { name, exact: true })

  it('the matrix is one tab stop; arrows move in it and Space sets a box', async () => {
    await screens.show('admin-roles')
    await page().getByRole('grid', { name: 'Полномочия ролей' }).waitFor()
    expect(await page().locator('[role=grid] input[tabindex="0"]').count()).toBe(1)
    await page().locator('[role=grid] input[tabindex="0"]').focus()
    expect(await focusedBox()).toBe('Диспетчер: Сообщения, Пункт главного меню «Сообщения»')
    await press('ArrowRight')
    await press('ArrowDown')
    expect(await focusedBox()).toBe('Сервисный специалист: Сообщения, Видеть участников чата')
    await press('Space')
    expect(await focusedBox()).toBe('Сервисный специалист: Сообщения, Видеть участников чата, изменено')
    await bar().getByText('1 изменение не сохранено').waitFor()
    await press('End')
    expect(await focusedBox()).toBe('Старший смены: Сообщения, Видеть участников чата')
    await press('PageDown')
    expect(await focusedBox()).toBe('Старший смены: Администрирование, Журнал изменений')
    await press('ArrowDown')
    await press('ArrowRight')
    expect(await focusedBox()).toBe('Старший смены: Администрирование, Журнал изменений')
    // A box that is as it was is no change.
    await box('Сервисный специалист: Сообщения, Видеть участников чата, изменено').press('Space')
    await bar().waitFor({ state: 'detached' })
  })

  it('the headings stay in sight while the matrix scrolls in its own box', async () => {
    for (const size of ['laptop', 'smallest'] as const) {
      await screens.show('admin-roles', { size })
      const places = await page()
        .getByRole('region', { name: 'Таблица полномочий' })
        .evaluate((region) => {
          const heading = region.querySelector('thead th:nth-child(2)')
          const permission = region.querySelector('tbody tr:last-child th')
          region.scrollTo(60, 300)
          const box = region.getBoundingClientRect()
          return {
            scrolled: region.scrollTop,
            headingBelowTop: (heading?.getBoundingClientRect().top ?? 0) - box.top,
            permissionRightOfEdge: (permission?.getBoundingClientRect().left ?? 0) - box.left,
            page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          }
        })
      expect(places, size).toEqual({ scrolled: 300, headingBelowTop: 0, permissionRightOfEdge: 0, page: 0 })
    }
  })

  it('nothing is saved before its differences were seen', async () => {
    await screens.show('admin-roles')
    await box('Сервисный специалист: Сообщения, Убирать участников').click()
    await box('Заказчик: Заявки, Создавать заявки').click()
    await bar().getByText('2 изменения не сохранены').waitFor()
    await button('Сохранить').click()
    const differences = await page().getByRole('dialog', { name: 'Что изменится' }).innerText()
    expect(differences).toContain('Коснётся 6 человек.')
    expect(differences).toContain('Убирать участников')
    expect(differences).toContain('Создавать заявки')
    expect(await inputsOf('updateRole')).toEqual([])
    await dialog().getByRole('button', { name: 'Сохранить' }).click()
    await bar().waitFor({ state: 'detached' })
    const saved = (await inputsOf('updateRole')) as { roleId: string; permissions: string[] }[]
    expect(saved.map(({ roleId }) => roleId)).toEqual(['engineer', 'customer'])
    expect(saved[0]?.permissions).toContain('messages.participants.remove')
    expect(saved[1]?.permissions).not.toContain('tickets.create')
  })

  it('leaving with unsaved changes asks, and staying keeps them', async () => {
    await screens.show('admin-roles')
    const changed = 'Заказчик: Заявки, Создавать заявки, изменено'
    await box('Заказчик: Заявки, Создавать заявки').click()
    await page().getByRole('link', { name: 'Пользователи' }).click()
    expect(await question().innerText()).toContain('1 изменение в ролях пропадёт.')
    await question().getByRole('button', { name: 'Остаться' }).click()
    await question().waitFor({ state: 'detached' })
    expect(await box(changed).isChecked()).toBe(false)
    await page().getByRole('link', { name: 'Заявки', exact: true }).click()
    await question().getByRole('button', { name: 'Уйти без сохранения' }).click()
    await page().getByRole('searchbox').waitFor()
    expect(await inputsOf('updateRole')).toEqual([])
  })

  it('nobody can take the last administrator’s rights away', async () => {
    await screens.show('admin-roles')
    await box('Администратор: Администрирование, Роли').click()
    await button('Показать').click()
    await dialog().getByText('Вы сами лишитесь: Роли.').waitFor()
    await dialog()
      .getByText(/Не останется никого/)
      .waitFor()
    expect(await dialog().getByRole('button', { name: 'Сохранить' }).isDisabled()).toBe(true)
  })
})

describe('users', () => {
  it('a new one is refused with words, then is in the list', async () => {
    await screens.show('admin-users')
    await button('Новый пользователь').click()
    await button('Создать').click()
    await dialog().getByText('Заполните это поле').first().waitFor()
    await page().keyboard.type('Виктор Лапин')
    await dialog().getByRole('textbox', { name: /Логин/ }).fill('GROMOV')
    await press('Enter')
    await dialog().getByText('Такой логин уже есть').waitFor()
    await dialog().getByRole('textbox', { name: /Логин/ }).fill('lapin')
    await dialog().getByRole('textbox', { name: 'Участки' }).fill('Север, Юг, Север')
    await press('Enter')
    await dialog().waitFor({ state: 'detached' })
    expect(await userRow('Виктор Лапин').innerText()).toContain('Север, Юг')
    expect(await inputsOf('createUser')).toEqual([
      {
        login: 'lapin',
        name: 'Виктор Лапин',
        kind: 'employee',
        roleId: 'dispatcher',
        position: '',
        districts: ['Север', 'Юг'],
      },
    ])
  })

  it('a link for signing in is shown once, to be copied; the focus comes back to the row’s menu', async () => {
    await screens.show('admin-users')
    await fromMenuOf('Илья Громов', 'Приглашение, сброс пароля…')
    await button('Создать ссылку').click()
    const link = await dialog().getByRole('textbox', { name: 'Одноразовая ссылка' }).inputValue()
    expect(link).toContain('#invitation=')
    await button('Копировать').click()
    await dialog().getByText('Скопировано').waitFor()
    expect(await inputsOf('writeClipboard')).toEqual([link])
    await press('Escape')
    await dialog().waitFor({ state: 'detached' })
    const menu = button('Действия: Илья Громов')
    await expect.poll(() => menu.evaluate((element) => element === document.activeElement), patience).toBe(true)
    await fromMenuOf('Илья Громов', 'Приглашение, сброс пароля…')
    await button('Создать ссылку').waitFor()
    expect(await dialog().getByRole('textbox').count()).toBe(0)
  })

  it('switching off asks, and the sessions can be ended', async () => {
    await screens.show('admin-users')
    await fromMenuOf('Илья Громов', 'Отключить')
    await question().getByRole('button', { name: 'Отключить' }).click()
    await userRow('Илья Громов').getByText('Отключён').waitFor()
    expect(await inputsOf('updateUser')).toEqual([{ userId: 'u-ilya', active: false }])
    await fromMenuOf('Илья Громов', 'Сеансы…')
    await dialog().getByText('Ноутбук, Linux').waitFor()
    await button('Завершить все').click()
    await question().getByRole('button', { name: 'Завершить все' }).click()
    await dialog().getByText('Нет ни одного входа').waitFor()
    expect(await inputsOf('revokeSessions')).toEqual([{ userId: 'u-ilya' }])
  })

  it('the only administrator is told why they stay', async () => {
    await screens.show('admin-users')
    await button('Действия: Мария Ковалёва').click()
    await page()
      .getByRole('menu')
      .getByText(/Это единственный администратор/)
      .waitFor()
    expect(await page().getByRole('menuitem', { name: 'Отключить' }).count()).toBe(0)
  })

  it('filters by words, role and state, and says when nobody fits', async () => {
    await screens.show('admin-users')
    const count = (text: string) => page().getByRole('status').filter({ hasText: text }).waitFor()
    await count('8 человек')
    await page().getByRole('combobox', { name: 'Состояние' }).selectOption('disabled')
    await count('1 человек')
    await page().getByRole('searchbox').fill('меридиан')
    await page().getByText('Под поиск и фильтры никто не подходит.').waitFor()
    await button('Сбросить фильтры').click()
    await count('8 человек')
  })
})

describe('without a connection', () => {
  it('what can wait waits and can be taken back; what only the server knows says so', async () => {
    await screens.show('admin-users')
    await setOnline(false)
    await fromMenuOf('Илья Громов', 'Отключить')
    await question().getByRole('button', { name: 'Отключить' }).click()
    await userRow('Илья Громов').getByText('Ещё не на сервере').waitFor()
    await userRow('Илья Громов').getByRole('button', { name: 'Отменить' }).click()
    await userRow('Илья Громов').getByText('Ещё не на сервере').waitFor({ state: 'detached' })

    await fromMenuOf('Вера Климова', 'Приглашение, сброс пароля…')
    await button('Создать ссылку').click()
    await dialog().getByRole('alert').getByText('Это есть только на сервере').waitFor()
    await press('Escape')
    await page().getByRole('link', { name: 'Ключи API' }).click()
    await page().getByText('Сервер не отвечает').waitFor()
    expect(await button('Новый ключ').isDisabled()).toBe(true)
    await setOnline(true)
    await page().getByRole('rowheader', { name: '1С: Предприятие' }).waitFor()
    expect(await button('Новый ключ').isDisabled()).toBe(false)
  })

  it('a refusal is told in words', async () => {
    await screens.show('admin-users-pending')
    await userRow('Илья Громов').getByText('Сервер отклонил: Такой логин уже есть').waitFor()
    await userRow('Илья Громов').getByRole('button', { name: 'Убрать' }).click()
    await userRow('Илья Громов').getByText('Сервер отклонил').waitFor({ state: 'detached' })
    expect(await inputsOf('discardRefused')).toEqual([{ id: 'p-2' }])
  })
})

describe('organisation and keys', () => {
  it('splitting the messages tells what follows and asks', async () => {
    await screens.show('admin-organisation')
    const split = page().getByRole('switch', { name: /Разделять сообщения/ })
    await split.click()
    await question().getByRole('button', { name: 'Отмена' }).click()
    expect(await split.getAttribute('aria-checked')).toBe('false')
    expect(await inputsOf('updateOrganisation')).toEqual([])
    await split.click()
    await question().getByRole('button', { name: 'Разделить' }).click()
    await expect.poll(() => split.getAttribute('aria-checked'), patience).toBe('true')
    expect(await inputsOf('updateOrganisation')).toEqual([{ splitChats: true }])
  })

  it('a key is shown once and revoking it asks', async () => {
    await screens.show('admin-keys')
    await button('Новый ключ').click()
    await button('Создать ключ').click()
    await dialog().getByText('Назовите ключ').waitFor()
    await dialog()
      .getByRole('textbox', { name: /Название/ })
      .fill('Склад')
    await button('Создать ключ').click()
    const key = await dialog().getByRole('textbox', { name: 'Ключ API' }).inputValue()
    await button('Копировать').click()
    await dialog().getByText('Скопировано').waitFor()
    expect(await inputsOf('writeClipboard')).toEqual([key])
    await dialog().getByRole('button', { name: 'Закрыть' }).last().click()
    expect(await page().locator('body').innerText()).not.toContain(key)
    await button('Отозвать ключ: Склад').click()
    await question().getByRole('button', { name: 'Отозвать' }).click()
    await page().getByRole('rowheader', { name: 'Склад' }).waitFor({ state: 'detached' })
  })
})

describe('audit', () => {
  const lines = () => page().locator('tbody tr').count()

  it('comes by pages, is filtered by who, what and when, and the file has what the filter lets through', async () => {
    await screens.show('admin-audit')
    await expect.poll(lines, patience).toBe(25)
    await button('Показать ещё').click()
    await expect.poll(lines, patience).toBe(50)
    await page().getByRole('combobox', { name: 'О чём' }).selectOption('role')
    await expect.poll(lines, patience).toBe(10)
    expect(await page().locator('tbody tr').filter({ hasNotText: 'Изменена роль' }).count()).toBe(0)
    await button('Выгрузить CSV').click()
    await expect.poll(() => inputsOf('saveText'), patience).toHaveLength(1)
    expect(await inputsOf('exportAudit')).toEqual([{ subject: 'role' }])
    // Excel reads it as UTF-8 only with this mark.
    expect(await inputsOf('saveText')).toEqual([{ name: 'Журнал изменений.csv', text: '\uFEFFid,at\r\n' }])

    await page().getByLabel('С', { exact: true }).fill('2999-01-01')
    await page().getByText('За этот период и по этим условиям записей нет').waitFor()
    await button('Сбросить фильтры').click()
    await expect.poll(lines, patience).toBe(25)
  })

  it('a day that is typed in part is told, not dropped: neither list nor file shows every day for it', async () => {
    await screens.show('admin-audit')
    const from = page().getByLabel('С', { exact: true })
    await expect.poll(lines, patience).toBe(25)
    await from.focus()
    await page().keyboard.type('31')
    expect(await from.evaluate((input) => input instanceof HTMLInputElement && input.validity.badInput)).toBe(true)
    await page().getByRole('combobox', { name: 'О чём' }).focus()
    await page().getByText('Укажите дату полностью').waitFor()
    expect(await from.getAttribute('aria-invalid')).toBe('true')
    expect(await lines()).toBe(0)
    expect(await button('Выгрузить CSV').isDisabled()).toBe(true)
    expect(await from.evaluate((input) => input instanceof HTMLInputElement && input.validity.badInput)).toBe(true)

    await from.fill('2020-01-31')
    await expect.poll(lines, patience).toBe(25)
    await from.focus()
    await page().keyboard.press('Delete')
    await page().getByText('Укажите дату полностью').waitFor()
    await from.fill('')
    await from.blur()
    await expect.poll(lines, patience).toBe(25)
  })
})

describe('an invitation', () => {
  const link = 'https://naryad.example.ru/#invitation=abc'
  const fill = async (address: string, password: string, repeated: string) => {
    await page().getByRole('textbox', { name: 'Ссылка-приглашение' }).fill(address)
    await page().getByLabel('Новый пароль', { exact: true }).fill(password)
    await page().getByLabel('Пароль ещё раз', { exact: true }).fill(repeated)
    await button('Задать пароль и войти').click()
  }

  it('is refused with words, and signs its owner in', async () => {
    await screens.show('signed-out')
    await button('У меня есть приглашение').click()
    await fill('https://naryad.example.ru', 'коротко', 'другое')
    await page()
      .getByText(/Это не ссылка-приглашение/)
      .waitFor()
    await page().getByText('Нужно не меньше 8 знаков').waitFor()
    await page().getByText('Пароли не совпадают').waitFor()
    await page().evaluate((used) => window.fake.world.admin.used.push(used), link)
    await fill(link, 'достаточно длинно', 'достаточно длинно')
    await page()
      .getByText(/Ссылка не действует/)
      .waitFor()
    await fill(`${link}2`, 'достаточно длинно', 'достаточно длинно')
    await page().getByRole('listbox', { name: 'Чаты по заявкам' }).waitFor()
  })
})
