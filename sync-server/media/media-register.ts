import { parseRoom } from '#common/domain/ids.ts'
import { posterKey } from '../policy/media-facts.ts'
import type { FactWrite } from '../policy/facts.ts'
import { canReadRoom } from '../policy/room-access.ts'
import type { CommitPipeline } from '../rooms/commit-pipeline.ts'
import type { Transaction } from '../rooms/transaction.ts'
import { StoreUnavailable } from '../storage/log-store.ts'
import type { MediaRegister } from './media-knowledge.ts'

export function createMediaRegister(pipeline: CommitPipeline): MediaRegister {
  return {
    find: (sha256) => pipeline.durable.media.find(sha256),
    uploadedBy: (userId, sha256) => pipeline.durable.media.uploadedBy(userId, sha256),
    shownTo: (userId, name, sha256) => {
      const { durable } = pipeline
      const room = parseRoom(name)
      if (room?.kind !== 'chat' || !canReadRoom(durable, userId, room)) return undefined
      const stored = durable.media.find(sha256)
      const shown = durable.media.shownIn(name, sha256)
      return stored && shown && { stored, thumb: shown.thumb }
    },
    bytes: () => pipeline.durable.media.bytes,
    addUpload: (userId, sha256, stored) =>
      write(pipeline, ({ facts }) => {
        const known = facts.media.find(sha256)
        const uploaders = [...new Set([...(known?.uploaders ?? []), userId])]
        return { kind: 'media', key: sha256, value: { ...(known ?? stored), uploaders } }
      }),
    addPoster: (userId, videoSha256, poster) =>
      write(pipeline, () => ({ kind: 'poster', key: posterKey(videoSha256, userId), value: poster })),
  }
}

function write(pipeline: CommitPipeline, recordOf: (transaction: Transaction) => FactWrite): Promise<void> {
  return new Promise((resolve, reject) => {
    pipeline.submit({
      rooms: [],
      decide: (transaction) => transaction.record(recordOf(transaction)),
      settled: (durable) => {
        if (durable.ok) resolve()
        else reject(new StoreUnavailable('the upload was not written down'))
      },
    })
  })
}
