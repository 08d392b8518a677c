import { permissions as everyPermission, type Role } from '#common/domain/role.ts'
import type { User } from '#common/domain/user.ts'
import { SeededRandom } from '#tests/support/simulation/seeded-random.ts'
import type { Situation } from './rights-table.ts'

/** Somebody whose rights are looked at: everybody has a role of their own. */
export type Person = { id: string; kind: Situation['kind']; permissions: ReadonlySet<string> }

export const homeDistrict = 'Северный'
export const otherDistrict = 'Южный'
export const company = 'ООО «Ромашка»'

/** The roles an organisation starts with, as product.md describes them: what their people must be able to do. */
const dispatcher = everyPermission.filter((name) => !name.startsWith('admin.'))
const engineer = [
  ...['messages.menu', 'messages.participants.view', 'messages.participants.add'],
  ...['messages.team.read', 'messages.team.write', 'messages.customer.read', 'messages.customer.write'],
  ...['tickets.view.own', 'tickets.stage'],
]
const customer = [
  ...['messages.menu', 'messages.customer.read', 'messages.customer.write'],
  ...['tickets.view.own', 'tickets.create'],
]

const chatPermissions = [
  'messages.team.read',
  'messages.team.write',
  'messages.customer.read',
  'messages.customer.write',
]
const views = [
  [],
  ['tickets.view.own'],
  ['tickets.view.district'],
  ['tickets.view.all'],
  ['tickets.view.own', 'tickets.view.district'],
]
const kinds = ['employee', 'customer'] as const

/**
 * Everybody there can be, as far as chats and tickets go: each subset of the four chat permissions, with and without the
 * messages of all tickets, with each way to see tickets. The other permissions are spread over them by chance, always the same.
 */
export function everyPerson(): Person[] {
  const chance = new SeededRandom(1, 'permissions')
  const decisive = new Set([...chatPermissions, 'messages.all', ...views.flat()])
  const others = everyPermission.filter((name) => !decisive.has(name))
  const people = kinds.flatMap((kind) =>
    subsetsOf(chatPermissions).flatMap((chats) =>
      [[], ['messages.all']].flatMap((all) =>
        views.map((view): Person => {
          const chosen = others.filter(() => chance.chance(0.5))
          return personOf(kind, [...chats, ...all, ...view, ...chosen])
        }),
      ),
    ),
  )
  return [...people, ...oneMoreOrLess(), ...basePeople()].map((person, index) => ({ ...person, id: `p${index}` }))
}

export function roleOf({ id, permissions }: Person): Role {
  return { id: `role-${id}`, name: `Роль ${id}`, permissions: everyPermission.filter((name) => permissions.has(name)) }
}

export function userOf({ id, kind }: Person): User {
  const place = kind === 'customer' ? { company } : { districts: [homeDistrict] }
  return { id, login: id, name: `Человек ${id}`, kind, roleId: `role-${id}`, active: true, ...place }
}

/** Nothing but one permission, and everything but one: where a rule looks at the wrong one, it shows here. */
function oneMoreOrLess(): Person[] {
  return everyPermission.flatMap((name) => [
    personOf('employee', [name]),
    personOf(
      'employee',
      everyPermission.filter((other) => other !== name),
    ),
  ])
}

function basePeople(): Person[] {
  return [
    personOf('employee', dispatcher),
    personOf('employee', engineer),
    personOf('employee', everyPermission),
    personOf('customer', customer),
    // An administrator's role in a customer's hands opens nothing of the organisation.
    personOf('customer', everyPermission),
  ]
}

const personOf = (kind: Situation['kind'], permissions: readonly string[]): Person => ({
  id: '',
  kind,
  permissions: new Set(permissions),
})

function subsetsOf(names: readonly string[]): string[][] {
  return Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, index) => bits & (1 << index)))
}
