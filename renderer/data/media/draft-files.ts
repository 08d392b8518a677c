import type { RoomName } from '#common/domain/ids.ts'
import { mediaTypeOf } from '#common/domain/media-type.ts'
import { messageLimits } from '#common/domain/message.ts'
import { fail, succeed } from '#common/domain/result.ts'
import type { PickedFile } from '#common/ipc-media.ts'
import type { Keeper } from '../commands/keeper.ts'
import type { Attached, FileFailure, MediaActions, RefusedFile } from '../media-api.ts'
import { createValue, type Value } from '../value.ts'
import { hashesOf, type Draft, type KeptFile } from './kept-file.ts'
import type { LocalFiles } from './local-files.ts'
import type { MediaPorts } from './ports.ts'

/** Preparing is dear: one core is left for everything else. */
const preparedAtOnce = 1

export type DraftFilesOptions = {
  account: string
  keeper: Keeper
  ports: Pick<MediaPorts, 'folder' | 'prepare'>
  local: LocalFiles
  newId(): string
  /** What could not be recorded. */
  notSaved(detail: string): void
}

export type DraftFileActions = Pick<
  MediaActions,
  'pickFiles' | 'attachFiles' | 'removeFile' | 'moveFile' | 'retryFile' | 'setOriginals' | 'dismissRefusedFiles'
>

/** The files of drafts: taken in, prepared for sending, moved, removed. Each belongs to the chat it was attached in, whatever is on screen. */
export class DraftFiles {
  readonly refused: Value<ReadonlyMap<RoomName, readonly RefusedFile[]>>
  private readonly shownRefused = createValue<ReadonlyMap<RoomName, readonly RefusedFile[]>>(new Map())
  private readonly options: DraftFilesOptions
  /** Ids of files that are being prepared. */
  private readonly preparing = new Set<string>()
  private isStopped = false

  constructor(options: DraftFilesOptions) {
    this.options = options
    this.refused = this.shownRefused
  }

  /** Files of which a crash interrupted the preparing, and those whose bytes are gone. `here`: what the folder holds, null when nobody can tell. */
  resume(here: ReadonlySet<string> | null): void {
    const isLost = (file: KeptFile): boolean =>
      here !== null && file.failure === null && !here.has((file.sent ?? file.picked).sha256)
    for (const [room, { files }] of this.options.keeper.drafts.get())
      if (files.some(isLost))
        void this.change(room, (draft) => ({
          ...draft,
          files: draft.files.map((file) => (isLost(file) ? { ...file, failure: 'lost' } : file)),
        }))
    this.prepareNext()
  }

  stop(): void {
    this.isStopped = true
  }

  actions(): DraftFileActions {
    const { account, ports } = this.options
    return {
      pickFiles: ({ room }) => this.attach(room, () => ports.folder.pick(account)),
      attachFiles: ({ room, files }) => this.attach(room, () => ports.folder.adoptFiles(account, files)),
      removeFile: ({ room, id }) =>
        this.edit(room, (draft) => ({ ...draft, files: draft.files.filter((file) => file.id !== id) })),
      moveFile: ({ room, id, to }) => this.edit(room, (draft) => ({ ...draft, files: moved(draft.files, id, to) })),
      retryFile: ({ room, id }) =>
        this.edit(room, (draft) => ({
          ...draft,
          files: draft.files.map((file) => (file.id === id ? { ...file, sent: null, failure: null } : file)),
        })),
      setOriginals: ({ room, originals }) =>
        this.edit(room, (draft) =>
          draft.originals === originals ? draft : { ...draft, originals, files: draft.files.map(unprepared) },
        ),
      dismissRefusedFiles: async ({ room }) => this.showRefused(room, []),
    }
  }

  /** The draft was sent: what did not become part of it is told no more. */
  sent(room: RoomName): void {
    this.showRefused(room, [])
  }

  private attach(room: RoomName, take: () => Promise<PickedFile[]>): Promise<Attached> {
    return this.options.local.whileComing(async () => {
      const picked = await take().catch((error: unknown) => String(error))
      if (typeof picked === 'string') return fail({ kind: 'not-saved', detail: picked })
      const sorted = this.sort(room, picked)
      this.showRefused(room, [...(this.refused.get().get(room) ?? []), ...sorted.refused])
      if (sorted.added.length === 0) return succeed({ added: 0, refused: sorted.refused })
      const written = await this.options.keeper.changeDraft(room, (draft) => ({
        ...draft,
        files: [...draft.files, ...sorted.added],
      }))
      this.prepareNext()
      // The files are in the draft as it is shown, and go with the next change that can be recorded.
      if (!written.ok)
        return fail({ kind: 'not-saved', detail: 'detail' in written.reason ? written.reason.detail : '' })
      return succeed({ added: sorted.added.length, refused: sorted.refused })
    })
  }

