import type { Settings } from '#common/ipc.ts'
import { cachedMediaUrl, localMediaUrl } from '#common/media-address.ts'
import type { RemotePlatform } from '../bridge-worker.ts'
import type { UploadRules } from '../media-api.ts'
import { createValue, type Value } from '../value.ts'
import type { MediaPorts } from './ports.ts'

const defaultParallel = 2

/** The worker's photos and videos: kept by the page's platform and prepared in the page, read and sent by the worker itself. */
export function createWorkerMedia(platform: RemotePlatform, settings: Settings): MediaPorts {
  return {
    folder: {
      pick: (account) => platform.call('media.pick', account),
      adopt: (account, name, bytes) => platform.call('media.adopt', account, name, bytes),
      adoptFiles: (account, files) => platform.call('media.adoptFiles', account, files),
      list: (account) => platform.call('media.list', account),
      forget: (account, sha256s) => platform.call('media.forget', account, sha256s),
      release: (account, sha256s) => platform.call('media.release', account, sha256s),
      cache: {
        state: (account, sha256, variant) => platform.call('media.cacheState', account, sha256, variant),
        write: (piece) => platform.call('media.cacheWrite', piece),
        forget: (account, sha256s) => platform.call('media.cacheForget', account, sha256s),
      },
      localUrl: localMediaUrl,
      cacheUrl: cachedMediaUrl,
      saveAs: (account, sha256, name) => platform.call('media.saveAs', account, sha256, name),
      showInFolder: (account, sha256) => platform.call('media.showInFolder', account, sha256),
    },
    read: readLocal,
    prepare: (account, { name, kind, picked }, wanted) =>
      platform.call('media.prepare', account, { name, kind, picked }, wanted),
    fetch: (url, init) => fetch(url, { ...init, credentials: 'omit' }),
    metered: followMetered(),
    rules: createValue(uploadRulesOf(settings)),
  }
}

function uploadRulesOf({ uploadsAtOnce, uploadsPauseOnMetered }: Settings): UploadRules {
  return { parallel: uploadsAtOnce ?? defaultParallel, pauseOnMetered: uploadsPauseOnMetered ?? false }
}

async function readLocal(account: string, sha256: string, start: number, end: number) {
  const response = await fetch(localMediaUrl(account, sha256), { headers: { Range: `bytes=${start}-${end - 1}` } })
  if (response.status === 404) return null
  if (!response.ok) throw new Error(`local file: status ${response.status}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  return response.status === 206 ? bytes : bytes.subarray(start, end)
}

/** Part of the Network Information API, which TypeScript does not know; absent in some browsers. */
type Connection = EventTarget & { type?: string; saveData?: boolean }

function followMetered(): Value<boolean> {
  const { connection } = navigator as { connection?: Connection }
  const isMetered = (): boolean => connection?.saveData === true || connection?.type === 'cellular'
  const value = createValue(isMetered())
  connection?.addEventListener('change', () => value.set(isMetered()))
  return value
}
