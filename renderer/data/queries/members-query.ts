import type { ChatKind } from '#common/domain/ids.ts'
import type { MembersSnapshot, Person } from '../api.ts'
import { isShown, type AccountView } from './account-view.ts'
import { addablePeople, chatMembers, participantsOf } from './chat-members.ts'
import { rightsIn } from './rights.ts'
import type { TicketFacts } from './ticket-facts.ts'

const noRights = { see: false, add: false, remove: false }

/** Who takes part in a chat; nobody for who may not read it or may not know. */
export function membersSnapshot(view: AccountView, facts: TicketFacts, chat: ChatKind): MembersSnapshot {
  const known = rightsIn(view, facts)
  const isReadable = known?.read(chat) ?? isShown(view, { chat })
  const rights = known?.members(chat) ?? noRights
  return {
    participants: isReadable ? participantsOf(view, facts, chat) : {},
    members: rights.see ? chatMembers(view, facts, chat) : [],
    rights,
  }
}

/** Who could be added to a chat by this user. */
export function addableSnapshot(view: AccountView, facts: TicketFacts, chat: ChatKind): Person[] {
  return rightsIn(view, facts)?.members(chat).add === true ? addablePeople(view, facts, chat) : []
}
