import type { ChatKind } from '#common/domain/ids.ts'
import type { MembersSnapshot, TicketSnapshot } from '../../data/api.ts'
import { useWatched } from '../common/use-watched.ts'
import { useShell } from '../shell/shell-context.tsx'
import { audienceOf, bothAudiences, type Audience } from './audience.ts'

type Ticket = NonNullable<TicketSnapshot>
type AudiencesInput = { snapshot: Ticket; chat: ChatKind; split: boolean; members: MembersSnapshot }

/** Who reads a chat, and who reads what is written to both chats of its ticket. */
export function useAudiences({ snapshot, chat, split, members }: AudiencesInput): {
  here: Audience
  both: Audience
} {
  const { account } = useShell()
  const ticketId = snapshot.ticket.id
  // The customer chat's own people: here already, or of the chat beside this one.
  const watched = useWatched('members', { ticketId, chat: 'customer' })
  const audience = (of: ChatKind, { participants, rights }: MembersSnapshot) =>
    audienceOf({
      chat: of,
      split,
      named: rights.see,
      account,
      participants,
      company: snapshot.ticket.fields.company ?? '',
    })
  const here = audience(chat, members)
  const customer = chat === 'customer' ? here : watched ? audience('customer', watched) : { names: [] }
  return { here, both: bothAudiences(customer) }
}
