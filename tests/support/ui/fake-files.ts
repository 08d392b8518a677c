import type { RoomName } from '#common/domain/ids.ts'
import { messageLimits, type Attachment } from '#common/domain/message.ts'
import { fail, succeed } from '#common/domain/result.ts'
import type {
  ChatMediaItem,
  ChatMediaSnapshot,
  DraftFile,
  FileFailure,
  MediaActions,
  MediaSnapshot,
  RefusedFile,
} from '#renderer/data/media-api.ts'
import { noFiles, type FakeFiles } from './fake-folder.ts'
import type { FakeChat, World } from './world.ts'

export function draftFilesOf({ folder }: World, room: RoomName): FakeFiles {
  return folder.drafts.get(room) ?? noFiles
}

/** A small picture without a file: as good as any to look at. */
export function draftFile(id: string, given: Partial<Omit<DraftFile, 'state'>> = {}): DraftFile {
  return {
    id,
    name: `${id}.jpg`,
    kind: 'photo',
    size: 240_000,
    width: 640,
    height: 480,
    durationMs: null,
    thumbhash: null,
    preview: null,
    state: 'ready',
    ...given,
  }
}

/** What the posted files become. */
export function attachmentsOf(world: World, room: RoomName, ids: readonly string[]): Attachment[] {
  const { files } = draftFilesOf(world, room)
  return ids.flatMap((id) => {
    const file = files.find((each) => each.id === id)
    return file ? [attachmentOf(file)] : []
  })
}

function attachmentOf({ id, name, kind, size, width, height, durationMs, preview }: DraftFile): Attachment {
  return {
    sha256: hashOf(`${id}${preview ?? ''}`),
    name,
    mime: kind === 'photo' ? 'image/jpeg' : 'video/mp4',
    size: Math.max(1, size),
    ...(width === null || height === null ? {} : { width, height }),
    ...(durationMs === null ? {} : { durationMs }),
  }
}

function hashOf(text: string): string {
  const hex = [...text].map((letter) => (letter.codePointAt(0) ?? 0).toString(16)).join('')
  return hex.padStart(64, '0').slice(-64)
}

type Writing = { change(alter: (world: World) => void): void; isFailing(): boolean; newId(): string }

/** Everything is ready a moment after it was attached. */
export function createFileActions(world: World, { change, isFailing, newId }: Writing): MediaActions {
  const edit = (room: RoomName, alter: (draft: FakeFiles) => Partial<FakeFiles>) =>
    change(({ folder }) => {
      const draft = folder.drafts.get(room) ?? noFiles
      folder.drafts.set(room, { ...draft, ...alter(draft) })
    })

  async function attach(room: RoomName, files: File[]) {
    if (isFailing()) return fail({ kind: 'not-saved', detail: 'disk-full' } as const)
    const refused: RefusedFile[] = []
    const added: DraftFile[] = []
    for (const file of files) {
      const failure = failureOf(file, draftFilesOf(world, room).files.length + added.length)
      if (failure) refused.push({ id: newId(), name: file.name, failure })
      else added.push(preparing(newId(), file))
    }
    edit(room, (draft) => ({ files: [...draft.files, ...added], refused: [...draft.refused, ...refused] }))
    const ids = new Set(added.map(({ id }) => id))
    setTimeout(
      () =>
        edit(room, (draft) => ({
          files: draft.files.map((file) => (ids.has(file.id) ? { ...file, state: 'ready' } : file)),
        })),
      50,
    )
    return succeed({ added: added.length, refused })
  }

  return {
    pickFiles: ({ room }) => attach(room, world.folder.toPick.splice(0)),
    attachFiles: ({ room, files }) => attach(room, files),
    removeFile: async ({ room, id }) => edit(room, ({ files }) => ({ files: files.filter((file) => file.id !== id) })),
    moveFile: async ({ room, id, to }) =>
      edit(room, ({ files }) => {
        const file = files.find((each) => each.id === id)
        const others = files.filter((each) => each.id !== id)
        return { files: file ? others.toSpliced(to, 0, file) : files }
      }),
    retryFile: async ({ room, id }) =>
      edit(room, ({ files }) => ({
        files: files.map((file) => (file.id === id ? { ...file, state: 'ready' } : file)),
      })),
    setOriginals: async ({ room, originals }) => edit(room, () => ({ originals })),
    dismissRefusedFiles: async ({ room }) => edit(room, () => ({ refused: [] })),
    saveMediaAs: async ({ name }) => {
      change(({ folder }) => folder.saved.push(name))
      return 'saved'
    },
    showInFolder: async () => true,
    loadMedia: async ({ sha256, variant }) =>
      change(({ folder }) => void folder.media.set(`${sha256}.${variant}`, { state: 'waiting' })),
    retryUpload: async () => undefined,
    setUploadRules: async () => undefined,
  }
}

function failureOf(file: File, count: number): FileFailure | null {
  if (file.size === 0) return 'empty'
  if (!/\.(?:jpe?g|png|webp|mp4|mov|webm)$/i.test(file.name)) return 'type'
  return count >= messageLimits.attachments ? 'too-many' : null
}

function preparing(id: string, file: File): DraftFile {
  const kind = /\.(?:mp4|mov|webm)$/i.test(file.name) ? 'video' : 'photo'
  const preview = kind === 'photo' ? URL.createObjectURL(file) : null
  return { ...draftFile(id, { name: file.name, kind, size: file.size, preview }), state: 'preparing' }
}

export function mediaSnapshot({ folder }: World, sha256: string, variant: string): MediaSnapshot {
  return folder.media.get(`${sha256}.${variant}`) ?? { state: 'absent' }
}

export function chatMedia(chat: FakeChat | undefined, limit: number): ChatMediaSnapshot {
  const items = (chat?.items ?? []).toReversed().flatMap((item): ChatMediaItem[] =>
    item.kind !== 'message' || item.deleted
      ? []
      : item.attachments.map((attachment, index) => ({
          id: `${item.id}.${index}`,
          messageId: item.id,
          index,
          seq: item.seq,
          authorName: item.authorName,
          own: item.own,
          at: item.at ?? item.writtenAt,
          delivery: item.delivery,
          attachment,
        })),
  )
  return { items: items.slice(0, limit), hasOlder: items.length > limit, ready: true }
}
