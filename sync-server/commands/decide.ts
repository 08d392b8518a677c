import type { Command } from '#common/domain/command.ts'
import { chatRoom, directoryRoom, personalRoom, ticketRoom, type RoomName, type UserId } from '#common/domain/ids.ts'
import { assertNever } from '#common/domain/result.ts'
import type { Decision, DecisionContext } from './effects.ts'
import { decideMessageDelete, decideMessageEdit } from './message-change.ts'
import { decideMessagePost } from './message-post.ts'
import { decideOrganisationUpdate } from './organisation-update.ts'
import { decideParticipantsAdd, decideParticipantsRemove } from './participants.ts'
import { decideReadMark } from './read-mark.ts'
import { decideRoleCreate, decideRoleDelete, decideRoleUpdate } from './role-change.ts'
import { decideTicketAssign } from './ticket-assign.ts'
import { decideTicketCreate } from './ticket-create.ts'
import { decideTicketStage } from './ticket-stage.ts'
import { decideTicketUpdate } from './ticket-update.ts'
import { decideUserCreate, decideUserUpdate } from './user-change.ts'

/** What a command brings about, or why not. Pure: looks at the context only and changes nothing. */
export function decide(context: DecisionContext, command: Command): Decision {
  switch (command.type) {
    case 'ticket.create':
      return decideTicketCreate(context, command)
    case 'ticket.update':
      return decideTicketUpdate(context, command)
    case 'ticket.stage':
      return decideTicketStage(context, command)
    case 'ticket.assign':
      return decideTicketAssign(context, command)
    case 'message.post':
      return decideMessagePost(context, command)
    case 'message.edit':
      return decideMessageEdit(context, command)
    case 'message.delete':
      return decideMessageDelete(context, command)
    case 'read.mark':
      return decideReadMark(context, command)
    case 'participants.add':
      return decideParticipantsAdd(context, command)
    case 'participants.remove':
      return decideParticipantsRemove(context, command)
    case 'organisation.update':
      return decideOrganisationUpdate(context, command)
    case 'role.create':
      return decideRoleCreate(context, command)
    case 'role.update':
      return decideRoleUpdate(context, command)
    case 'role.delete':
      return decideRoleDelete(context, command)
    case 'user.create':
      return decideUserCreate(context, command)
    case 'user.update':
      return decideUserUpdate(context, command)
    default:
      return assertNever(command)
  }
}

/** The rooms a command may look at or write; they are loaded before it is decided. */
export function roomsOf(userId: UserId, command: Command): RoomName[] {
  const chats = (ticketId: string): RoomName[] => [chatRoom(ticketId, 'customer'), chatRoom(ticketId, 'team')]
  switch (command.type) {
    case 'ticket.create':
      return [ticketRoom(command.id), ...chats(command.id)]
    case 'ticket.update':
    case 'ticket.assign':
      return [ticketRoom(command.ticketId), ...chats(command.ticketId)]
    case 'ticket.stage':
      return [ticketRoom(command.ticketId)]
    case 'message.post':
      return command.to.map((chat) => chatRoom(command.ticketId, chat))
    case 'message.edit':
    case 'message.delete':
    case 'participants.add':
    case 'participants.remove':
      return [chatRoom(command.ticketId, command.chat)]
    case 'read.mark':
      return [chatRoom(command.ticketId, command.chat), personalRoom(userId)]
    case 'organisation.update':
    case 'role.create':
    case 'role.update':
    case 'role.delete':
    case 'user.create':
    case 'user.update':
      return [directoryRoom]
    default:
      return assertNever(command)
  }
}
