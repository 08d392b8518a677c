import type { ChatKind, UserId } from './ids.ts'
import type { Ticket } from './ticket.ts'

/** Every permission a role can give, in the order of the roles' matrix. Source of the rules: SPEC.md, section «Rights». */
export const permissions = [
  'messages.menu',
  'messages.participants.view',
  'messages.participants.add',
  'messages.participants.remove',
  'messages.team.read',
  'messages.team.write',
  'messages.customer.read',
  'messages.customer.write',
  'messages.all',
  'tickets.view.all',
  'tickets.create',
  'tickets.edit',
  'tickets.assign',
  'tickets.stage',
  'admin.users',
  'admin.roles',
  'admin.organisation',
  'admin.audit',
] as const
export type Permission = (typeof permissions)[number]

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text)
}

export type Role = { id: string; name: string; permissions: Permission[] }

const teamAndCustomer: Permission[] = [
  'messages.team.read',
  'messages.team.write',
  'messages.customer.read',
  'messages.customer.write',
]

/** The roles every organisation starts with; names are in the organisation's first language. */
export const baseRoles: readonly Role[] = [
  {
    id: 'dispatcher',
    name: 'Диспетчер',
    permissions: [
      'messages.menu',
      'messages.participants.view',
      'messages.participants.add',
      'messages.participants.remove',
      ...teamAndCustomer,
      'messages.all',
      'tickets.view.all',
      'tickets.create',
      'tickets.edit',
      'tickets.assign',
      'tickets.stage',
    ],
  },
  {
    id: 'engineer',
    name: 'Сервисный специалист',
    permissions: [
      'messages.menu',
      'messages.participants.view',
      'messages.participants.add',
      ...teamAndCustomer,
      'tickets.stage',
    ],
  },
  {
    id: 'customer',
    name: 'Заказчик',
    permissions: ['messages.menu', 'messages.customer.read', 'messages.customer.write', 'tickets.create'],
  },
  { id: 'admin', name: 'Администратор', permissions: [...permissions] },
]

/** What a rule of rights must know about the person who asks. */
export type Viewer = { id: UserId; kind: 'employee' | 'customer'; permissions: ReadonlySet<Permission> }

/** What a rule must know about a ticket: its people, and who takes part in each chat. */
export type TicketAccess = Pick<Ticket, 'assigneeId' | 'requesterId' | 'customerId' | 'stage'> & {
  participants: Record<ChatKind, ReadonlySet<UserId>>
}

/** What a rule must know about the organisation. */
export type OrganisationAccess = { splitChats: boolean }

/** R1–R3: a customer sees own tickets; an employee all with the permission, else assigned ones and those whose chats they are in. */
export function canSeeTicket(viewer: Viewer, ticket: TicketAccess): boolean {
  if (viewer.kind === 'customer') return ownsTicket(viewer, ticket)
  return (
    viewer.permissions.has('tickets.view.all') ||
    ticket.assigneeId === viewer.id ||
    ticket.requesterId === viewer.id ||
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

function ownsTicket(viewer: Viewer, ticket: TicketAccess): boolean {
  return ticket.customerId === viewer.id || ticket.requesterId === viewer.id
}

function reachesChat(viewer: Viewer, ticket: TicketAccess, chat: ChatKind, organisation: OrganisationAccess): boolean {
  if (chat === 'team' && !organisation.splitChats) return false
  if (viewer.kind === 'customer') return chat === 'customer' && ownsTicket(viewer, ticket)
  return ticket.participants[chat].has(viewer.id) || viewer.permissions.has('messages.all')
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
