import { chatRoom, type ChatKind, type TicketId, type UserId } from '#common/domain/ids.ts'
import {
  canAssign,
  canChangeStage,
  canEditTicket,
  canWriteChat,
  type OrganisationAccess,
  type TicketAccess,
  type Viewer,
} from '#common/domain/permissions.ts'
import type { AccountView } from './account-view.ts'
import type { ShownTicket } from './outbox-overlay.ts'
import type { Participants } from './ticket-facts.ts'

function viewerOf({ account }: AccountView): Viewer {
  const { id, kind, permissions, districts } = account
  return { id, kind, permissions: new Set(permissions), districts: new Set(districts) }
}

function accessOf(ticket: ShownTicket, participants: Participants): TicketAccess {
  const { assigneeId, requesterId, customerId, stage } = ticket
  const idsOf = (chat: ChatKind): ReadonlySet<UserId> => new Set(Object.keys(participants[chat]))
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

/** The team chat is on this device exactly while chats are split and the user may read it. */
function organisationOf(view: AccountView, ticketId: TicketId): OrganisationAccess {
  return { splitChats: view.chats.get(chatRoom(ticketId, 'team')) !== undefined }
}

/** What the screen offers; the server decides. */
export function ticketRights(view: AccountView, ticket: ShownTicket, participants: Participants) {
  const viewer = viewerOf(view)
  const access = accessOf(ticket, participants)
  return {
    edit: canEditTicket(viewer, access),
    assign: canAssign(viewer, access),
    stage: canChangeStage(viewer, access),
  }
}

export function mayWrite(view: AccountView, ticket: ShownTicket, participants: Participants, chat: ChatKind): boolean {
  return canWriteChat(viewerOf(view), accessOf(ticket, participants), chat, organisationOf(view, ticket.id))
}
