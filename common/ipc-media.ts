import * as z from 'zod/mini'
import { mediaVariants } from './domain/media-type.ts'
import { mediaTransferLimits } from './media-transfer-limits.ts'

/**
 * Calls between the window and the main process about photos and videos. The page knows a file by the sha256 of its bytes and
 * never by a path: it can ask for nothing that the user did not pick, drop, paste or record, or that did not come from the
 * server. `app-media://local/<account>/<sha256>` and `app-media://cache/<account>/<sha256>.<variant>` show what is kept.
 */

/** Names the files of one account of a server, as it does its journal. */
export const accountKeySchema = z.string().check(z.regex(/^[0-9a-f]{8,64}$/))
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/))
/** What the page calls a file; the main process cleans it before anything is made of it. */
const fileName = z.string().check(z.maxLength(300))

/**
 * `too-many`: beyond the number looked at. `type`: neither a photo nor a video of ours by its first bytes. `heic`: a photo of
 * a kind that nobody here can read. `unreadable`: the original can't be read, or is no file. `unwritable`: our own folder
 * can't be written, for another reason than `disk-full`.
 */
export type RefusedFileReason =
  'empty' | 'too-big' | 'too-many' | 'unreadable' | 'type' | 'heic' | 'disk-full' | 'unwritable'

/** `sha256` is of the bytes kept, `type` their mime by the first bytes, `name` safe to show and to send. `size` in bytes. */
export type PickedFile =
  | { ok: true; sha256: string; name: string; size: number; type: string }
  | { ok: false; name: string; reason: RefusedFileReason }

/** `part`: `size` bytes of it are here, a download may go on from there. */
export type CachedState = { state: 'none' | 'part' | 'whole'; size: number }

/**
 * `offset`: the piece does not continue what is here; `size` says where to go on. `content`: the whole was neither a photo nor
 * a video, or not the video of that hash, and is deleted: begin again.
 */
export type CacheWriteOutcome =
  | { ok: true; state: 'part' | 'whole'; size: number }
  | { ok: false; reason: 'offset' | 'content' | 'disk-full' | 'unwritable'; size: number }

export type LocalFile = { sha256: string; size: number }

const cachedFile = { account: accountKeySchema, sha256, variant: z.enum(mediaVariants) } as const
const bytesUpTo = (most: number) => z.instanceof(Uint8Array).check(z.refine(({ byteLength }) => byteLength <= most))

export const mediaCalls = {
  /** The system's own dialog; answers nothing picked with an empty list. */
  'media.pick': z.strictObject({ account: accountKeySchema }),
  /** A file that was made in the page, in pieces from its beginning; answers null until the last one. */
  'media.adopt': z.strictObject({
    account: accountKeySchema,
    name: fileName,
    /** Chosen by the caller, the same for all pieces of a file. */
    transfer: z.string().check(z.regex(/^[0-9a-f-]{36}$/)),
    offset: z.int().check(z.nonnegative()),
    isLast: z.boolean(),
    bytes: bytesUpTo(mediaTransferLimits.adoptBytes),
  }),
  /** What is kept locally: a start compares it with drafts and outbox and forgets the rest. */
  'media.list': z.strictObject({ account: accountKeySchema }),
  /** Deletes local files that no draft and no message needs any more. */
  'media.forget': z.strictObject({
    account: accountKeySchema,
    sha256s: z.array(sha256).check(z.maxLength(mediaTransferLimits.hashes)),
  }),
  /** The server has these local files: they become `full` of the cache, which may drop them when it needs room. */
  'media.release': z.strictObject({
    account: accountKeySchema,
    sha256s: z.array(sha256).check(z.maxLength(mediaTransferLimits.hashes)),
  }),
  'media.cacheState': z.strictObject(cachedFile),
  /** The next piece of a download; `total` is the length of the whole. The last piece makes it visible. */
  'media.cacheWrite': z.strictObject({
    ...cachedFile,
    offset: z.int().check(z.nonnegative()),
    total: z.int().check(z.positive()),
    bytes: bytesUpTo(mediaTransferLimits.pieceBytes),
  }),
  /** Removes received files, of all hashes when none are given: after the right to a chat has gone, at a sign-out. */
  'media.cacheForget': z.strictObject({
    account: accountKeySchema,
    sha256s: z.optional(z.array(sha256).check(z.maxLength(mediaTransferLimits.hashes))),
  }),
  /** Asks the user where to. */
  'media.saveAs': z.strictObject({ account: accountKeySchema, sha256, name: fileName }),
  /** Shows a file where the user saved it, otherwise where it is kept. False when it is not on this computer. */
  'media.showInFolder': z.strictObject({ account: accountKeySchema, sha256 }),
  /** The camera dialog opens or closes: the page may use camera and microphone in between, and at no other time. */
  'camera.use': z.strictObject({ inUse: z.boolean() }),
} as const

/** A file that was dropped, as the preload script tells it; not among the calls, so that the page can't name a path. */
export const droppedFileSchema = z.strictObject({
  account: accountKeySchema,
  path: z.string().check(z.minLength(1), z.maxLength(4096)),
})
export type DroppedFile = z.infer<typeof droppedFileSchema>
