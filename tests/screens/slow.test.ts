/** What a user typed while a slow or full disk is at work: over the fake data, in the Electron of the tests. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Actions } from '#renderer/data/api.ts'
import { openScreens, patience, type Screens } from '#tests/support/ui/open-screens.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const page = () => screens.page
const inputsOf = (action: string) => screens.inputsOf(action)
const failWrites = (failing: boolean) => page().evaluate((fail) => window.fake.failWrites(fail), failing)

/** The next calls of an action wait until the returned function is called. */
async function slow(action: keyof Actions): Promise<() => Promise<void>> {
  await page().evaluate((name) => {
    const act = window.fake.act as unknown as Record<string, (input: unknown) => Promise<unknown>>
    const original = act[name]
    const released = new Promise<void>((resolve) => Object.assign(window, { release: resolve }))
    act[name] = async (input) => {
      await released
      return original?.(input)
    }
  }, action)
  return () => page().evaluate(() => (window as unknown as { release(): void }).release())
}

const composer = () => page().getByRole('textbox', { name: /^Сообщение/ })
const send = () => composer().press('Control+Enter')
const texts = async () => (await inputsOf('postMessage')).map((input) => (input as { text: string }).text)
/** The button can be pressed again once the writing has ended. */
async function untilWritten(name: RegExp): Promise<void> {
  await expect.poll(() => page().getByRole('button', { name }).isEnabled(), patience).toBe(true)
}
const fromMenu = async (message: string, entry: string) => {
  await page().getByRole('article').filter({ hasText: message }).last().click({ button: 'right' })
  await page().getByRole('menuitem', { name: entry }).click()
}

describe('while a message is being written to a slow disk', () => {
  beforeEach(async () => {
    await screens.show('states')
    await composer().waitFor()
  })

  it('what is typed next stays, whether behind it or in its place', async () => {
    const release = await slow('postMessage')
    await composer().fill('Первое')
    await send()
    await composer().press('Control+a')
    await page().keyboard.type('Второе')
    await release()
    await expect.poll(texts, patience).toEqual(['Первое'])
    expect(await composer().inputValue()).toBe('Второе')
    await send()
    await page().keyboard.type('Третье')
    await expect.poll(texts, patience).toEqual(['Первое', 'Второе'])
    await expect.poll(() => composer().inputValue(), patience).toBe('Третье')
  })

  it('what is typed next is sent as well when that was asked for; the same one is not sent twice', async () => {
    const release = await slow('postMessage')
    await composer().fill('Первое')
    await send()
    await send()
    await page().keyboard.type('Второе')
    await send()
    await release()
    await expect.poll(texts, patience).toEqual(['Первое', 'Второе'])
    await expect.poll(() => composer().inputValue(), patience).toBe('')
    await send()
    await page().waitForTimeout(200)
    expect(await texts()).toEqual(['Первое', 'Второе'])
  })

  it('another one that is being changed stays open', async () => {
    const release = await slow('postMessage')
    await composer().fill('Новое')
    await send()
    await fromMenu('Доставлено', 'Изменить')
    await expect.poll(() => composer().inputValue(), patience).toBe('Доставлено')
    await composer().fill('Доставлено вчера')
    await release()
    await expect.poll(texts, patience).toEqual(['Новое'])
    await untilWritten(/Сохранить/)
    expect(await composer().inputValue()).toBe('Доставлено вчера')
    await page().keyboard.press('Escape')
    await expect.poll(() => composer().inputValue(), patience).toBe('')
  })

  it('the answer that is begun next stays an answer', async () => {
    const release = await slow('postMessage')
    await composer().fill('Новое')
    await send()
    await fromMenu('Доставлено', 'Ответить')
    await composer().press('Control+a')
    await page().keyboard.type('Ответ')
    await release()
    await expect.poll(texts, patience).toEqual(['Новое'])
    await untilWritten(/Отправить/)
    await send()
    await expect.poll(() => inputsOf('postMessage'), patience).toMatchObject([{}, { text: 'Ответ', replyTo: 5 }])
  })

  it('what is typed on into a changed message is not lost', async () => {
    const release = await slow('editMessage')
    await fromMenu('Доставлено', 'Изменить')
    await composer().fill('Доставлено вчера')
    await send()
    await composer().press('End')
    await page().keyboard.type(' вечером')
    await release()
    await expect.poll(() => inputsOf('editMessage'), patience).toMatchObject([{ text: 'Доставлено вчера' }])
    await untilWritten(/Сохранить/)
    expect(await composer().inputValue()).toBe('Доставлено вчера вечером')
  })

  it('of what is asked to be sent next only that is sent', async () => {
    const release = await slow('postMessage')
    await composer().fill('Первое')
    await send()
    await composer().fill('Второе')
    await send()
    await composer().press('End')
    await page().keyboard.type('Трет')
    await release()
    await expect.poll(texts, patience).toEqual(['Первое', 'Второе'])
    await expect.poll(() => composer().inputValue(), patience).toBe('Трет')
  })

  it('a message that does not get there comes back above what was typed in its place', async () => {
    const release = await slow('postMessage')
    await composer().fill('Первое')
    await send()
    await composer().press('Control+a')
    await page().keyboard.type('Второе')
    await failWrites(true)
    await release()
    await page().getByRole('alert').getByText('не сохранено').waitFor()
    await expect.poll(() => composer().inputValue(), patience).toBe('Первое\nВторое')
  })
})

