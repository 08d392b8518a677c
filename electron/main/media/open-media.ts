import { randomBytes } from 'node:crypto'
import type { CallReply } from '../../envelope.ts'
import type { CallSender } from '../call-dispatcher.ts'
import { createLocalFiles } from './local-files.ts'
import { createMediaCache } from './media-cache.ts'
import type { MediaCallHandlers } from './media-calls.ts'
import { createDropHandler, createMediaCalls } from './media-calls.ts'
import { nodeMediaDisk as disk } from './media-disk.ts'
import { createMediaFiles } from './media-files.ts'
import { createMediaResponder } from './media-protocol.ts'

type Dependencies = {
  /** `media` of the user's data. */
  folder: string
  /** Undefined: the default. */
  quotaBytes: () => number | undefined
  isOwnPage: (url: string) => boolean
  pickPaths(): Promise<string[]>
  askWhere(name: string): Promise<string | null>
  showItem(path: string): void
  useCamera(inUse: boolean): void
}

export type Media = {
  calls: MediaCallHandlers
  takeDrop: (sender: CallSender, argument: unknown) => Promise<CallReply>
  respond: (request: Request) => Promise<Response>
}

const defaultQuotaBytes = 2_000_000_000

/** Photos and videos of this computer: kept in one folder, reached by the page through calls and `app-media:`. */
export function openMedia(given: Dependencies): Media {
  const { folder, isOwnPage } = given
  const local = createLocalFiles({ disk, folder, randomName: () => randomBytes(12).toString('hex') })
  const quotaBytes = () => given.quotaBytes() ?? defaultQuotaBytes
  const cache = createMediaCache({ disk, folder, quotaBytes, now: Date.now })
  const files = createMediaFiles({ ...given, disk, local, cache })
  return {
    calls: createMediaCalls({ ...given, local, cache, files }),
    takeDrop: createDropHandler(local, isOwnPage),
    respond: createMediaResponder({ disk, local, cache, isOwnPage }),
  }
}