  /** What becomes part of the draft, and what can't, each with its reason. */
  private sort(room: RoomName, picked: readonly PickedFile[]): { added: KeptFile[]; refused: RefusedFile[] } {
    const { keeper, local, newId } = this.options
    const { files } = keeper.draftOf(room)
    const known = new Set(files.map((file) => file.picked.sha256))
    const added: KeptFile[] = []
    const refused: RefusedFile[] = []
    for (const file of picked) {
      const kept = file.ok ? keptFile(newId(), file) : undefined
      const failure = this.failureOf(file, kept, known, files.length + added.length)
      if (kept && failure === null) {
        known.add(kept.picked.sha256)
        added.push(kept)
      } else {
        refused.push({ id: newId(), name: file.name, failure: failure ?? 'type' })
        if (file.ok) local.tidy([file.sha256])
      }
    }
    return { added, refused }
  }

  private failureOf(
    file: PickedFile,
    kept: KeptFile | undefined,
    known: ReadonlySet<string>,
    count: number,
  ): FileFailure | null {
    if (!file.ok) return file.reason
    if (kept === undefined) return 'type'
    if (known.has(file.sha256)) return 'duplicate'
    return count >= messageLimits.attachments ? 'too-many' : null
  }

  private async edit(room: RoomName, change: (draft: Draft) => Draft): Promise<void> {
    const { keeper, local } = this.options
    const before = keeper.draftOf(room).files
    await this.change(room, change)
    local.tidy(before.flatMap(hashesOf))
    this.prepareNext()
  }

  private async change(room: RoomName, change: (draft: Draft) => Draft): Promise<void> {
    const written = await this.options.keeper.changeDraft(room, change)
    if (!written.ok && written.reason.kind === 'not-saved') this.options.notSaved(written.reason.detail)
  }

  private prepareNext(): void {
    if (this.isStopped) return
    for (const [room, { files, originals }] of this.options.keeper.drafts.get())
      for (const file of files) {
        if (this.preparing.size >= preparedAtOnce) return
        const isDue = file.sent === null && file.failure === null && !this.preparing.has(file.id)
        if (isDue) void this.prepare(room, file, originals)
      }
  }

  private async prepare(room: RoomName, file: KeptFile, originals: boolean): Promise<void> {
    const { account, keeper, local, ports } = this.options
    this.preparing.add(file.id)
    await local.whileComing(async () => {
      const outcome = await ports
        .prepare(account, file, { originals })
        .catch(() => ({ ok: false, failure: 'unreadable' }) as const)
      this.preparing.delete(file.id)
      if (this.isStopped) return
      const prepared = outcome.ok ? { sent: outcome.sent } : { failure: outcome.failure }
      const draft = keeper.draftOf(room)
      // Removed meanwhile, or wanted otherwise.
      const isWanted =
        draft.originals === originals && draft.files.some(({ id, sent }) => id === file.id && sent === null)
      if (!isWanted) return void (outcome.ok && local.tidy(hashesOf({ ...file, sent: outcome.sent })))
      const isDouble = outcome.ok && draft.files.some(({ sent }) => sent?.sha256 === outcome.sent.sha256)
      await this.change(room, (latest) => ({
        ...latest,
        files: latest.files.map((each) =>
          each.id === file.id ? { ...each, ...(isDouble ? { failure: 'duplicate' as const } : prepared) } : each,
        ),
      }))
    })
    this.prepareNext()
  }

  private showRefused(room: RoomName, refused: readonly RefusedFile[]): void {
    if (refused.length === 0 && !this.refused.get().has(room)) return
    const next = new Map(this.refused.get())
    if (refused.length === 0) next.delete(room)
    else next.set(room, refused)
    this.shownRefused.set(next)
  }
}

function keptFile(id: string, { sha256, name, size, type }: Extract<PickedFile, { ok: true }>): KeptFile | undefined {
  const known = mediaTypeOf(type)
  if (known === undefined) return undefined
  const kind = known.kind === 'video' ? 'video' : 'photo'
  return { id, name, kind, picked: { sha256, size, type }, sent: null, failure: null }
}

/** A photo is made anew; a video goes out as it is either way. */
function unprepared(file: KeptFile): KeptFile {
  return file.kind === 'photo' ? { ...file, sent: null, failure: null } : file
}

function moved(files: readonly KeptFile[], id: string, to: number): KeptFile[] {
  const file = files.find((each) => each.id === id)
  if (file === undefined) return [...files]
  const others = files.filter((each) => each.id !== id)
  return others.toSpliced(Math.max(0, Math.min(to, others.length)), 0, file)
}
