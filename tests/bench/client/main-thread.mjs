import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Tasks above this keep a user waiting; also what the browser itself calls a long task. */
const longMs = 50

/**
 * @typedef {object} MainThread
 * @property {number} longestWallMs by the page's own PerformanceObserver, which knows tasks from 50 ms; 0 where there was none
 * @property {number} longTasks so many of them
 * @property {number} longestCpuMs of all tasks of the thread, by tracing
 * @property {number} longCpuTasks those that ran for more than 50 ms
 * @property {number} hostCpuMs the longest task of Electron's main process
 */

/**
 * Records how long the page's main thread is kept busy by one task. Wall time is what a user feels; on a machine that does other
 * things too, CPU time (time the thread really ran) tells what is ours.
 * @param {import('./desktop.mjs').Desktop} desktop
 * @param {() => Promise<void>} during
 * @returns {Promise<MainThread>}
 */
export async function recordMainThread({ app, page }, during) {
  await page.evaluate(() => {
    /** @type {number[]} */
    const durations = []
    const observer = new PerformanceObserver((list) =>
      durations.push(...list.getEntries().map(({ duration }) => duration)),
    )
    observer.observe({ type: 'longtask' })
    Object.assign(window, { longTasks: () => (observer.disconnect(), durations) })
  })
  await app.evaluate(async ({ BrowserWindow, contentTracing }) => {
    const [window] = BrowserWindow.getAllWindows()
    await contentTracing.startRecording({
      included_categories: ['toplevel', '__metadata'],
      included_process_ids: [window?.webContents.getOSProcessId() ?? 0, process.pid],
    })
  })
  await during()
  const file = join(tmpdir(), `naryad-trace-${process.pid}-${Date.now()}.json`)
  await app.evaluate(({ contentTracing }, path) => contentTracing.stopRecording(path), file)
  /** @type {number[]} */
  const durations = await page.evaluate(() => Reflect.get(window, 'longTasks')())
  try {
    const events = JSON.parse(await readFile(file, 'utf8')).traceEvents
    const tasks = taskTimes(events, 'CrRendererMain')
    return {
      longestWallMs: longestOf(durations),
      longTasks: durations.length,
      longestCpuMs: longestOf(tasks),
      longCpuTasks: tasks.filter((ms) => ms > longMs).length,
      hostCpuMs: longestOf(taskTimes(events, 'CrBrowserMain')),
    }
  } finally {
    await rm(file, { force: true })
  }
}

/** Spreading a hundred thousand numbers into a call would be too many arguments. @param {readonly number[]} times */
const longestOf = (times) => times.reduce((longest, ms) => Math.max(longest, ms), 0)

/**
 * @typedef {{ name: string, ph: string, pid: number, tid: number, tdur?: number, args?: { name?: string } }} TraceEvent
 * @param {readonly TraceEvent[]} events
 * @param {'CrRendererMain' | 'CrBrowserMain'} thread
 * @returns {number[]} CPU time of each task of these threads, ms
 */
function taskTimes(events, thread) {
  const threads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === thread)
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  return events
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && threads.has(`${pid} ${tid}`))
    .map(({ tdur }) => (tdur ?? 0) / 1000)
}