it('a message taken back by a slow disk leaves what was typed meanwhile', async () => {
  await screens.show('held')
  await composer().fill('')
  const release = await slow('takeBack')
  await page().getByRole('button', { name: 'Отменить отправку' }).first().click()
  await composer().focus()
  await page().keyboard.type('Новое')
  await release()
  await expect.poll(() => composer().inputValue(), patience).toMatch(/\n/)
  expect(await composer().inputValue()).toMatch(/.+\nНовое$/s)
})

describe('chats beside each other', () => {
  const team = () => page().getByRole('region', { name: 'Команда' }).getByRole('textbox')
  const customer = () => page().getByRole('region', { name: 'Заказчик' }).getByRole('textbox')

  it('the end of a slow writing does not take the focus into the other chat', async () => {
    await screens.show('beside')
    const release = await slow('postMessage')
    await team().fill('Своим')
    await team().press('Control+Enter')
    await customer().fill('Заказ')
    await release()
    await expect.poll(texts, patience).toEqual(['Своим'])
    await expect.poll(() => team().inputValue(), patience).toBe('')
    await page().keyboard.type('чику')
    expect(await customer().inputValue()).toBe('Заказчику')
  })

  it('a field keeps the focus though its chat is asked for anew', async () => {
    await screens.show('beside')
    await customer().waitFor()
    await customer().click()
    await page().evaluate(() => window.fake.answerAfter(100))
    await team().click()
    await page().keyboard.type('Своим')
    expect(await team().inputValue()).toBe('Своим')
  })
})

describe('an entry of the queue that is being changed', () => {
  const dialog = () => page().getByRole('dialog')
  const field = () => dialog().getByLabel('Текст сообщения')
  beforeEach(async () => {
    await screens.show('queue')
    await page().getByRole('button', { name: 'Изменить' }).first().click()
    await field().fill('Совсем другие слова')
  })

  it('is not lost when the server takes the entry meanwhile', async () => {
    await page().evaluate(() => window.fake.change((world) => (world.queue = [])))
    expect(await field().inputValue()).toBe('Совсем другие слова')
  })

  it('stays open when it can not be changed any more', async () => {
    await page().evaluate(() => {
      window.fake.act.editQueued = () => Promise.resolve(false)
    })
    await dialog()
      .getByRole('button', { name: /Сохранить|Отправить снова/ })
      .click()
    await page().getByText('Сервер уже принял это действие').first().waitFor()
    expect(await field().inputValue()).toBe('Совсем другие слова')
  })
})

