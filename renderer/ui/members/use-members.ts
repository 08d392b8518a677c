import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import type { ChatMember, ConversationSnapshot } from '../../data/api.ts'
import { useWatched } from '../common/use-watched.ts'

export type Members = { members: ChatMember[]; rights: ConversationSnapshot['memberRights'] }

/** Who takes part in a chat; null while that is not known and for who may not see it. */
export function useMembers(ticketId: TicketId, chat: ChatKind): Members | null {
  const conversation = useWatched('conversation', { ticketId, chat, limit: 1 })
  if (!conversation?.memberRights.see) return null
  return { members: conversation.members, rights: conversation.memberRights }
}
