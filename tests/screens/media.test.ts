/** Photos and videos under the hands of a user: over the fake data, in the Electron of the tests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScreens, patience, type Screens } from '#tests/support/ui/open-screens.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const page = () => screens.page
const composer = () => page().getByRole('textbox', { name: /^Сообщение/ })
const sendButton = () => page().locator('form button[type=submit]')
/** Names of the files in the tray, in their order. */
const tray = () =>
  page().evaluate(() =>
    [...document.querySelectorAll('[data-file]')].map((tile) => tile.getAttribute('aria-label')?.replace(/^.*: /, '')),
  )
const focused = () => page().evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
const calls = (name: string) =>
  page().evaluate(
    (wanted) => window.fake.calls.flatMap((call) => (call.name === wanted ? [JSON.stringify(call.input)] : [])),
    name,
  )

type Given = { names: string[]; text?: string }

/** Pastes into the field; whether the page took it for itself. */
const paste = ({ names, text }: Given) =>
  composer().evaluate(
    (field, given) => {
      const clipboardData = new DataTransfer()
      for (const name of given.names) clipboardData.items.add(new File(['picture'], name, { type: 'image/jpeg' }))
      if (given.text !== undefined) clipboardData.setData('text/plain', given.text)
      return !field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    },
    { names, text },
  )

/** Files over the messages of a chat; they are let go when `drop`. */
const dragOver = (index: number, drop: boolean) =>
  page()
    .getByRole('feed')
    .nth(index)
    .evaluate((feed, letGo) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['picture'], 'брошено.jpg', { type: 'image/jpeg' }))
      const steps = letGo ? (['dragenter', 'dragover', 'drop'] as const) : (['dragenter', 'dragover'] as const)
      for (const step of steps)
        feed.dispatchEvent(new DragEvent(step, { dataTransfer, bubbles: true, cancelable: true }))
    }, drop)

describe('the tray', () => {
  it('an eleventh file is refused in words while ten and the text stay', async () => {
    await screens.show('tray-full')
    const before = await tray()
    const text = await composer().inputValue()
    expect(await paste({ names: ['лишний.jpg'] })).toBe(true)
    const refused = page().getByRole('alert').filter({ hasText: 'Не прикреплён 1 файл' })
    await refused.waitFor()
    expect(await refused.innerText()).toContain('лишний.jpg: в сообщении не больше десяти файлов')
    expect(await tray()).toEqual(before)
    expect(await composer().inputValue()).toBe(text)
    await refused.getByRole('button').click()
    await refused.waitFor({ state: 'detached' })
  })

  it('nothing is sent while a file is prepared or has failed, and the reason is told', async () => {
    await screens.show('tray')
    expect(await sendButton().isDisabled()).toBe(true)
    await page().getByText('1 файл не готов').waitFor()
    await composer().press('Control+Enter')
    expect(await calls('postMessage')).toEqual([])
    await page().getByRole('button', { name: 'Убрать файл 3: акт.jpg' }).click()
    await expect.poll(tray, patience).toEqual(['узел.jpg', 'проверка давления.mp4'])
    expect(await page().locator('form [aria-live=polite]').innerText()).toBe('готовим…')
    expect(await sendButton().isDisabled()).toBe(true)
    await page().evaluate(() =>
      window.fake.change(({ folder }) => {
        for (const [room, draft] of folder.drafts)
          folder.drafts.set(room, { ...draft, files: draft.files.map((file) => ({ ...file, state: 'ready' })) })
      }),
    )
    await expect.poll(() => sendButton().isDisabled(), patience).toBe(false)
    await composer().press('Control+Enter')
    await expect.poll(() => calls('postMessage'), patience).toEqual([expect.stringContaining('"files":["f1","f3"]')])
    await expect.poll(tray, patience).toEqual([])
  })

  it('files change places by keys, by buttons and by dragging, and the focus stays with what is moved', async () => {
    await screens.show('tray')
    const [first, second, third] = ['узел.jpg', 'проверка давления.mp4', 'акт.jpg']
    await page().locator('[data-file=f1]').focus()
    await page().keyboard.press('Alt+ArrowRight')
    await expect.poll(tray, patience).toEqual([second, first, third])
    expect(await focused()).toBe('Файл 2: узел.jpg')
    await page().keyboard.press('Alt+ArrowRight')
    await expect.poll(tray, patience).toEqual([second, third, first])
    expect(await focused()).toBe('Файл 3: узел.jpg')
    await page().keyboard.press('Alt+ArrowRight')
    expect(await tray()).toEqual([second, third, first])

    // At the front the button that was pressed is gone.
    await page().getByRole('button', { name: 'Передвинуть назад: акт.jpg' }).press('Enter')
    await expect.poll(tray, patience).toEqual([third, second, first])
    await expect.poll(focused, patience).toBe('Файл 1: акт.jpg')

    await page().locator('[data-file=f1]').dragTo(page().locator('[data-file=f2]'))
    await expect.poll(tray, patience).toEqual([first, third, second])
  })

  it('Delete removes; the focus goes to the next file and from the last one to the text', async () => {
    await screens.show('tray')
    await page().locator('[data-file=f1]').focus()
    await page().keyboard.press('Delete')
    await expect.poll(focused, patience).toBe('Файл 1: проверка давления.mp4')
    await page().keyboard.press('Delete')
    await expect.poll(focused, patience).toBe('Файл 1: акт.jpg')
    await page().keyboard.press('Delete')
    await expect.poll(tray, patience).toEqual([])
    expect(await composer().evaluate((field) => field === document.activeElement)).toBe(true)
  })

  it('has targets large enough for fingers', async () => {
    await screens.show('tray', { size: 'phone' })
    const sizes = await page()
      .locator('form button')
      .evaluateAll((buttons) =>
        buttons.map((button) => {
          const { width, height } = button.getBoundingClientRect()
          return [button.getAttribute('aria-label') ?? button.textContent, Math.min(width, height)] as const
        }),
      )
    expect(sizes.filter(([, size]) => size < 44)).toEqual([])
  })
})

