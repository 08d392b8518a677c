import type { CommandOf } from '#common/domain/command.ts'
import { canEditTicket } from '#common/domain/permissions.ts'
import { fail, succeed } from '#common/domain/result.ts'
import type { HistoryEntry, Ticket, TicketChanges } from '#common/domain/ticket.ts'
import { refusal } from '#common/protocol/refusals.ts'
import { refusedWhenClosed, staleness, visibleTicket } from './checks.ts'
import type { Decision, DecisionContext, Effect } from './effects.ts'
import { unknownPerson } from './ticket-create.ts'
import { moveLocks } from './ticket-people.ts'

/** Changes what a person fills in. Only what differs is written and listed in the history. */
export function decideTicketUpdate(context: DecisionContext, command: CommandOf<'ticket.update'>): Decision {
  const found = visibleTicket(context, command.ticketId)
  if (!found.ok) return found
  if (!canEditTicket(context.viewer, found.value.access)) return fail(refusal('E_FORBIDDEN'))
  const refused =
    refusedWhenClosed(found.value) ??
    staleness(context, found.value, 'customer', command.expects) ??
    unknownPerson(context, command.fields)
  if (refused) return fail(refused)
  const before = context.ticket(command.ticketId)
  if (!before) return fail(refusal('E_NOT_FOUND', 'ticketId'))

  const { requesterId, customerId, ...descriptive } = withCompany(context, before, command.fields)
  const changes: HistoryEntry['changes'] = []
  const after: Ticket = { ...before, fields: { ...before.fields } }
  for (const [field, to] of Object.entries(descriptive)) {
    const from = before.fields[field as keyof typeof descriptive]
    if (to === undefined || to === from) continue
    changes.push({ field, from: from ?? null, to })
    Object.assign(after.fields, { [field]: to })
  }
  if (requesterId !== undefined && requesterId !== before.requesterId) {
    changes.push({ field: 'requesterId', from: before.requesterId, to: requesterId })
    after.requesterId = requesterId
  }
  if (customerId !== undefined && customerId !== before.customerId) {
    changes.push({ field: 'customerId', from: before.customerId, to: customerId })
    after.customerId = customerId
  }
  if (changes.length === 0) return succeed([])
  return succeed([ticketEffect(context, command, after, changes), ...moveLocks(context, before, after, command.id)])
}

/** Another customer brings their company along, as with a new ticket, unless the command names one. */
function withCompany({ facts }: DecisionContext, before: Ticket, fields: TicketChanges): TicketChanges {
  const { customerId } = fields
  if (fields.company !== undefined || customerId === undefined || customerId === before.customerId) return fields
  const company = facts.users.get(customerId)?.company ?? ''
  return company === (before.fields.company ?? '') ? fields : { ...fields, company }
}

/** The new state of a ticket with its line of history. */
export function ticketEffect(
  { viewer, nowMs }: DecisionContext,
  command: { id: string; writtenAt: string; reason?: string | undefined },
  ticket: Ticket,
  changes: HistoryEntry['changes'],
): Effect {
  const { id: commandId, writtenAt, reason } = command
  const history = { at: nowMs, writtenAt, byId: viewer.id, commandId, changes, ...(reason !== undefined && { reason }) }
  return { type: 'ticket', ticket, history }
}
