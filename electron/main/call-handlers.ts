import type { AppInformation, SaveOutcome } from '#common/ipc.ts'
import { isId } from '#common/domain/ids.ts'
import type { BrowserDatabases } from './browser-databases.ts'
import type { CallHandlers } from './call-dispatcher.ts'
import type { CredentialStore } from './credentials.ts'
import type { Journals } from './journal/journals.ts'
import { safeLink } from './links.ts'
import type { MediaCallHandlers } from './media/media-calls.ts'
import type { Notifications } from './notifications.ts'
import type { SettingsStore } from './settings.ts'

type Services = {
  information: () => AppInformation
  settings: SettingsStore
  credentials: CredentialStore
  journals: Journals
  databases: BrowserDatabases
  notifications: Notifications
  setBadge: (count: number) => void
  openExternal: (url: string) => Promise<void>
  copyText: (text: string) => Promise<void>
  saveText: (name: string, text: string) => Promise<SaveOutcome>
  controlWindow: (action: 'minimize' | 'toggle-maximize' | 'close') => void
  media: MediaCallHandlers
}

/** What each call of common/ipc.ts does. */
export function createCallHandlers(services: Services): CallHandlers {
  const { settings, credentials, journals, notifications } = services
  return {
    'app.information': () => services.information(),
    'settings.read': () => settings.current(),
    'settings.write': (changes) => {
      // It becomes part of a room's name.
      if (changes.deviceId !== undefined && !isId(changes.deviceId)) throw new Error('deviceId is no id')
      return settings.change(changes)
    },
    'credentials.read': ({ server }) => credentials.read(server),
    'credentials.store': (given) => credentials.store(given),
    'credentials.clear': ({ server }) => credentials.clear(server),
    'journal.read': ({ account }) => journals.read(account),
    'journal.write': ({ account, entries }) => journals.write(account, entries),
    'databases.discard': () => services.databases.discard(),
    'notifications.show': (request) => notifications.show(request),
    'notifications.withdraw': ({ tag }) => notifications.withdraw(tag),
    'badge.set': ({ count }) => services.setBadge(count),
    'link.open': async ({ url }) => {
      const link = safeLink(url)
      if (link === undefined) return false
      await services.openExternal(link)
      return true
    },
    'clipboard.write': ({ text }) => services.copyText(text),
    'files.saveText': ({ name, text }) => services.saveText(name, text),
    'window.control': ({ action }) => services.controlWindow(action),
    ...services.media,
  }
}
