import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Records how long the page's main thread is kept busy by one task. `wallMs` is what a user feels; on a machine that does other
 * things too, `cpuMs` (time the thread really ran) tells what is ours.
 * @param {import('./desktop.mjs').Desktop} desktop
 * @param {() => Promise<void>} during
 * @returns {Promise<{ longestWallMs: number, longestCpuMs: number, longTasks: number }>}
 */
export async function recordMainThread({ app, page }, during) {
  await page.evaluate(() => {
    /** @type {number[]} */
    const durations = []
    new PerformanceObserver((list) => durations.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    })
    Object.assign(window, { longTasks: durations })
  })
  await app.evaluate(async ({ BrowserWindow, contentTracing }) => {
    const [window] = BrowserWindow.getAllWindows()
    await contentTracing.startRecording({
      included_categories: ['toplevel', '__metadata'],
      included_process_ids: [window?.webContents.getOSProcessId() ?? 0],
    })
  })
  await during()
  const file = join(tmpdir(), `naryad-trace-${process.pid}-${Date.now()}.json`)
  await app.evaluate(({ contentTracing }, path) => contentTracing.stopRecording(path), file)
  /** @type {number[]} */
  const durations = await page.evaluate(() => Reflect.get(window, 'longTasks'))
  try {
    const longestCpuMs = longestTask(JSON.parse(await readFile(file, 'utf8')).traceEvents)
    return { longestWallMs: Math.max(0, ...durations), longestCpuMs, longTasks: durations.length }
  } finally {
    await rm(file, { force: true })
  }
}

/**
 * @typedef {{ name: string, ph: string, pid: number, tid: number, tdur?: number, args?: { name?: string } }} TraceEvent
 * @param {readonly TraceEvent[]} events
 * @returns {number} CPU time of the longest task of a renderer's main thread, ms
 */
function longestTask(events) {
  const mainThreads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = events.filter(({ name, pid, tid }) => name.endsWith('RunTask') && mainThreads.has(`${pid} ${tid}`))
  return Math.max(0, ...tasks.map(({ tdur }) => tdur ?? 0)) / 1000
}
