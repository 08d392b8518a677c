import type { RoomName, UserId } from '#common/domain/ids.ts'
import { cleanFileName, mediaTypeOf } from '#common/domain/media-type.ts'
import type { Attachment, EntryDraft } from '#common/domain/message.ts'
import { attachmentKey, withMessage, withoutMessage, type StoredMedia } from '../policy/media-facts.ts'
import type { Transaction } from '../rooms/transaction.ts'
import type { DecisionContext } from './effects.ts'

/**
 * M6: the attachments of a message in the server's own words; undefined when one of them was not uploaded by its author.
 * What a client says of type, size and sides is not looked at, but where the server can not know: a video's length and sides.
 */
export function attachmentsOf(context: DecisionContext, given: readonly Attachment[]): Attachment[] | undefined {
  const attachments: Attachment[] = []
  for (const file of given) {
    const stored = context.facts.media.uploadedBy(context.viewer.id, file.sha256)
    const attachment = stored && describe(context, file, stored)
    if (!attachment) return undefined
    attachments.push(attachment)
  }
  return attachments
}

function describe(
  { facts, viewer }: DecisionContext,
  { sha256, name, durationMs, ...given }: Attachment,
  stored: StoredMedia,
): Attachment | undefined {
  const type = mediaTypeOf(stored.mime)
  if (!type) return undefined
  const base = { sha256, name: cleanFileName(name, type), mime: stored.mime, size: stored.size }
  if (stored.kind === 'photo') return { ...base, ...pictureOf(stored) }
  const poster = facts.media.posterOf(sha256, viewer.id)
  const picture = { ...pictureOf(given), ...pictureOf(poster ?? {}), ...sidesOf(given) }
  return { ...base, ...picture, ...(durationMs !== undefined && { durationMs }) }
}

type Picture = Pick<Attachment, 'width' | 'height' | 'thumbhash'>

/** A poster is smaller than its video. */
function sidesOf({ width, height }: Picture): Picture {
  return width !== undefined && height !== undefined ? { width, height } : {}
}

function pictureOf({ thumbhash, ...sides }: Picture): Picture {
  return { ...sidesOf(sides), ...(thumbhash !== undefined && { thumbhash }) }
}

/** Which messages of a room show which files, in the transaction of the messages: access to the files goes by it (M7). */
export function recordAttachments(transaction: Transaction, room: RoomName, drafts: readonly EntryDraft[]): void {
  const { media } = transaction.facts
  for (const draft of drafts) {
    if (draft.type === 'message')
      for (const { sha256 } of draft.attachments ?? []) {
        const value = withMessage(media.shownIn(room, sha256), draft.id, thumbOf(transaction, sha256, draft.authorId))
        transaction.record({ kind: 'attachment', key: attachmentKey(room, sha256), value })
      }
    if (draft.type === 'delete')
      for (const sha256 of transaction.open(room).chat.message(draft.target)?.files ?? []) {
        const shown = media.shownIn(room, sha256)
        if (!shown) continue
        const value = withoutMessage(shown, draft.target)
        transaction.record({ kind: 'attachment', key: attachmentKey(room, sha256), value })
      }
  }
}

function thumbOf({ facts: { media } }: Transaction, sha256: string, authorId: UserId): string | undefined {
  return media.find(sha256)?.thumb ?? media.posterOf(sha256, authorId)?.thumb
}
