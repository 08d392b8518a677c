import type { NaryadBridge } from '#common/ipc.ts'
import { cachedMediaUrl, localMediaUrl } from '#common/media-address.ts'
import type { MediaPlatform } from './platform.ts'

/** Photos and videos on the desktop: the main process keeps them and serves them to the page as `app-media:`. */
export function createDesktopMedia(bridge: NaryadBridge): MediaPlatform {
  return {
    pick: (account) => bridge.call('media.pick', { account }),
    adoptFiles: (account, files) => bridge.adoptFiles(account, files),
    async adopt(account, name, bytes) {
      // As a file it crosses to the preload script without a copy, and from there in pieces.
      const [picked] = await bridge.adoptFiles(account, [new File([bytes], name)])
      return picked ?? { ok: false, name, reason: 'unreadable' }
    },
    list: (account) => bridge.call('media.list', { account }),
    forget: (account, sha256s) => bridge.call('media.forget', { account, sha256s }),
    release: (account, sha256s) => bridge.call('media.release', { account, sha256s }),
    cache: {
      state: (account, sha256, variant) => bridge.call('media.cacheState', { account, sha256, variant }),
      write: (piece) => bridge.call('media.cacheWrite', piece),
      forget: (account, sha256s) => bridge.call('media.cacheForget', { account, ...(sha256s ? { sha256s } : {}) }),
    },
    localUrl: localMediaUrl,
    cacheUrl: cachedMediaUrl,
    saveAs: (account, sha256, name) => bridge.call('media.saveAs', { account, sha256, name }),
    showInFolder: (account, sha256) => bridge.call('media.showInFolder', { account, sha256 }),
    useCamera: (inUse) => bridge.call('camera.use', { inUse }),
  }
}
