import { baseRoles, type Permission, type Role } from '#common/domain/role.ts'
import type { User } from '#common/domain/user.ts'

export const districts = ['Северный', 'Южный'] as const
export const companies = ['Ромашка', 'Василёк'] as const

const foreman: Role = {
  id: 'foreman',
  name: 'Мастер участка',
  permissions: [
    'messages.menu',
    'messages.participants.view',
    'messages.participants.add',
    'messages.participants.remove',
    'messages.team.read',
    'messages.team.write',
    'messages.customer.read',
    'messages.customer.write',
    'messages.all',
    'tickets.view.own',
    'tickets.view.district',
    'tickets.stage',
  ],
}

const roles: readonly Role[] = [...baseRoles, foreman]

/** What a role may do at the beginning. */
export function permissionsOf(roleId: string): Permission[] {
  return [...(roles.find(({ id }) => id === roleId)?.permissions ?? [])]
}

/** Those who sit before a screen. `colleague` is of the customer's company and has no tickets of their own. */
export const withDevices = [
  'dispatcher',
  'dispatcher2',
  'engineer',
  'foreman',
  'customer',
  'colleague',
  'admin',
] as const
/** Accounts behind which somebody keeps to none of the rules; the customer's second device is one of them. */
export const hostileUsers = ['rival', 'mole', 'customer'] as const

const person = (id: string, roleId: string, details: Partial<User> = {}): User => ({
  id,
  login: id,
  name: id,
  kind: roleId === 'customer' ? 'customer' : 'employee',
  roleId,
  active: true,
  ...details,
})

/** The organisation every run starts with. `rival` is a customer of another company, `mole` an engineer; neither has tickets. */
export function organisation(splitChats: boolean): {
  organisation: { name: string; splitChats: boolean }
  roles: Role[]
  users: User[]
} {
  const [north] = districts
  const [company, otherCompany] = companies
  return {
    organisation: { name: 'Аврора', splitChats },
    roles: roles.map((role) => ({ ...role, permissions: [...role.permissions] })),
    users: [
      person('dispatcher', 'dispatcher'),
      person('dispatcher2', 'dispatcher'),
      person('engineer', 'engineer'),
      person('mole', 'engineer'),
      person('foreman', 'foreman', { districts: [north] }),
      person('customer', 'customer', { company }),
      person('colleague', 'customer', { company }),
      person('rival', 'customer', { company: otherCompany }),
      person('admin', 'admin'),
    ],
  }
}
