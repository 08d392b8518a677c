import { join } from 'node:path'
import { app, BrowserWindow, clipboard, dialog, Menu, nativeTheme, screen } from 'electron'
import { contextMenu } from './context-menu.ts'
import type { JsonFile } from './json-file.ts'
import { createReloadLimit } from './page-recovery.ts'
import type { Texts } from './texts.ts'
import { backgroundColour, reportWindowState, windowOptions } from './window.ts'
import type { WindowState } from './window-state.ts'
import { placeWindow } from './window-state.ts'

type Dependencies = { windowFile: JsonFile; texts: () => Texts }

const saveAfterMs = 500
const reloads = { most: 3, withinMs: 60_000 } as const

/** Makes the window where it was last, empty and not shown yet: the caller loads its page. */
export function createMainWindow(stored: WindowState | undefined, { windowFile, texts }: Dependencies): BrowserWindow {
  const main = screen.getPrimaryDisplay()
  const displays = [main, ...screen.getAllDisplays().filter(({ id }) => id !== main.id)]
  const bounds = placeWindow(
    stored?.bounds,
    displays.map(({ workArea }) => workArea),
  )
  const look = {
    preloadPath: join(__dirname, '../preload/index.cjs'),
    iconPath: app.isPackaged ? undefined : join(app.getAppPath(), 'build/icon.png'),
    bounds,
    isDark: nativeTheme.shouldUseDarkColors,
    isPackaged: app.isPackaged,
  }
  const window = new BrowserWindow(windowOptions(look, process.platform))
  if (stored?.isMaximized === true) window.maximize()
  window.once('ready-to-show', () => window.show())
  rememberState(window, windowFile)
  reportWindowState(window)
  offerContextMenu(window, texts)
  recover(window, texts)
  followTheme(window)
  return window
}

function rememberState(window: BrowserWindow, file: JsonFile): void {
  let timer: NodeJS.Timeout | undefined
  const save = () => {
    clearTimeout(timer)
    const state: WindowState = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() }
    file.write(state).catch(() => {
      // A full disk costs no more than the place of a window.
    })
  }
  const saveSoon = () => {
    clearTimeout(timer)
    timer = setTimeout(save, saveAfterMs)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  window.on('close', save)
}

function offerContextMenu(window: BrowserWindow, texts: () => Texts): void {
  window.webContents.on('context-menu', (_event, target) => {
    const items = contextMenu(target, texts(), async (text) => clipboard.writeText(text))
    if (items.length > 0) Menu.buildFromTemplate(items).popup({ window })
  })
}

/** A crashed page is loaded again; one that goes on crashing asks the user first. */
function recover(window: BrowserWindow, texts: () => Texts): void {
  const mayReload = createReloadLimit(reloads.most, reloads.withinMs, Date.now)
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    if (mayReload()) window.webContents.reload()
    else void askToReload(window, texts())
  })
}

async function askToReload(window: BrowserWindow, texts: Texts): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: texts.pageFailed,
    detail: texts.pageFailedDetail,
    buttons: [texts.reload, texts.quit],
    cancelId: 1,
  })
  if (response === 0) window.webContents.reload()
  else app.quit()
}

function followTheme(window: BrowserWindow): void {
  const paint = () => window.setBackgroundColor(backgroundColour(nativeTheme.shouldUseDarkColors))
  nativeTheme.on('updated', paint)
  window.once('closed', () => nativeTheme.off('updated', paint))
}
