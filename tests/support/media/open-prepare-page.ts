/** Opens `prepare-page` in the Electron that the tests run on; `fixtures` are served beside it under their names. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type Page } from 'playwright-core'
import { build, preview } from 'vite'
import type { PreparingPage } from './prepare-page/page.ts'

declare global {
  interface Window {
    /** Set by the page. */
    preparing: PreparingPage
  }
}

const root = resolve(import.meta.dirname, 'prepare-page')
const mainProcess = resolve(import.meta.dirname, '../ui/harness/window.cjs')

export type OpenedPage = { page: Page; close(): Promise<void> }

export async function openPreparePage(fixtures: Readonly<Record<string, Uint8Array>>): Promise<OpenedPage> {
  const folder = await mkdtemp(join(tmpdir(), 'naryad-prepare-'))
  const outDir = join(folder, 'page')
  const plain = { configFile: false, root, logLevel: 'error' } as const
  await build({ ...plain, base: './', worker: { format: 'es' }, build: { outDir, target: 'chrome114' } })
  for (const [name, bytes] of Object.entries(fixtures)) await writeFile(join(outDir, name), bytes)
  const server = await preview({ ...plain, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } })
  const url = server.resolvedUrls?.local[0]
  const app = await _electron.launch({
    args: [mainProcess, `--user-data-dir=${join(folder, 'user')}`],
    env: { ...process.env, NARYAD_SCREENS_URL: url ?? '' },
    chromiumSandbox: process.getuid?.() !== 0,
    colorScheme: null,
  })
  const page = await app.firstWindow()
  await page.waitForFunction(() => 'preparing' in window)
  return {
    page,
    async close() {
      await app.close()
      await server.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}
