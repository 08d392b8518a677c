import type { CommandOf } from '#common/domain/command.ts'
import type { UserId } from '#common/domain/ids.ts'
import { canCreateTicket } from '#common/domain/permissions.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { Ticket, TicketFields } from '#common/domain/ticket.ts'
import { refusal, type Refusal } from '#common/protocol/refusals.ts'
import type { Decision, DecisionContext } from './effects.ts'
import { openChats } from './ticket-people.ts'

/** A new ticket: its id is the command's, its number the next one. A customer opens it for themselves only. */
export function decideTicketCreate(context: DecisionContext, command: CommandOf<'ticket.create'>): Decision {
  const { facts, viewer, nowMs } = context
  if (!canCreateTicket(viewer)) return fail(refusal('E_FORBIDDEN'))
  if (facts.tickets.has(command.id)) return fail(refusal('E_ID_CONFLICT', 'id'))
  const people = viewer.kind === 'customer' ? asCustomer(context, command.fields) : asEmployee(context, command.fields)
  if (!people.ok) return people
  const { requesterId, customerId, company } = people.value
  const { requesterId: _requester, customerId: _customer, company: _company, ...descriptive } = command.fields
  const ticket: Ticket = {
    id: command.id,
    number: facts.nextTicketNumber,
    stage: 'new',
    assigneeId: null,
    requesterId,
    customerId,
    createdById: viewer.id,
    createdAt: nowMs,
    stageAt: nowMs,
    fields: { ...descriptive, ...(company !== undefined && { company }) },
  }
  const history = {
    at: nowMs,
    writtenAt: command.writtenAt,
    byId: viewer.id,
    commandId: command.id,
    changes: [{ field: 'stage', from: null, to: 'new' }],
  }
  return succeed([{ type: 'ticket', ticket, history }, ...openChats(context, ticket)])
}

type People = { requesterId: UserId; customerId: UserId | null; company: string | undefined }

function asCustomer({ facts, viewer }: DecisionContext, fields: TicketFields): Result<People> {
  const company = facts.users.get(viewer.id)?.company
  if ((fields.requesterId ?? viewer.id) !== viewer.id) return fail(refusal('E_FORBIDDEN', 'fields.requesterId'))
  if ((fields.customerId ?? viewer.id) !== viewer.id) return fail(refusal('E_FORBIDDEN', 'fields.customerId'))
  if (fields.company !== undefined && fields.company !== (company ?? ''))
    return fail(refusal('E_FORBIDDEN', 'fields.company'))
  return succeed({ requesterId: viewer.id, customerId: viewer.id, company })
}

function asEmployee(context: DecisionContext, fields: TicketFields): Result<People> {
  const wrong = unknownPerson(context, fields)
  if (wrong) return fail(wrong)
  const customerId = fields.customerId ?? null
  const ownCompany = customerId === null ? undefined : context.facts.users.get(customerId)?.company
  return succeed({
    requesterId: fields.requesterId ?? context.viewer.id,
    customerId,
    company: fields.company === undefined || fields.company === '' ? ownCompany : fields.company,
  })
}

/** People named in the fields must exist and be active; the customer of a ticket is a customer. */
export function unknownPerson(
  { facts, viewer }: DecisionContext,
  { requesterId, customerId }: Pick<TicketFields, 'requesterId' | 'customerId'>,
): Refusal | undefined {
  const requester = requesterId === undefined ? undefined : facts.users.get(requesterId)
  const isWrong = !requester?.active || (requester.integration === true && requester.id !== viewer.id)
  if (requesterId !== undefined && isWrong) return refusal('E_NOT_FOUND', 'fields.requesterId')
  const customer = customerId === undefined ? undefined : facts.users.get(customerId)
  if (customerId !== undefined && !(customer?.active && customer.kind === 'customer'))
    return refusal('E_NOT_FOUND', 'fields.customerId')
  return undefined
}