describe('ways in', () => {
  it('pasting takes pictures and the files of a file manager, but text with a picture of it stays text', async () => {
    await screens.show('chat')
    expect(await paste({ names: ['image.jpg'], text: 'Таблица давлений' })).toBe(false)
    expect(await paste({ names: ['image.png'] })).toBe(true)
    expect(await paste({ names: ['узел.jpg'], text: 'file:///home/m/узел.jpg' })).toBe(true)
    await expect.poll(tray, patience).toEqual(['image.png', 'узел.jpg'])
  })

  it('Ctrl+U opens the picker from the field and from the messages', async () => {
    await screens.show('chat')
    await composer().press('Control+u')
    await page().getByRole('feed').press('Control+u')
    await expect.poll(() => calls('pickFiles'), patience).toHaveLength(2)
  })

  it('files that are dragged are told which chat they go to, and go there', async () => {
    await screens.show('beside')
    const panels = await page().getByRole('feed').count()
    expect(panels).toBe(2)
    for (const [index, words, room] of [
      [0, 'в чат с командой', 'chat.t-20418.team'],
      [1, 'в чат с заказчиком', 'chat.t-20418.customer'],
    ] as const) {
      await dragOver(index, false)
      await page().getByText(words).waitFor()
      await dragOver(index, true)
      await page().getByText(words).waitFor({ state: 'detached' })
      await expect.poll(async () => (await calls('attachFiles')).at(-1), patience).toContain(room)
    }
    expect(await calls('attachFiles')).toHaveLength(2)
  })

  it('files stay in the chat they were given to', async () => {
    await screens.show('tray')
    expect(await tray()).toHaveLength(3)
    await page().keyboard.press('Control+1')
    await page().getByRole('button', { name: 'Отправить команде' }).waitFor()
    expect(await tray()).toEqual([])
    await page().keyboard.press('Control+2')
    await expect.poll(tray, patience).toHaveLength(3)
  })

  it('the camera’s photo is seen before it is attached', async () => {
    await screens.show('chat')
    await page().evaluate(() => {
      const canvas = document.createElement('canvas')
      canvas.getContext('2d')?.fillRect(0, 0, 40, 40)
      navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10)
      // A picture that never changes would have one frame only.
      setInterval(() => canvas.getContext('2d')?.fillRect(0, 0, 40, 40), 50)
    })
    await page().getByRole('button', { name: 'Снять камерой' }).click()
    const dialog = page().getByRole('dialog', { name: 'Камера' })
    await expect
      .poll(() => dialog.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth), patience)
      .toBeGreaterThan(0)
    await dialog.getByRole('button', { name: 'Снять фото' }).click()
    await dialog.getByRole('img', { name: 'Снимок с камеры' }).waitFor()
    expect(await tray()).toEqual([])
    await dialog.getByRole('button', { name: 'Прикрепить' }).click()
    await expect.poll(tray, patience).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.jpg$/)])
  })
})

