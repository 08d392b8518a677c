import { basename, isAbsolute } from 'node:path'
import * as z from 'zod/mini'
import type { PickedFile } from '#common/ipc-media.ts'
import { droppedFileSchema } from '#common/ipc-media.ts'
import { mediaTransferLimits } from '#common/media-transfer-limits.ts'
import type { CallReply } from '../../envelope.ts'
import type { CallHandlers, CallSender } from '../call-dispatcher.ts'
import type { LocalFiles } from './local-files.ts'
import type { MediaCache } from './media-cache.ts'
import type { MediaFiles } from './media-files.ts'

type Services = {
  local: LocalFiles
  cache: MediaCache
  files: MediaFiles
  /** The system's dialog; the paths that the user picked. */
  pickPaths(): Promise<string[]>
  useCamera(inUse: boolean): void
}

export type MediaCallHandlers = Pick<CallHandlers, Extract<keyof CallHandlers, `${'media' | 'camera'}.${string}`>>

/** What the calls about photos and videos do. */
export function createMediaCalls({ local, cache, files, pickPaths, useCamera }: Services): MediaCallHandlers {
  return {
    'media.pick': async ({ account }) => {
      const picked: PickedFile[] = []
      // One after the other: a second disk-full or a second large file changes nothing about the first.
      for (const [index, path] of (await pickPaths()).entries())
        picked.push(
          index < mediaTransferLimits.files
            ? await local.adoptPath(account, path)
            : { ok: false, name: basename(path).slice(0, 200), reason: 'too-many' },
        )
      return picked
    },
    'media.adopt': (piece) => local.adoptPiece(piece),
    'media.list': ({ account }) => local.list(account),
    'media.forget': ({ account, sha256s }) => local.forget(account, sha256s),
    'media.release': async ({ account, sha256s }) => {
      for (const sha256 of sha256s)
        await cache.take({ account, sha256, variant: 'full' }, local.pathOf(account, sha256))
    },
    'media.cacheState': (file) => cache.state(file),
    'media.cacheWrite': (piece) => cache.write(piece),
    'media.cacheForget': ({ account, sha256s }) => cache.forget(account, sha256s),
    'media.saveAs': ({ account, sha256, name }) => files.saveAs(account, sha256, name),
    'media.showInFolder': ({ account, sha256 }) => files.showInFolder(account, sha256),
    'camera.use': ({ inUse }) => useCamera(inUse),
  }
}

/** Takes over a file that the preload script found under a dropped one; checked like every call. */
export function createDropHandler(local: LocalFiles, isOwnPage: (url: string) => boolean) {
  return async (sender: CallSender, argument: unknown): Promise<CallReply> => {
    if (sender === null || !sender.isMainFrame || !isOwnPage(sender.url))
      return { ok: false, code: 'E_IPC_SENDER', detail: 'not our page' }
    const dropped = z.safeParse(droppedFileSchema, argument)
    if (!dropped.success || !isAbsolute(dropped.data.path) || dropped.data.path.includes('\0'))
      return { ok: false, code: 'E_IPC_ARGUMENT', detail: 'no dropped file' }
    return { ok: true, value: await local.adoptPath(dropped.data.account, dropped.data.path) }
  }
}
