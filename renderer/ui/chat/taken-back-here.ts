import type { ChatKind } from '#common/domain/ids.ts'
import type { QueueItem } from '../../data/api.ts'
import type { MessageItem } from './conversation-rows.ts'

/**
 * Whether a message can be taken back into the field of this chat: it is held, and this is the chat it was written in. Its
 * copy in the other chat only tells that it waits, for no text may come from one field into the other.
 */
export function takenBackHere(
  item: Pick<MessageItem, 'id' | 'heldUntil' | 'crossPost'>,
  chat: ChatKind,
  queue: readonly Pick<QueueItem, 'id' | 'chat'>[],
): boolean {
  if (item.heldUntil === null) return false
  const written = queue.find((each) => each.id === item.id)
  return written ? written.chat === chat : item.crossPost === null
}
