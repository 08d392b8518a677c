/** The official checklist of Electron (https://www.electronjs.org/docs/latest/tutorial/security), in the app as it runs: what holds for the window as a whole. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LaunchedApp } from '#tests/support/electron/launch-app.ts'
import { launchApp } from '#tests/support/electron/launch-app.ts'
import { runInPage } from '#tests/support/electron/in-page.ts'

const projectFile = (path: string) => readFile(resolve(import.meta.dirname, '../..', path), 'utf8')

let desk: LaunchedApp
beforeAll(async () => {
  // A camera and a microphone that one could be refused.
  desk = await launchApp({ switches: ['--use-fake-device-for-media-stream'] })
})
afterAll(() => desk.close())
const inPage = <Answer>(code: string) => runInPage<Answer>(desk, code)

/** Preferences in force; the function is Electron's own, but not in its types. */
function preferences(): Promise<Record<string, unknown>> {
  return desk.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    return contents.getLastWebPreferences()
  })
}

describe('the checklist', () => {
  it('1: only the app’s own content is loaded', async () => {
    expect(desk.page.url()).toMatch(/^app:\/\/bundle\//)
    const loaded = await desk.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
    for (const address of loaded) expect(address).toMatch(/^(app:\/\/bundle\/|blob:app:\/\/bundle\/|data:)/)
  })

  it('2: the page has no Node', async () => {
    const { nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames } = await preferences()
    expect([nodeIntegration, nodeIntegrationInWorker ?? false, nodeIntegrationInSubFrames]).toEqual([
      false,
      false,
      false,
    ])
    const found = await inPage('return [typeof require, typeof process, typeof module, typeof Buffer, typeof global]')
    expect(found).toEqual(Array.from({ length: 5 }, () => 'undefined'))
  })

  it('3: the preload script lives in a context of its own', async () => {
    expect((await preferences())['contextIsolation']).toBe(true)
  })

  it('4: the page’s process is sandboxed', async () => {
    expect((await preferences())['sandbox']).toBe(true)
  })

  it.each(['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'])(
    '5: the permission %s is denied',
    async (name) => {
      expect(await inPage(`return (await navigator.permissions.query({ name: '${name}' })).state`)).toBe('denied')
    },
  )

  it('5: a request for a permission is denied', async () => {
    expect(await inPage('return Notification.requestPermission()')).toBe('denied')
    await expect(inPage('return navigator.mediaDevices.getUserMedia({ audio: true })')).rejects.toThrow(
      'NotAllowedError',
    )
    await expect(inPage('return navigator.mediaDevices.getDisplayMedia({ video: true })')).rejects.toThrow(
      /NotAllowedError|NotSupportedError|AbortError|InvalidStateError/,
    )
    const located = inPage(
      'return new Promise((f, r) => navigator.geolocation.getCurrentPosition(f, (e) => r(e.message)))',
    )
    await expect(located).rejects.toThrow(/denied/i)
  })

  it('6: web security is on', async () => {
    expect((await preferences())['webSecurity']).toBe(true)
  })

  it('8: no insecure content is allowed', async () => {
    expect((await preferences())['allowRunningInsecureContent']).toBe(false)
  })

  it('9 and 10: no experimental feature is on', async () => {
    const { experimentalFeatures, enableBlinkFeatures } = await preferences()
    expect(experimentalFeatures).toBe(false)
    expect(enableBlinkFeatures ?? '').toBe('')
    expect(await desk.app.evaluate(({ app }) => app.commandLine.getSwitchValue('enable-blink-features'))).toBe('')
  })

  it('11 and 12: pages cannot be embedded by webview', async () => {
    expect((await preferences())['webviewTag']).toBe(false)
    await inPage(`const view = document.createElement('webview'); view.src = 'https://example.invalid/'; view.allowpopups = true;
      document.body.append(view); await new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f))); view.remove()`)
    const types = await desk.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((each) => each.getType()),
    )
    expect(types).toEqual(['window'])
  })

  it('16: one exact version of Electron is asked for, and installed', async () => {
    const asked = (JSON.parse(await projectFile('package.json')) as { devDependencies: { electron: string } })
      .devDependencies
    const installed = JSON.parse(await projectFile('node_modules/electron/package.json')) as { version: string }
    expect(asked.electron).toMatch(/^\d+\.\d+\.\d+$/)
    expect(installed.version).toBe(asked.electron)
  })

  it('18: the page is not a file and reaches none', async () => {
    await expect(inPage("return fetch('file:///etc/passwd').then(() => 'read')")).rejects.toThrow('Failed to fetch')
    const outside = [
      '../../package.json',
      '%2e%2e/%2e%2e/package.json',
      '..%2f..%2fpackage.json',
      '%ff',
      'main/index.cjs',
    ]
    for (const path of outside)
      expect([path, await inPage(`return (await fetch('app://bundle/${path}')).status`)]).toEqual([path, 404])
    await expect(inPage("return (await fetch('app://other/index.html')).status")).rejects.toThrow('Failed to fetch')
    expect(await inPage("return (await fetch('app://bundle/', { method: 'POST' })).status")).toBe(404)
  })

  it('19: the fuses are asked for; the test of the package reads them back', async () => {
    const builder = await projectFile('electron-builder.yml')
    for (const fuse of ['runAsNode: false', 'enableNodeOptionsEnvironmentVariable: false', 'onlyLoadAppFromAsar: true'])
      expect(builder).toContain(fuse)
    for (const fuse of ['enableNodeCliInspectArguments: false', 'grantFileProtocolExtraPrivileges: false'])
      expect(builder).toContain(fuse)
  })

  it('20: the page gets three functions and nothing of Electron', async () => {
    const found = await inPage(
      'return [Object.keys(naryad).sort(), typeof naryad.call, typeof naryad.on, typeof ipcRenderer]',
    )
    expect(found).toEqual([['adoptFiles', 'call', 'on'], 'function', 'function', 'undefined'])
    await inPage("naryad.call = () => 'forged'; delete naryad.on; return 0").catch(() => {})
    expect(await inPage("return [typeof naryad.on, (await naryad.call('app.information')).platform]")).toEqual([
      'function',
      process.platform,
    ])
    const told = inPage(
      'return new Promise((f) => { const stop = naryad.on("window-state", (...all) => { stop(); f(all) }) })',
    )
    expect(await told).toEqual([{ focused: expect.any(Boolean), maximized: expect.any(Boolean) }])
  })
})
