import type { Clock } from '#common/domain/clock.ts'
import type { CommandId, FillRandom, RoomName } from '#common/domain/ids.ts'
import type { MediaVariant } from '#common/domain/media-type.ts'
import { mediaTransferLimits } from '#common/media-transfer-limits.ts'
import { fail } from '#common/domain/result.ts'
import type { Keeper } from '../commands/keeper.ts'
import type { MediaActions, MediaSnapshot } from '../media-api.ts'
import type { AccessTokens } from '../session/access-tokens.ts'
import type { OutboxStore } from '../store/ports.ts'
import type { SocketState } from '../sync/multiplexed-socket.ts'
import { createValue, type Value } from '../value.ts'
import { DraftFiles } from './draft-files.ts'
import { LocalFiles } from './local-files.ts'
import { createPieceSize } from './piece-size.ts'
import type { MediaView } from './media-view.ts'
import { MediaCache } from './media-cache.ts'
import type { MediaPorts } from './ports.ts'
import { Uploads } from './uploads.ts'

/** An upload that was begun so long ago is forgotten by servers. */
const longestBegunMs = 7 * 24 * 3_600_000

export type AccountMedia = MediaView & {
  act: MediaActions
  /** The server has these messages. */
  taken(ids: readonly CommandId[]): void
  /** Received files that the user may not see any more. Never rejects. */
  forgetReceived(sha256s: string[]): Promise<void>
  /** The draft of this chat became a message. */
  sent(room: RoomName): void
  stop(): void
}

export type AccountMediaOptions = {
  clock: Clock
  fillRandom: FillRandom
  newId(): string
  ports: MediaPorts
  server: string
  account: string
  keeper: Keeper
  tokens: Pick<AccessTokens, 'authorize' | 'stale'>
  socket: { state: Value<SocketState> }
  store: OutboxStore
  /** Nothing that was kept went missing: what no draft and no message names may be thrown away. */
  isWhole: boolean
  notSaved(detail: string): void
}

/** Everything about the files of the signed-in account. */
export function openAccountMedia(options: AccountMediaOptions): AccountMedia {
  const { account, clock, keeper, ports, store } = options
  const local = new LocalFiles({ account, keeper, ports })
  const drafts = new DraftFiles({ ...options, local })
  const needs = { ...options, nowMs: () => clock.nowMs(), pieces: createPieceSize() }
  const uploads = new Uploads({ ...options, needs, rules: ports.rules, metered: ports.metered })
  const cache = new MediaCache({
    ...options,
    needs,
    localUrl: (sha256, variant) => unsentUrl(options, sha256, variant),
  })
  void begin(options, local, drafts)
  void forgetOldUploads(store, clock.nowMs())
  return {
    uploads: uploads.progress,
    refused: drafts.refused,
    watch: (wanted) => cache.watch(wanted),
    prefetch: (wanted) => cache.prefetch(wanted),
    localUrl: (sha256) => ports.folder.localUrl(account, sha256),
    act: {
      ...drafts.actions(),
      ...savingActions(options, cache),
      loadMedia: async (wanted) => cache.reload(wanted),
      retryUpload: async () => uploads.retryNow(),
      setUploadRules: async (rules) => ports.rules.set(rules),
    },
    taken(ids) {
      const taken = new Set(ids)
      const rows = keeper.list.value.get().filter(({ id }) => taken.has(id))
      void local.taken(rows).then(() => {
        for (const { sent } of rows.flatMap(({ files = [] }) => files)) if (sent) cache.reload({ sha256: sent.sha256 })
      })
    },
    async forgetReceived(sha256s) {
      for (let start = 0; start < sha256s.length; start += mediaTransferLimits.hashes)
        await ports.folder.cache
          .forget(account, sha256s.slice(start, start + mediaTransferLimits.hashes))
          .catch(() => undefined)
    },
    sent: (room) => drafts.sent(room),
    stop() {
      drafts.stop()
      uploads.stop()
      cache.stop()
    },
  }
}

async function begin({ isWhole, account, ports }: AccountMediaOptions, local: LocalFiles, drafts: DraftFiles) {
  try {
    const here = isWhole ? await local.sweep() : new Set((await ports.folder.list(account)).map(({ sha256 }) => sha256))
    drafts.resume(here)
  } catch {
    // A folder that can't be listed may still be read: what is gone shows itself when it is needed.
    drafts.resume(null)
  }
}

async function forgetOldUploads(store: OutboxStore, nowMs: number): Promise<void> {
  const begun = await store.begunUploads().catch(() => [])
  for (const { key, at } of begun)
    if (nowMs - at > longestBegunMs) await store.removeBegunUpload(key).catch(() => undefined)
}

/** Of what waits on this device nothing is fetched: its own files show it. */
function unsentUrl({ account, keeper, ports }: AccountMediaOptions, sha256: string, variant: MediaVariant) {
  const files = keeper.list.pending().flatMap((row) => row.files ?? [])
  const file = files.find(({ sent }) => sent?.sha256 === sha256)
  if (!file?.sent) return undefined
  const { thumb, poster } = file.sent
  const small = thumb ?? poster?.sha256 ?? (file.kind === 'photo' ? sha256 : undefined)
  const shown = variant === 'full' ? sha256 : small
  return shown === undefined ? undefined : ports.folder.localUrl(account, shown)
}

function savingActions({ account, ports }: AccountMediaOptions, cache: MediaCache) {
  return {
    async saveMediaAs({ room, sha256, name }) {
      if (!(await cache.bring({ room, sha256, variant: 'full' }))) return 'absent'
      return ports.folder.saveAs(account, sha256, name)
    },
    async showInFolder({ room, sha256 }) {
      if (!(await cache.bring({ room, sha256, variant: 'full' }))) return false
      return ports.folder.showInFolder(account, sha256)
    },
  } satisfies Partial<MediaActions>
}

/** A machine that keeps no files. */
export function noMedia(): AccountMedia {
  const attached = () => Promise.resolve(fail({ kind: 'not-saved', detail: 'no media folder' } as const))
  const nothing = () => Promise.resolve()
  const value = createValue<MediaSnapshot>({ state: 'absent' })
  return {
    uploads: createValue(new Map()),
    refused: createValue(new Map()),
    watch: () => ({ value, dispose: () => {} }),
    prefetch: () => {},
    localUrl: () => '',
    act: {
      pickFiles: attached,
      attachFiles: attached,
      removeFile: nothing,
      moveFile: nothing,
      retryFile: nothing,
      setOriginals: nothing,
      dismissRefusedFiles: nothing,
      saveMediaAs: () => Promise.resolve('failed'),
      showInFolder: () => Promise.resolve(false),
      loadMedia: nothing,
      retryUpload: nothing,
      setUploadRules: nothing,
    },
    taken: () => {},
    forgetReceived: nothing,
    sent: () => {},
    stop: () => {},
  }
}
