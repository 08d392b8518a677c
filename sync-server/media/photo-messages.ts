import type { EncodedPhoto, PhotoRefusal } from './photo-encoding.ts'

/** What the server asks of a photo process, and what it says. */
export type PhotoRequest = { id: number; input: string; full: string; thumb: string; pixelLimit: number }

export type PhotoReply = { id: number } & (
  | { outcome: 'encoded'; photo: EncodedPhoto }
  | { outcome: 'refused'; reason: PhotoRefusal }
  /** No fault of the photo: the disk. */
  | { outcome: 'failed'; message: string }
)
