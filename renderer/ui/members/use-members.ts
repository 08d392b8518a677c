import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import type { MembersSnapshot } from '../../data/api.ts'
import { useWatched } from '../common/use-watched.ts'

export type Members = Pick<MembersSnapshot, 'members' | 'rights'>

/** Who takes part in a chat; null while that is not known and for who may not see it. */
export function useMembers(ticketId: TicketId, chat: ChatKind): Members | null {
  const snapshot = useWatched('members', { ticketId, chat })
  return snapshot?.rights.see ? snapshot : null
}
