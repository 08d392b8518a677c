import type { ChatKind, UserId } from './ids.ts'
import type { Permission, Role } from './role.ts'
import type { Ticket } from './ticket.ts'
import type { User, UserKind } from './user.ts'

/** What a rule of rights must know about the person who asks. */
export type Viewer = {
  id: UserId
  kind: UserKind
  permissions: ReadonlySet<Permission>
  /** Districts an employee works in, as tickets name them. */
  districts: ReadonlySet<string>
}

/** What a rule must know about a ticket: its people, its district, and who takes part in each chat. */
export type TicketAccess = Pick<Ticket, 'assigneeId' | 'requesterId' | 'customerId' | 'stage'> & {
  /** '' where none is given. */
  district: string
  /** The customer's company; '' where none is given. */
  company: string
  participants: Record<ChatKind, ReadonlySet<UserId>>
}

/** What a rule must know about the organisation. */
export type OrganisationAccess = { splitChats: boolean }

/** R1–R3: which tickets a person sees: own ones, an employee also those of their districts, or all, and those whose chat they are in. */
export function canSeeTicket(viewer: Viewer, ticket: TicketAccess): boolean {
  if (viewer.kind === 'customer') return viewer.permissions.has('tickets.view.own') && belongsTo(viewer, ticket)
  return (
    viewer.permissions.has('tickets.view.all') ||
    (viewer.permissions.has('tickets.view.district') && viewer.districts.has(ticket.district)) ||
    (viewer.permissions.has('tickets.view.own') && belongsTo(viewer, ticket)) ||
    ticket.participants.team.has(viewer.id) ||
    ticket.participants.customer.has(viewer.id)
  )
}

/** R4–R6: permission of the role AND (participant OR messages of all tickets). The team chat exists only while chats are split. */
export function canReadChat(
  viewer: Viewer,
  ticket: TicketAccess,
  chat: ChatKind,
  organisation: OrganisationAccess,
): boolean {
  return reachesChat(viewer, ticket, chat, organisation) && hasChatPermission(viewer, chat, 'read', organisation)
}

/** R7: reading and writing are separate rights; who may write must be able to read. */
export function canWriteChat(
  viewer: Viewer,
  ticket: TicketAccess,
  chat: ChatKind,
  organisation: OrganisationAccess,
): boolean {
  return canReadChat(viewer, ticket, chat, organisation) && hasChatPermission(viewer, chat, 'write', organisation)
}

/** R8: fields are edited by who has the permission and sees the ticket; a customer never edits. */
export function canEditTicket(viewer: Viewer, ticket: TicketAccess): boolean {
  return viewer.kind === 'employee' && viewer.permissions.has('tickets.edit') && canSeeTicket(viewer, ticket)
}

/** R9: the stage is changed by who has the permission and sees the ticket. */
export function canChangeStage(viewer: Viewer, ticket: TicketAccess): boolean {
  return viewer.kind === 'employee' && viewer.permissions.has('tickets.stage') && canSeeTicket(viewer, ticket)
}

/** R10: the assignee is set by who has the permission and sees the ticket. */
export function canAssign(viewer: Viewer, ticket: TicketAccess): boolean {
  return viewer.kind === 'employee' && viewer.permissions.has('tickets.assign') && canSeeTicket(viewer, ticket)
}

/** R11: a ticket is opened by who has the permission. */
export function canCreateTicket(viewer: Viewer): boolean {
  return viewer.permissions.has('tickets.create')
}

/** R12: the directory of people is for employees. */
export function canReadDirectory(viewer: Viewer): boolean {
  return viewer.kind === 'employee'
}

/** R15: a list of who takes part is shown to who may see participants and read the chat. */
export function canSeeParticipants(
  viewer: Viewer,
  ticket: TicketAccess,
  chat: ChatKind,
  organisation: OrganisationAccess,
): boolean {
  return viewer.permissions.has('messages.participants.view') && canReadChat(viewer, ticket, chat, organisation)
}

/** R16, R17: people are added and removed by an employee with the permission who may read the chat. */
export function canChangeParticipants(
  viewer: Viewer,
  ticket: TicketAccess,
  chat: ChatKind,
  change: 'add' | 'remove',
  organisation: OrganisationAccess,
): boolean {
  return (
    viewer.kind === 'employee' &&
    viewer.permissions.has(`messages.participants.${change}`) &&
    canReadChat(viewer, ticket, chat, organisation)
  )
}

/** R18: employees may be added to any chat, customers to the customer chat of a ticket of their own company. */
export function canBeParticipant(
  user: Pick<User, 'kind' | 'active' | 'company' | 'integration'>,
  ticket: Pick<TicketAccess, 'company'>,
  chat: ChatKind,
): boolean {
  if (!user.active || user.integration) return false
  if (user.kind === 'employee') return true
  return chat === 'customer' && ticket.company !== '' && user.company === ticket.company
}

/** R19–R22: each part of the administration has its permission; a customer has none of them, whatever the role says. */
export function canAdminister(viewer: Viewer, part: 'users' | 'roles' | 'organisation' | 'audit'): boolean {
  return viewer.kind === 'employee' && viewer.permissions.has(`admin.${part}`)
}

/**
 * R23: who administers users manages an account, or gives a role, that may do no more than they themselves; with
 * `admin.roles`, which can give any permission anyway, every one. So nobody rises or takes a mightier account over by it.
 */
export function canManageUser(viewer: Viewer, role: Pick<Role, 'permissions'> | undefined): boolean {
  if (!canAdminister(viewer, 'users')) return false
  return (
    viewer.permissions.has('admin.roles') ||
    (role?.permissions ?? []).every((permission) => viewer.permissions.has(permission))
  )
}

/** R24: who can give rights again when all others lost theirs; an organisation never goes without such a person. */
export function isAdministrator(
  user: Pick<User, 'kind' | 'active' | 'integration'>,
  role: Pick<Role, 'permissions'> | undefined,
): boolean {
  if (!user.active || user.integration || user.kind !== 'employee' || !role) return false
  return role.permissions.includes('admin.users') && role.permissions.includes('admin.roles')
}

function belongsTo(viewer: Viewer, ticket: TicketAccess): boolean {
  if (ticket.customerId === viewer.id || ticket.requesterId === viewer.id) return true
  return viewer.kind === 'employee'
    ? ticket.assigneeId === viewer.id
    : // A colleague of the customer who was added to the customer chat.
      ticket.participants.customer.has(viewer.id)
}

function reachesChat(viewer: Viewer, ticket: TicketAccess, chat: ChatKind, organisation: OrganisationAccess): boolean {
  if (chat === 'team' && !organisation.splitChats) return false
  if (viewer.kind === 'customer') return chat === 'customer' && canSeeTicket(viewer, ticket)
  return (
    ticket.participants[chat].has(viewer.id) || (viewer.permissions.has('messages.all') && canSeeTicket(viewer, ticket))
  )
}

function hasChatPermission(
  viewer: Viewer,
  chat: ChatKind,
  action: 'read' | 'write',
  organisation: OrganisationAccess,
): boolean {
  if (viewer.permissions.has(`messages.${chat}.${action}`)) return true
  // Until chats are split the customer chat is the ticket's only one, so the team's right opens it to an employee.
  return !organisation.splitChats && viewer.kind === 'employee' && viewer.permissions.has(`messages.team.${action}`)
}
