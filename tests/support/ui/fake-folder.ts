import type { RoomName } from '#common/domain/ids.ts'
import type { DraftFile, MediaSnapshot, RefusedFile } from '#renderer/data/media-api.ts'

/** The files of one chat's draft. */
export type FakeFiles = { files: DraftFile[]; originals: boolean; refused: RefusedFile[] }
export const noFiles: FakeFiles = { files: [], originals: false, refused: [] }

/** Files by room, and what is known of pictures by `<sha256>.<variant>`. */
export type FakeFolder = {
  drafts: Map<RoomName, FakeFiles>
  media: Map<string, MediaSnapshot>
  /** What the next picking answers. */
  toPick: File[]
  saved: string[]
}

export function createFakeFolder(): FakeFolder {
  return { drafts: new Map(), media: new Map(), toPick: [], saved: [] }
}
