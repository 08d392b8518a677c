import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canAdminister,
  canAssign,
  canBeParticipant,
  canChangeParticipants,
  canChangeStage,
  canCreateTicket,
  canEditTicket,
  canManageUser,
  canReadChat,
  canReadDirectory,
  canSeeParticipants,
  canSeeTicket,
  canWriteChat,
  isAdministrator,
  type TicketAccess,
  type Viewer,
} from '#common/domain/permissions.ts'
import { baseRoles, permissions, type Permission } from '#common/domain/role.ts'

const people = ['ada', 'boris', 'clara', 'dmitri']
const person = fc.constantFrom(...people)
const district = fc.constantFrom('', 'Север', 'Юг')
const group = fc.subarray(people).map((members) => new Set(members))
const ticketAccess: fc.Arbitrary<TicketAccess> = fc.record({
  stage: fc.constant('assigned' as const),
  district,
  company: fc.constantFrom('', 'Ромашка', 'Василёк'),
  assigneeId: fc.option(person),
  requesterId: person,
  customerId: fc.option(person),
  participants: fc.record({ team: group, customer: group }),
})
const viewer: fc.Arbitrary<Viewer> = fc.record({
  id: person,
  kind: fc.constantFrom('employee' as const, 'customer' as const),
  permissions: fc.subarray([...permissions]).map((list) => new Set(list)),
  districts: fc.subarray(['Север', 'Юг']).map((list) => new Set(list)),
})
const organisation = fc.record({ splitChats: fc.boolean() })
const chat = fc.constantFrom('team' as const, 'customer' as const)

const withRole = (roleId: string, id = 'ada'): Viewer => {
  const role = baseRoles.find((candidate) => candidate.id === roleId)
  return {
    id,
    kind: roleId === 'customer' ? 'customer' : 'employee',
    permissions: new Set(role?.permissions),
    districts: new Set(),
  }
}
const ticket = (parts: Partial<TicketAccess> = {}): TicketAccess => ({
  stage: 'assigned',
  district: '',
  company: '',
  assigneeId: null,
  requesterId: 'zoe',
  customerId: null,
  participants: { team: new Set(), customer: new Set() },
  ...parts,
})
const oneChat = { splitChats: false }
const split = { splitChats: true }

