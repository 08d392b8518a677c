/** Photos and videos as the user interface knows them: the part of `api.ts` that speaks of files. */
import type { ChatKind, MessageId, RoomName, Seq, TicketId } from '#common/domain/ids.ts'
import type { Attachment } from '#common/domain/message.ts'
import type { Result } from '#common/domain/result.ts'
import type { MediaVariant } from '#common/domain/media-type.ts'
import type { DeliveryState } from '#common/domain/delivery.ts'

export type MediaKind = 'photo' | 'video'

/**
 * What is wrong with a file. `empty`, `unreadable`, `type`, `heic` (a photo that can't be read here), `too-big`: with the file as it was picked.
 * `too-many`: the message has its ten. `duplicate`: it is attached already. `disk-full`, `unwritable`: no copy can be kept. `lost`: the kept copy is gone. `refused-type`, `refused-size`,
 * `refused-content`: the server did not take it. `server-full`: no room there; tried again by itself.
 */
export const fileFailures = [
  'empty',
  'unreadable',
  'type',
  'heic',
  'too-big',
  'too-many',
  'duplicate',
  'disk-full',
  'unwritable',
  'lost',
  'refused-type',
  'refused-size',
  'refused-content',
  'server-full',
] as const
export type FileFailure = (typeof fileFailures)[number]

/** A file of a draft, in its place among the others. `size` in bytes, as it will be sent once it is ready. */
export type DraftFile = {
  /** Stays while the file is prepared anew or moved. */
  id: string
  name: string
  kind: MediaKind
  size: number
  /** Of what will be sent; null while preparing, or where nobody can tell. Sides in pixels. */
  width: number | null
  height: number | null
  /** Of a video. */
  durationMs: number | null
  /** base64; null where there is no picture yet. */
  thumbhash: string | null
  /** Address of a small picture of it, or null. */
  preview: string | null
} & ({ state: 'preparing' } | { state: 'ready' } | { state: 'failed'; failure: FileFailure })

/** A file that did not become part of the draft. Told until dismissed or until the draft is sent. */
export type RefusedFile = { id: string; name: string; failure: FileFailure }

/** Where a message's files are on their way to the server. It goes out, as a whole, when all of them are there. */
export type UploadProgress = {
  /** `waiting`: offline, or others are before it. `paused`: the link is metered and the user wants to wait. `failed`: see `failure`. */
  state: 'waiting' | 'running' | 'paused' | 'failed'
  filesDone: number
  files: number
  bytesDone: number
  bytes: number
  /** From the pace of the last seconds; null while it is not known or nothing moves. */
  remainingMs: number | null
  failure: FileFailure | null
  /** Names of the files that failed. */
  failed: string[]
}

/**
 * A picture or video of a message on this device. `absent`: not here, and there is no connection now; it is asked for by itself when there
 * is. `failed`: `refused` (no right to it any more, or the server does not have it), `disk-full`, `unreachable`; `loadMedia` tries again.
 */
export type MediaSnapshot =
  | { state: 'absent' | 'waiting' }
  /** 0 to 1. */
  | { state: 'loading'; progress: number }
  /** Fit for `src` of `<img>` and `<video>`; ranges are served. */
  | { state: 'ready'; url: string }
  | { state: 'failed'; reason: 'refused' | 'disk-full' | 'unreachable' }

/** One picture or video of a chat, for its media panel and for going from one to the next in the gallery. */
export type ChatMediaItem = {
  /** Unique in the list. */
  id: string
  messageId: MessageId
  /** Which of the message's files, from 0. */
  index: number
  /** null while only this device knows the message. */
  seq: Seq | null
  authorName: string
  own: boolean
  /** Server's ms, the device's while `seq` is null. */
  at: number
  delivery: DeliveryState | null
  attachment: Attachment
}
/** Newest message first; within a message in its own order. */
export type ChatMediaSnapshot = { items: ChatMediaItem[]; hasOlder: boolean; ready: boolean }

export type MediaWatchables = {
  media: { arguments: { room: RoomName; sha256: string; variant: MediaVariant }; snapshot: MediaSnapshot }
  /** `limit` counts files. */
  chatMedia: { arguments: { ticketId: TicketId; chat: ChatKind; limit: number }; snapshot: ChatMediaSnapshot }
}

/** `added` are preparing now; what was refused is in the draft's `refused` as well. */
export type Attached = Result<{ added: number; refused: RefusedFile[] }, { kind: 'not-saved'; detail: string }>

export type MediaActions = {
  /** Opens the system's picker. Nothing added and nothing refused when the user cancelled it. */
  pickFiles(input: { room: RoomName }): Promise<Attached>
  /** Pasted, dropped, or from the camera: the `File` objects as the page got them. */
  attachFiles(input: { room: RoomName; files: File[] }): Promise<Attached>
  removeFile(input: { room: RoomName; id: string }): Promise<void>
  /** `to`: its new place, from 0. */
  moveFile(input: { room: RoomName; id: string; to: number }): Promise<void>
  /** Prepares a failed file again. */
  retryFile(input: { room: RoomName; id: string }): Promise<void>
  /** Photos as they were picked instead of smaller ones; prepares those of the draft anew. */
  setOriginals(input: { room: RoomName; originals: boolean }): Promise<void>
  dismissRefusedFiles(input: { room: RoomName }): Promise<void>
  /** Asks the user where to. `absent`: it can't be fetched now. */
  saveMediaAs(input: {
    room: RoomName
    sha256: string
    name: string
  }): Promise<'saved' | 'cancelled' | 'failed' | 'absent'>
  /** False when the system can't, or the file is not on this device. */
  showInFolder(input: { room: RoomName; sha256: string; name: string }): Promise<boolean>
  /** Tries again what failed. */
  loadMedia(input: { room: RoomName; sha256: string; variant: MediaVariant }): Promise<void>
  /** Tries again the failed uploads of a message that waits on this device, and those that pause between two attempts. */
  retryUpload(input: { id: MessageId }): Promise<void>
  /** As the settings say; `parallel` 1 to 6 files at once. */
  setUploadRules(input: UploadRules): Promise<void>
}
export type UploadRules = { parallel: number; pauseOnMetered: boolean }
