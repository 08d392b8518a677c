/**
 * Shows the real interface over the fake data in the Electron that the tests run on.
 *
 *   const screens = await openScreens()
 *   await screens.show('offline', { theme: 'dark', size: 'phone' })
 *   await screens.page.getByRole('feed').waitFor()
 *   await screens.change(() => fake.change((world) => …))   // runs in the page
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type Page } from 'playwright-core'
import { preview } from 'vite'
import { ensureBuilt } from '../../../scripts/lib/build.mjs'
import type { FakeData } from './fake-data.ts'

const sizes = {
  desktop: { width: 1440, height: 900 },
  laptop: { width: 1024, height: 700 },
  phone: { width: 390, height: 844 },
  smallest: { width: 320, height: 640 },
} as const

type ShowOptions = {
  theme?: 'light' | 'dark'
  language?: 'ru' | 'en'
  size?: keyof typeof sizes
  /** Local time at which the page begins; its clock goes on from there. */
  at?: string
}
export type Screens = {
  page: Page
  /** Loads a scene anew, with a world of its own. */
  show(scene: string, options?: ShowOptions): Promise<void>
  /** What an action was called with since then, oldest first. */
  inputsOf(action: string): Promise<unknown[]>
  close(): Promise<void>
}

declare global {
  interface Window {
    /** Set by the harness: the data that the screens show. */
    fake: FakeData
  }
}

/** Of `expect.poll`, for what comes by itself; ms. */
export const patience = { timeout: 10_000, interval: 50 }

const configFile = resolve(import.meta.dirname, 'harness/vite.config.ts')
const mainProcess = resolve(import.meta.dirname, 'harness/window.cjs')

export async function openScreens(): Promise<Screens> {
  await ensureBuilt(['screens'])
  const folder = await mkdtemp(join(tmpdir(), 'naryad-screens-'))
  const server = await preview({ configFile, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } })
  const address = server.httpServer.address()
  if (address === null || typeof address === 'string') throw new Error('the preview server has no port')
  const url = `http://127.0.0.1:${address.port}/`
  const app = await _electron.launch({
    args: [mainProcess, `--user-data-dir=${folder}`],
    env: { ...process.env, NARYAD_SCREENS_URL: `${url}?scene=update` },
    chromiumSandbox: process.getuid?.() !== 0,
    colorScheme: null,
  })
  const page = await app.firstWindow()
  // Windows of other test files are on the same screen.
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('Emulation.setFocusEmulationEnabled', { enabled: true })
  return {
    page,
    async show(scene, { theme = 'light', language = 'ru', size = 'desktop', at = '2026-11-22T14:32' } = {}) {
      await page.setViewportSize(sizes[size])
      await page.goto(`${url}?scene=${scene}&theme=${theme}&lang=${language}&at=${at}`)
      await page.locator('#root > *').first().waitFor()
      await page.evaluate(() => document.fonts.ready.then(() => undefined))
    },
    inputsOf: (action) =>
      page.evaluate(
        (wanted) => window.fake.calls.flatMap(({ name, input }) => (name === wanted ? [input] : [])),
        action,
      ),
    async close() {
      await app.close()
      await server.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}
