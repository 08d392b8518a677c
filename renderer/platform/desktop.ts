import type { NaryadBridge } from '#common/ipc.ts'
import { createDesktopMedia } from './desktop-media.ts'
import type { Platform } from './platform.ts'

declare global {
  interface Window {
    /** Exposed by the preload script; absent in a browser. */
    naryad?: NaryadBridge
  }
}

/** The platform of the desktop app, over the preload script's bridge. */
export function createDesktopPlatform(bridge: NaryadBridge): Platform {
  return {
    information: () => bridge.call('app.information', undefined),
    settings: {
      read: () => bridge.call('settings.read', undefined),
      write: (changes) => bridge.call('settings.write', changes),
    },
    credentials: {
      read: (server) => bridge.call('credentials.read', { server }),
      store: (credentials) => bridge.call('credentials.store', credentials),
      clear: (server) => bridge.call('credentials.clear', { server }),
    },
    journal: {
      read: (account) => bridge.call('journal.read', { account }),
      write: (account, entries) => bridge.call('journal.write', { account, entries }),
    },
    discardDatabases: () => bridge.call('databases.discard', undefined),
    notifications: {
      show: (notification) => bridge.call('notifications.show', notification),
      withdraw: (tag) => bridge.call('notifications.withdraw', { tag }),
    },
    setBadge: (count) => bridge.call('badge.set', { count }),
    openLink: (url) => bridge.call('link.open', { url }),
    writeClipboard: (text) => bridge.call('clipboard.write', { text }),
    saveText: (name, text) => bridge.call('files.saveText', { name, text }),
    media: createDesktopMedia(bridge),
    window: { control: (action) => bridge.call('window.control', { action }) },
    onOpenPath: (listener) => bridge.on('open-path', listener),
    onWindowState: (listener) => bridge.on('window-state', listener),
    onPowerResumed: (listener) => bridge.on('power-resumed', () => listener()),
  }
}
