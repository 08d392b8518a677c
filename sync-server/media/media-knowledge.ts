import type { UserId } from '#common/domain/ids.ts'
import type { Poster, StoredMedia } from '../policy/media-facts.ts'

/** What the core knows of photos and videos. Everything it answers is durable. */
export type MediaRegister = {
  find(sha256: string): StoredMedia | undefined
  uploadedBy(userId: UserId, sha256: string): StoredMedia | undefined
  /** M7: undefined unless the user may read the room now and an undeleted message of it shows the file. */
  shownTo(userId: UserId, room: string, sha256: string): { stored: StoredMedia; thumb: string | undefined } | undefined
  /** Bytes of all blobs that are stored. */
  bytes(): number
  /** A user brought the bytes of a sha256. Durable when resolved; rejects with StoreUnavailable. */
  addUpload(userId: UserId, sha256: string, stored: Omit<StoredMedia, 'uploaders'>): Promise<void>
  /** A user brought the picture that stands for a video in the messages they write from now on. As above. */
  addPoster(userId: UserId, videoSha256: string, poster: Poster): Promise<void>
}
