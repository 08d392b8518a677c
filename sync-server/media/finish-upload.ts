import { open } from 'node:fs/promises'
import type { Upload } from '@tus/server'
import { sniffedBytes, sniffMediaType } from '#common/domain/media-type.ts'
import { assertNever } from '#common/domain/result.ts'
import type { UserId } from '#common/domain/ids.ts'
import type { Limits } from '../limits.ts'
import type { StoredMedia } from '../policy/media-facts.ts'
import type { BlobStore } from './blob-store.ts'
import { sha256OfFile } from './file-hash.ts'
import { asTusError } from './media-refusal.ts'
import type { MediaRegister } from './media-knowledge.ts'
import type { EncodedPhoto } from './photo-encoding.ts'
import type { PhotoEncoder, PhotoFailure } from './photo-encoder.ts'
import type { UploadStore } from './upload-store.ts'

export type FinishParts = {
  register: MediaRegister
  store: UploadStore
  blobs: BlobStore
  encoder: PhotoEncoder
  limits: Pick<Limits, 'photoBytes'>
}

/** What the server knows of an upload that is complete. */
export type CompleteUpload = {
  upload: Upload
  size: number
  userId: UserId
  sha256: string
  poster: string | undefined
}

/**
 * Makes an upload that has all its bytes a stored photo or video (M4, M5). Throws the refusal where it is none: whoever calls
 * deletes it then. Durable when resolved; can be repeated after any interruption.
 */
export async function finishUpload(parts: FinishParts, complete: CompleteUpload): Promise<void> {
  const { register, store } = parts
  const { upload, size, userId, sha256, poster } = complete
  const path = store.pathOf(upload.id)
  if ((store.takeHash(upload.id, size) ?? (await sha256OfFile(path))) !== sha256) throw asTusError('E_MEDIA_CHECKSUM')
  const known = poster === undefined ? register.find(sha256) : undefined
  if (known) await register.addUpload(userId, sha256, known)
  else {
    const type = sniffMediaType(await headOf(path))
    if (type?.kind === 'photo') await storePhoto(parts, complete)
    else if (type?.kind === 'video' && poster === undefined) await storeVideo(parts, complete, type.mime)
    else throw asTusError('E_MEDIA_TYPE')
  }
}

async function storePhoto(parts: FinishParts, { upload, size, userId, sha256, poster }: CompleteUpload): Promise<void> {
  const { register, store, blobs, limits } = parts
  if (size > limits.photoBytes) throw asTusError('E_MEDIA_TOO_BIG')
  const files = { full: store.pathOf(upload.id, '.full'), thumb: store.pathOf(upload.id, '.thumb') }
  const photo = await encode(parts, { input: store.pathOf(upload.id), ...files })
  const thumb = await blobs.adopt(files.thumb)
  const { mime, width, height, thumbhash } = photo
  if (poster !== undefined)
    return register.addPoster(userId, poster, { thumb: thumb.name, bytes: thumb.bytes, width, height, thumbhash })
  const full = await blobs.adopt(files.full)
  return register.addUpload(userId, sha256, {
    kind: 'photo',
    mime,
    size: full.bytes,
    width,
    height,
    thumbhash,
    full: full.name,
    thumb: thumb.name,
    bytes: full.bytes + thumb.bytes,
  })
}

async function encode({ encoder }: FinishParts, files: Parameters<PhotoEncoder['encode']>[0]): Promise<EncodedPhoto> {
  const encoded = await encoder.encode(files)
  if (encoded.ok) return encoded.value
  throw asTusError(codeOf(encoded.reason))
}

function codeOf(reason: PhotoFailure) {
  switch (reason) {
    case 'too-many-pixels':
      return 'E_MEDIA_TOO_BIG'
    case 'disk':
      return 'E_MEDIA_FULL'
    case 'closed':
      return 'E_UNAVAILABLE'
    // Whatever kills or stalls two decoders is no photo that anybody should be sent.
    case 'unreadable':
    case 'too-slow':
    case 'died':
      return 'E_MEDIA_TYPE'
    default:
      return assertNever(reason)
  }
}

async function storeVideo(
  { register, store, blobs }: FinishParts,
  { upload, userId, sha256 }: CompleteUpload,
  mime: StoredMedia['mime'],
): Promise<void> {
  const { name, bytes } = await blobs.adopt(store.pathOf(upload.id), sha256)
  await register.addUpload(userId, sha256, { kind: 'video', mime, size: bytes, full: name, bytes })
}

async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(sniffedBytes), 0, sniffedBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
