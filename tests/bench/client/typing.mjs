import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { launch, signIn } from './desktop.mjs'
import { recordMainThread } from './main-thread.mjs'

const videoBytes = 20_000_000
/** As fast as somebody writes who writes fast. */
const keyEveryMs = 90
const lettersAtRest = 100
const mostLetters = 2_000
const patienceMs = 120_000
const field = { name: /^Сообщение/ }

/**
 * @typedef {import('./main-thread.mjs').MainThread} MainThread
 * @typedef {{ p50Ms: number, p95Ms: number, longestMs: number, pressLongestMs: number, letters: number }} Typing from when the window has the
 * key to the frame that shows the letter; `pressLongestMs`: from outside, with the way through the main process to the page and back
 */

/**
 * Types while a video of 20 MB is attached, and while it goes up with its message; at first at rest, for comparison.
 * @param {{ root: string, profile: string, folder: string, server: string, ticketId: string }} options `folder`: for the video
 * @returns {Promise<Record<'atRest' | 'attaching' | 'uploading', Typing & MainThread & { seconds: number }>>}
 */
export async function typeWhileUploading({ root, profile, folder, server, ticketId }) {
  const desktop = await launch(root, profile)
  const { page } = desktop
  try {
    await page.getByLabel('Адрес сервера').waitFor()
    await signIn(page, server)
    await page.getByRole('option').first().waitFor({ timeout: patienceMs })
    await page.evaluate((path) => (location.hash = `#${path}`), `/chats/${ticketId}/customer`)
    const composer = page.getByRole('textbox', field)
    await composer.waitFor()
    const video = join(folder, 'обход.webm')
    await writeFile(video, await makeVideo(page))
    await delay(2_000)
    await composer.focus()
    const atRest = await typeUntil(
      desktop,
      async () => {},
      async (typed) => typed >= lettersAtRest,
    )
    const tray = page.getByRole('list', { name: 'Вложения сообщения' })
    const attaching = await typeUntil(
      desktop,
      () => drop(page, video),
      async () => (await tray.getByText('готово').count()) > 0,
    )
    const upload = page.getByRole('feed').getByRole('progressbar')
    const uploading = await typeUntil(
      desktop,
      async () => {
        await composer.press('Control+Enter')
        await upload.waitFor()
      },
      async () => (await upload.count()) === 0,
    )
    return { atRest, attaching, uploading }
  } finally {
    await desktop.close()
  }
}

/**
 * @param {import('./desktop.mjs').Desktop} desktop
 * @param {() => Promise<void>} begin
 * @param {(typed: number) => Promise<boolean>} isOver
 * @returns {Promise<Typing & MainThread & { seconds: number }>}
 */
async function typeUntil(desktop, begin, isOver) {
  const { page } = desktop
  await page.evaluate(watchKeys)
  let seconds = 0
  let pressLongestMs = 0
  const mainThread = await recordMainThread(desktop, async () => {
    const startedAt = performance.now()
    await begin()
    for (let typed = 0; typed < mostLetters && !(await isOver(typed)); typed++) {
      const pressedAt = performance.now()
      await page.keyboard.press(typed % 6 === 5 ? 'Space' : 'KeyA')
      const tookMs = performance.now() - pressedAt
      pressLongestMs = Math.max(pressLongestMs, tookMs)
      await delay(Math.max(0, keyEveryMs - tookMs))
    }
    seconds = (performance.now() - startedAt) / 1000
    await delay(500)
  })
  /** @type {number[]} */
  const latencies = await page.evaluate(() => Reflect.get(window, 'keyLatencies')())
  const sorted = latencies.toSorted((one, other) => one - other)
  const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return {
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    longestMs: at(1),
    pressLongestMs,
    letters: sorted.length,
    seconds,
    ...mainThread,
  }
}

/** In the page: from when the system had the key until the frame with the letter was handed over. */
function watchKeys() {
  /** @type {number[]} */
  const latencies = []
  let pressedAt = 0
  const pressed = (/** @type {KeyboardEvent} */ event) => (pressedAt = event.timeStamp)
  const changed = () => {
    const from = pressedAt
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port2.onmessage = () => latencies.push(performance.now() - from)
      port1.postMessage(null)
    })
  }
  addEventListener('keydown', pressed, { capture: true })
  addEventListener('input', changed)
  Object.assign(window, {
    keyLatencies: () => {
      removeEventListener('keydown', pressed, { capture: true })
      removeEventListener('input', changed)
      return latencies
    },
  })
}

/** As a file manager lets go of it over the conversation. @param {import('playwright-core').Page} page @param {string} path */
async function drop(page, path) {
  const box = await page.getByRole('feed').boundingBox()
  if (!box) throw new Error('no conversation is in sight')
  const session = await page.context().newCDPSession(page)
  for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop']))
    await session.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    })
  await session.detach()
}

/**
 * Two seconds as the camera's dialog records them, made as long as they should be by an element that players pass over.
 * @param {import('playwright-core').Page} page
 */
async function makeVideo(page) {
  const base64 = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
    const context = canvas.getContext('2d')
    let frame = 0
    const timer = setInterval(() => {
      if (context) context.fillStyle = `hsl(${frame++ * 10}, 80%, 50%)`
      context?.fillRect(0, 0, 640, 360)
    }, 40)
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm' })
    /** @type {Blob[]} */
    const pieces = []
    recorder.ondataavailable = ({ data }) => pieces.push(data)
    const stopped = new Promise((resolve) => (recorder.onstop = resolve))
    recorder.start(200)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    recorder.stop()
    await stopped
    clearInterval(timer)
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer())
    let text = ''
    for (const byte of bytes) text += String.fromCharCode(byte)
    return btoa(text)
  })
  const film = Buffer.from(base64, 'base64')
  // Matroska's «Void», with its length in eight bytes.
  const head = Buffer.from('ec0100000000000000', 'hex')
  const empty = videoBytes - film.length - head.length
  head.writeUIntBE(empty, 3, 6)
  // Another video each time: what the server has already is not sent.
  const filling = Buffer.alloc(empty, `${Date.now()} `)
  return Buffer.concat([film, head, filling])
}
