import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import { assertNever } from '#common/domain/result.ts'
import type { EventName, EventPayload } from '#common/ipc.ts'
import { eventChannel } from '../envelope.ts'
import type { Rectangle } from './window-state.ts'
import { smallestWindow } from './window-state.ts'

type Look = {
  preloadPath: string
  /** None in a packaged app: the system knows its icon. */
  iconPath: string | undefined
  bounds: Rectangle
  isDark: boolean
  isPackaged: boolean
}

/** The pane's colour of the page, so that nothing flashes before it is drawn. */
export function backgroundColour(isDark: boolean): string {
  return isDark ? '#171b21' : '#ffffff'
}

export function windowOptions(look: Look, platform: NodeJS.Platform): BrowserWindowConstructorOptions {
  return {
    ...look.bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'Наряд',
    ...(look.iconPath === undefined ? {} : { icon: look.iconPath }),
    show: false,
    backgroundColor: backgroundColour(look.isDark),
    // The page draws its own title bar; a Mac keeps its three buttons.
    ...(platform === 'darwin' ? { titleBarStyle: 'hiddenInset' as const } : { frame: false }),
    webPreferences: {
      preload: look.preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      devTools: !look.isPackaged,
      // Its dictionaries would be downloaded from Google's servers.
      spellcheck: false,
      // Messages are received, and alarms ring, behind other windows too.
      backgroundThrottling: false,
    },
  }
}

export function sendEvent<Name extends EventName>(
  window: BrowserWindow,
  name: Name,
  payload: EventPayload<Name>,
): void {
  if (!window.isDestroyed()) window.webContents.send(eventChannel, name, payload)
}

export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Tells the page whether the window is focused and maximized, at its start and at each change. */
export function reportWindowState(window: BrowserWindow): void {
  const report = () => {
    if (window.isDestroyed()) return
    sendEvent(window, 'window-state', { focused: window.isFocused(), maximized: window.isMaximized() })
  }
  window.on('focus', report)
  window.on('blur', report)
  window.on('maximize', report)
  window.on('unmaximize', report)
  window.on('minimize', report)
  window.on('restore', report)
  window.webContents.on('dom-ready', report)
}

export function controlWindow(window: BrowserWindow, action: 'minimize' | 'toggle-maximize' | 'close'): void {
  switch (action) {
    case 'minimize':
      window.minimize()
      break
    case 'toggle-maximize':
      if (window.isMaximized()) window.unmaximize()
      else window.maximize()
      break
    case 'close':
      window.close()
      break
    default:
      assertNever(action)
  }
}
