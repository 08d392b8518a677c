import { writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { WebContents } from 'electron'

const deadlineMs = 20_000
const pollMs = 100

/** The page sets `data-ready="true"` on its root element when its first list is drawn. */
async function isDrawn(contents: WebContents): Promise<boolean> {
  const ready: unknown = await contents.executeJavaScript("document.documentElement.dataset.ready === 'true'")
  return ready === true
}

/** Writes a picture of the drawn page to `path` and says so on stdout: `SCREENSHOT <path>`. Rejects when it is never drawn. */
export async function takeScreenshot(contents: WebContents, path: string): Promise<void> {
  for (const start = Date.now(); !(await isDrawn(contents)); await wait(pollMs))
    if (Date.now() - start > deadlineMs) throw new Error(`the page was not drawn within ${deadlineMs} ms`)
  const picture = await contents.capturePage()
  await writeFile(path, picture.toPNG())
  process.stdout.write(`SCREENSHOT ${path}\n`)
}