it('the reason of a refusal that a full disk does not take stays in its dialog', async () => {
  await screens.show('fields')
  await page()
    .getByRole('button', { name: /^Сменить стадию|^Изменить стадию/ })
    .first()
    .click()
  await page().getByRole('menuitemradio', { name: 'Отказ заказчика' }).first().click()
  await page().getByRole('dialog').getByLabel('Причина').fill('Не наш насос')
  await failWrites(true)
  await page().getByRole('dialog').getByRole('button', { name: 'Сменить стадию' }).click()
  await page()
    .getByText(/Не сохранено/)
    .first()
    .waitFor()
  expect(await page().getByRole('dialog').getByLabel('Причина').inputValue()).toBe('Не наш насос')
})

it('a ticket that is being written can not be typed on: that would be lost', async () => {
  await screens.show('tickets')
  const release = await slow('createTicket')
  await page().keyboard.press('c')
  const title = page().getByRole('dialog').getByRole('textbox', { name: /Тема/ })
  await title.fill('Не горит свет')
  await page().getByRole('button', { name: 'Создать заявку' }).click()
  expect(await title.isDisabled()).toBe(true)
  await page().keyboard.press('Escape')
  expect(await page().getByRole('button', { name: 'Отмена' }).isDisabled()).toBe(true)
  await failWrites(true)
  await release()
  await page().getByRole('alert').filter({ hasText: 'Не сохранено' }).waitFor()
  expect(await title.inputValue()).toBe('Не горит свет')
  await failWrites(false)
  await page().getByRole('button', { name: 'Создать заявку' }).click()
  await page().getByRole('dialog').waitFor({ state: 'detached' })
  expect(await inputsOf('createTicket')).toHaveLength(2)
})

it('who is ticked while participants are being written is not taken for one of them', async () => {
  await screens.show('cross-posts')
  const release = await slow('changeParticipants')
  const dialog = page().getByRole('dialog')
  const options = dialog.getByRole('option')
  await page().getByRole('button', { name: 'Добавить участников' }).click()
  await options.nth(0).click()
  await dialog.getByRole('button', { name: 'Сохранить' }).click()
  await options.nth(1).click()
  expect(await options.nth(1).getAttribute('aria-selected')).toBe('false')
  await page().keyboard.press('Escape')
  await failWrites(true)
  await release()
  await page()
    .getByText(/^Не сохранено/)
    .first()
    .waitFor()
  expect(await options.nth(0).getAttribute('aria-selected')).toBe('true')
  await failWrites(false)
  await options.nth(1).click()
  await dialog.getByRole('button', { name: 'Сохранить' }).click()
  await dialog.waitFor({ state: 'detached' })
  const added = (await inputsOf('changeParticipants')).map((input) => (input as { add: string[] }).add.length)
  expect(added).toEqual([1, 2])
})

describe('a chat that was left while its message is being written', () => {
  const row = (text: string) => page().getByRole('option').filter({ hasText: text })
  let release: () => Promise<void>
  beforeEach(async () => {
    await screens.show('chat')
    await composer().waitFor()
    release = await slow('postMessage')
    await composer().fill('Первое')
    await send()
    await page().getByRole('option').nth(3).click()
    await expect.poll(() => composer().inputValue(), patience).toBe('')
  })

  it('and opened again keeps what was typed then', async () => {
    await row('Не держит давление').click()
    await expect.poll(() => composer().inputValue(), patience).toBe('Первое')
    await composer().press('End')
    await page().keyboard.type(' и второе')
    await expect
      .poll(() => inputsOf('saveDraft'), patience)
      .toContainEqual({ room: 'chat.t-20418.customer', text: 'Первое и второе' })
    await release()
    await expect.poll(texts, patience).toEqual(['Первое'])
    await expect.poll(() => composer().inputValue(), patience).toBe(' и второе')
  })

  it('tells when that did not work', async () => {
    await failWrites(true)
    await release()
    await page()
      .getByText(/^Не сохранено/)
      .first()
      .waitFor({ timeout: 10_000 })
  })
})

