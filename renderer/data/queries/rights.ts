import type { ChatKind, UserId } from '#common/domain/ids.ts'
import {
  canAssign,
  canChangeParticipants,
  canChangeStage,
  canEditTicket,
  canReadChat,
  canSeeParticipants,
  canWriteChat,
  type TicketAccess,
  type Viewer,
} from '#common/domain/permissions.ts'
import type { MembersSnapshot, TicketSnapshot } from '../api.ts'
import type { AccountView } from './account-view.ts'
import { participantsOf } from './chat-members.ts'
import type { TicketFacts } from './ticket-facts.ts'

/** What the screen offers for one ticket; the server decides. Of the moment it is made. */
export type TicketRights = {
  ticket: NonNullable<TicketSnapshot>['rights']
  read(chat: ChatKind): boolean
  write(chat: ChatKind): boolean
  members(chat: ChatKind): MembersSnapshot['rights']
}

/** Null while neither the server nor this device knows the ticket. */
export function rightsIn(view: AccountView, facts: TicketFacts): TicketRights | null {
  const access = accessOf(view, facts)
  if (access === null) return null
  const viewer = viewerOf(view)
  const { organisation } = view.standing.get()
  return {
    ticket: {
      edit: canEditTicket(viewer, access),
      assign: canAssign(viewer, access),
      stage: canChangeStage(viewer, access),
    },
    read: (chat) => canReadChat(viewer, access, chat, organisation),
    write: (chat) => canWriteChat(viewer, access, chat, organisation),
    members: (chat) => ({
      see: canSeeParticipants(viewer, access, chat, organisation),
      add: canChangeParticipants(viewer, access, chat, 'add', organisation),
      remove: canChangeParticipants(viewer, access, chat, 'remove', organisation),
    }),
  }
}

function viewerOf({ account }: AccountView): Viewer {
  const { id, kind, permissions, districts } = account
  return { id, kind, permissions: new Set(permissions), districts: new Set(districts) }
}

/** Who takes part is what the server told: what waits on this device gives nobody a right. */
function accessOf(view: AccountView, facts: TicketFacts): TicketAccess | null {
  const ticket = facts.shown()
  if (ticket === null) return null
  const { assigneeId, requesterId, customerId, stage } = ticket
  const idsOf = (chat: ChatKind): ReadonlySet<UserId> => new Set(Object.keys(participantsOf(view, facts, chat)))
  return {
    assigneeId,
    requesterId,
    customerId,
    stage,
    district: ticket.fields.district ?? '',
    company: ticket.fields.company ?? '',
    participants: { team: idsOf('team'), customer: idsOf('customer') },
  }
}
