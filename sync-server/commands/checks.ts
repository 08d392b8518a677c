import type { Command } from '#common/domain/command.ts'
import { chatRoom, type ChatKind, type Seq, type TicketId } from '#common/domain/ids.ts'
import { canReadChat, canSeeTicket, canWriteChat } from '#common/domain/permissions.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { isClosed } from '#common/domain/ticket.ts'
import { refusal, type Refusal } from '#common/protocol/refusals.ts'
import type { TicketFacts } from '../policy/facts.ts'
import type { DecisionContext } from './effects.ts'

/** A ticket the viewer sees; one that is absent and one that is hidden get the same answer. */
export function visibleTicket({ facts, viewer }: DecisionContext, ticketId: TicketId): Result<TicketFacts> {
  const known = facts.tickets.get(ticketId)
  if (!known || !canSeeTicket(viewer, known.access)) return fail(refusal('E_NOT_FOUND', 'ticketId'))
  return succeed(known)
}

/** A ticket with a chat that the viewer may read, or also write. */
export function ticketWithChat(
  context: DecisionContext,
  ticketId: TicketId,
  chat: ChatKind,
  action: 'read' | 'write',
): Result<TicketFacts> {
  const { facts, viewer } = context
  const known = facts.tickets.get(ticketId)
  if (!known) return fail(refusal('E_NOT_FOUND', 'ticketId'))
  const allowed = action === 'read' ? canReadChat : canWriteChat
  if (allowed(viewer, known.access, chat, facts.organisation)) return succeed(known)
  const readsSomeChat = (['team', 'customer'] as const).some((other) =>
    canReadChat(viewer, known.access, other, facts.organisation),
  )
  if (!readsSomeChat && !canSeeTicket(viewer, known.access)) return fail(refusal('E_NOT_FOUND', 'ticketId'))
  if (chat === 'team' && viewer.kind === 'employee' && !facts.organisation.splitChats)
    return fail(refusal('E_FEATURE_OFF', 'chat'))
  return fail(refusal('E_FORBIDDEN', 'chat'))
}

/** A closed ticket takes no messages and no edits; only its stage brings it back. */
export function refusedWhenClosed({ ticket }: TicketFacts): Refusal | undefined {
  return isClosed(ticket.stage) ? refusal('E_FORBIDDEN', 'stage') : undefined
}

type Expects = Extract<Command, { type: 'message.post' }>['expects']

/** E_STALE when the world is no longer as the writer saw it. Own messages in between don't count: they may wait in the same outbox. */
export function staleness(
  context: DecisionContext,
  { ticket }: TicketFacts,
  chat: ChatKind,
  expects: Expects,
): Refusal | undefined {
  if (!expects) return undefined
  if (expects.stage !== undefined && expects.stage !== ticket.stage) return refusal('E_STALE', 'expects.stage')
  if (expects.assigneeId !== undefined && expects.assigneeId !== ticket.assigneeId)
    return refusal('E_STALE', 'expects.assigneeId')
  if (expects.chatSeq !== undefined && wroteAfter(context, ticket.id, chat, expects.chatSeq))
    return refusal('E_STALE', 'expects.chatSeq')
  return undefined
}

function wroteAfter(context: DecisionContext, ticketId: TicketId, chat: ChatKind, seq: Seq): boolean {
  return context.chat(chatRoom(ticketId, chat)).othersWroteAfter(seq, context.viewer.id)
}