describe('rights', () => {
  it('R1: a customer sees own tickets and no others, whatever the role says', () => {
    fc.assert(
      fc.property(viewer, ticketAccess, (who, access) => {
        const customer: Viewer = { ...who, kind: 'customer' }
        const isOwn =
          access.customerId === who.id || access.requesterId === who.id || access.participants.customer.has(who.id)
        expect(canSeeTicket(customer, access)).toBe(isOwn && who.permissions.has('tickets.view.own'))
      }),
    )
  })

  it('R2b: the tickets of own districts, where the role sees districts; a ticket without one is in none', () => {
    const local = { ...withRole('engineer'), permissions: new Set<Permission>(['tickets.view.district']) }
    const inNorth: Viewer = { ...local, districts: new Set(['Север', '']) }
    expect(canSeeTicket(inNorth, ticket({ district: 'Север' }))).toBe(true)
    expect(canSeeTicket(inNorth, ticket({ district: 'Юг' }))).toBe(false)
    expect(canSeeTicket(local, ticket({ district: '' }))).toBe(false)
    expect(canSeeTicket({ ...inNorth, permissions: new Set() }, ticket({ district: 'Север' }))).toBe(false)
    expect(canSeeTicket({ ...inNorth, kind: 'customer' }, ticket({ district: 'Север' }))).toBe(false)
  })

  it('R2, R3: an engineer sees assigned tickets and those whose chat they are in; a dispatcher all', () => {
    const engineer = withRole('engineer')
    expect(canSeeTicket(engineer, ticket())).toBe(false)
    expect(canSeeTicket(engineer, ticket({ assigneeId: 'ada' }))).toBe(true)
    expect(canSeeTicket(engineer, ticket({ participants: { team: new Set(), customer: new Set(['ada']) } }))).toBe(true)
    expect(canSeeTicket(withRole('dispatcher'), ticket())).toBe(true)
  })

  it('R4: reading needs the permission and taking part, or messages of all tickets', () => {
    const taking = ticket({ participants: { team: new Set(['ada']), customer: new Set() } })
    expect(canReadChat(withRole('engineer'), taking, 'team', split)).toBe(true)
    expect(canReadChat(withRole('engineer'), taking, 'customer', split)).toBe(false)
    expect(canReadChat(withRole('dispatcher'), ticket(), 'team', split)).toBe(true)
    expect(canReadChat({ ...withRole('engineer'), permissions: new Set() }, taking, 'team', split)).toBe(false)
  })

  it('R4, R5: no customer ever reads or writes a team chat', () => {
    fc.assert(
      fc.property(viewer, ticketAccess, organisation, (who, access, setting) => {
        const customer: Viewer = { ...who, kind: 'customer' }
        expect(canReadChat(customer, access, 'team', setting) || canWriteChat(customer, access, 'team', setting)).toBe(
          false,
        )
      }),
    )
  })

  it('R5: nobody reaches the team chat while chats are not split', () => {
    fc.assert(
      fc.property(
        viewer,
        ticketAccess,
        (who, access) => !canReadChat(who, access, 'team', oneChat) && !canWriteChat(who, access, 'team', oneChat),
      ),
    )
  })

  it('R6: the right to the team chat opens the one chat to an employee, and not to a customer', () => {
    const teamOnly: ReadonlySet<Permission> = new Set(['messages.team.read', 'messages.team.write'])
    const taking = ticket({ customerId: 'ada', participants: { team: new Set(), customer: new Set(['ada']) } })
    expect(
      canWriteChat(
        { id: 'ada', kind: 'employee', permissions: teamOnly, districts: new Set() },
        taking,
        'customer',
        oneChat,
      ),
    ).toBe(true)
    expect(
      canWriteChat(
        { id: 'ada', kind: 'employee', permissions: teamOnly, districts: new Set() },
        taking,
        'customer',
        split,
      ),
    ).toBe(false)
    expect(
      canWriteChat(
        { id: 'ada', kind: 'customer', permissions: teamOnly, districts: new Set() },
        taking,
        'customer',
        oneChat,
      ),
    ).toBe(false)
  })

  it('R7: who may write may read', () => {
    fc.assert(
      fc.property(viewer, ticketAccess, chat, organisation, (who, access, kind, setting) => {
        if (canWriteChat(who, access, kind, setting)) expect(canReadChat(who, access, kind, setting)).toBe(true)
      }),
    )
  })

  it('R8–R10: a ticket is changed only by employees who see it and have the permission', () => {
    fc.assert(
      fc.property(viewer, ticketAccess, (who, access) => {
        const may = (permission: Permission): boolean =>
          who.kind === 'employee' && who.permissions.has(permission) && canSeeTicket(who, access)
        expect(canEditTicket(who, access)).toBe(may('tickets.edit'))
        expect(canChangeStage(who, access)).toBe(may('tickets.stage'))
        expect(canAssign(who, access)).toBe(may('tickets.assign'))
      }),
    )
  })

  it('R11, R12: creating needs the permission; the directory is for employees', () => {
    expect(canCreateTicket(withRole('customer'))).toBe(true)
    expect(canCreateTicket(withRole('engineer'))).toBe(false)
    expect(canReadDirectory(withRole('customer'))).toBe(false)
    expect(canReadDirectory(withRole('engineer'))).toBe(true)
  })

  it('R15: the people of a chat are shown to its readers with the permission', () => {
    fc.assert(
      fc.property(viewer, ticketAccess, chat, organisation, (who, access, kind, setting) => {
        expect(canSeeParticipants(who, access, kind, setting)).toBe(
          who.permissions.has('messages.participants.view') && canReadChat(who, access, kind, setting),
        )
      }),
    )
  })

  it('R16, R17: people are added and removed by employees who read the chat, each with a permission of its own', () => {
    const change = fc.constantFrom('add' as const, 'remove' as const)
    fc.assert(
      fc.property(viewer, ticketAccess, chat, organisation, change, (who, access, kind, setting, wanted) => {
        expect(canChangeParticipants(who, access, kind, wanted, setting)).toBe(
          who.kind === 'employee' &&
            who.permissions.has(`messages.participants.${wanted}`) &&
            canReadChat(who, access, kind, setting),
        )
      }),
    )
  })

  it('R18: employees may be in any chat, customers in the customer chat of their own company', () => {
    const employee = { kind: 'employee', active: true } as const
    const customer = { kind: 'customer', active: true, company: 'Ромашка' } as const
    const own = { company: 'Ромашка' }
    expect([canBeParticipant(employee, own, 'team'), canBeParticipant(employee, own, 'customer')]).toEqual([true, true])
    expect(canBeParticipant(customer, own, 'customer')).toBe(true)
    expect(canBeParticipant(customer, own, 'team')).toBe(false)
    expect(canBeParticipant(customer, { company: 'Василёк' }, 'customer')).toBe(false)
    expect(canBeParticipant({ ...customer, company: '' }, { company: '' }, 'customer')).toBe(false)
    expect(canBeParticipant({ ...employee, active: false }, own, 'team')).toBe(false)
    expect(canBeParticipant({ ...employee, integration: true }, own, 'team')).toBe(false)
  })

  it('R19–R22: each part of the administration has its permission, and no customer has any', () => {
    for (const part of ['users', 'roles', 'organisation', 'audit'] as const)
      fc.assert(
        fc.property(viewer, (who) => {
          const may = who.kind === 'employee' && who.permissions.has(`admin.${part}`)
          expect(canAdminister(who, part)).toBe(may)
        }),
      )
  })

  it('R23: nobody gives, or takes over, more than they have, unless they can give anything', () => {
    const role = fc.subarray([...permissions]).map((list) => ({ permissions: list }))
    fc.assert(
      fc.property(viewer, role, (who, given) => {
        const exceeds = given.permissions.some((permission) => !who.permissions.has(permission))
        const may = canAdminister(who, 'users') && (!exceeds || who.permissions.has('admin.roles'))
        expect(canManageUser(who, given)).toBe(may)
      }),
    )
    const clerk: Viewer = { ...withRole('dispatcher'), permissions: new Set(['admin.users', 'messages.menu']) }
    expect(canManageUser(clerk, { permissions: ['messages.menu'] })).toBe(true)
    expect(canManageUser(clerk, { permissions: ['admin.roles'] })).toBe(false)
    expect(canManageUser(clerk, undefined)).toBe(true)
  })

  it('R24: an administrator is an active employee, no integration, whose role gives people and roles', () => {
    const role = { permissions: ['admin.users', 'admin.roles'] } satisfies { permissions: Permission[] }
    const user = { kind: 'employee', active: true } as const
    expect(isAdministrator(user, role)).toBe(true)
    for (const other of [{ kind: 'customer' as const }, { active: false }, { integration: true }])
      expect(isAdministrator({ ...user, ...other }, role)).toBe(false)
    for (const only of role.permissions) expect(isAdministrator(user, { permissions: [only] })).toBe(false)
    expect(isAdministrator(user, undefined)).toBe(false)
  })

  it('more permissions never take a right away', () => {
    fc.assert(
      fc.property(
        viewer,
        ticketAccess,
        chat,
        organisation,
        fc.subarray([...permissions]),
        (who, access, kind, setting, more) => {
          const richer: Viewer = { ...who, permissions: new Set([...who.permissions, ...more]) }
          if (canSeeTicket(who, access)) expect(canSeeTicket(richer, access)).toBe(true)
          if (canReadChat(who, access, kind, setting)) expect(canReadChat(richer, access, kind, setting)).toBe(true)
          if (canWriteChat(who, access, kind, setting)) expect(canWriteChat(richer, access, kind, setting)).toBe(true)
        },
      ),
    )
  })
})
