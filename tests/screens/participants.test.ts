/** Who takes part in a chat, and whom a message reaches: over the fake data, in the Electron of the tests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScreens, patience, type Screens } from '#tests/support/ui/open-screens.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const page = () => screens.page
const press = (key: string) => page().keyboard.press(key)
const article = (text: string) => page().getByRole('article').filter({ hasText: text })
const field = (of: 'команде' | 'заказчику' | 'команде и заказчику') =>
  page().getByRole('textbox', { name: `Сообщение ${of}`, exact: true })
const alsoTo = (whom: 'команде' | 'заказчику') =>
  page().getByRole('checkbox', { name: `Также отправить сообщение ${whom}` })
/** The box itself is drawn by its label. */
const tickAlso = (whom: 'команде' | 'заказчику') => page().getByText(`Также отправить сообщение ${whom}`).click()
const isFocused = (locator: ReturnType<typeof field>) =>
  locator.evaluate((element) => element === document.activeElement)
const inputsOf = (action: string) => screens.inputsOf(action)
const dialog = () => page().getByRole('dialog')
const row = (name: string) => dialog().getByRole('row').filter({ hasText: name })

describe('participants', () => {
  it('by keys alone: search, tick, mark for removal, save', async () => {
    await screens.show('cross-posts')
    const opener = page().getByRole('button', { name: 'Добавить участников' })
    await opener.focus()
    await press('Enter')
    await dialog().getByRole('searchbox').waitFor()
    await page().keyboard.type('асл')
    await press('ArrowDown')
    await press('Space')
    expect(await dialog().getByRole('option', { name: /Тимур/ }).getAttribute('aria-selected')).toBe('true')
    // Adding somebody shows them what was written before: said before it is saved.
    expect(await dialog().innerText()).toContain(
      'Добавленным станет видна вся переписка с заказчиком, с самого начала.',
    )

    await press('ArrowUp')
    await press('Control+a')
    await press('Delete')
    for (let down = 0; down < 4; down++) await press('ArrowDown')
    expect(await isFocused(row('Павел Дорохов'))).toBe(true)
    await press('Delete')
    await row('Павел Дорохов').getByText('Уйдёт из чата после сохранения').waitFor()
    await dialog().getByText('Добавить 1, убрать 1').waitFor()
    expect(await inputsOf('changeParticipants')).toEqual([])

    await press('Control+Enter')
    await dialog().waitFor({ state: 'detached' })
    expect(await inputsOf('changeParticipants')).toEqual([
      { ticketId: 't-20418', chat: 'customer', add: ['u-timur'], remove: ['u-pavel'] },
    ])
    await expect.poll(() => isFocused(opener), patience).toBe(true)
    await page()
      .getByRole('feed')
      .getByText(/добавил.* Тимур/)
      .waitFor()
  })

  it('who is locked says why when the row has the focus, and can not be marked', async () => {
    await screens.show('cross-posts')
    await page().getByRole('button', { name: 'Добавить участников' }).click()
    const reasons = {
      'Илья Громов': 'Исполнителя заявки нельзя убрать: назначьте другого',
      'Ольга Синицына': 'Инициатора заявки нельзя убрать из чата',
    }
    for (const [name, reason] of Object.entries(reasons)) {
      expect(await row(name).getByText(reason, { exact: true }).isVisible()).toBe(false)
      await press('ArrowDown')
      await row(name).getByText(reason, { exact: true }).waitFor()
      expect(await row(name).getByRole('img', { name: reason }).count()).toBe(1)
      await press('Delete')
      expect(await row(name).getByRole('button').count()).toBe(0)
    }
    await dialog().getByText('Пока ничего не изменено').waitFor()
    expect(await dialog().getByRole('button', { name: 'Сохранить' }).isDisabled()).toBe(true)
  })

  it('each chat has its own people and its own warning', async () => {
    await screens.show('team')
    await page().getByRole('button', { name: 'Добавить участников' }).click()
    expect(await row('Ольга').count()).toBe(0)
    await dialog().getByRole('option', { name: /Нина/ }).click()
    await dialog().getByText('Добавленным станет видна вся переписка команды, с самого начала.').waitFor()
    // No customer is ever offered for the chat of the team.
    expect(
      await dialog()
        .getByRole('option', { name: /Антон|Вера|Ольга/ })
        .count(),
    ).toBe(0)
  })

  it('without a connection the change waits, and the member says so', async () => {
    await screens.show('members-pending')
    const people = page().getByRole('listitem')
    await people.filter({ hasText: 'Тимур Асланов' }).getByText('Добавление ещё не на сервере').waitFor()
    await people.filter({ hasText: 'Павел Дорохов' }).getByText('Удаление ещё не на сервере').waitFor()
    const own = people.filter({ hasText: 'Мария Ковалёва' })
    await own.hover()
    await own.getByRole('button', { name: 'Убрать из чата: Мария Ковалёва' }).click()
    await page().getByRole('alertdialog').getByRole('button', { name: 'Убрать' }).click()
    await own.getByText('Удаление ещё не на сервере').waitFor()
  })

  it('who may only add has no trash, and the customer sees no participants', async () => {
    await screens.show('engineer')
    await page().getByRole('button', { name: 'Добавить участников' }).click()
    await row('Павел Дорохов').hover()
    expect(
      await dialog()
        .getByRole('button', { name: /Убрать из чата/ })
        .count(),
    ).toBe(0)
    await screens.show('customer-split')
    await article('Илья будет на объекте').waitFor()
    expect(
      await page()
        .getByRole('button', { name: /Добавить участников|Участники чата/ })
        .count(),
    ).toBe(0)
    // Nor a word of the team's chat.
    expect(await page().locator('body').innerText()).not.toMatch(/команд/i)
  })
})

