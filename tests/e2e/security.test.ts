/**
 * The official checklist of Electron (https://www.electronjs.org/docs/latest/tutorial/security), point by point, and what a
 * hostile page or message could try on the calls to the main process, in the app as it runs.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CallName } from '#common/ipc.ts'
import { calls } from '#common/ipc.ts'
import type { LaunchedApp } from '#tests/support/electron/launch-app.ts'
import { launchApp } from '#tests/support/electron/launch-app.ts'

const projectFile = (path: string) => readFile(resolve(import.meta.dirname, '../..', path), 'utf8')

let desk: LaunchedApp
beforeAll(async () => {
  // A camera and a microphone that one could be refused.
  desk = await launchApp({ switches: ['--use-fake-device-for-media-stream'] })
  // Nothing of a test may start a browser on the machine.
  await desk.app.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { opened })
    shell.openExternal = async (url) => void opened.push(url)
  })
})
afterAll(() => desk.close())

/** Links handed to the system since the last call. */
function takeOpened(): Promise<string[]> {
  return desk.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened.splice(0))
}

/** Preferences in force; the function is Electron's own, but not in its types. */
function preferences(): Promise<Record<string, unknown>> {
  return desk.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    return contents.getLastWebPreferences()
  })
}

/** Runs in the page, in a task of its own: what the debugger runs at once is not held back by the policy for content. */
function inPage<Answer>(code: string): Promise<Answer> {
  return desk.page.evaluate(`new Promise((fulfil, reject) => setTimeout(() =>
    (async () => { ${code} })().then(fulfil, (error) => reject(new Error(String(error)))), 0))`)
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

  it('20: the page gets two functions and nothing of Electron', async () => {
    const found = await inPage(
      'return [Object.keys(naryad).sort(), typeof naryad.call, typeof naryad.on, typeof ipcRenderer]',
    )
    expect(found).toEqual([['call', 'on'], 'function', 'function', 'undefined'])
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

describe('the checklist, 7: the policy for content', () => {
  it('comes with the page', async () => {
    const [policy, sniff] = await inPage<string[]>(
      "const { headers } = await fetch('app://bundle/'); return [headers.get('content-security-policy'), headers.get('x-content-type-options')]",
    )
    expect(policy).toContain("default-src 'none'")
    expect(sniff).toBe('nosniff')
  })

  it.each(['return eval("1")', 'return new Function("return 1")()'])('blocks %s', async (code) => {
    await expect(inPage(code)).rejects.toThrow('EvalError')
  })

  it('blocks text as the code of a timer', async () => {
    expect(
      await inPage(
        'setTimeout("window.hacked = 1"); await new Promise((f) => setTimeout(f, 20)); return window.hacked ?? 0',
      ),
    ).toBe(0)
  })

  it.each([
    [
      'an inline script',
      "const e = document.createElement('script'); e.textContent = 'window.hacked = 1'; document.body.append(e)",
    ],
    [
      'an inline handler',
      "const e = document.createElement('div'); e.innerHTML = '<img src=x onerror=\"window.hacked = 1\">'; document.body.append(e)",
    ],
    [
      'a script of data',
      "const e = document.createElement('script'); e.src = 'data:text/javascript,window.hacked=1'; document.body.append(e)",
    ],
    [
      'a script of a blob',
      "const e = document.createElement('script'); e.src = URL.createObjectURL(new Blob(['window.hacked=1'])); document.body.append(e)",
    ],
    [
      'a foreign script',
      "const e = document.createElement('script'); e.src = 'https://example.invalid/x.js'; document.body.append(e)",
    ],
    [
      'a foreign frame',
      "const e = document.createElement('iframe'); e.src = 'https://example.invalid/'; document.body.append(e)",
    ],
    ['a frame of ours', "const e = document.createElement('iframe'); e.src = 'app://bundle/'; document.body.append(e)"],
    [
      'an object',
      "const e = document.createElement('object'); e.data = 'app://bundle/index.html'; document.body.append(e)",
    ],
    [
      'a foreign picture',
      "const e = document.createElement('img'); e.src = 'https://example.invalid/x.png'; document.body.append(e)",
    ],
    [
      'another base',
      "const e = document.createElement('base'); e.href = 'https://example.invalid/'; document.head.append(e)",
    ],
    ['a foreign connection', "fetch('http://example.invalid/').catch(() => {})"],
    ['a foreign beacon', "navigator.sendBeacon('http://example.invalid/', 'x')"],
  ])('blocks %s', async (_, code) => {
    const violated = await inPage(
      `const before = new Set(document.querySelectorAll('*'));
       const violation = new Promise((f) => {
         document.addEventListener('securitypolicyviolation', (e) => f(e.disposition), { once: true });
         setTimeout(() => f('not blocked'), 5000);
       });
       ${code};
       const answer = await violation;
       for (const e of document.querySelectorAll('*')) if (!before.has(e)) e.remove();
       return [answer, window.hacked ?? 0]`,
    )
    expect(violated).toEqual(['enforce', 0])
  })

  it('opens the network to a server in plain text only where it was signed in to', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('Access-Control-Allow-Origin', 'app://bundle')
      response.end('reached')
    })
    server.listen(0, '127.0.0.2')
    await once(server, 'listening')
    const url = `http://127.0.0.2:${(server.address() as AddressInfo).port}`
    const ask = () => inPage(`return fetch('${url}').then((answer) => answer.text(), (error) => error.message)`)
    expect(await ask()).toBe('Failed to fetch')
    await inPage(`return naryad.call('settings.write', { servers: [{ url: '${url}', login: 'dispatcher' }] })`)
    await desk.page.reload()
    expect(await ask()).toBe('reached')
    await inPage("return naryad.call('settings.write', { servers: [] })")
    await desk.page.reload()
    server.closeAllConnections()
    server.close()
  })

  it('blocks a worker of a blob', async () => {
    const code = `return new Promise((f) => { try {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])))
      worker.onmessage = () => f('ran'); worker.onerror = () => f('blocked')
    } catch (error) { f(error.name === 'SecurityError' ? 'blocked' : String(error)) } })`
    expect(await inPage(code)).toBe('blocked')
  })
})

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

