import type { AppInformation, Settings } from '#common/ipc.ts'
import type { Platform } from '#renderer/platform/platform.ts'
import type { FakeData } from './fake-data.ts'
import { createFakeMedia, type FakeMedia } from './fake-media.ts'

/** A machine in memory; what it is told to copy and to save is noted in `calls`. */
export function createFakePlatform(
  initial: Partial<Settings>,
  information: Partial<AppInformation> = {},
  calls: FakeData['calls'] = [],
): Platform & { media: FakeMedia } {
  let settings: Settings = { theme: 'light', language: 'ru', servers: [], deviceId: 'device-1', ...initial }
  return {
    information: async () => ({ version: '0.1.0', platform: 'linux', keyring: true, ...information }),
    settings: {
      read: async () => settings,
      write: async (changes) => (settings = { ...settings, ...changes }),
    },
    credentials: { read: async () => null, store: async () => undefined, clear: async () => undefined },
    journal: {
      read: async () => ({ generation: 1, items: [], repaired: false }),
      write: async () => ({ ok: true, generation: 1 }),
    },
    discardDatabases: async () => false,
    notifications: { show: async () => true, withdraw: async () => undefined },
    setBadge: async () => undefined,
    openLink: async () => true,
    writeClipboard: async (text) => void calls.push({ name: 'writeClipboard', input: text }),
    saveText: async (name, text) => {
      calls.push({ name: 'saveText', input: { name, text } })
      return 'saved'
    },
    media: createFakeMedia(),
    window: { control: async () => undefined },
    // As a click on a notification asks: an event `open-path` with the path.
    onOpenPath(listener) {
      const asked = (event: Event) => listener((event as CustomEvent<string>).detail)
      addEventListener('open-path', asked)
      return () => removeEventListener('open-path', asked)
    },
    onWindowState: () => () => undefined,
    onPowerResumed: () => () => undefined,
  }
}
