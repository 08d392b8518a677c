import { setTimeout as delay } from 'node:timers/promises'

/** A finger is on the button for so long, at the least; ms. */
const pressMs = 50
/** What the opening sets going, such as reading marks, is over before the next one; ms. */
const restMs = 150

/**
 * Clicks one chat of the list after another, with the mouse, and measures from each click until the frame is painted that
 * shows its messages.
 * @param {import('playwright-core').Page} page
 * @param {number} count
 * @returns {Promise<number[]>} ms
 */
export async function openChats(page, count) {
  /** @type {number[]} */
  const durations = []
  /** @type {string[]} */
  const seen = []
  while (durations.length < count) {
    const next = await page.evaluate(findNext, seen)
    if (next === null) throw new Error(`only ${durations.length} chats could be opened`)
    seen.push(next.key)
    await page.mouse.move(next.x, next.y)
    const opened = page.evaluate(untilOpen, next.key)
    await page.mouse.down()
    await delay(pressMs)
    await page.mouse.up()
    durations.push(await opened)
    await delay(restMs)
  }
  return durations
}

/**
 * In the page: brings the first row into view that was not opened yet.
 * @param {string[]} seen numbers of tickets
 * @returns {Promise<{ key: string, x: number, y: number } | null>} its middle
 */
async function findNext(seen) {
  // What comes into view is drawn first, and nobody presses sooner.
  const settled = () => new Promise((resolve) => setTimeout(resolve, 300))
  for (let tries = 0; tries < 50; tries++) {
    const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[role="option"]')])
    const keyOf = (/** @type {HTMLElement} */ row) => /№\s(\d+)/.exec(row.textContent)?.[1] ?? ''
    const isNew = (/** @type {HTMLElement} */ row) =>
      keyOf(row) !== '' && row.ariaSelected !== 'true' && !seen.includes(keyOf(row))
    const row = rows.find(isNew)
    // The list draws what is near its view only.
    ;(row ?? rows.at(-1))?.scrollIntoView({ block: 'nearest' })
    await settled()
    if (row?.isConnected !== true) continue
    const { left, top, width, height } = row.getBoundingClientRect()
    return { key: keyOf(row), x: left + width / 2, y: top + height / 2 }
  }
  return null
}

/**
 * In the page: waits for the next click and for what it opens.
 * @param {string} key number of the ticket
 * @returns {Promise<number>} ms
 */
async function untilOpen(key) {
  // What is there when a frame has been painted was on the screen with it.
  const framePainted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = resolve
        port2.postMessage(null)
      })
    })
  // A chat that is likely to be opened next may be drawn already, out of sight.
  const inSight = (/** @type {string} */ selector) =>
    [...document.querySelectorAll(selector)].find((element) => element.checkVisibility()) ?? null
  const former = inSight('[role="feed"] article')
  const clickedAt = await new Promise((resolve) => {
    addEventListener('click', () => resolve(performance.now()), { capture: true, once: true })
  })
  for (;;) {
    await framePainted()
    const shown = inSight('[role="feed"]:not([aria-busy="true"]) article')
    // By what costs nothing: to ask for the window's text would lay it out once more.
    const header = inSight(`main section[aria-label="Заявка ${key}"]`)
    if (shown && shown !== former && header) return performance.now() - clickedAt
    if (performance.now() - clickedAt > 10_000) throw new Error(`№ ${key} did not open`)
  }
}
