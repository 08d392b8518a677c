import type { CommandOf } from '#common/domain/command.ts'
import { canChangeStage } from '#common/domain/permissions.ts'
import { fail, succeed } from '#common/domain/result.ts'
import { stageNeedsReason } from '#common/domain/ticket.ts'
import { refusal } from '#common/protocol/refusals.ts'
import { visibleTicket } from './checks.ts'
import type { Decision, DecisionContext } from './effects.ts'
import { ticketEffect } from './ticket-update.ts'

/** Moves the work to a stage. The side exits need a reason, which the history keeps. */
export function decideTicketStage(context: DecisionContext, command: CommandOf<'ticket.stage'>): Decision {
  const found = visibleTicket(context, command.ticketId)
  if (!found.ok) return found
  if (!canChangeStage(context.viewer, found.value.access)) return fail(refusal('E_FORBIDDEN'))
  if (stageNeedsReason(command.stage) && command.reason === undefined)
    return fail(refusal('E_COMMAND_INVALID', 'reason'))
  const before = context.ticket(command.ticketId)
  if (!before) return fail(refusal('E_NOT_FOUND', 'ticketId'))
  if (before.stage === command.stage) return succeed([])
  const after = { ...before, stage: command.stage, stageAt: context.nowMs }
  return succeed([ticketEffect(context, command, after, [{ field: 'stage', from: before.stage, to: command.stage }])])
}
