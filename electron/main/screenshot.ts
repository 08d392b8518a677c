import { writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { WebContents } from 'electron'

const deadlineMs = 40_000
const pollMs = 100

/** The page sets `data-ready="true"` on its root element when its first list is drawn; what still comes is `aria-busy`. */
async function isSettled(contents: WebContents): Promise<boolean> {
  const settled: unknown = await contents.executeJavaScript(
    `document.documentElement.dataset.ready === 'true' && document.querySelector('[aria-busy="true"]') === null`,
  )
  return settled === true
}

/** A frame that was asked for after the page settled was drawn with all of it. */
function nextFrame(contents: WebContents): Promise<unknown> {
  return contents.executeJavaScript(
    'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))',
  )
}

/** Writes a picture of the settled page to `path` and says so on stdout: `SCREENSHOT <path>`. Rejects when it never settles. */
export async function takeScreenshot(contents: WebContents, path: string): Promise<void> {
  for (const start = Date.now(); !(await isSettled(contents)); await wait(pollMs))
    if (Date.now() - start > deadlineMs) throw new Error(`the page was not drawn within ${deadlineMs} ms`)
  await nextFrame(contents)
  const picture = await contents.capturePage()
  await writeFile(path, picture.toPNG())
  process.stdout.write(`SCREENSHOT ${path}\n`)
}