describe('the gallery', () => {
  const gallery = () => page().getByRole('dialog', { name: 'Просмотр фото и видео' })
  const zoomed = () => gallery().getByRole('button', { name: 'Уменьшить' }).isEnabled()

  it('is used by keys, keeps the keys of the window silent, and gives the focus back', async () => {
    await screens.show('pictures')
    const opener = page().getByRole('feed').getByRole('button', { name: 'Фото 2 из 5', exact: false })
    await opener.press('Enter')
    await gallery().getByText('8 из 21').waitFor()
    await page().keyboard.press('ArrowRight')
    await gallery().getByText('9 из 21').waitFor()
    expect(await zoomed()).toBe(false)
    await page().keyboard.press('+')
    await expect.poll(zoomed, patience).toBe(true)
    await page().keyboard.press('-')
    await expect.poll(zoomed, patience).toBe(false)
    const hash = () => page().evaluate(() => window.location.hash)
    const before = await hash()
    for (const key of ['j', 'c', 'i', 'F1', 'Control+k']) await page().keyboard.press(key)
    expect(await page().getByRole('dialog').count()).toBe(1)
    expect(await hash()).toBe(before)
    await page().keyboard.press('Escape')
    await gallery().waitFor({ state: 'detached' })
    await expect.poll(() => opener.evaluate((button) => button === document.activeElement), patience).toBe(true)
  })

  it('over the drawer of details Escape closes the gallery alone', async () => {
    await screens.show('pictures', { size: 'laptop' })
    await page().getByRole('feed').press('i')
    const drawer = page().locator('[role=dialog][data-state=open]')
    const picture = drawer.getByRole('button', { name: /^Фото 2 из 21/ })
    await picture.click()
    await gallery().getByRole('button', { name: 'Вперёд' }).click()
    await page().keyboard.press('Escape')
    await gallery().waitFor({ state: 'detached' })
    expect(await drawer.isVisible()).toBe(true)
    await expect.poll(() => picture.evaluate((button) => button === document.activeElement), patience).toBe(true)
  })
})

describe('a chat with two thousand photos', () => {
  beforeAll(() => screens.show('photos'))

  it('pictures that arrive move nothing', async () => {
    const moved = await page().evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const feed = document.querySelector('[role=feed]')
      if (!feed) throw new Error('no conversation')
      const states = new Map(window.fake.world.folder.media)
      window.fake.change(({ folder }) => {
        for (const key of states.keys()) folder.media.set(key, { state: 'waiting' })
      })
      feed.scrollTo({ top: feed.scrollHeight - 2500 })
      const places = () =>
        new Map(
          [...feed.querySelectorAll<HTMLElement>('article')].map((each) => [
            each.dataset['key'],
            each.getBoundingClientRect().top,
          ]),
        )
      let [before, still] = [places(), 0]
      for (let count = 0; still < 15 && count < 600; count++) {
        await frame()
        const now = places()
        still = JSON.stringify([...now]) === JSON.stringify([...before]) ? still + 1 : 0
        before = now
      }
      const pictures = () => feed.querySelectorAll('img').length
      const without = pictures()
      window.fake.change(({ folder }) => {
        for (const [key, state] of states) folder.media.set(key, state)
      })
      let most = 0
      for (let count = 0; count < 30; count++) {
        await frame()
        for (const [key, top] of places()) most = Math.max(most, Math.abs(top - (before.get(key) ?? top)))
      }
      return { most, without, pictures: pictures() }
    })
    expect(moved.without).toBe(0)
    expect(moved.pictures).toBeGreaterThan(5)
    expect(moved.most).toBeLessThanOrEqual(2)
  })

  it('scrolls in short tasks, with few pictures in the page', async () => {
    const inspector = await page().context().newCDPSession(page())
    // Time of the processor, not of the clock: others on the machine don't count.
    await inspector.send('Performance.enable', { timeDomain: 'threadTicks' })
    const spent = async () => {
      const { metrics } = await inspector.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
    }
    const before = await spent()
    const steps = 60
    const seen = await page().evaluate(async (count) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const feed = document.querySelector('[role=feed]')
      if (!feed) throw new Error('no conversation')
      const tasks: number[] = []
      const observer = new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      )
      observer.observe({ type: 'longtask' })
      let pictures = 0
      for (let step = 0; step < count; step++) {
        feed.scrollBy({ top: -400 })
        await frame()
        pictures = Math.max(pictures, document.querySelectorAll('img').length)
      }
      observer.disconnect()
      return { tasks, pictures, height: feed.scrollHeight }
    }, steps)
    const perStep = ((await spent()) - before) / steps
    await inspector.detach()
    process.stdout.write(
      `${steps} steps of 400 px, ${perStep.toFixed(1)} ms each; by the clock ${seen.tasks.length} tasks over 50 ms, ` +
        `longest ${Math.max(0, ...seen.tasks)} ms; at most ${seen.pictures} pictures\n`,
    )
    expect(seen.height).toBeGreaterThan(10_000)
    expect(seen.pictures).toBeLessThan(120)
    expect(perStep).toBeLessThan(50)
  })
})
