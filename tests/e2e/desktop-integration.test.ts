/** What the app does with the desktop it runs on: notifications over a real session bus, badge, settings, window, one instance. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LaunchedApp, LaunchOptions } from '#tests/support/electron/launch-app.ts'
import { launchApp, makeUserDataDir, removeUserData } from '#tests/support/electron/launch-app.ts'
import { startLauncher } from '#tests/support/electron/launcher.ts'
import type { NotificationService } from '#tests/support/electron/notification-service.ts'
import { startNotificationService } from '#tests/support/electron/notification-service.ts'

/** Collects what the main process tells the page under `name`. */
async function listen(
  desk: LaunchedApp,
  name: 'open-path' | 'window-state' | 'power-resumed',
): Promise<() => Promise<unknown[]>> {
  await desk.page.evaluate((event) => {
    const told: unknown[] = []
    Object.assign(window, { [`told ${event}`]: told })
    window.naryad?.on(event, (payload) => told.push(payload ?? null))
  }, name)
  return () =>
    desk.page.evaluate((event) => (window as unknown as Record<string, unknown[]>)[`told ${event}`] ?? [], name)
}

describe('notifications', () => {
  let service: NotificationService
  let desk: LaunchedApp
  beforeAll(async () => {
    service = await startNotificationService()
    desk = await launchApp()
  })
  afterAll(async () => {
    await desk.close()
    await service.stop()
  })
  beforeEach(() => service.clear())

  const show = (tag: string, title: string, body: string) =>
    desk.page.evaluate((request) => window.naryad?.call('notifications.show', request), {
      tag,
      title,
      body,
      path: `/chats/${tag}/customer`,
    })

  it('reach the desktop, with the text as text', async () => {
    expect(await show('1', 'Иванова · № 17', 'Пришлите <b>счёт</b> & акт\n<img src=x>')).toBe(true)
    const shown = await service.next()
    expect(shown).toMatchObject({
      title: 'Иванова · № 17',
      body: 'Пришлите &lt;b&gt;счёт&lt;/b&gt; &amp; акт\n&lt;img src=x&gt;',
      actions: expect.arrayContaining(['default']),
    })
  })

  it('open their chat in the window in front when clicked', async () => {
    const opened = await listen(desk, 'open-path')
    await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    await show('17', 'Иванова', 'Жду')
    await show('18', 'Петров', 'Еду')
    const banner = await service.next(({ title }) => title === 'Иванова')
    service.click(banner.id)
    await expect.poll(opened).toEqual(['/chats/17/customer'])
    expect(await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true)
  })

  it('with the same tag replace each other, and go when withdrawn', async () => {
    await show('a', 'Первое', '1')
    await show('b', 'Другое', '2')
    await show('a', 'Второе', '3')
    await expect.poll(() => service.open().map(({ title }) => title)).toEqual(['Другое', 'Второе'])
    await desk.page.evaluate(() => window.naryad?.call('notifications.withdraw', { tag: 'b' }))
    await expect.poll(() => service.open().map(({ title }) => title)).toEqual(['Второе'])
  })

  it('wiped away by the user do nothing', async () => {
    const opened = await listen(desk, 'open-path')
    await show('c', 'Прочее', '1')
    service.dismiss((await service.next()).id)
    await show('c', 'Прочее', '2')
    await expect.poll(() => service.shown().length).toBe(2)
    expect(await opened()).toEqual([])
  })

  it('go with the app', async () => {
    const other = await launchApp()
    await other.page.evaluate((request) => window.naryad?.call('notifications.show', request), {
      tag: 'z',
      title: 'Уходящее',
      body: '',
      path: '/chats',
    })
    await service.next(({ title }) => title === 'Уходящее')
    await other.close()
    await expect.poll(() => service.open().filter(({ title }) => title === 'Уходящее')).toEqual([])
  })
})

