import type { App, WebContents } from 'electron'
import type { Page } from './page.ts'

/** Keeps every page where it was loaded: no navigation, no new windows, no embedded pages. Links go to the system. */
export function guardContents(app: App, page: Page, openLink: (url: string) => unknown): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, page, openLink))
}

function guard(contents: WebContents, page: Page, openLink: (url: string) => unknown): void {
  contents.on('will-navigate', (event, url) => {
    // A reload of our own page, which the development server asks for, is none.
    if (!page.isOwn(url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !page.isOwn(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event, url) => {
    if (!page.isOwn(url)) event.preventDefault()
  })
  contents.on('did-navigate', (_event, url) => {
    // Chromium asks nobody before it goes to about:blank.
    if (contents.getType() === 'window' && !page.isOwn(url)) void contents.loadURL(page.url)
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url)
    return { action: 'deny' }
  })
}
