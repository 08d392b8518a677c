import type { CommandOf } from '#common/domain/command.ts'
import { chatRoom } from '#common/domain/ids.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import { refusedWhenClosed, ticketWithChat } from './checks.ts'
import type { Decision, DecisionContext } from './effects.ts'

type ChangeCommand = CommandOf<'message.edit'> | CommandOf<'message.delete'>

export function decideMessageEdit(context: DecisionContext, command: CommandOf<'message.edit'>): Decision {
  const { id, ticketId, chat, target, text } = command
  const allowed = ownMessage(context, command)
  if (!allowed.ok) return allowed
  const room = chatRoom(ticketId, chat)
  return succeed([{ type: 'entries', room, ticketId, drafts: [{ id, type: 'edit', target, text }] }])
}

export function decideMessageDelete(context: DecisionContext, command: CommandOf<'message.delete'>): Decision {
  const { id, ticketId, chat, target } = command
  const allowed = ownMessage(context, command)
  if (!allowed.ok) return allowed
  const room = chatRoom(ticketId, chat)
  return succeed([{ type: 'entries', room, ticketId, drafts: [{ id, type: 'delete', target }] }])
}

/** R14: only the author changes a message, and only one that is still there. */
function ownMessage(context: DecisionContext, { ticketId, chat, target }: ChangeCommand): Result<null> {
  const found = ticketWithChat(context, ticketId, chat, 'write')
  if (!found.ok) return found
  const closed = refusedWhenClosed(found.value)
  if (closed) return fail(closed)
  const message = context.chat(chatRoom(ticketId, chat)).message(target)
  if (!message || message.deleted) return fail(refusal('E_NOT_FOUND', 'target'))
  return message.authorId === context.viewer.id ? succeed(null) : fail(refusal('E_FORBIDDEN', 'target'))
}
