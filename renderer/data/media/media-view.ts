import type { CommandId, RoomName } from '#common/domain/ids.ts'
import type { MediaVariant } from '#common/domain/media-type.ts'
import type { MediaSnapshot, RefusedFile, UploadProgress } from '../media-api.ts'
import type { Value } from '../value.ts'

export type WantedMedia = { room: RoomName; sha256: string; variant: MediaVariant }

/** What is watched of photos and videos. */
export type MediaView = {
  uploads: Value<ReadonlyMap<CommandId, UploadProgress>>
  refused: Value<ReadonlyMap<RoomName, readonly RefusedFile[]>>
  watch(wanted: WantedMedia): { value: Value<MediaSnapshot>; dispose(): void }
  /** Brings it to this device before anybody looks at it. */
  prefetch(wanted: WantedMedia): void
  /** Where a file of a draft is shown from. */
  localUrl(sha256: string): string
}
