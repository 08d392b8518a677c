import { chatRoom, type RoomName } from '#common/domain/ids.ts'
import type { Attachment } from '#common/domain/message.ts'
import type { DraftSnapshot } from '../api.ts'
import type { ChatMediaItem, ChatMediaSnapshot, DraftFile, MediaWatchables } from '../media-api.ts'
import type { KeptFile } from '../media/kept-file.ts'
import type { RoomMedia } from '../store/projection-reads.ts'
import { isShown, type AccountView } from './account-view.ts'
import { noOverlay, pendingState } from './outbox-overlay.ts'

export const noDraft: DraftSnapshot = { text: '', saved: true, files: [], originals: false, refused: [] }

export function draftSnapshot({ core }: AccountView, room: RoomName): DraftSnapshot {
  const draft = core.drafts.get().get(room)
  return {
    text: draft?.text ?? '',
    saved: draft?.saved ?? true,
    originals: draft?.originals ?? false,
    files: (draft?.files ?? []).map((file) => draftFile(file, (sha256) => core.media.localUrl(sha256))),
    refused: [...(core.media.refused.get().get(room) ?? [])],
  }
}

function draftFile(
  { id, name, kind, picked, sent, failure }: KeptFile,
  localUrl: (sha256: string) => string,
): DraftFile {
  const pictured = sent?.thumb ?? sent?.poster?.sha256 ?? (kind === 'photo' ? sent?.sha256 : undefined)
  const common = {
    id,
    name,
    kind,
    size: sent?.size ?? picked.size,
    width: sent?.width ?? null,
    height: sent?.height ?? null,
    durationMs: sent?.durationMs ?? null,
    thumbhash: sent?.thumbhash ?? null,
    preview: pictured === undefined || failure === 'lost' ? null : localUrl(pictured),
  }
  if (failure !== null) return { ...common, state: 'failed', failure }
  return { ...common, state: sent === null ? 'preparing' : 'ready' }
}

/** Pictures and videos of one chat, newest first, followed until disposed. */
export function followChatMedia(
  view: AccountView,
  { ticketId, chat, limit }: MediaWatchables['chatMedia']['arguments'],
  changed: () => void,
): { snapshot(): ChatMediaSnapshot | undefined; dispose(): void } {
  const room = chatRoom(ticketId, chat)
  let stored: RoomMedia | undefined
  let isReading = false
  let isStale = false
  let isDisposed = false

  async function read(): Promise<void> {
    isStale = isReading
    if (isReading) return
    isReading = true
    // What can't be read now is read after the next change.
    stored = await view.reads.mediaOf(room, limit).catch(() => stored)
    isReading = false
    if (isDisposed) return
    changed()
    if (isStale) void read()
  }

  const stop = view.chats.subscribe((keys) => {
    if (keys.length === 0 || keys.includes(room)) void read()
  })
  void read()
  return {
    snapshot: () =>
      stored === undefined || !view.people.isReady() ? undefined : snapshotOf(view, room, stored, limit),
    dispose() {
      isDisposed = true
      stop()
    },
  }
}

function snapshotOf(view: AccountView, room: RoomName, stored: RoomMedia, limit: number): ChatMediaSnapshot {
  const isReadable = isShown(view, { chat: room.endsWith('.team') ? 'team' : 'customer' })
  const rows = isReadable ? stored.rows : []
  const known = new Set(rows.map(({ id }) => id))
  const ownId = view.account.id
  const { messages } = view.overlay.get().chats.get(room) ?? noOverlay
  const waiting = messages
    .filter(({ command }) => !known.has(command.id) && command.attachments.length > 0)
    .toReversed()
    .flatMap(({ row, command }) =>
      itemsOf(command.attachments, {
        messageId: command.id,
        seq: null,
        authorName: view.people.name(ownId),
        own: true,
        at: Date.parse(command.writtenAt),
        delivery: pendingState(row),
      }),
    )
  const arrived = rows.flatMap(({ id, seq, authorId, at, attachments }) =>
    itemsOf(attachments, {
      messageId: id,
      seq,
      authorName: view.people.name(authorId),
      own: authorId === ownId,
      at,
      delivery: null,
    }),
  )
  const items = [...waiting, ...arrived]
  return {
    items: items.slice(0, limit),
    hasOlder: items.length > limit || (isReadable && stored.hasOlder),
    ready: true,
  }
}

function itemsOf(
  attachments: readonly Attachment[],
  common: Omit<ChatMediaItem, 'id' | 'index' | 'attachment'>,
): ChatMediaItem[] {
  return attachments.map((attachment, index) => ({ ...common, id: `${common.messageId}.${index}`, index, attachment }))
}
