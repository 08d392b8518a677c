import type { CommandOf } from '#common/domain/command.ts'
import { canAssign } from '#common/domain/permissions.ts'
import { fail, succeed } from '#common/domain/result.ts'
import type { HistoryEntry, Stage, Ticket } from '#common/domain/ticket.ts'
import { refusal } from '#common/protocol/refusals.ts'
import { refusedWhenClosed, visibleTicket } from './checks.ts'
import type { Decision, DecisionContext } from './effects.ts'
import { moveLocks } from './ticket-people.ts'
import { ticketEffect } from './ticket-update.ts'

/** Gives the ticket to an employee, or to nobody. The one who had it leaves its chats unless something else keeps them there. */
export function decideTicketAssign(context: DecisionContext, command: CommandOf<'ticket.assign'>): Decision {
  const found = visibleTicket(context, command.ticketId)
  if (!found.ok) return found
  if (!canAssign(context.viewer, found.value.access)) return fail(refusal('E_FORBIDDEN'))
  const refused = refusedWhenClosed(found.value)
  if (refused) return fail(refused)
  const assignee = command.assigneeId === null ? null : context.facts.users.get(command.assigneeId)
  if (assignee !== null && (!assignee?.active || assignee.kind !== 'employee' || assignee.integration))
    return fail(refusal('E_NOT_FOUND', 'assigneeId'))
  const before = context.ticket(command.ticketId)
  if (!before) return fail(refusal('E_NOT_FOUND', 'ticketId'))
  if (before.assigneeId === command.assigneeId) return succeed([])

  const stage = stageAfterAssigning(before.stage, command.assigneeId !== null)
  const after: Ticket = { ...before, assigneeId: command.assigneeId }
  const changes: HistoryEntry['changes'] = [{ field: 'assigneeId', from: before.assigneeId, to: command.assigneeId }]
  if (stage !== before.stage) {
    Object.assign(after, { stage, stageAt: context.nowMs })
    changes.push({ field: 'stage', from: before.stage, to: stage })
  }
  return succeed([ticketEffect(context, command, after, changes), ...moveLocks(context, before, after, command.id)])
}

function stageAfterAssigning(stage: Stage, assigned: boolean): Stage {
  if (assigned) return stage === 'new' || stage === 'assigneeRefused' ? 'assigned' : stage
  return stage === 'assigned' ? 'new' : stage
}
