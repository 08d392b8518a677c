/** How the screens behave under the hands of a user: over the fake data, in the Electron of the tests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillChat } from '#tests/support/ui/fill-chat.ts'
import { openScreens, patience, type Screens } from '#tests/support/ui/open-screens.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const page = () => screens.page
const composer = () => page().getByRole('textbox', { name: 'Сообщение', exact: true })
const article = (text: string) => page().getByRole('article').filter({ hasText: text })
const option = (text: string) => page().getByRole('option').filter({ hasText: text })
/** Highest seq that was marked read in each chat. */
const readMarks = () => screens.inputsOf('markRead')

/** How far the message nearest to the middle of the view moves in the next frames; px. */
const drift = (frames: number) =>
  page().evaluate(async (count) => {
    const feed = document.querySelector('[role=feed]')
    if (!feed) throw new Error('no conversation')
    const middle = feed.getBoundingClientRect().top + feed.clientHeight / 2
    // The middle itself may be a day's heading.
    const distance = (each: HTMLElement) => {
      const { top, bottom } = each.getBoundingClientRect()
      return Math.abs((top + bottom) / 2 - middle)
    }
    const nearest = () =>
      [...feed.querySelectorAll<HTMLElement>('article')].sort((one, other) => distance(one) - distance(other))[0]
    while (!nearest()) await new Promise((resolve) => requestAnimationFrame(resolve))
    const key = nearest()?.dataset['key'] ?? ''
    const top = () => feed.querySelector(`[data-key="${key}"]`)?.getBoundingClientRect().top ?? Number.NaN
    const start = top()
    let moved = 0
    for (let frame = 0; frame < count; frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      moved = Math.max(moved, Math.abs(top() - start))
    }
    return moved
  }, frames)

describe('reading', () => {
  it('opens at the first unread message and marks as read only what was in view for a second', async () => {
    await screens.show('inbox')
    await fillChat(page(), 'chat.t-20397.customer', 20)
    await option('Замена фильтров').click()
    await page().getByRole('feed').getByText('20 новых', { exact: true }).waitFor()
    expect(await article('Сообщение 381.').isVisible()).toBe(true)
    expect(await readMarks()).toEqual([])
    await expect.poll(readMarks, patience).not.toEqual([])
    const marks = (await readMarks()) as { seq: number }[]
    for (const { seq } of marks) {
      expect(seq).toBeGreaterThan(380)
      expect(seq).toBeLessThan(400)
    }
    await page()
      .getByRole('button', { name: /К последним сообщениям, \d+ новых/ })
      .click()
    await expect.poll(async () => ((await readMarks()) as { seq: number }[]).at(-1)?.seq, patience).toBe(400)
    // The divider keeps its place although all is read now.
    await page()
      .getByRole('button', { name: /К последним/ })
      .waitFor({ state: 'detached' })
  })

  it('nothing is read under a dialog', async () => {
    await screens.show('inbox')
    await page().keyboard.press('Control+k')
    await page().getByRole('combobox').fill('20418')
    await page().getByRole('combobox').press('Enter')
    await page().keyboard.press('Control+k')
    await page().getByRole('dialog').waitFor()
    // Longer than reading takes: the clock of the page is what the rule is about.
    await page().evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)))
    expect(await readMarks()).toEqual([])
    await page().keyboard.press('Escape')
    await expect.poll(readMarks, patience).not.toEqual([])
  })
})