describe('a chat that was left in the midst of something', () => {
  /** Of the chat, beside what is changed. */
  const draft = 'Инженер будет до 16:00'
  const row = (text: string) => page().getByRole('option').filter({ hasText: text })
  const leave = async () => {
    await row('Лифт').click()
    await page().getByRole('heading', { name: /Лифт/ }).waitFor()
  }
  const comeBack = async () => {
    await row('Не держит давление').click()
    await page()
      .getByRole('heading', { name: /Не держит давление/ })
      .waitFor()
  }
  beforeEach(async () => {
    await screens.show('states')
    await composer().waitFor()
  })

  it('still has the message that was being changed, with its new words', async () => {
    await fromMenu('Доставлено', 'Изменить')
    await composer().fill('Доставлено вчера')
    await leave()
    expect(await composer().inputValue()).toBe('')
    await comeBack()
    await expect.poll(() => composer().inputValue(), patience).toBe('Доставлено вчера')
    await send()
    await expect.poll(() => inputsOf('editMessage'), patience).toMatchObject([{ text: 'Доставлено вчера' }])
    await expect.poll(() => composer().inputValue(), patience).toBe(draft)
  })

  it('still has the message that was being answered', async () => {
    await fromMenu('Доставлено', 'Ответить')
    await leave()
    await comeBack()
    await composer().fill('Ответ')
    await send()
    await expect.poll(() => inputsOf('postMessage'), patience).toMatchObject([{ text: 'Ответ', replyTo: 5 }])
  })

  it('has the new words of a message again that the disk did not take, and not those that it took', async () => {
    const release = await slow('editMessage')
    await fromMenu('Доставлено', 'Изменить')
    await composer().fill('Доставлено вчера')
    await send()
    await leave()
    await failWrites(true)
    await release()
    await page()
      .getByText(/^Не сохранено/)
      .first()
      .waitFor()
    await failWrites(false)
    await comeBack()
    await expect.poll(() => composer().inputValue(), patience).toBe('Доставлено вчера')
    await send()
    await leave()
    await comeBack()
    await page().getByRole('article').filter({ hasText: 'Доставлено вчера' }).waitFor()
    await expect.poll(() => composer().inputValue(), patience).toBe(draft)
  })
})

it('a draft that the disk took late does not come over a newer one', async () => {
  await screens.show('chat')
  await composer().waitFor()
  await failWrites(true)
  await composer().fill('Старое')
  await expect.poll(() => inputsOf('saveDraft'), patience).toHaveLength(1)
  await page().getByRole('option').nth(3).click()
  await page().getByRole('option').filter({ hasText: 'Не держит давление' }).click()
  await expect.poll(() => composer().inputValue(), patience).toBe('Старое')
  await failWrites(false)
  await composer().fill('Новое')
  // The first one is tried again 2 s after it failed.
  await page().waitForTimeout(2500)
  expect(await composer().inputValue()).toBe('Новое')
  expect(await page().evaluate(() => window.fake.world.chats.get('chat.t-20418.customer')?.draft)).toBe('Новое')
})

it('a draft that a full disk did not take does not go to whoever signs in next', async () => {
  await screens.show('chat')
  await composer().waitFor()
  await failWrites(true)
  await composer().fill('Старое')
  await expect.poll(() => inputsOf('saveDraft'), patience).toHaveLength(1)
  await page().evaluate(() =>
    window.fake.change((world) => {
      for (const chat of world.chats.values()) chat.draft = ''
      world.session = { state: 'signed-out' }
    }),
  )
  await failWrites(false)
  await page().getByLabel('Пароль', { exact: true }).fill('demo')
  await page().keyboard.press('Enter')
  await page().getByRole('listbox', { name: 'Чаты по заявкам' }).waitFor()
  // It is tried again 2 s after it failed.
  await page().waitForTimeout(2500)
  expect(await page().evaluate(() => window.fake.world.chats.get('chat.t-20418.customer')?.draft)).toBe('')
})
