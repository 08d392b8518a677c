/** The checklist of Electron (https://www.electronjs.org/docs/latest/tutorial/security), points 13 to 15: no way out of the page. */
import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LaunchedApp } from '#tests/support/electron/launch-app.ts'
import { launchApp } from '#tests/support/electron/launch-app.ts'
import { runInPage } from '#tests/support/electron/in-page.ts'

let desk: LaunchedApp
beforeAll(async () => {
  desk = await launchApp()
  // Nothing of a test may start a browser on the machine.
  await desk.app.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { opened })
    shell.openExternal = async (url) => void opened.push(url)
  })
})
afterAll(() => desk.close())
const inPage = <Answer>(code: string) => runInPage<Answer>(desk, code)

/** Links handed to the system since the last call. */
function takeOpened(): Promise<string[]> {
  return desk.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened.splice(0))
}

describe('the checklist, 13: navigation is denied', () => {
  beforeEach(() => takeOpened())

  it.each([
    'https://example.invalid/',
    'http://127.0.0.1:9/',
    'file:///etc/passwd',
    'app://other/',
    'data:text/html,<h1>x</h1>',
    'javascript:document.body.remove()',
    'view-source:app://bundle/',
  ])('to %s', async (address) => {
    await inPage(`window.mark = {}; location.href = ${JSON.stringify(address)};
      const link = document.createElement('a'); link.href = ${JSON.stringify(address)}; document.body.append(link); link.click(); link.remove();
      await new Promise((f) => setTimeout(f, 50))`).catch(() => {})
    expect(await inPage('return [typeof window.mark, document.body !== null]')).toEqual(['object', true])
    expect(await takeOpened()).toEqual([])
    expect(desk.page.url()).toMatch(/^app:\/\/bundle\//)
  })

  it('to an empty page, which Chromium asks nobody about: the app comes back', async () => {
    await desk.app.evaluate(({ BrowserWindow }) => {
      const visited: string[] = []
      Object.assign(globalThis, { visited })
      BrowserWindow.getAllWindows()[0]?.webContents.on('did-navigate', (_event, url) => void visited.push(url))
    })
    // The page that is asked has gone before it can answer.
    await inPage("location.href = 'about:blank'").catch(() => {})
    const visited = () => desk.app.evaluate(() => (globalThis as unknown as { visited: string[] }).visited)
    await expect.poll(visited).toEqual(['about:blank', expect.stringMatching(/^app:\/\/bundle\//)])
    const platform = () => inPage("return (await naryad.call('app.information')).platform").catch(() => undefined)
    await expect.poll(platform).toBe(process.platform)
  })

  it.each([
    ['to a page made of a blob', "location.href = URL.createObjectURL(new Blob(['x'], { type: 'text/html' }))"],
    [
      'by a form',
      "const form = document.createElement('form'); form.action = 'https://example.invalid/'; document.body.append(form); form.submit(); form.remove()",
    ],
    [
      'by a refresh',
      "const meta = document.createElement('meta'); meta.httpEquiv = 'refresh'; meta.content = '0; url=https://example.invalid/'; document.head.append(meta)",
    ],
  ])('%s', async (_, code) => {
    expect(
      await inPage(`window.mark = 1; ${code}; await new Promise((f) => setTimeout(f, 100)); return window.mark`),
    ).toBe(1)
    expect(desk.page.url()).toMatch(/^app:\/\/bundle\//)
  })

  it('by a dropped file', async () => {
    const debug = await desk.page.context().newCDPSession(desk.page)
    const data = { items: [], files: [resolve(import.meta.dirname, 'security.test.ts')], dragOperationsMask: 1 }
    await inPage('window.mark = 1')
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await debug.send('Input.dispatchDragEvent', { type, x: 50, y: 50, data })
    expect(await inPage('await new Promise((f) => setTimeout(f, 100)); return window.mark')).toBe(1)
    expect(desk.page.url()).toMatch(/^app:\/\/bundle\//)
  })

  it('and nothing is downloaded', async () => {
    await desk.app.evaluate(({ session }) => {
      const downloads: boolean[] = []
      Object.assign(globalThis, { downloads })
      session.defaultSession.on('will-download', (event) => void downloads.push(event.defaultPrevented))
    })
    await inPage(
      "const a = document.createElement('a'); a.href = 'data:application/octet-stream,x'; a.download = 'x.exe'; a.click()",
    )
    const downloads = () => desk.app.evaluate(() => (globalThis as unknown as { downloads: boolean[] }).downloads)
    await expect.poll(downloads).toEqual([true])
  })
})

describe('the checklist, 14 and 15: new windows and links', () => {
  beforeEach(() => takeOpened())

  it.each(['https://example.invalid/a', 'mailto:a@example.invalid', 'tel:+74951234567'])(
    '%s goes to the system',
    async (url) => {
      expect(await inPage(`return window.open(${JSON.stringify(url)}) === null`)).toBe(true)
      expect(await inPage(`return naryad.call('link.open', { url: ${JSON.stringify(url)} })`)).toBe(true)
      expect(await takeOpened()).toEqual([url, url])
    },
  )

  it.each([
    'http://example.invalid/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    '\\\\host\\share\\a.exe',
    'smb://host/share',
    'https://example.invalid@evil.invalid/',
    'app://bundle/',
    'about:blank',
    '../../etc/passwd',
  ])('%s goes nowhere', async (url) => {
    await inPage(`window.open(${JSON.stringify(url)})`).catch(() => {})
    expect(await inPage(`return naryad.call('link.open', { url: ${JSON.stringify(url)} })`)).toBe(false)
    expect(await takeOpened()).toEqual([])
    expect(await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })
})
