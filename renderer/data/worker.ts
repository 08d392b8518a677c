/** The data's worker: everything behind the snapshots is made and wired here. */
import type { Settings } from '#common/ipc.ts'
import type { ToPage, ToWorker, Wire } from './bridge-protocol.ts'
import { serveBridge, type RemotePlatform, type Served } from './bridge-worker.ts'
import type { ClientPorts } from './client-core.ts'
import { createClientCore } from './create-client-core.ts'
import { createNotifier } from './notify.ts'
import { openBrowserSocket, requestJson, somebodyAnswers } from './browser-network.ts'
import { startPrefetch } from './media/prefetch.ts'
import { createWorkerMedia } from './media/worker-media.ts'
import { createWatches } from './queries/watches.ts'
import type { OpenStores } from './store/ports.ts'
import { createStores } from './store/open-stores.ts'
import { systemClock } from './system-clock.ts'

// The project is compiled with the page's types; a worker's global scope is another one.
const scope = self as unknown as {
  postMessage(message: ToPage): void
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null
}

const wire: Wire<ToPage, ToWorker> = {
  post: (message) => scope.postMessage(message),
  onMessage: (listener) => {
    scope.onmessage = ({ data }) => listener(data)
  },
}

serveBridge(wire, start)

function start(platform: RemotePlatform, settings: Settings): Served {
  const browser = createStores({ clock: systemClock, indexedDB, IDBKeyRange })
  const openStores: OpenStores = (account) =>
    browser.openStores(account).catch(async (error: unknown) => {
      // The app starts again without them, or this is the end of the road and the page tries a new worker.
      await platform.call('discardDatabases')
      throw error
    })
  const media = createWorkerMedia(platform, settings)
  const core = createClientCore({ ...portsOf(platform, settings, openStores), media })
  const watches = createWatches(core, systemClock, browser.readsOf)
  const notifier = createNotifier({
    core,
    view: watches.view,
    clock: systemClock,
    platform,
    language: settings.language,
  })
  startPrefetch({ core, view: watches.view, ports: media })
  core.start().catch((error: unknown) => wire.post({ type: 'failed', message: String(error) }))
  return {
    watches,
    wake: () => core.wake(),
    act: {
      ...core.act,
      setFocus: async ({ room }) => notifier.setFocus(room),
      setLanguage: async ({ language }) => notifier.setLanguage(language),
    },
  }
}

function portsOf(platform: RemotePlatform, settings: Settings, openStores: ClientPorts['openStores']): ClientPorts {
  return {
    clock: systemClock,
    fillRandom: (bytes) => crypto.getRandomValues(bytes),
    openSocket: openBrowserSocket,
    http: requestJson,
    somebodyAnswers,
    openStores,
    journal: {
      read: (account) => platform.call('journal.read', account),
      write: (account, entries) => platform.call('journal.write', account, entries),
    },
    credentials: {
      read: (server) => platform.call('credentials.read', server),
      store: (credentials) => platform.call('credentials.store', credentials),
      clear: (server) => platform.call('credentials.clear', server),
    },
    lastAccount: {
      read: async () => settings.lastAccount ?? null,
      store: async (lastAccount) => void (await platform.call('settings.write', { lastAccount })),
    },
    device: { id: settings.deviceId, name: navigator.platform },
  }
}
