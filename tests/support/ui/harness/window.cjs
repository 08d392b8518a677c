// The main process of an app that shows one page: the screens over their fake data.
const { app, BrowserWindow } = require('electron')

app.on('window-all-closed', () => app.quit())
void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1440, height: 900, webPreferences: { sandbox: true } })
  return window.loadURL(process.env['NARYAD_SCREENS_URL'] ?? 'about:blank')
})
