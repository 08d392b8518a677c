/** The checklist of Electron (https://www.electronjs.org/docs/latest/tutorial/security), point 17, and what a hostile page could try on the calls to the main process. */
import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CallName } from '#common/ipc.ts'
import { calls } from '#common/ipc.ts'
import type { LaunchedApp } from '#tests/support/electron/launch-app.ts'
import { launchApp } from '#tests/support/electron/launch-app.ts'
import { runInPage } from '#tests/support/electron/in-page.ts'

let desk: LaunchedApp
beforeAll(async () => {
  desk = await launchApp()
})
afterAll(() => desk.close())
const inPage = <Answer>(code: string) => runInPage<Answer>(desk, code)

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
    '{ name: "../../.bashrc", text: "x" }',
    '{ name: "/etc/passwd", text: "x" }',
    '{ name: "a.csv", text: "x", path: "/tmp/a.csv" }',
    '{ name: "a.csv", text: "x".repeat(50_000_001) }',
    '{ account: "../../etc/passwd" }',
    '{ account: "deadbeef/../cafebabe", sha256s: [] }',
    '{ account: "deadbeef", sha256s: ["../../etc/passwd"] }',
    '{ account: "deadbeef", sha256s: [`${"a".repeat(64)}/..`] }',
    '{ account: "deadbeef", sha256s: Array(1001).fill("a".repeat(64)) }',
    '{ account: "deadbeef", sha256: "../../etc/passwd", name: "x" }',
    '{ account: "deadbeef", sha256: "A".repeat(64), name: "x" }',
    '{ account: "deadbeef", sha256: "a".repeat(64), name: "x".repeat(301) }',
    '{ account: "deadbeef", sha256: "a".repeat(64), variant: "../full" }',
    '{ account: "deadbeef", sha256: "a".repeat(64), variant: "full", path: "/tmp/x" }',
    '{ account: "deadbeef", sha256: "a".repeat(64), variant: "full", offset: -1, total: 1, bytes: new Uint8Array(1) }',
    '{ account: "deadbeef", sha256: "a".repeat(64), variant: "full", offset: 0, total: 0, bytes: new Uint8Array(1) }',
    '{ account: "deadbeef", sha256: "a".repeat(64), variant: "full", offset: 0, total: 1e308, bytes: new Uint8Array(1) }',
    '{ account: "deadbeef", sha256: "a".repeat(64), variant: "full", offset: 0, total: 9, bytes: [1] }',
    '{ account: "deadbeef", sha256: "a".repeat(64), variant: "full", offset: 0, total: 9e6, bytes: new Uint8Array(4_194_305) }',
    '{ account: "deadbeef", name: "x", transfer: "0".repeat(36), offset: 0, isLast: true, bytes: "x" }',
    '{ account: "deadbeef", name: "x", transfer: "0".repeat(36), offset: 0, isLast: true, bytes: { length: 1, 0: 1 } }',
    '{ account: "deadbeef", name: "x", transfer: "../".repeat(12), offset: 0, isLast: true, bytes: new Uint8Array(1) }',
    '{ account: "deadbeef", name: "x", transfer: "0".repeat(36), offset: 0, isLast: true, bytes: new Uint8Array(1_048_577) }',
    '{ account: "deadbeef", path: "/etc/passwd" }',
    '{ account: "deadbeef", paths: ["/etc/passwd"] }',
    '{ inUse: "yes" }',
    '{ inUse: true, more: 1 }',
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
