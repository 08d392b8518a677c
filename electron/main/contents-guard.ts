import type { App, WebContents } from 'electron'

/** Keeps every page, the developer tools apart, where it was loaded: no navigation, no new windows, no embedded pages. */
export function guardContents(app: App, isOwnPage: (url: string) => boolean, openLink: (url: string) => unknown): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, isOwnPage, openLink))
}

function guard(contents: WebContents, isOwnPage: (url: string) => boolean, openLink: (url: string) => unknown): void {
  contents.on('will-navigate', (event, url) => {
    // A reload of our own page, which the development server asks for, is none.
    if (!isOwnPage(url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOwnPage(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event, url) => {
    if (!isOwnPage(url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url)
    return { action: 'deny' }
  })
}
