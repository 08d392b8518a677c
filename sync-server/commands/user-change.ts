import type { Command, CommandOf } from '#common/domain/command.ts'
import { chatRoom, type RoomName, type UserId } from '#common/domain/ids.ts'
import { canAdminister, canManageUser } from '#common/domain/permissions.ts'
import { fail, succeed } from '#common/domain/result.ts'
import type { User } from '#common/domain/user.ts'
import { refusal, type Refusal } from '#common/protocol/refusals.ts'
import type { Facts, TicketFacts } from '../policy/facts.ts'
import { losesLastAdministrator } from './administrators.ts'
import type { Decision, DecisionContext, Effect } from './effects.ts'
import { mayStay, membershipEffects } from './ticket-people.ts'

/** R19, R23: a new account under the command's id. It can sign in once an invitation was redeemed. */
export function decideUserCreate(context: DecisionContext, command: CommandOf<'user.create'>): Decision {
  const { facts, viewer } = context
  if (!canAdminister(viewer, 'users')) return fail(refusal('E_FORBIDDEN'))
  if (facts.users.has(command.id)) return fail(refusal('E_ID_CONFLICT', 'id'))
  const refused = loginTaken(facts, command.login) ?? roleRefused(context, command.roleId)
  if (refused) return fail(refused)
  const { id, login, name, kind, roleId } = command
  const user: User = { id, login, name, kind, roleId, active: true, ...details(command) }
  return succeed([{ type: 'directory', changes: { users: [user] } }])
}

/** R19, R23, R24: what is not named stays as it is; an empty text or list takes it away. */
export function decideUserUpdate(context: DecisionContext, command: CommandOf<'user.update'>): Decision {
  const { facts, viewer } = context
  if (!canAdminister(viewer, 'users')) return fail(refusal('E_FORBIDDEN'))
  const before = facts.users.get(command.userId)
  if (!before) return fail(refusal('E_NOT_FOUND', 'userId'))
  if (!canManageUser(viewer, facts.roles.get(before.roleId))) return fail(refusal('E_FORBIDDEN', 'userId'))
  const { login = before.login, name = before.name, roleId = before.roleId, active = before.active } = command
  const { company: _company, position: _position, districts: _districts, ...rest } = before
  const after: User = { ...rest, login, name, roleId, active, ...details({ ...before, ...given(command) }) }
  const refused =
    (login === before.login ? undefined : loginTaken(facts, login, before.id)) ??
    (roleId === before.roleId ? undefined : roleRefused(context, roleId))
  if (refused) return fail(refused)
  if (losesLastAdministrator(context, { user: after }))
    return fail(refusal('E_FORBIDDEN', active ? 'roleId' : 'active'))
  if (isSame(before, after)) return succeed([])
  const leaving = after.company === before.company ? [] : leavingChats(context, after, command.id)
  if (leaving === undefined) return fail(refusal('E_UNAVAILABLE'))
  return succeed([{ type: 'directory', changes: { users: [after] } }, ...leaving])
}

/** Chats that a command may have to take a person out of: they are loaded before it is decided. */
export function chatsToLeave(facts: Facts, command: Command): RoomName[] {
  if (command.type !== 'user.update' || command.company === undefined) return []
  if (facts.users.get(command.userId)?.kind !== 'customer') return []
  return ticketsByCompany(facts, command.userId).map(({ ticket }) => chatRoom(ticket.id, 'customer'))
}

/** Tickets in whose customer chat somebody takes part whom they do not name: adding them there was a matter of their company. */
function ticketsByCompany(facts: Facts, userId: UserId): TicketFacts[] {
  return [...facts.tickets.values()].filter(({ participants }) => {
    const participant = participants.customer.get(userId)
    return participant !== undefined && participant.lock === undefined
  })
}

/** Undefined when the person was added to a chat a moment ago that is not loaded: decided anew, it will be. */
function leavingChats(context: DecisionContext, user: User, commandId: string): Effect[] | undefined {
  if (user.kind !== 'customer') return []
  const effects: Effect[] = []
  for (const { ticket, access } of ticketsByCompany(context.facts, user.id)) {
    if (mayStay(user, access.company, 'customer')) continue
    if (!context.isOpen(chatRoom(ticket.id, 'customer'))) return undefined
    effects.push(...membershipEffects(context, ticket.id, 'customer', new Map([[user.id, null]]), commandId))
  }
  return effects
}

function loginTaken(facts: Facts, login: string, exceptId?: UserId): Refusal | undefined {
  const owner = facts.findUser(login)
  return owner && owner.id !== exceptId ? refusal('E_TAKEN', 'login') : undefined
}

function roleRefused({ facts, viewer }: DecisionContext, roleId: string): Refusal | undefined {
  const role = facts.roles.get(roleId)
  if (!role) return refusal('E_NOT_FOUND', 'roleId')
  return canManageUser(viewer, role) ? undefined : refusal('E_FORBIDDEN', 'roleId')
}

type Details = Pick<User, 'company' | 'position' | 'districts'>

/** What a command says of the details. */
function given({ company, position, districts }: Details): Details {
  return {
    ...(company !== undefined && { company }),
    ...(position !== undefined && { position }),
    ...(districts !== undefined && { districts }),
  }
}

/** Only what holds something. */
function details({ company, position, districts }: Details): Details {
  return {
    ...(company !== undefined && company !== '' && { company }),
    ...(position !== undefined && position !== '' && { position }),
    ...(districts !== undefined && districts.length > 0 && { districts: [...new Set(districts)] }),
  }
}

function isSame(before: User, after: User): boolean {
  const fieldsOf = (user: User): string =>
    JSON.stringify([user.login, user.name, user.roleId, user.active, user.company, user.position, user.districts])
  return fieldsOf(before) === fieldsOf(after)
}
