import { _electron } from 'playwright-core'

/** Chromium's sandbox can't run as root. */
const asRoot = process.getuid?.() === 0
const readyTimeoutMs = 60_000

/**
 * @typedef {object} Desktop
 * @property {import('playwright-core').ElectronApplication} app
 * @property {import('playwright-core').Page} page
 * @property {number} startedAt ms since 1970, before the process was spawned
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} folder of the app's package.json
 * @param {string} profile
 * @returns {Promise<Desktop>}
 */
export async function launch(folder, profile) {
  const startedAt = Date.now()
  const app = await _electron.launch({
    args: [folder, `--user-data-dir=${profile}`, ...(asRoot ? ['--no-sandbox'] : [])],
    chromiumSandbox: !asRoot,
    colorScheme: null,
    env: { ...process.env, LANGUAGE: 'ru' },
  })
  try {
    return { app, page: await app.firstWindow(), startedAt, close: () => app.close() }
  } catch (error) {
    app.process().kill('SIGKILL')
    throw error
  }
}

/**
 * Signs in by the form, to be remembered.
 * @param {import('playwright-core').Page} page
 * @param {string} server
 */
export async function signIn(page, server) {
  await page.getByLabel('Адрес сервера').fill(server)
  await page.getByLabel('Логин').fill('dispatcher')
  await page.getByLabel('Пароль', { exact: true }).fill('demo')
  const remember = page.getByRole('checkbox')
  if (!(await remember.isChecked())) await remember.click()
  await page.getByRole('button', { name: 'Войти' }).click()
}

/**
 * From the spawning of the process until the page said that its first list is on the screen.
 * @param {Desktop} desktop
 * @returns {Promise<number>} ms
 */
export async function untilReady({ page, startedAt }) {
  await page.waitForFunction(() => performance.getEntriesByName('list-ready').length > 0, null, {
    timeout: readyTimeoutMs,
  })
  const readyAt = await page.evaluate(
    () => performance.timeOrigin + (performance.getEntriesByName('list-ready')[0]?.startTime ?? Number.NaN),
  )
  return readyAt - startedAt
}

/**
 * Unread messages as the window's title shows them.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<number>}
 */
export async function shownUnread(page) {
  return Number(/^\((\d+)\)/.exec(await page.title())?.[1] ?? 0)
}
