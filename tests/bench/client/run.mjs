/**
 * node tests/bench/client/run.mjs [tickets|photos|typing …] [--runs 5] [--seed large|demo] [--photos 2000] [--passes 2] [--data FOLDER]
 *
 * The built app in real Electron, with a real server. One JSON line each; without names of parts all of them. `--data` keeps the
 * servers' folders, so that the next run need not fill them again.
 *
 * - tickets: the large demonstration set (10,000 tickets, 200,000 messages). First sync, start beside an empty window, opening a
 *   chat, the longest main-thread task while messages arrive.
 * - photos: a chat of 2,000 photos, no two alike, in messages of 1 to 10. The wheel turns it from the end to the beginning (`up`) and back
 *   (`down`), twice: at first pictures come from the server, then from the disk. `client-photo-memory` tells whether the second
 *   pass leaves more than the first: `heap…` is the page's JavaScript after a collection, `rss…` the whole renderer process
 *   (its worker, decoded pictures), in MB; `nodes…` counts what of the document is alive.
 * - typing: letters typed one after another, each timed from the key press to the frame that shows it: at rest, while a video of 20 MB is
 *   attached (copied and looked at), and while it goes to the server: as fast as it can, then over a link of 2 MB/s.
 *
 * Of a main thread `…WallMs` and `longTasks` (above 50 ms) are by the clock, `…CpuMs` and `longCpuTasks` by the time the thread
 * ran: see main-thread.mjs. Only on a machine that does nothing else are the former a statement about the app. `hostCpuMs` is
 * the longest task of Electron's main process, through which keys and frames go.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import { hasDisplay, startScreen } from '../../../scripts/lib/display.mjs'
import { electronEnvironment, ensureElectron } from '../../../scripts/lib/electron-runtime.mjs'
import { launch, shownUnread, signIn, untilReady } from './desktop.mjs'
import { buildEmptyWindow } from './empty-window/build.mjs'
import { recordMainThread } from './main-thread.mjs'
import { openChats } from './open-chats.mjs'
import { startPhotoChat } from './photo-chat.mjs'
import { scrollPhotos } from './photo-scroll.mjs'
import { startSeededServer } from './seeded-server.mjs'
import { stored } from './stored.mjs'
import { typeWhileUploading } from './typing.mjs'

const root = resolve(import.meta.dirname, '../../..')
const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: 'large' },
    data: { type: 'string' },
    chats: { type: 'string', default: '40' },
    photos: { type: 'string', default: '2000' },
    passes: { type: 'string', default: '2' },
  },
  allowPositionals: true,
  strict: false,
})
const runs = Number(values.runs)
/** So many messages are applied while the main thread is watched. */
const watchedMessages = 20_000
/** In the chat in which is typed: it looks like any other. */
const photosWhereTyped = 12
const slowBytesPerSecond = 2_000_000
/** A first sync of the large set takes some minutes; while the browser compacts its database, nothing moves for up to 10 s. */
const syncTimeoutMs = 20 * 60_000

/** @param {string} workload @param {Record<string, number>} figures */
function report(workload, figures) {
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10]),
  )
  console.log(JSON.stringify({ workload, server: 'naryad', figures: rounded }))
}

