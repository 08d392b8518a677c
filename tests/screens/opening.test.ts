/** What a user sees while one chat takes the place of another: over the fake data, in the Electron of the tests. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillChat } from '#tests/support/ui/fill-chat.ts'
import { openScreens, patience, type Screens } from '#tests/support/ui/open-screens.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const page = () => screens.page
const option = (text: string) => page().getByRole('option').filter({ hasText: text })

/**
 * What each painted frame shows while another chat is opened by a click on its row: until 300 ms after it is there. `pressed`:
 * the row is pressed until the chat is drawn out of sight.
 */
const framesOfOpening = (title: string, pressed = false) =>
  page().evaluate(
    async ([wanted, isPressed]) => {
      const painted = () =>
        new Promise((resolve) => {
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = resolve
            port2.postMessage(null)
          })
        })
      const row = [...document.querySelectorAll<HTMLElement>('[role=option]')].find((each) =>
        each.textContent.includes(wanted),
      )
      const frames: {
        isNew: boolean
        isInert: boolean
        articles: number
        hasPeople: boolean
        belowEnd: number
        dividerAt: number
      }[] = []
      if (isPressed) {
        row?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
        while (document.querySelectorAll('main [role=feed]').length < 2) await painted()
      }
      row?.click()
      for (let end = Infinity; performance.now() < end;) {
        await painted()
        const feed = document.querySelector<HTMLElement>('[role=feed]')
        const isNew = document.querySelector('main h2')?.textContent.includes(wanted) === true
        const isShown = feed !== null && feed.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
        const divider = [...(feed?.querySelectorAll('div') ?? [])].find((each) => /^\d+ новых$/.test(each.textContent))
        const articles = isShown ? feed.querySelectorAll('article').length : 0
        frames.push({
          isNew,
          isInert: document.querySelector('main [inert]') !== null,
          articles,
          hasPeople: document.querySelector('main header [aria-label^="Участники чата"]') !== null,
          belowEnd: feed ? feed.scrollHeight - feed.scrollTop - feed.clientHeight : Number.NaN,
          dividerAt: (divider?.getBoundingClientRect().top ?? Number.NaN) - (feed?.getBoundingClientRect().top ?? 0),
        })
        if (isNew && articles > 0 && end === Infinity) end = performance.now() + 300
      }
      return frames
    },
    [title, pressed] as const,
  )

it('another chat takes the place of the former one in one frame, at its end', async () => {
  await screens.show('inbox')
  await fillChat(page(), 'chat.t-20397.customer', 0)
  await option('Лифт').click()
  await page().getByRole('article').first().waitFor()
  await page().evaluate(() => window.fake.answerAfter(60))
  const frames = await framesOfOpening('Замена фильтров')
  const former = frames.filter(({ isNew }) => !isNew)
  expect(former.length).toBeGreaterThan(0)
  // Nothing can be written into it any more.
  expect(former.every(({ isInert }) => isInert)).toBe(true)
  expect(frames.at(-1)?.isInert).toBe(false)
  expect(frames.filter(({ articles, hasPeople }) => articles === 0 || !hasPeople)).toEqual([])
  for (const { isNew, belowEnd } of frames) if (isNew) expect(belowEnd).toBeLessThanOrEqual(1)
})

it('or at its first unread message', async () => {
  await screens.show('inbox')
  await fillChat(page(), 'chat.t-20397.customer', 20)
  await option('Лифт').click()
  await page().getByRole('article').first().waitFor()
  await page().evaluate(() => window.fake.answerAfter(60))
  const places = (await framesOfOpening('Замена фильтров')).flatMap(({ isNew, dividerAt }) =>
    isNew ? [dividerAt] : [],
  )
  for (const place of places) expect(place).toBeGreaterThan(10)
  for (const place of places) expect(place).toBeLessThan(40)
  expect(Math.max(...places) - Math.min(...places)).toBeLessThanOrEqual(1)
})