describe('the checklist, 17: calls to the main process', () => {
  const names = Object.keys(calls) as CallName[]
  const call = (name: string, argument: string) => inPage(`return naryad.call(${JSON.stringify(name)}, ${argument})`)
  const isAlive = async () =>
    expect(await call('app.information', 'undefined')).toMatchObject({ platform: process.platform })
  afterEach(isAlive)

  const wrong = [
    'null',
    '0',
    'NaN',
    '""',
    '"../../etc/passwd"',
    '[]',
    '[{}]',
    '{ server: null }',
    '{ account: "../../etc/passwd", entries: [] }',
    '{ account: "deadbeef/../x", entries: [] }',
    '{ account: "deadbeef", entries: {} }',
    '{ account: "deadbeef", entries: [{ kind: "command", id: "", value: "" }] }',
    '{ account: "deadbeef", entries: [{ kind: "other", id: "1", value: "" }] }',
    '{ account: "deadbeef", entries: [], more: 1 }',
    '{ tag: "1", title: "x", body: "x", path: "https://evil.invalid/" }',
    '{ tag: "1", title: "x", body: "x", path: "/chats/../../x\\u0000" }',
    '{ tag: 1 }',
    '{ count: -1 }',
    '{ count: 1.5 }',
    '{ count: 1e308 }',
    '{ url: ["https://example.invalid/"] }',
    '{ text: 1 }',
    '{ action: "destroy" }',
    '{ theme: "sepia" }',
    '{ unknown: true }',
    '{ servers: [{ url: 1, login: 2 }] }',
    '{ __proto__: { theme: "dark" }, language: "de" }',
    'new Map([["server", "x"]])',
    'new Date()',
    'new Uint8Array(1000)',
    '"x".repeat(10_000_000)',
    '{ account: "deadbeef", entries: [{ kind: "draft", id: "1", value: "x".repeat(10_000_000) }] }',
    '{ account: "deadbeef", entries: Array(1001).fill({ kind: "draft", id: "1", value: null }) }',
    '{ text: "x".repeat(10_000_000) }',
    '{ servers: Array(10_000).fill({ url: "https://a.invalid", login: "a" }) }',
  ]
  it.each(names)('%s refuses what is not its argument', async (name) => {
    const codes = await inPage<string[]>(`return Promise.all([${wrong.join(',')}].map((argument) =>
      naryad.call('${name}', argument).then(() => 'taken', (error) => error.message.split(':')[0])))`)
    const taken = wrong.filter((_, index) => codes[index] === 'taken')
    // A change of no setting is one; a class of its own arrives as a plain object without fields.
    const acceptable = name === 'settings.write' ? ['new Map([["server", "x"]])', 'new Date()'] : []
    expect(taken.filter((argument) => !acceptable.includes(argument))).toEqual([])
    expect(codes.filter((code) => code !== 'taken').every((code) => code === 'E_IPC_ARGUMENT')).toBe(true)
  })

  it.each(['', 'settings', 'Settings.read', '__proto__', 'constructor', 'journal.read\\u0000'])(
    'a call named "%s" is refused',
    async (name) => {
      await expect(inPage(`return naryad.call("${name}", {})`)).rejects.toThrow('E_IPC_CALL')
    },
  )

  it('what is no data is refused', async () => {
    await expect(call('badge.set', '{ count: () => 1 }')).rejects.toThrow(/E_IPC_ARGUMENT|could not be cloned/)
    await expect(call('link.open', 'document.body')).rejects.toThrow(/E_IPC_ARGUMENT|could not be cloned/)
  })

  it('ten thousand wrong calls at once do no harm', async () => {
    const refused = await inPage(`const all = await Promise.allSettled(Array.from({ length: 10_000 }, (_, i) =>
      naryad.call('journal.write', { account: i, entries: 'x' }))); return all.filter(({ status }) => status === 'rejected').length`)
    expect(refused).toBe(10_000)
  })

  it('calls of an embedded page, and of a foreign one, are refused', async () => {
    const preload = resolve(import.meta.dirname, '../../out/preload/index.cjs')
    const answers = await desk.app.evaluate(async ({ BrowserWindow, session }, preload) => {
      // A page of ours with no policy against frames, in a window without guards that puts the preload script into frames.
      const hostile = session.fromPartition('hostile')
      const html = (text: string) => new Response(text, { headers: { 'content-type': 'text/html' } })
      hostile.protocol.handle('app', ({ url }) =>
        html(url.endsWith('/inner') ? 'inner' : '<iframe src="app://bundle/inner"></iframe>'),
      )
      const window = new BrowserWindow({
        show: false,
        webPreferences: { preload, session: hostile, nodeIntegrationInSubFrames: true, sandbox: true },
      })
      const { webContents } = window
      for (const guarded of ['will-frame-navigate', 'did-navigate']) webContents.removeAllListeners(guarded)
      const ask = "naryad.call('app.information').then(() => 'taken', (error) => error.message.split(':')[0])"
      await window.loadURL('app://bundle/')
      const fromOurs: unknown = await webContents.executeJavaScript(ask)
      const fromFrame: unknown = await webContents.mainFrame.frames[0]?.executeJavaScript(ask)
      await window.loadURL('data:text/html,foreign')
      const fromForeign: unknown = await webContents.executeJavaScript(ask)
      window.destroy()
      return [fromOurs, fromFrame, fromForeign]
    }, preload)
    expect(answers).toEqual(['taken', 'E_IPC_SENDER', 'E_IPC_SENDER'])
  })
})
