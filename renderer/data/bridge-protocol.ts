import type { ActionName, Watchables, WatchName } from './api.ts'
import type { Patch } from './snapshot-patch.ts'
import type { PrepareFile } from './media/ports.ts'
import type { Settings } from '#common/ipc.ts'
import type { Platform } from '../platform/platform.ts'

type Media = Platform['media']

/** What the worker needs of the page: a worker has no preload bridge. */
export type PlatformCalls = {
  'journal.read': (account: string) => ReturnType<Platform['journal']['read']>
  'journal.write': Platform['journal']['write']
  'credentials.read': Platform['credentials']['read']
  'credentials.store': Platform['credentials']['store']
  'credentials.clear': Platform['credentials']['clear']
  'settings.write': Platform['settings']['write']
  discardDatabases: Platform['discardDatabases']
  'notifications.show': Platform['notifications']['show']
  'notifications.withdraw': Platform['notifications']['withdraw']
  setBadge: Platform['setBadge']
  'media.pick': Media['pick']
  'media.adopt': Media['adopt']
  'media.adoptFiles': Media['adoptFiles']
  'media.list': Media['list']
  'media.forget': Media['forget']
  'media.release': Media['release']
  'media.cacheState': Media['cache']['state']
  'media.cacheWrite': Media['cache']['write']
  'media.cacheForget': Media['cache']['forget']
  'media.saveAs': Media['saveAs']
  'media.showInFolder': Media['showInFolder']
  /** Needs a player of videos, and workers of its own. */
  'media.prepare': PrepareFile
}
export type PlatformCallName = keyof PlatformCalls

/** Numbers pair questions with answers and snapshots with their watch. */
export type ToWorker =
  /** The first word to a worker: it does not have to ask a page that is busy drawing itself. */
  | { type: 'begin'; settings: Settings }
  | { type: 'watch'; id: number; name: WatchName; argument: Watchables[WatchName]['arguments'] }
  | { type: 'unwatch'; id: number }
  | { type: 'act'; id: number; name: ActionName; input: unknown }
  | { type: 'platform-answer'; id: number; value: unknown }
  | { type: 'platform-failure'; id: number; message: string }
  /** The network or the device came back. */
  | { type: 'wake' }
  | { type: 'are-you-there' }

export type ToPage =
  | { type: 'snapshot'; id: number; patch: Patch }
  | { type: 'acted'; id: number; value: unknown }
  | { type: 'act-failed'; id: number; message: string }
  | { type: 'platform-call'; id: number; name: PlatformCallName; arguments: unknown[] }
  | { type: 'here' }
  /** The worker can't go on and asks for a new one. */
  | { type: 'failed'; message: string }

/** One end of the wire between page and worker. */
export type Wire<Out, In> = { post(message: Out): void; onMessage(listener: (message: In) => void): void }