it.each([0, 20])(
  'one that was drawn while its row was pressed is there in the first frame, with %i unread',
  async (unread) => {
    await screens.show('inbox')
    await fillChat(page(), 'chat.t-20397.customer', unread)
    await option('Лифт').click()
    await page().getByRole('article').first().waitFor()
    await page().evaluate(() => window.fake.answerAfter(60))
    const frames = await framesOfOpening('Замена фильтров', true)
    expect(frames.filter(({ isNew, articles, hasPeople }) => !isNew || articles === 0 || !hasPeople)).toEqual([])
    expect(frames.some(({ isInert }) => isInert)).toBe(false)
    const places = frames.map(({ belowEnd, dividerAt }) => (unread === 0 ? belowEnd : dividerAt))
    expect(Math.max(...places) - Math.min(...places)).toBeLessThanOrEqual(1)
    if (unread === 0) expect(Math.max(...places)).toBeLessThanOrEqual(1)
    else expect(places[0]).toBeGreaterThan(10)
  },
)

it('a row that is pressed and not let go on opens nothing, reads nothing, and nothing of it stays', async () => {
  await screens.show('inbox')
  await option('Лифт').click()
  await page().getByRole('article').first().waitFor()
  await expect.poll(() => screens.inputsOf('markRead'), patience).toHaveLength(1)
  const unread = option('Замена фильтров')
  const box = await unread.boundingBox()
  if (!box) throw new Error('no row')
  const address = page().url()
  const callsBefore = await page().evaluate(() => window.fake.calls.length)
  await page().mouse.move(box.x + 20, box.y + 20)
  await page().mouse.down()
  const feeds = page().locator('main [role=feed]')
  await expect.poll(() => feeds.count()).toBe(2)
  expect(await page().getByRole('feed').count()).toBe(1)
  expect(
    await page()
      .getByRole('textbox', { name: /^Сообщение/ })
      .count(),
  ).toBe(1)
  await page().mouse.move(box.x + box.width + 200, box.y)
  await page().mouse.up()
  await expect.poll(() => feeds.count(), { timeout: 3_000 }).toBe(1)
  expect(page().url()).toBe(address)
  expect(await page().evaluate((from) => window.fake.calls.slice(from), callsBefore)).toEqual([])
})

it('a chat that was drawn ahead and is left again is gone, not only out of sight', async () => {
  await screens.show('inbox')
  await fillChat(page(), 'chat.t-20397.customer', 0)
  await option('Замена фильтров').click()
  const feed = page().getByRole('feed')
  await feed.getByRole('article').first().waitFor()
  await page().evaluate(() => void (location.hash = '#/chats/t-20389/customer'))
  await expect.poll(() => page().locator('main h2').innerText()).toContain('Лифт')
  // Its timers and its place would come back with it.
  expect(await page().locator('main [role=feed]').count()).toBe(1)
})

it('what takes long is waited for in an empty place, not under the former chat', async () => {
  await screens.show('inbox')
  await option('Лифт').click()
  await page().getByRole('article').first().waitFor()
  await page().evaluate(() => window.fake.answerAfter(1000))
  const frames = await framesOfOpening('Замена фильтров')
  const empty = frames.findIndex(({ articles }) => articles === 0)
  expect(empty).toBeGreaterThan(0)
  expect(frames.slice(0, empty).every(({ isNew }) => !isNew)).toBe(true)
  expect(frames.at(-1)).toMatchObject({ isNew: true })
})

it('a row opens at a click in the moment in which the wheel stops', async () => {
  await screens.show('large')
  await option('Не держит давление').waitFor()
  const list = await page().getByRole('listbox').boundingBox()
  if (!list) throw new Error('no list')
  const selected = page().getByRole('option', { selected: true })
  expect(await selected.count()).toBe(0)
  await page().mouse.move(list.x + list.width / 2, list.y + list.height / 2)
  await page().mouse.wheel(0, 900)
  // It glides to its place: between pressing and letting go the row must not move away.
  await page().evaluate(async () => {
    const top = () => document.querySelector('[role=listbox]')?.scrollTop ?? 0
    for (let last = 0; last === 0 || last !== top();) {
      last = top()
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  })
  await page().mouse.down()
  await page().mouse.up()
  await expect.poll(() => selected.count()).toBe(1)
})
