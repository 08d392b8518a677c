import type { ChatKind, TicketId, UserId } from '#common/domain/ids.ts'
import { baseRoles, type Permission } from '#common/domain/role.ts'
import { people, type CoreWorld } from '#tests/support/server-core/core-world.ts'

type Body = { type: string; [member: string]: unknown }

/** How somebody comes to read a chat, and what takes it from them again. */
export type WayOut = {
  name: string
  victim: UserId
  /** The chat that is lost. */
  chat: ChatKind
  /** Whether the ticket itself is lost with it. */
  losesTicket: boolean
  splitChats: boolean
  /** Where the others write, before and after. */
  before: ChatKind[]
  after: ChatKind[]
  /** The account is switched off: there is nobody left to tell. */
  closesConnections?: boolean
  setUp(world: CoreWorld): Promise<TicketId>
  blow(ticketId: TicketId): { by: UserId; body: Body }
}

const whole: Pick<WayOut, 'chat' | 'before' | 'after' | 'splitChats' | 'losesTicket'> = {
  chat: 'customer',
  before: ['customer'],
  after: ['customer'],
  splitChats: false,
  losesTicket: true,
}
const team: typeof whole = { ...whole, chat: 'team', before: ['team'], after: ['team'], splitChats: true }

async function assigned(world: CoreWorld): Promise<TicketId> {
  const ticketId = await world.createTicket()
  await world.assign(ticketId, 'engineer')
  return ticketId
}

const added = (chat: ChatKind, userId: UserId) => async (world: CoreWorld) => {
  const ticketId = await world.createTicket('dispatcher', { customerId: 'customer', district: 'Северный' })
  await world.run('dispatcher', { type: 'participants.add', ticketId, chat, userIds: [userId] })
  return ticketId
}

const permissionsOf = (roleId: string, without: (permission: Permission) => boolean): Permission[] =>
  (baseRoles.find(({ id }) => id === roleId)?.permissions ?? []).filter((permission) => !without(permission))

const readsChats = (permission: Permission): boolean => /^messages\.(team|customer)\.read$/.test(permission)

/** Gives the victim a role of their own before they are tied to the ticket. */
const withRole =
  (userId: UserId, permissions: Permission[], setUp: WayOut['setUp']): WayOut['setUp'] =>
  async (world) => {
    const user = people.find(({ id }) => id === userId)
    if (!user) throw new Error(`no ${userId}`)
    await world.core.writeDirectory({
      roles: [{ id: 'own', name: 'Своя', permissions }],
      users: [{ ...user, roleId: 'own', districts: ['Северный'] }],
    })
    return setUp(world)
  }

async function withColleague(world: CoreWorld): Promise<TicketId> {
  const customer = people.find(({ id }) => id === 'customer')
  if (!customer) throw new Error('no customer')
  await world.core.writeDirectory({ users: [{ ...customer, id: 'colleague', login: 'colleague', name: 'Коллега' }] })
  return added('customer', 'colleague')(world)
}

const districtReader: Permission[] = ['tickets.view.district', 'messages.all', 'messages.customer.read']

/** Every rule by which somebody may lose a chat that others go on writing into (R1–R7, R16–R21). */
export const waysOut: readonly WayOut[] = [
  {
    ...whole,
    name: 'participants.remove from the one chat',
    victim: 'engineer2',
    setUp: added('customer', 'engineer2'),
    blow: (ticketId) => ({
      by: 'dispatcher',
      body: { type: 'participants.remove', ticketId, chat: 'customer', userId: 'engineer2' },
    }),
  },
  {
    ...team,
    name: 'participants.remove from the team chat',
    victim: 'engineer2',
    setUp: added('team', 'engineer2'),
    blow: (ticketId) => ({
      by: 'dispatcher',
      body: { type: 'participants.remove', ticketId, chat: 'team', userId: 'engineer2' },
    }),
  },
  {
    ...whole,
    name: 'reassigning',
    victim: 'engineer',
    setUp: assigned,
    blow: (ticketId) => ({ by: 'dispatcher', body: { type: 'ticket.assign', ticketId, assigneeId: 'engineer2' } }),
  },
  {
    ...whole,
    name: 'the role is lowered',
    victim: 'engineer',
    losesTicket: false,
    setUp: assigned,
    blow: () => ({
      by: 'admin',
      body: { type: 'role.update', roleId: 'engineer', permissions: permissionsOf('engineer', readsChats) },
    }),
  },
  {
    ...whole,
    name: 'another role is given',
    victim: 'engineer',
    losesTicket: false,
    setUp: async (world) => {
      await world.core.writeDirectory({
        roles: [{ id: 'blind', name: 'Без чатов', permissions: ['tickets.view.own'] }],
      })
      return assigned(world)
    },
    blow: () => ({ by: 'admin', body: { type: 'user.update', userId: 'engineer', roleId: 'blind' } }),
  },
  {
    ...team,
    name: 'split chats are switched off',
    victim: 'engineer2',
    losesTicket: false,
    before: ['team', 'customer'],
    after: ['customer'],
    setUp: added('team', 'engineer2'),
    blow: () => ({ by: 'admin', body: { type: 'organisation.update', splitChats: false } }),
  },
  {
    ...whole,
    name: 'split chats are switched on for one who may read the team’s only',
    victim: 'engineer2',
    losesTicket: false,
    setUp: withRole('engineer2', ['messages.team.read', 'tickets.view.own'], added('customer', 'engineer2')),
    blow: () => ({ by: 'admin', body: { type: 'organisation.update', splitChats: true } }),
  },
  {
    ...whole,
    name: 'the account is switched off',
    victim: 'engineer',
    closesConnections: true,
    setUp: assigned,
    blow: () => ({ by: 'admin', body: { type: 'user.update', userId: 'engineer', active: false } }),
  },
  {
    ...whole,
    name: 'the ticket gets another company',
    victim: 'colleague',
    setUp: withColleague,
    blow: (ticketId) => ({
      by: 'dispatcher',
      body: { type: 'ticket.update', ticketId, fields: { company: 'АО «Василёк»' } },
    }),
  },
  {
    ...whole,
    name: 'the customer gets another company',
    victim: 'colleague',
    setUp: withColleague,
    blow: () => ({
      by: 'admin',
      body: { type: 'user.update', userId: 'colleague', company: 'АО «Василёк»' },
    }),
  },
  {
    ...whole,
    name: 'the ticket moves to another district',
    victim: 'engineer2',
    setUp: withRole('engineer2', districtReader, (world) =>
      world.createTicket('dispatcher', { customerId: 'customer', district: 'Северный' }),
    ),
    blow: (ticketId) => ({
      by: 'dispatcher',
      body: { type: 'ticket.update', ticketId, fields: { district: 'Южный' } },
    }),
  },
  {
    ...whole,
    name: 'another district is given',
    victim: 'engineer2',
    setUp: withRole('engineer2', districtReader, (world) =>
      world.createTicket('dispatcher', { customerId: 'customer', district: 'Северный' }),
    ),
    blow: () => ({ by: 'admin', body: { type: 'user.update', userId: 'engineer2', districts: ['Южный'] } }),
  },
]
