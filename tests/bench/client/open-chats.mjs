/**
 * Clicks one chat of the list after another and measures from each click to the frame in which its messages are on the screen.
 * @param {import('playwright-core').Page} page
 * @param {number} count
 * @returns {Promise<number[]>} ms
 */
export async function openChats(page, count) {
  /** @type {number[]} */
  const durations = []
  const seen = new Set()
  while (durations.length < count) {
    const opened = await page.evaluate(openNext, [...seen])
    if (opened === null) {
      const moved = await page.evaluate(() => {
        const list = document.querySelector('[role="listbox"]')
        const scroller = list?.closest('.scrolls') ?? list
        const before = scroller?.scrollTop ?? 0
        scroller?.scrollBy(0, 400)
        return scroller !== null && scroller !== undefined && scroller.scrollTop !== before
      })
      if (!moved) throw new Error(`only ${durations.length} chats could be opened`)
      continue
    }
    seen.add(opened.key)
    durations.push(opened.ms)
  }
  return durations
}

/**
 * In the page: opens the first row that was not opened yet.
 * @param {string[]} seen
 * @returns {Promise<{ key: string, ms: number } | null>}
 */
async function openNext(seen) {
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[role="option"]')])
  const numberOf = (/** @type {HTMLElement} */ row) => /№\s\d+/.exec(row.innerText)?.[0] ?? ''
  const row = rows.find((each) => numberOf(each) !== '' && !seen.includes(numberOf(each)))
  if (!row) return null
  const key = numberOf(row)
  const former = document.querySelector('[role="feed"] article')
  const startedAt = performance.now()
  row.click()
  for (;;) {
    await nextFrame()
    const shown = document.querySelector('[role="feed"]:not([aria-busy="true"]) article')
    const header = document.querySelector('main')?.innerText ?? document.body.innerText
    if (shown && shown !== former && header.includes(key)) break
    if (performance.now() - startedAt > 10_000) throw new Error(`${key} did not open`)
  }
  const ms = performance.now() - startedAt
  // What the opening sets going, such as reading marks, is over before the next one.
  await new Promise((resolve) => setTimeout(resolve, 150))
  return { key, ms }
}
