import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { Clock } from '#common/domain/clock.ts'
import type { Limits } from '../limits.ts'
import type { ServerEvent } from '../server-core.ts'
import type { BlobStore } from './blob-store.ts'
import { DiskBlobStore } from './disk-blob-store.ts'
import { mediaFolders } from './media-folders.ts'
import type { MediaRegister } from './media-knowledge.ts'
import { createPhotoEncoder } from './photo-encoder.ts'
import { createSpaceCheck } from './space.ts'
import { UploadStore } from './upload-store.ts'
import { Uploads } from './uploads.ts'

export type OpenMediaOptions = {
  folder: string
  register: MediaRegister
  limits: Limits
  clock: Clock
  /** The built `photo-process.js`. */
  photoProcessUrl: URL
  report(event: ServerEvent): void
}

export type Media = {
  blobs: BlobStore
  uploads: Uploads
  /** Bytes on the disk, the unfinished ones included. */
  bytes(): { stored: number; unfinished: number }
  close(): void
}

/** One processor is left to those who are talked to. */
const mostPhotoProcesses = 2

/** Opens what is on the disk of photos and videos, and what takes new ones. */
export async function openMedia(options: OpenMediaOptions): Promise<Media> {
  const { folder, register, limits, clock, report } = options
  const folders = mediaFolders(folder)
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 })
  const checkSpace = createSpaceCheck({ folder, limits, usedBytes: () => register.bytes() + store.bytes })
  const store = new UploadStore({ folder: folders.uploads, expiryMs: limits.uploadExpiryMs, checkSpace })
  await store.start()
  const blobs = new DiskBlobStore(folders.blobs)
  const encoder = createPhotoEncoder({
    processUrl: options.photoProcessUrl,
    processes: Math.max(1, Math.min(mostPhotoProcesses, availableParallelism() - 1)),
    timeLimitMs: limits.photoTimeoutMs,
    pixelLimit: limits.photoPixels,
  })
  const uploads = new Uploads({ register, store, blobs, encoder, limits, checkSpace, clock, report })
  await uploads.sweep()
  return {
    blobs,
    uploads,
    bytes: () => ({ stored: register.bytes(), unfinished: store.bytes }),
    close: () => {
      uploads.stop()
      encoder.close()
    },
  }
}
