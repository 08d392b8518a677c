/** The composition root of the main process: what is made here is handed to those who use it. */
import { randomFillSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import {
  app,
  clipboard,
  dialog,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  session,
  shell,
  systemPreferences,
} from 'electron'
import { createUlidSource } from '#common/domain/ids.ts'
import { appOrigin, registerSchemes, serveApp, serveMedia } from './app-protocol.ts'
import { handleCalls, handleDrops } from './call-channel.ts'
import { openBrowserDatabases } from './browser-databases.ts'
import { createCallDispatcher } from './call-dispatcher.ts'
import { createCallHandlers } from './call-handlers.ts'
import { guardContents } from './contents-guard.ts'
import { createCredentialStore } from './credentials.ts'
import { readEnvironment } from './environment.ts'
import { nodeDisk } from './journal/disk.ts'
import { createJournals } from './journal/journals.ts'
import { createJsonFile } from './json-file.ts'
import { keyring } from './keyring.ts'
import { safeLink } from './links.ts'
import { createMainWindow } from './main-window.ts'
import type { Media } from './media/open-media.ts'
import { openMedia } from './media/open-media.ts'
import { pickOptions } from './media/pick-files.ts'
import { applicationMenu } from './menu.ts'
import type { Notifications } from './notifications.ts'
import { createNotifications } from './notifications.ts'
import { createPage } from './page.ts'
import { createTextSaver } from './save-text.ts'
import { takeScreenshot } from './screenshot.ts'
import { createCameraUse, guardPermissions } from './session-guard.ts'
import { languageOf, openSettings } from './settings.ts'
import { textsOf } from './texts.ts'
import { controlWindow, sendEvent, showWindow } from './window.ts'
import { readWindowState } from './window-state.ts'

const environment = readEnvironment(process.env, app.isPackaged)
const page = createPage(environment.developmentUrl ?? `${appOrigin}/`)
const camera = createCameraUse()
let mainWindow: BrowserWindow | undefined

function withWindow(act: (window: BrowserWindow) => void): void {
  if (mainWindow !== undefined && !mainWindow.isDestroyed()) act(mainWindow)
}

/** What lives as long as the app, whether a window is open or not. */
async function openServices() {
  const userFile = (name: string) => createJsonFile(join(app.getPath('userData'), name))
  const settingsFile = userFile('settings.json')
  const windowFile = userFile('window.json')
  const settings = await openSettings(settingsFile, {
    language: languageOf(app.getPreferredSystemLanguages()),
    createDeviceId: createUlidSource(Date.now, (bytes) => randomFillSync(bytes)),
  })
  const credentialsFile = userFile('credentials.json')
  const credentials = createCredentialStore(credentialsFile, keyring)
  const journals = createJournals(nodeDisk, join(app.getPath('userData'), 'journal'))
  const flush = () => Promise.all([journals.close(), settingsFile.idle(), windowFile.idle(), credentialsFile.idle()])
  const databases = await openBrowserDatabases(app.getPath('userData'), () => {
    app.relaunch()
    // A window whose databases do not answer takes a minute to close by itself.
    void flush().finally(() => app.exit())
  })
  return {
    settings,
    windowFile,
    credentials,
    journals,
    databases,
    texts: () => textsOf(settings.current().language),
    flush,
  }
}
type Services = Awaited<ReturnType<typeof openServices>>

async function openWindow({ windowFile, texts }: Services): Promise<void> {
  const window = createMainWindow(await readWindowState(windowFile), { windowFile, texts })
  mainWindow = window
  // The dialog that used the camera went with the page.
  window.webContents.on('did-navigate', () => camera.set(false))
  window.on('closed', () => camera.set(false))
  // A page that does not load leaves an empty window, which is more than none.
  await window.loadURL(page.url).catch(() => window.show())
}

function createAppNotifications(services: Services): Notifications {
  return createNotifications({
    isSupported: () => Notification.isSupported(),
    createBanner: (text) => new Notification(text),
    platform: process.platform,
    showTimeoutMs: 2000,
    onOpen: (path) => {
      const show = () =>
        withWindow((window) => {
          showWindow(window)
          sendEvent(window, 'open-path', path)
        })
      if (mainWindow === undefined || mainWindow.isDestroyed()) void openWindow(services).then(show)
      else show()
    },
  })
}

function followSettings({ settings, texts }: Services): void {
  const apply = () => {
    nativeTheme.themeSource = settings.current().theme
    Menu.setApplicationMenu(Menu.buildFromTemplate(applicationMenu(texts(), process.platform, app.isPackaged)))
  }
  apply()
  settings.onChange(apply)
}

/** The window that a dialog of the system belongs to. */
function openWindowOf(): BrowserWindow | undefined {
  return mainWindow === undefined || mainWindow.isDestroyed() ? undefined : mainWindow
}

async function askWhere(title: string, name: string): Promise<string | null> {
  const options = { title, defaultPath: join(app.getPath('documents'), name) }
  const open = openWindowOf()
  const { canceled, filePath } = await (open ? dialog.showSaveDialog(open, options) : dialog.showSaveDialog(options))
  return canceled || filePath === '' ? null : filePath
}

function openAppMedia({ settings, texts }: Services): Media {
  return openMedia({
    folder: join(app.getPath('userData'), 'media'),
    quotaBytes: () => settings.current().mediaCacheBytes,
    isOwnPage: page.isOwn,
    async pickPaths() {
      const options = pickOptions(texts())
      const open = openWindowOf()
      const picked = await (open ? dialog.showOpenDialog(open, options) : dialog.showOpenDialog(options))
      return picked.canceled ? [] : picked.filePaths
    },
    askWhere: (name) => askWhere(texts().saveAs, name),
    showItem: (path) => shell.showItemInFolder(path),
    useCamera: (inUse) => camera.set(inUse),
  })
}

/** A Mac asks its user itself, once for each device; other systems do not. */
async function askSystem(devices: readonly ('camera' | 'microphone')[]): Promise<boolean> {
  if (process.platform !== 'darwin') return true
  for (const device of devices) if (!(await systemPreferences.askForMediaAccess(device))) return false
  return true
}

function answerCalls(services: Services, notifications: Notifications, media: Media): void {
  const { settings, credentials, journals, databases } = services
  const handlers = createCallHandlers({
    information: () => ({
      version: app.getVersion(),
      platform: process.platform,
      demoSignIn: environment.demoSignIn,
      keyring: keyring.isAvailable(),
    }),
    settings,
    credentials,
    journals,
    databases,
    notifications,
    setBadge: (count) => app.setBadgeCount(count),
    openExternal: (url) => shell.openExternal(url),
    copyText: async (text) => clipboard.writeText(text),
    saveText: createTextSaver({
      askWhere: (name) => askWhere(services.texts().saveAs, name),
      write: (path, text) => writeFile(path, text),
    }),
    controlWindow: (action) => withWindow((window) => controlWindow(window, action)),
    media: media.calls,
  })
  handleCalls(createCallDispatcher(handlers, page.isOwn))
  handleDrops(media.takeDrop)
}

/** The app ends only when what was handed over is on the disk. */
function flushBeforeQuitting({ flush }: Services, notifications: Notifications): void {
  app.on('will-quit', (event) => {
    event.preventDefault()
    notifications.withdrawAll()
    void flush().finally(() => app.exit())
  })
}

async function start(): Promise<void> {
  const services = await openServices()
  serveApp(join(__dirname, '../renderer'), () => services.settings.current().servers.map(({ url }) => url))
  const media = openAppMedia(services)
  serveMedia(media.respond)
  guardPermissions(session.defaultSession, { camera, isOwnPage: page.isOwn, askSystem })
  followSettings(services)
  const notifications = createAppNotifications(services)
  answerCalls(services, notifications, media)
  flushBeforeQuitting(services, notifications)
  powerMonitor.on('resume', () => withWindow((window) => sendEvent(window, 'power-resumed', undefined)))
  app.on('second-instance', () => withWindow(showWindow))
  app.on('activate', () => {
    if (mainWindow === undefined || mainWindow.isDestroyed()) void openWindow(services)
  })
  await openWindow(services)
  const { screenshotPath } = environment
  if (screenshotPath !== undefined) withWindow((window) => void photograph(window, screenshotPath))
}

function photograph(window: BrowserWindow, path: string): Promise<void> {
  return takeScreenshot(window.webContents, path).catch((error: unknown) => {
    process.stderr.write(`no screenshot: ${String(error)}\n`)
  })
}

function openSystemLink(url: string): void {
  const link = safeLink(url)
  if (link !== undefined) void shell.openExternal(link)
}

/** Without its folder the app can do nothing; to say so is better than to stay without a window. */
function stop(error: unknown): void {
  dialog.showErrorBox('Наряд', String(error))
  app.exit(1)
}

// One app for each folder of user data: two would write the same journal.
if (app.requestSingleInstanceLock()) {
  registerSchemes()
  // As root Chromium's sandbox can't start: whoever says so on the command line must be able to.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  guardContents(app, page, openSystemLink)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  void app.whenReady().then(start).catch(stop)
} else app.exit()