describe('scrolling', () => {
  it('older messages come in without moving what is read', async () => {
    await screens.show('inbox')
    await fillChat(page(), 'chat.t-20397.customer', 0)
    await option('Замена фильтров').click()
    await article('Сообщение 400.').waitFor()
    const count = () => page().evaluate(() => document.querySelector('[role=feed]')?.scrollHeight ?? 0)
    for (let round = 0; round < 3; round++) {
      const before = await count()
      // To a place not seen before, where rows must be measured first; from there across the line where older ones come in.
      await page().evaluate(() => document.querySelector('[role=feed]')?.scrollTo({ top: 1000 }))
      await expect.poll(() => drift(10), patience).toBe(0)
      await page().evaluate(() => document.querySelector('[role=feed]')?.scrollTo({ top: 700 }))
      expect(await drift(40)).toBeLessThanOrEqual(1)
      await expect.poll(count, patience).toBeGreaterThan(before)
    }
  })

  it('a new message keeps the end in view, but not the middle', async () => {
    await screens.show('chat')
    const arrive = (text: string) =>
      page().evaluate(
        (words) =>
          window.fake.change((world) => {
            const chat = world.chats.get('chat.t-20418.customer')
            const first = chat?.items[0]
            if (!chat || first?.kind !== 'message') throw new Error('no chat')
            const seq = chat.items.reduce((last, item) => Math.max(last, item.seq ?? 0), 0) + 1
            const now = Date.now()
            chat.items = [...chat.items, { ...first, id: words, seq, text: words, at: now, writtenAt: now }]
          }),
        text,
      )
    await page().keyboard.press('End')
    await arrive('Первое пришедшее')
    await article('Первое пришедшее').waitFor()
    await expect.poll(() => article('Первое пришедшее').isVisible(), patience).toBe(true)
    await fillChat(page(), 'chat.t-20418.customer', 0)
    await article('Сообщение 400.').waitFor()
    const scrolledUp = () =>
      page().evaluate(() => {
        const feed = document.querySelector('[role=feed]')
        feed?.scrollTo({ top: 1500 })
        return feed ? feed.scrollHeight - feed.scrollTop : 0
      })
    await expect.poll(scrolledUp, patience).toBeGreaterThan(2000)
    await expect.poll(() => drift(10), patience).toBe(0)
    const moved = drift(30)
    await arrive('Второе пришедшее')
    expect(await moved).toBeLessThanOrEqual(2)
    await page()
      .getByRole('button', { name: /К последним сообщениям, 1 новое/ })
      .click()
    await expect.poll(() => article('Второе пришедшее').isVisible(), patience).toBe(true)
  })
})

