import type { CommandOf } from '#common/domain/command.ts'
import type { UserId } from '#common/domain/ids.ts'
import { asParticipant } from '#common/domain/membership.ts'
import type { Participant } from '#common/domain/message.ts'
import { canBeParticipant, canChangeParticipants } from '#common/domain/permissions.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { TicketFacts } from '../policy/facts.ts'
import { refusedWhenClosed, ticketWithChat } from './checks.ts'
import type { Decision, DecisionContext } from './effects.ts'
import { membershipEffects } from './ticket-people.ts'

/** Adds people to a chat (R16, R18). Those who take part already are passed over. */
export function decideParticipantsAdd(context: DecisionContext, command: CommandOf<'participants.add'>): Decision {
  const { id, ticketId, chat, userIds } = command
  const found = changeableChat(context, command, 'add')
  if (!found.ok) return found
  const { participants, access } = found.value
  const added = new Map<UserId, Participant>()
  for (const userId of userIds) {
    if (participants[chat].has(userId)) continue
    const user = context.facts.users.get(userId)
    if (!user?.active) return fail(refusal('E_NOT_FOUND', 'userIds'))
    if (!canBeParticipant(user, access, chat)) return fail(refusal('E_FORBIDDEN', 'userIds'))
    added.set(userId, asParticipant({ user }, context.viewer.id, context.nowMs))
  }
  return succeed(membershipEffects(context, ticketId, chat, added, id))
}

/** Takes somebody out of a chat (R17); those whom the ticket itself puts there stay. */
export function decideParticipantsRemove(
  context: DecisionContext,
  command: CommandOf<'participants.remove'>,
): Decision {
  const { id, ticketId, chat, userId } = command
  const found = changeableChat(context, command, 'remove')
  if (!found.ok) return found
  const participant = found.value.participants[chat].get(userId)
  if (!participant) return succeed([])
  if (participant.lock) return fail(refusal('E_FORBIDDEN', 'userId'))
  return succeed(membershipEffects(context, ticketId, chat, new Map([[userId, null]]), id))
}

function changeableChat(
  context: DecisionContext,
  { ticketId, chat }: CommandOf<'participants.add'> | CommandOf<'participants.remove'>,
  change: 'add' | 'remove',
): Result<TicketFacts> {
  const found = ticketWithChat(context, ticketId, chat, 'read')
  if (!found.ok) return found
  if (!canChangeParticipants(context.viewer, found.value.access, chat, change, context.facts.organisation))
    return fail(refusal('E_FORBIDDEN'))
  const closed = refusedWhenClosed(found.value)
  return closed ? fail(closed) : found
}
