import type { MediaPlatform, Platform } from '../platform/platform.ts'
import type { ActionName, NaryadData } from './api.ts'
import { createPageBridge } from './bridge-page.ts'
import type { PlatformCalls, ToPage, ToWorker } from './bridge-protocol.ts'
import { createFilePreparer } from './media/prepare/prepare-file.ts'
import { createPhotoPreparer, startPhotoWorker } from './media/prepare/photo-preparer.ts'
import { readVideo } from './media/prepare/video-poster.ts'
import { signInAnywhere } from './plain-text-server.ts'
import { systemClock } from './system-clock.ts'
import { createWorkerKeeper } from './worker-keeper.ts'

function mediaCalls(media: MediaPlatform) {
  const { cache } = media
  return {
    'media.pick': (account) => media.pick(account),
    'media.adopt': (account, name, bytes) => media.adopt(account, name, bytes),
    'media.adoptFiles': (account, files) => media.adoptFiles(account, files),
    'media.list': (account) => media.list(account),
    'media.forget': (account, sha256s) => media.forget(account, sha256s),
    'media.release': (account, sha256s) => media.release(account, sha256s),
    'media.cacheState': (account, sha256, variant) => cache.state(account, sha256, variant),
    'media.cacheWrite': (piece) => cache.write(piece),
    'media.cacheForget': (account, sha256s) => cache.forget(account, sha256s),
    'media.saveAs': (account, sha256, name) => media.saveAs(account, sha256, name),
    'media.showInFolder': (account, sha256) => media.showInFolder(account, sha256),
    'media.prepare': createFilePreparer({
      folder: media,
      preparePhoto: createPhotoPreparer(systemClock, startPhotoWorker),
      readVideo,
    }),
  } satisfies Partial<PlatformCalls>
}

/** Starts the data's worker and keeps one running. Called once per page. */
export function startData({ platform }: { platform: Platform }): NaryadData {
  const bridge = createPageBridge({
    clock: systemClock,
    platform: {
      'journal.read': (account) => platform.journal.read(account),
      'journal.write': (account, entries) => platform.journal.write(account, entries),
      'credentials.read': (server) => platform.credentials.read(server),
      'credentials.store': (credentials) => platform.credentials.store(credentials),
      'credentials.clear': (server) => platform.credentials.clear(server),
      'settings.write': (changes) => platform.settings.write(changes),
      discardDatabases: () => platform.discardDatabases(),
      'notifications.show': (notification) => platform.notifications.show(notification),
      'notifications.withdraw': (tag) => platform.notifications.withdraw(tag),
      setBadge: (count) => platform.setBadge(count),
      ...mediaCalls(platform.media),
    },
    onHere: () => keeper.answered(),
    onFailed: () => keeper.failed(),
  })

  const keeper = createWorkerKeeper(systemClock, () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'naryad-data' })
    const post = (message: ToWorker): void => worker.postMessage(message)
    const onMessage = (listener: (message: ToPage) => void): void => {
      worker.onmessage = ({ data }: MessageEvent<ToPage>) => listener(data)
    }
    bridge.connect({ post, onMessage }, platform.settings.read())
    return {
      ask: () => post({ type: 'are-you-there' }),
      onLoadError: (listener) => {
        worker.onerror = listener
      },
      end() {
        worker.onmessage = null
        worker.terminate()
        bridge.disconnect()
      },
    }
  })
  keeper.start()

  addEventListener('online', () => bridge.wake())
  platform.onPowerResumed(() => bridge.wake())
  const act = new Proxy(bridge.data.act, {
    get: (actions, name) => (name === 'signIn' ? signIn : actions[name as ActionName]),
  })
  const signIn = signInAnywhere((input) => bridge.data.act.signIn(input), {
    settings: platform.settings,
    restartWorker: () => keeper.restart(),
  })
  return { ...bridge.data, act }
}
