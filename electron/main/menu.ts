import type { MenuItemConstructorOptions } from 'electron'
import type { Texts } from './texts.ts'

/** The application menu: on Linux and Windows it is not drawn, but its keys work. */
export function applicationMenu(
  texts: Texts,
  platform: NodeJS.Platform,
  isPackaged: boolean,
): MenuItemConstructorOptions[] {
  const developer: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload', label: texts.reload },
    { role: 'toggleDevTools', label: texts.developerTools },
  ]
  const quit: MenuItemConstructorOptions = { role: 'quit', label: texts.quit, accelerator: 'CommandOrControl+Q' }
  const isMac = platform === 'darwin'
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { label: texts.edit, submenu: editItems(texts) },
    {
      label: texts.view,
      submenu: [
        { role: 'zoomIn', label: texts.zoomIn },
        // The same key without Shift, as browsers have it.
        { role: 'zoomIn', label: texts.zoomIn, accelerator: 'CommandOrControl+=', visible: false },
        { role: 'zoomOut', label: texts.zoomOut },
        { role: 'resetZoom', label: texts.resetZoom },
        { type: 'separator' },
        { role: 'togglefullscreen', label: texts.fullScreen },
        ...(isPackaged ? [] : developer),
      ],
    },
    { label: texts.window, submenu: [{ role: 'minimize', label: texts.minimize }, ...(isMac ? [] : [quit])] },
  ]
}

function editItems(texts: Texts): MenuItemConstructorOptions[] {
  return [
    { role: 'undo', label: texts.undo },
    { role: 'redo', label: texts.redo },
    { type: 'separator' },
    { role: 'cut', label: texts.cut },
    { role: 'copy', label: texts.copy },
    { role: 'paste', label: texts.paste },
    { role: 'selectAll', label: texts.selectAll },
  ]
}
