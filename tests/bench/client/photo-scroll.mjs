import { setTimeout as delay } from 'node:timers/promises'
import { launch, signIn } from './desktop.mjs'
import { recordMainThread } from './main-thread.mjs'
import { firstText } from './photo-chat.mjs'

/** A flick of the wheel, as fast as a person turns it who looks for something. */
const step = { px: 350, everyMs: 75 }
const mostSteps = 3_000
/** What scrolling set going is over. */
const restMs = 2_500

/**
 * @typedef {import('./main-thread.mjs').MainThread} MainThread
 * @typedef {{ heapMb: number, rssMb: number, nodes: number }} Memory `heapMb`: JavaScript of the page after a collection
 * @typedef {{ photos: number, mostImages: number, steps: number, seconds: number }} Seen `photos`: different pictures that were on screen,
 * loaded; `mostImages`: most `<img>` in the page at a time
 * @typedef {{ up: MainThread & Seen, down: MainThread & Seen, atEnd: Memory, atBeginning: Memory }} Pass
 */

/**
 * Opens a chat that is full of photos and scrolls with the wheel from its end to its beginning and back.
 * @param {{ root: string, profile: string, chat: import('./photo-chat.mjs').PhotoChat, passes: number }} options
 * @returns {Promise<{ opened: Memory, passes: Pass[] }>} `opened`: as the chat was opened; of a pass `atEnd` is where it ended
 */
export async function scrollPhotos({ root, profile, chat, passes }) {
  const desktop = await launch(root, profile)
  const { page } = desktop
  try {
    await page.getByLabel('Адрес сервера').waitFor()
    await signIn(page, chat.url)
    await page.getByRole('option').first().waitFor({ timeout: 60_000 })
    await page.evaluate((path) => (location.hash = `#${path}`), `/chats/${chat.ticketId}/customer`)
    await page.locator('[role="feed"] article').first().waitFor()
    await toEnd(page)
    const opened = await memoryOf(desktop)
    /** @type {Pass[]} */
    const done = []
    for (let pass = 0; pass < passes; pass++) {
      const up = await scroll(desktop, -1)
      const atBeginning = await memoryOf(desktop)
      const down = await scroll(desktop, 1)
      done.push({ up, down, atBeginning, atEnd: await memoryOf(desktop) })
    }
    return { opened, passes: done }
  } finally {
    await desktop.close()
  }
}

/** A chat with unread messages opens where they begin. @param {import('playwright-core').Page} page */
async function toEnd(page) {
  await delay(restMs)
  await page.evaluate(() => {
    const feed = document.querySelector('[role="feed"]')
    if (feed) feed.scrollTop = feed.scrollHeight
  })
  await delay(restMs)
}

/**
 * @param {import('./desktop.mjs').Desktop} desktop
 * @param {1 | -1} direction
 * @returns {Promise<MainThread & Seen>}
 */
async function scroll(desktop, direction) {
  const { page } = desktop
  const box = await page.locator('[role="feed"]').boundingBox()
  if (!box) throw new Error('no conversation is in sight')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.evaluate(lookAtImages)
  let steps = 0
  const startedAt = performance.now()
  let seconds = 0
  const mainThread = await recordMainThread(desktop, async () => {
    while (steps < mostSteps && !(steps % 8 === 0 && (await page.evaluate(isThere, { direction, firstText })))) {
      const dueAt = startedAt + ++steps * step.everyMs
      await page.mouse.wheel(0, direction * step.px)
      await delay(Math.max(0, dueAt - performance.now()))
    }
    seconds = (performance.now() - startedAt) / 1000
    await delay(restMs)
  })
  if (steps === mostSteps) throw new Error('the other end of the chat was not reached')
  /** @type {{ photos: number, mostImages: number }} */
  const seen = await page.evaluate(() => Reflect.get(window, 'seenImages')())
  return { ...mainThread, ...seen, steps, seconds }
}

/** In the page: notes what is shown, now and then. */
function lookAtImages() {
  const shown = new Set()
  let mostImages = 0
  const timer = setInterval(() => {
    mostImages = Math.max(mostImages, document.images.length)
    for (const image of document.images) if (image.complete && image.naturalWidth > 0) shown.add(image.src)
  }, 50)
  Object.assign(window, { seenImages: () => (clearInterval(timer), { photos: shown.size, mostImages }) })
}

/**
 * In the page: whether the end of the chat, or its very first message, is in view.
 * @param {{ direction: number, firstText: string }} where
 */
function isThere({ direction, firstText: first }) {
  const feed = document.querySelector('[role="feed"]')
  if (!feed) return false
  if (direction > 0) return feed.scrollHeight - feed.scrollTop - feed.clientHeight < 2
  return feed.scrollTop < 2 && (feed.querySelector('article')?.textContent.includes(first) ?? false)
}

/**
 * @param {import('./desktop.mjs').Desktop} desktop
 * @returns {Promise<Memory>}
 */
async function memoryOf({ app, page }) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  const { nodes } = await session.send('Memory.getDOMCounters')
  await session.detach()
  const rssKb = await app.evaluate(({ app: electron, BrowserWindow }) => {
    const pid = BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId()
    return electron.getAppMetrics().find((process) => process.pid === pid)?.memory.workingSetSize ?? Number.NaN
  })
  return { heapMb: usedSize / 2 ** 20, rssMb: rssKb / 1024, nodes }
}