describe('whom a message reaches', () => {
  it('a cross-post to the customer asks once, names the recipients, and is off again afterwards', async () => {
    await screens.show('team')
    await field('команде').fill('Илья будет к 16:00')
    await tickAlso('заказчику')
    const question = page().getByRole('alertdialog', { name: 'Отправить и заказчику?' })
    await page().getByRole('button', { name: 'Отправить и заказчику' }).click()
    expect(await question.innerText()).toContain('Ольга Синицына, ТЦ «Меридиан»')
    await question.getByRole('button', { name: 'Отмена' }).click()
    await question.waitFor({ state: 'detached' })
    expect(await inputsOf('postMessage')).toEqual([])
    expect(await field('команде и заказчику').inputValue()).toBe('Илья будет к 16:00')

    await field('команде и заказчику').press('Control+Enter')
    await question.getByRole('button', { name: 'Отправить заказчику' }).click()
    await article('Илья будет к 16:00').getByText('Также заказчику').waitFor()
    expect(await inputsOf('postMessage')).toEqual([
      { ticketId: 't-20418', to: ['team', 'customer'], text: 'Илья будет к 16:00', holdMs: 5000 },
    ])
    expect(await alsoTo('заказчику').isChecked()).toBe(false)

    await field('команде').fill('А это только нам')
    await field('команде').press('Control+Enter')
    await article('А это только нам').waitFor()
    expect(await question.count()).toBe(0)
    expect((await inputsOf('postMessage')).at(-1)).toEqual({
      ticketId: 't-20418',
      to: ['team'],
      text: 'А это только нам',
    })
  })

  it('a message to the customer can be taken back for five seconds: its text is in the field again', async () => {
    await screens.show('cross-posts')
    await page().evaluate(() => window.fake.holdFor(60_000))
    const send = async (text: string) => {
      await field('заказчику').fill(text)
      await press('Control+Enter')
      await article(text).waitFor()
      await expect.poll(() => field('заказчику').inputValue(), patience).toBe('')
    }
    await send('Передумаю кнопкой')
    await page().getByRole('button', { name: 'Отменить отправку и вернуть текст в поле' }).click()
    await expect.poll(() => field('заказчику').inputValue(), patience).toBe('Передумаю кнопкой')
    expect(await article('Передумаю кнопкой').count()).toBe(0)
    expect(await isFocused(field('заказчику'))).toBe(true)

    await send('Передумаю клавишами')
    await press('Control+z')
    await expect.poll(() => field('заказчику').inputValue(), patience).toBe('Передумаю клавишами')
    expect(await article('Передумаю клавишами').count()).toBe(0)
    expect(await inputsOf('takeBack')).toHaveLength(2)
  })

  it('what nobody takes back goes out by itself after five seconds', async () => {
    await screens.show('cross-posts')
    await field('заказчику').fill('Едем')
    const untilGone = await page().evaluate(async () => {
      const shown = () => document.querySelector('[role=feed]')?.textContent ?? ''
      const until = async (wanted: () => boolean) => {
        while (!wanted()) await new Promise((resolve) => requestAnimationFrame(resolve))
      }
      document.querySelector<HTMLElement>('form button[type=submit]')?.click()
      const start = performance.now()
      await until(() => shown().includes('Отправится через'))
      await until(() => shown().includes('Отправлено'))
      return performance.now() - start
    })
    expect(untilGone).toBeGreaterThan(4900)
    expect(
      await page()
        .getByRole('button', { name: /Отменить отправку/ })
        .count(),
    ).toBe(0)
  })

  it('the mode changes by the hand of the user only, and no draft goes over into the other chat', async () => {
    await screens.show('team')
    await field('команде').fill('Только для своих')
    await page().evaluate(() =>
      window.fake.change((world) => {
        const chat = world.chats.get('chat.t-20418.customer')
        const first = chat?.items[0]
        if (!chat || first?.kind !== 'message') throw new Error('no chat')
        const now = Date.now()
        chat.items = [...chat.items, { ...first, id: 'new', seq: 90, text: 'Вы где?', at: now, writtenAt: now }]
      }),
    )
    await page()
      .getByRole('tab', { name: /Заказчик.*4/ })
      .waitFor()
    expect(await field('команде').inputValue()).toBe('Только для своих')
    expect(await page().getByRole('tab', { selected: true }).innerText()).toContain('Команда')

    await press('Control+2')
    await expect.poll(() => field('заказчику').inputValue(), patience).toBe('Инженер будет до 16:00')
    await expect.poll(() => isFocused(field('заказчику')), patience).toBe(true)
    await field('заказчику').fill('Для заказчика')
    await press('Control+1')
    await expect.poll(() => field('команде').inputValue(), patience).toBe('Только для своих')
    await press('Control+2')
    await expect.poll(() => field('заказчику').inputValue(), patience).toBe('Для заказчика')
    expect(await inputsOf('postMessage')).toEqual([])
  })

  it('beside each other the chats keep their fields, drafts and keys apart', async () => {
    await screens.show('beside')
    const team = page().getByRole('region', { name: 'Команда' })
    const customer = page().getByRole('region', { name: 'Заказчик' })
    await team.getByRole('textbox').fill('Своим')
    expect(await customer.getByRole('textbox').inputValue()).toBe('Инженер будет до 16:00')
    await press('Control+2')
    await expect.poll(() => isFocused(customer.getByRole('textbox')), patience).toBe(true)
    await press('Control+1')
    await expect.poll(() => isFocused(team.getByRole('textbox')), patience).toBe(true)
    await press('Control+Enter')
    await team.getByRole('article').filter({ hasText: 'Своим' }).waitFor()
    expect(await customer.getByRole('article').filter({ hasText: 'Своим' }).count()).toBe(0)
    expect(await inputsOf('postMessage')).toEqual([{ ticketId: 't-20418', to: ['team'], text: 'Своим' }])
  })

  it('the team’s is never shown as the one that the customer reads, though the setting comes before the list of chats', async () => {
    const feeds = page().getByRole('feed')
    const unsplit = () =>
      page().evaluate(() =>
        window.fake.change((world) => {
          if (!('organisation' in world.session)) throw new Error('nobody is signed in')
          const organisation = { ...world.session.organisation, splitChats: false }
          world.session = { ...world.session, organisation }
        }),
      )
    /** Which texts of each chat can be read now. */
    const shown = () =>
      page().evaluate(() => {
        const text = [...document.querySelectorAll<HTMLElement>('article')].map((each) => each.innerText).join('\n')
        const texts = { customer: 0, team: 0 }
        window.fake.change((world) => {
          for (const chat of ['customer', 'team'] as const)
            for (const item of world.chats.get(`chat.t-20418.${chat}`)?.items ?? [])
              if (item.kind === 'message' && item.text !== '' && text.includes(item.text)) texts[chat]++
        })
        return texts
      })
    await screens.show('beside')
    await expect.poll(async () => (await shown()).team, patience).toBeGreaterThan(0)
    await unsplit()
    await expect.poll(() => feeds.count(), patience).toBe(1)
    expect((await shown()).team).toBe(0)
    await expect.poll(async () => (await shown()).customer, patience).toBeGreaterThan(0)
    await screens.show('team')
    await expect.poll(async () => (await shown()).team, patience).toBeGreaterThan(0)
    await unsplit()
    await page().getByRole('tab', { name: 'Сообщения' }).waitFor()
    await expect.poll(shown, patience).toEqual({ customer: expect.any(Number) as number, team: 0 })
    await expect.poll(async () => (await shown()).customer, patience).toBeGreaterThan(0)
  })
})
