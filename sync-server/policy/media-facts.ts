import * as z from 'zod/mini'
import type { MessageId, RoomName, UserId } from '#common/domain/ids.ts'

/** Kinds of records about photos and videos. Each names its blobs in the blob store; sizes in bytes, sides in pixels. */
export const mediaFactKinds = ['media', 'poster', 'attachment'] as const
export type MediaFactKind = (typeof mediaFactKinds)[number]

/** Of every small picture. */
export const thumbMime = 'image/webp'

const picture = {
  width: z.optional(z.int()),
  height: z.optional(z.int()),
  thumbhash: z.optional(z.string()),
}

/** What was uploaded under a sha256 and what is kept of it. Key of the record: the sha256 of the uploaded bytes. */
const storedMediaSchema = z.object({
  kind: z.enum(['photo', 'video']),
  mime: z.string(),
  /** Of the variant `full`. */
  size: z.int(),
  ...picture,
  full: z.string(),
  /** A video has none of its own: whoever posts it uploads its poster. */
  thumb: z.optional(z.string()),
  /** All that is stored of it. */
  bytes: z.int(),
  /** Who has brought these very bytes: only they may attach them. Knowing a sha256 is worth nothing. */
  uploaders: z.array(z.string()),
})
export type StoredMedia = z.infer<typeof storedMediaSchema>

/** The picture that one user made of a video. Key of the record: see {@link posterKey}. */
const posterSchema = z.object({ ...picture, thumb: z.string(), bytes: z.int() })
export type Poster = z.infer<typeof posterSchema>

/** Which undeleted messages of a room show a file, and the picture that goes with it there. Key: see {@link attachmentKey}. */
const shownSchema = z.object({ messageIds: z.array(z.string()), thumb: z.optional(z.string()) })
export type Shown = z.infer<typeof shownSchema>

/** By user, for somebody else's poster must not change what a message shows. */
export const posterKey = (videoSha256: string, userId: UserId): string => `${videoSha256} ${userId}`
export const attachmentKey = (room: RoomName, sha256: string): string => `${room} ${sha256}`

/** What the server knows by heart of photos and videos: half a kilobyte for each. */
export class MediaFacts {
  private readonly media: Map<string, StoredMedia>
  private readonly posters: Map<string, Poster>
  private readonly shown: Map<string, Shown>
  private storedBytes = 0

  constructor(other?: MediaFacts) {
    this.media = new Map(other?.media)
    this.posters = new Map(other?.posters)
    this.shown = new Map(other?.shown)
    this.storedBytes = other?.storedBytes ?? 0
  }

  /** All that is stored of the organisation's files. */
  get bytes(): number {
    return this.storedBytes
  }

  find(sha256: string): StoredMedia | undefined {
    return this.media.get(sha256)
  }

  /** What a user may attach: brought by themselves. */
  uploadedBy(userId: UserId, sha256: string): StoredMedia | undefined {
    const stored = this.media.get(sha256)
    return stored?.uploaders.includes(userId) ? stored : undefined
  }

  posterOf(videoSha256: string, userId: UserId): Poster | undefined {
    return this.posters.get(posterKey(videoSha256, userId))
  }

  shownIn(room: RoomName, sha256: string): Shown | undefined {
    return this.shown.get(attachmentKey(room, sha256))
  }

  apply(kind: MediaFactKind, key: string, value: unknown): void {
    switch (kind) {
      case 'media': {
        const stored = storedMediaSchema.parse(value)
        this.storedBytes += stored.bytes - (this.media.get(key)?.bytes ?? 0)
        this.media.set(key, stored)
        return
      }
      case 'poster': {
        const poster = posterSchema.parse(value)
        this.storedBytes += poster.bytes - (this.posters.get(key)?.bytes ?? 0)
        this.posters.set(key, poster)
        return
      }
      case 'attachment':
        if (value === null) this.shown.delete(key)
        else this.shown.set(key, shownSchema.parse(value))
    }
  }
}

/** A file that one more message shows. */
export function withMessage(shown: Shown | undefined, messageId: MessageId, thumb: string | undefined): Shown {
  // The newest message's picture stands for the file in its room.
  const picture = thumb ?? shown?.thumb
  return {
    messageIds: [...(shown?.messageIds ?? []), messageId],
    ...(picture !== undefined && { thumb: picture }),
  }
}

/** null when no message shows it any more. */
export function withoutMessage(shown: Shown, messageId: MessageId): Shown | null {
  const messageIds = shown.messageIds.filter((id) => id !== messageId)
  return messageIds.length > 0 ? { ...shown, messageIds } : null
}