describe('the app on the desktop', () => {
  let userDataDir: string
  const running: LaunchedApp[] = []
  beforeEach(async () => {
    userDataDir = await makeUserDataDir()
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((desk) => desk.close()))
    await removeUserData(userDataDir)
  })
  async function launch(options: LaunchOptions = {}): Promise<LaunchedApp> {
    const desk = await launchApp({ userDataDir, ...options })
    running.push(desk)
    return desk
  }
  async function quit(desk: LaunchedApp): Promise<void> {
    running.splice(running.indexOf(desk), 1)
    await desk.close()
  }

  it('shows the number of unread messages on its icon', async () => {
    const launcher = await startLauncher()
    const desk = await launch()
    const set = (count: number) =>
      desk.page.evaluate((given) => window.naryad?.call('badge.set', { count: given }), count)
    const shown = async () => [launcher.badge(), await desk.app.evaluate(({ app }) => app.getBadgeCount())]
    // The page says by itself, once, that a signed-out window has nothing unread: it may say so after this.
    await expect.poll(() => set(42).then(shown), { interval: 300, timeout: 10_000 }).toEqual([42, 42])
    await set(0)
    await expect.poll(launcher.badge).toBe(0)
    await launcher.stop()
  })

  it('keeps its settings and its device, and follows theme and language at once', async () => {
    const first = await launch()
    const change = { theme: 'dark', language: 'en', lastPath: '/chats' } as const
    const written = await first.page.evaluate((changes) => window.naryad?.call('settings.write', changes), change)
    expect(written).toMatchObject({ ...change, deviceId: expect.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/) })
    const look = () =>
      first.app.evaluate(({ nativeTheme, Menu }) => [
        nativeTheme.shouldUseDarkColors,
        Menu.getApplicationMenu()?.items.map(({ label }) => label),
      ])
    expect(await look()).toEqual([true, ['Edit', 'View', 'Window']])
    expect(await first.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true)
    await quit(first)
    const second = await launch()
    expect(await second.page.evaluate(() => window.naryad?.call('settings.read', undefined))).toEqual(written)
  })

  it('speaks Russian unless the system speaks another language', async () => {
    const languageIn = async (LANGUAGE: string) => {
      const dir = await makeUserDataDir()
      const desk = await launch({ userDataDir: dir, env: { LANGUAGE } })
      const settings = await desk.page.evaluate(() => window.naryad?.call('settings.read', undefined))
      await quit(desk)
      await removeUserData(dir)
      return settings?.language
    }
    expect(await languageIn('ru_RU')).toBe('ru')
    expect(await languageIn('de_DE')).toBe('en')
  })

  it('opens where it was', async () => {
    const first = await launch()
    const bounds = { x: 40, y: 60, width: 900, height: 640 }
    const boundsOf = (desk: LaunchedApp) =>
      desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
    const isShown = () => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
    await expect.poll(isShown, { timeout: 10_000 }).toBe(true)
    // The screen answers in its own time, and a window that is just being shown is moved once more.
    const move = () =>
      first.app.evaluate(({ BrowserWindow }, given) => BrowserWindow.getAllWindows()[0]?.setBounds(given), bounds)
    await expect.poll(() => move().then(() => boundsOf(first)), { interval: 300, timeout: 10_000 }).toEqual(bounds)
    await quit(first)
    const second = await launch()
    await expect.poll(() => boundsOf(second), { timeout: 10_000 }).toEqual(bounds)
    const least = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getMinimumSize())
    expect(least).toEqual([360, 480])
  })

  it('started twice with the same data shows the first window', async () => {
    const desk = await launch()
    await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    const executable = await desk.app.evaluate(() => process.execPath)
    const args = ['.', `--user-data-dir=${userDataDir}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
    const second = spawn(executable, args, { cwd: resolve(import.meta.dirname, '../..'), stdio: 'ignore' })
    const [code] = (await once(second, 'exit')) as [number | null]
    expect(code).toBe(0)
    const isVisible = () => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
    await expect.poll(isVisible).toBe(true)
  })

  it('tells the page where it runs, and to sign in only when it was started so', async () => {
    const information = (desk: LaunchedApp) =>
      desk.page.evaluate(() => window.naryad?.call('app.information', undefined))
    const plain = await launch()
    const { version } = JSON.parse(await readFile(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string
    }
    expect(await information(plain)).toEqual({ version, platform: process.platform, keyring: expect.any(Boolean) })
    await quit(plain)
    const signIn = { server: 'http://127.0.0.1:9', login: 'dispatcher', password: 'demo' }
    expect(await information(await launch(signIn))).toMatchObject({ demoSignIn: signIn })
  })

  it('keeps tokens where only the user can read them when there is no keyring', async () => {
    const desk = await launch({ switches: ['--password-store=basic'] })
    const credentials = { server: 'https://a.invalid', login: 'dispatcher', refreshToken: 'secret-token' }
    const keyring = await desk.page.evaluate(async (given) => {
      await window.naryad?.call('credentials.store', given)
      return (await window.naryad?.call('app.information', undefined))?.keyring
    }, credentials)
    expect(keyring).toBe(false)
    await quit(desk)
    expect((await stat(join(userDataDir, 'credentials.json'))).mode & 0o777).toBe(0o600)
    const again = await launch({ switches: ['--password-store=basic'] })
    const read = () =>
      again.page.evaluate(() => window.naryad?.call('credentials.read', { server: 'https://a.invalid' }))
    expect(await read()).toEqual(credentials)
    await again.page.evaluate(() => window.naryad?.call('credentials.clear', { server: 'https://a.invalid' }))
    expect(await read()).toBeNull()
    expect(await readFile(join(userDataDir, 'credentials.json'), 'utf8')).not.toContain('secret-token')
  })

  it('tells the page when the window gains and loses the focus, and when the machine wakes up', async () => {
    const desk = await launch()
    const states = await listen(desk, 'window-state')
    await expect.poll(async () => (await states()).length).toBeGreaterThan(0)
    await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    await expect.poll(async () => (await states()).at(-1)).toMatchObject({ focused: false })
    await desk.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      window?.show()
      window?.focus()
    })
    await expect.poll(async () => (await states()).at(-1)).toMatchObject({ focused: true })
    const resumed = await listen(desk, 'power-resumed')
    await desk.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'))
    await expect.poll(resumed).toEqual([null])
  })

  it('puts text on the clipboard', async () => {
    const desk = await launch()
    await desk.page.evaluate(() => window.naryad?.call('clipboard.write', { text: 'Заявка № 17' }))
    expect(await desk.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('Заявка № 17')
  })

  it('loads its page again when that crashes', async () => {
    const desk = await launch()
    const crashed = desk.page.waitForEvent('crash')
    await desk.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    )
    await crashed
    const answer = () =>
      desk.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
          "document.readyState === 'complete' && naryad.call('app.information').then(({ platform }) => platform)",
        ),
      )
    await expect.poll(answer, { timeout: 15_000 }).toBe(process.platform)
  })

  it('closes by its own button', async () => {
    const desk = await launch()
    // Playwright forgets the process when it ends.
    const child = desk.app.process()
    const closed = once(child, 'exit')
    // The page goes with the window: it may not live to see the answer.
    await desk.page.evaluate(() => void window.naryad?.call('window.control', { action: 'close' })).catch(() => {})
    await closed
    expect(child.exitCode).toBe(0)
    running.splice(0)
  })

  it('offers cut, copy and paste where one writes', async () => {
    const desk = await launch()
    await desk.app.evaluate(({ Menu }) => {
      const menus: string[][] = []
      Object.assign(globalThis, { menus })
      Menu.prototype.popup = function popup(this: Electron.Menu) {
        menus.push(this.items.map(({ label }) => label))
      }
    })
    await desk.page.evaluate(() => {
      const field = document.createElement('textarea')
      Object.assign(field, { id: 'field', value: 'заявка' })
      Object.assign(field.style, { position: 'fixed', inset: '0', zIndex: '10000' })
      document.body.append(field)
    })
    await desk.page.click('#field', { button: 'right' })
    const menus = () => desk.app.evaluate(() => (globalThis as unknown as { menus: string[][] }).menus)
    await expect.poll(menus).toEqual([['Вырезать', 'Копировать', 'Вставить', '', 'Выделить всё']])
  })

  it('photographs its window when asked to', async () => {
    const path = join(userDataDir, 'picture.png')
    const desk = await launch({ env: { NARYAD_SCREENSHOT: path } })
    await desk.page.evaluate(() => void (document.documentElement.dataset['ready'] = 'true'))
    await expect.poll(() => desk.output(), { timeout: 10_000 }).toContain(`SCREENSHOT ${path}\n`)
    expect((await readFile(path)).subarray(1, 4).toString()).toBe('PNG')
    expect((await stat(path)).size).toBeGreaterThan(1000)
  })

  it('starts with damaged settings, and keeps them for later', async () => {
    const first = await launch()
    await quit(first)
    for (const name of ['settings.json', 'window.json']) await writeFile(join(userDataDir, name), '{"theme": "da')
    const desk = await launch()
    expect(await desk.page.evaluate(() => window.naryad?.call('settings.read', undefined))).toMatchObject({
      theme: 'system',
    })
    expect(await readdir(userDataDir)).toEqual(expect.arrayContaining(['settings.json.damaged', 'window.json.damaged']))
    await rm(join(userDataDir, 'settings.json.damaged'))
  })
})
