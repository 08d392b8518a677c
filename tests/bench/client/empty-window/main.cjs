// The least a window with React costs on this machine: what the app's start is measured beside.
const { app, BrowserWindow } = require('electron')
const { join } = require('node:path')

// As root, where Chromium's sandbox can't run, this would end every child process.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
void app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, spellcheck: false, backgroundThrottling: false },
  })
  window.once('ready-to-show', () => window.show())
  return window.loadFile(join(__dirname, 'window.html'))
})
app.on('window-all-closed', () => app.quit())