describe('writing', () => {
  it('the whole way by keys alone, in the Russian layout', async () => {
    await screens.show('inbox')
    await option('Не держит давление').waitFor()
    const press = (code: string, key: string) =>
      page().evaluate(
        ([pressed, character]) => {
          const event = { code: pressed, key: character, bubbles: true, cancelable: true }
          ;(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', event))
        },
        [code, key] as const,
      )
    await press('KeyJ', 'о')
    await page().keyboard.press('Enter')
    await composer().waitFor()
    await press('KeyR', 'к')
    await expect.poll(() => composer().evaluate((field) => field === document.activeElement), patience).toBe(true)
    await page().keyboard.press('Control+a')
    await page().keyboard.type('Первая строка')
    await page().keyboard.press('Enter')
    await page().keyboard.type('вторая строка')
    await page().keyboard.press('Control+Enter')
    await article('вторая строка').waitFor()
    expect(await article('вторая строка').innerText()).toContain('Первая строка\nвторая строка')
    expect(await composer().inputValue()).toBe('')

    await page().keyboard.press('ArrowUp')
    expect(await composer().inputValue()).toBe('Первая строка\nвторая строка')
    await page().keyboard.press('Control+a')
    await page().keyboard.type('Исправлено')
    await page().keyboard.press('Control+Enter')
    await article('Исправлено').getByText('изменено').waitFor()

    await press('Slash', '.')
    expect(await page().getByRole('dialog').count()).toBe(0)
    await page().keyboard.press('Escape')
    await page().keyboard.press('F1')
    await page().getByRole('dialog', { name: 'Сочетания клавиш' }).waitFor()
    await page().keyboard.press('Escape')
    await page().getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('a draft is written down within a second and is there when one comes back', async () => {
    await screens.show('inbox')
    await option('Лифт').click()
    await composer().fill('Недописанное')
    const saved = () => page().evaluate(() => window.fake.world.chats.get('chat.t-20389.customer')?.draft)
    await expect.poll(saved, { timeout: 1000, interval: 50 }).toBe('Недописанное')
    await option('Протечка').click()
    await expect.poll(() => composer().inputValue(), patience).toBe('')
    expect(await option('Лифт').innerText()).toContain('Черновик: Недописанное')
    await option('Лифт').click()
    await expect.poll(() => composer().inputValue(), patience).toBe('Недописанное')
  })

  it('what could not be written to the disk stays in the field, and says so', async () => {
    await screens.show('inbox')
    await option('Лифт').click()
    await composer().fill('Важное')
    await page().evaluate(() => window.fake.failWrites(true))
    await composer().press('Control+Enter')
    await page().getByRole('alert').filter({ hasText: 'на диске нет места' }).waitFor()
    expect(await composer().inputValue()).toBe('Важное')
    await page().evaluate(() => window.fake.failWrites(false))
    await composer().press('Control+Enter')
    await article('Важное').waitFor()
    expect(await page().getByRole('alert').count()).toBe(0)
    expect(await composer().inputValue()).toBe('')
  })

  it('a reply quotes, and the quote leads to its message', async () => {
    await screens.show('inbox')
    await fillChat(page(), 'chat.t-20397.customer', 0)
    await option('Замена фильтров').click()
    await page().evaluate(() =>
      window.fake.act.postMessage({ ticketId: 't-20397', to: ['customer'], text: 'Отвечаю', replyTo: 12 }),
    )
    await article('Отвечаю')
      .getByRole('button', { name: /Ответ на сообщение/ })
      .click()
    await expect.poll(() => article('Сообщение 12.').isVisible(), patience).toBe(true)
    await page().getByRole('button', { name: 'Вернуться' }).click()
    await expect.poll(() => article('Отвечаю').isVisible(), patience).toBe(true)
  })

  it('the button of a message opens its menu at the first press and has the focus afterwards', async () => {
    await screens.show('chat')
    const button = article('Ольга, приняли').getByRole('button', { name: 'Действия с сообщением' })
    const hasFocus = () => button.evaluate((element) => element === document.activeElement)
    await article('Ольга, приняли').hover()
    await button.click()
    await page().getByRole('menuitem', { name: 'Удалить' }).waitFor()
    await page().keyboard.press('Escape')
    await expect.poll(hasFocus, patience).toBe(true)
    await page().keyboard.press('Enter')
    await page().getByRole('menuitem', { name: 'Удалить' }).waitFor()
    await page().keyboard.press('Escape')

    const untouched = page().getByRole('article').first().getByRole('button', { name: 'Действия с сообщением' })
    await untouched.focus()
    await page().keyboard.press('ArrowDown')
    await page().getByRole('menu').waitFor()
    await page().keyboard.press('Escape')
    await expect.poll(() => untouched.evaluate((element) => element === document.activeElement), patience).toBe(true)
  })

  it('deleting asks first', async () => {
    await screens.show('chat')
    await article('Ольга, приняли').click({ button: 'right' })
    await page().getByRole('menuitem', { name: 'Удалить' }).click()
    await page().getByRole('alertdialog').getByRole('button', { name: 'Отмена' }).click()
    await article('Ольга, приняли').click({ button: 'right' })
    await page().getByRole('menuitem', { name: 'Удалить' }).click()
    await page().getByRole('alertdialog').getByRole('button', { name: 'Удалить' }).click()
    await article('Сообщение удалено').waitFor()
  })
})

describe('tickets', () => {
  it('a new one is refused with words, then made without a network and without a number', async () => {
    await screens.show('offline')
    await page().keyboard.press('c')
    const dialog = page().getByRole('dialog', { name: 'Новая заявка' })
    await dialog.getByRole('button', { name: 'Создать заявку' }).click()
    await dialog.getByText('Опишите проблему в нескольких словах').waitFor()
    const title = dialog.getByRole('textbox', { name: /Тема/ })
    expect(await title.evaluate((field) => field === document.activeElement)).toBe(true)
    await title.fill('Не горит свет в холле')
    await page().keyboard.press('Escape')
    await page().getByRole('alertdialog').getByRole('button', { name: 'Вернуться к форме' }).click()
    await dialog.getByRole('button', { name: 'Создать заявку' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page().getByRole('heading', { name: 'Не горит свет в холле' }).waitFor()
    await page().getByText('без номера').first().waitFor()
  })

  it('filters by text, stage and assignee, and tells when nothing fits', async () => {
    await screens.show('tickets')
    const count = page().getByRole('status').filter({ hasText: 'заяв' })
    await expect.poll(() => count.innerText(), patience).toBe('40 заявок')
    await page().getByRole('searchbox').fill('меридиан')
    const without = (part: string) => page().getByRole('option').filter({ hasNotText: part }).count()
    await expect.poll(() => without('ТЦ «Меридиан»'), patience).toBe(0)
    await expect.poll(() => page().getByRole('option').count(), patience).toBeGreaterThan(1)
    await page().getByRole('button', { name: 'Все стадии' }).click()
    await page().getByRole('menuitemcheckbox', { name: 'В работе' }).click()
    await page().keyboard.press('Escape')
    await expect.poll(() => without('В работе'), patience).toBe(0)
    await expect.poll(() => page().getByRole('option').count(), patience).toBeGreaterThan(0)
    await page().getByRole('searchbox').fill('нет такой')
    await page().getByText('По запросу «нет такой» заявок нет.').waitFor()
    await page().getByRole('button', { name: 'Сбросить фильтры' }).click()
    await expect.poll(() => count.innerText(), patience).toBe('40 заявок')
  })

  it('a stage that needs a reason asks for it', async () => {
    await screens.show('fields')
    await page()
      .getByRole('button', { name: /Сменить стадию/ })
      .first()
      .click()
    await page().getByRole('menuitemradio', { name: 'Отказ заказчика' }).click()
    const dialog = page().getByRole('dialog', { name: 'Отказ заказчика: причина' })
    await dialog.getByRole('button', { name: 'Сменить стадию' }).click()
    await dialog.getByText('Укажите причину').waitFor()
    await dialog.getByRole('textbox').fill('Договорились на весну')
    await dialog.getByRole('button', { name: 'Сменить стадию' }).click()
    const asked = () => page().evaluate(() => window.fake.calls.find(({ name }) => name === 'changeStage')?.input)
    await expect
      .poll(asked, patience)
      .toEqual({ ticketId: 't-20418', stage: 'customerRefused', reason: 'Договорились на весну' })
  })

  it('twenty thousand chats scroll', async () => {
    await screens.show('large')
    const list = page().getByRole('listbox')
    await option('Не держит давление').waitFor()
    expect(await page().getByRole('option').count()).toBeLessThan(60)
    await list.focus()
    for (let turn = 0; turn < 20; turn++) await page().keyboard.press('PageDown')
    await expect
      .poll(() => page().evaluate(() => document.querySelector('[role=listbox]')?.scrollTop ?? 0))
      .toBeGreaterThan(8000)
    expect(await page().getByRole('option').count()).toBeLessThan(60)
  })
})

describe('what is not delivered', () => {
  const entry = (text: string) => page().getByRole('listitem').filter({ hasText: text })
  const inputsOf = (action: string) => screens.inputsOf(action)

  it('is thrown away after a question only, one at a time, and the keys stay in the list', async () => {
    await screens.show('queue')
    await entry('Уточняю у инженера').getByRole('button', { name: 'Отменить' }).dblclick()
    const question = page().getByRole('alertdialog')
    await question.getByRole('button', { name: 'Оставить' }).click()
    expect(await inputsOf('cancelQueued')).toEqual([])
    await entry('Уточняю у инженера').getByRole('button', { name: 'Отменить' }).click()
    await question.getByRole('button', { name: 'Отменить отправку' }).click()
    await entry('Уточняю у инженера').waitFor({ state: 'detached' })
    expect(await inputsOf('cancelQueued')).toEqual([{ id: 'q1' }])
    const isInList = () => page().evaluate(() => document.activeElement?.getAttribute('role') === 'region')
    await expect.poll(isInList, patience).toBe(true)
    await entry('Акт подписан').getByRole('button', { name: 'Удалить' }).click()
    await question.getByRole('button', { name: 'Удалить' }).click()
    await entry('Акт подписан').waitFor({ state: 'detached' })
    expect(await inputsOf('discardRefused')).toEqual([{ id: 'q4' }])
  })

  it('is changed where it stands; a refused message is sent again with its new words', async () => {
    await screens.show('queue')
    const change = async (text: string, to: string, button: string) => {
      await entry(text).getByRole('button', { name: 'Изменить' }).click()
      await page().getByRole('dialog').getByRole('textbox').fill(to)
      await page().getByRole('dialog').getByRole('button', { name: button }).click()
      await entry(to).getByText('В очереди').waitFor()
    }
    await change('Уточняю у инженера', 'Инженер будет в три.', 'Сохранить')
    await change('Акт подписан', 'Акт подписан, спасибо!', 'Отправить снова')
    expect(await inputsOf('editQueued')).toEqual([
      { id: 'q1', text: 'Инженер будет в три.' },
      { id: 'q4', text: 'Акт подписан, спасибо!' },
    ])
    expect(await inputsOf('saveDraft')).toEqual([])
  })
})

describe('the connection', () => {
  /** How long after a change of the connection the banner is there or gone; ms on the page's clock. */
  const timeUntilBanner = (state: 'online' | 'offline') =>
    page().evaluate(async (next) => {
      const start = performance.now()
      window.fake.change((world) => {
        world.connection = { ...world.connection, state: next, offlineSince: next === 'online' ? null : Date.now() }
      })
      while (document.body.innerText.includes('Нет связи.') === (next === 'online'))
        await new Promise((resolve) => requestAnimationFrame(resolve))
      return performance.now() - start
    }, state)

  it('its loss is told after three seconds and its return two seconds later', async () => {
    await screens.show('chat')
    const untilShown = await timeUntilBanner('offline')
    expect(untilShown).toBeGreaterThan(2990)
    const untilGone = await timeUntilBanner('online')
    expect(untilGone).toBeGreaterThan(1990)
  })
})