/** @param {number[]} numbers @param {number} share */
function percentile(numbers, share) {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/**
 * What the app says of its fetching; null when everything is here.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string | null>}
 */
function syncProgress(page) {
  return page.evaluate(() => document.querySelector('[role=status][aria-busy=true]')?.textContent ?? null)
}

/**
 * Looks at the app's own words only: counting rows meanwhile would take as long as storing them.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<number>} for how long at most those words stood still, ms
 */
async function untilSynced(page) {
  const startedAt = performance.now()
  let changedAt = startedAt
  let longestPauseMs = 0
  for (let shown = await syncProgress(page); shown !== null;) {
    if (performance.now() - startedAt > syncTimeoutMs) throw new Error(`the first sync does not end: ${shown}`)
    await delay(250)
    const now = await syncProgress(page)
    longestPauseMs = Math.max(longestPauseMs, performance.now() - changedAt)
    if (now !== shown) changedAt = performance.now()
    shown = now
  }
  return longestPauseMs
}

/**
 * @param {string} profile
 * @param {string} server
 * @returns {Promise<number>} unread messages at the end
 */
async function measureFirstSync(profile, server) {
  const desktop = await launch(root, profile)
  const { page } = desktop
  await page.getByLabel('Адрес сервера').waitFor()
  await signIn(page, server)
  const signedInAt = performance.now()
  await page.getByRole('option').first().waitFor({ timeout: 60_000 })
  const firstRowMs = performance.now() - signedInAt
  let arrivedMs = 0
  const mainThread = await recordMainThread(desktop, async () => {
    const before = (await stored(page)).messages
    const startedAt = performance.now()
    while ((await stored(page)).messages - before < watchedMessages && (await syncProgress(page)) !== null)
      await delay(500)
    arrivedMs = performance.now() - startedAt
  })
  report('client-applying-20000', { seconds: arrivedMs / 1000, ...mainThread })

  const longestPauseMs = await untilSynced(page)
  const seconds = (performance.now() - signedInAt) / 1000
  const { rooms, messages } = await stored(page)
  const messagesPerSecond = messages / seconds
  report('client-first-sync', { seconds, firstRowMs, rooms, messages, messagesPerSecond, longestPauseMs })
  const unread = await shownUnread(page)
  await desktop.close()
  return unread
}

/**
 * The app and an empty window in turns, so that a noisy machine is noisy for both.
 * @param {string} profile
 * @param {string} emptyWindow
 * @param {string} emptyProfile
 * @param {number} unread
 */
async function measureStart(profile, emptyWindow, emptyProfile, unread) {
  /** @type {number[]} */
  const empty = []
  /** @type {number[]} */
  const own = []
  let rightCounts = 0
  for (let run = 0; run <= runs; run++) {
    const window = await launch(emptyWindow, emptyProfile)
    const emptyMs = await untilReady(window)
    await window.close()
    const desktop = await launch(root, profile)
    const ownMs = await untilReady(desktop)
    await desktop.page.getByRole('option').first().waitFor()
    const shown = await shownUnread(desktop.page)
    await desktop.close()
    // The first of each fills caches.
    if (run === 0) continue
    empty.push(emptyMs)
    own.push(ownMs)
    if (shown === unread) rightCounts++
  }
  const [emptyMs, listMs] = [percentile(empty, 0.5), percentile(own, 0.5)]
  const slowest = Math.max(...own) - emptyMs
  report('client-start', {
    emptyMs,
    listMs,
    differenceMs: listMs - emptyMs,
    slowestDifferenceMs: slowest,
    runs,
    rightCounts,
  })
}

/**
 * The first chats after a start are the slow ones, so there are several starts.
 * @param {string} profile
 */
async function measureOpening(profile) {
  /** @type {number[]} */
  const durations = []
  /** @type {number[]} */
  const first = []
  for (let run = 0; run < runs; run++) {
    const desktop = await launch(root, profile)
    await untilReady(desktop)
    await desktop.page.getByRole('option').first().waitFor()
    const opened = await openChats(desktop.page, Number(values.chats))
    await desktop.close()
    durations.push(...opened)
    first.push(opened[0] ?? Number.NaN)
  }
  report('client-open-chat', {
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
    longestMs: Math.max(...durations),
    firstP50Ms: percentile(first, 0.5),
    starts: runs,
    chats: durations.length,
  })
}

async function measurePhotos() {
  const chat = await startPhotoChat(dataFolder('photos'), Number(values.photos))
  try {
    const profile = join(folder, 'photos-profile')
    const { opened, passes } = await scrollPhotos({ root, profile, chat, passes: Number(values.passes) })
    const { photos, messages } = chat
    for (const [index, { up, down }] of passes.entries()) {
      report(`client-photo-scroll-${index + 1}-up`, { photosInChat: photos, messages, ...up })
      report(`client-photo-scroll-${index + 1}-down`, { photosInChat: photos, messages, ...down })
    }
    for (const [index, { atBeginning, atEnd }] of passes.entries())
      report(`client-photo-memory-${index + 1}`, {
        ...named(index === 0 ? opened : (passes[index - 1]?.atEnd ?? opened), 'Start'),
        ...named(atBeginning, 'Middle'),
        ...named(atEnd, 'End'),
      })
  } finally {
    await chat.stop()
  }
}

/** @param {Record<string, number>} figures @param {string} suffix */
function named(figures, suffix) {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name.replace(/(Mb)?$/, `${suffix}$1`), value]),
  )
}

async function measureTyping() {
  const chat = await startPhotoChat(dataFolder('typing'), photosWhereTyped)
  // The link of the tests, in their language.
  const { module } = await runnerImport(join(root, 'tests/support/network/link.ts'), { configFile: false })
  /** @type {import('../../support/network/link.ts').Link} */
  const link = await module.openLink(chat.url, { bytesPerSecond: slowBytesPerSecond })
  try {
    const { ticketId } = chat
    for (const [name, server] of Object.entries({ loopback: chat.url, 'slow-link': link.url })) {
      const profile = join(folder, `typing-${name}`)
      const phases = await typeWhileUploading({ root, profile, folder, server, ticketId })
      for (const [phase, figures] of Object.entries(phases)) report(`client-typing-${name}-${phase}`, figures)
    }
  } finally {
    await link.close()
    await chat.stop()
  }
}

async function measureTickets() {
  const server = await startSeededServer(String(values.seed), dataFolder('server'))
  try {
    const profile = join(folder, 'profile')
    await buildEmptyWindow(join(folder, 'empty-window'))
    const unread = await measureFirstSync(profile, server.url)
    await measureStart(profile, join(folder, 'empty-window'), join(folder, 'empty-profile'), unread)
    await measureOpening(profile)
  } finally {
    await server.stop()
  }
}

/** Kept by `--data`; the tickets' server has the folder itself. @param {string} name */
function dataFolder(name) {
  if (!values.data) return join(folder, name)
  return name === 'server' ? resolve(String(values.data)) : resolve(`${String(values.data)}-${name}`)
}

const parts = { tickets: measureTickets, photos: measurePhotos, typing: measureTyping }
const folder = await mkdtemp(join(tmpdir(), 'naryad-bench-'))
const screen = hasDisplay() ? null : await startScreen()
Object.assign(process.env, screen?.environment, electronEnvironment(await ensureElectron()))
try {
  for (const [name, measure] of Object.entries(parts))
    if (positionals.length === 0 || positionals.includes(name)) await measure()
} finally {
  await screen?.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}
