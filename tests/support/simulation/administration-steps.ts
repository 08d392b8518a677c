import { permissions, type Permission } from '#common/domain/role.ts'
import { assertNever } from '#common/domain/result.ts'
import type { Device } from './device.ts'
import { companies, districts, permissionsOf } from './people.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { World } from './world.ts'

/** What an administrator does, by commands of a device like everything else. */
const administrationSteps = [
  'change-role',
  'switch-role',
  'switch-user',
  'move-user',
  'split',
  'add-role-or-user',
] as const
type AdministrationStep = (typeof administrationSteps)[number]

export function isAdministration<Kind extends string>(step: {
  kind: Kind
}): step is { kind: Kind & AdministrationStep } {
  return (administrationSteps as readonly string[]).includes(step.kind)
}

const ordinaryRoles = ['engineer', 'foreman', 'dispatcher', 'customer'] as const
/** What must open nothing to a customer, and what would make an engineer see everything. */
const mighty: Permission[] = ['messages.team.read', 'messages.team.write', 'messages.all', 'tickets.view.all']
const mostRoles = 9
const mostUsers = 12

/** Now and then somebody tries who is no administrator: that must be refused. */
export function performAdministration(
  world: World,
  kind: AdministrationStep,
  chance: SeededRandom,
): string | undefined {
  const administrator = world.devices.find(({ name }) => name === 'admin')
  const device = chance.chance(0.1) ? chance.pick(world.devices) : administrator
  if (device === undefined) return undefined
  if (!device.isSignedIn) {
    device.signIn()
    return `${device.name} signs in`
  }
  switch (kind) {
    case 'change-role':
      return changeRole(device, chance)
    case 'switch-role':
      return switchRole(world, device, chance)
    case 'switch-user': {
      const userId = chance.pick(['engineer', 'mole', 'foreman', 'dispatcher2', 'customer', 'colleague', 'admin'])
      const active = world.ledger.world.users.get(userId)?.isActive === false
      return note(
        userId,
        active,
        device.issue({ type: kind }, (act) => act.updateUser({ userId, active })),
      )
    }
    case 'move-user':
      return moveUser(device, chance)
    case 'split': {
      const splitChats = !world.ledger.world.splitChats || chance.chance(0.1)
      return note(
        splitChats,
        '',
        device.issue({ type: kind }, (act) => act.updateOrganisation({ splitChats })),
      )
    }
    case 'add-role-or-user':
      return addSomething(world, device, chance)
    default:
      return assertNever(kind)
  }
}

function changeRole(device: Device, chance: SeededRandom): string {
  const roleId = chance.pick([...ordinaryRoles, 'engineer', 'admin'])
  const usual = permissionsOf(roleId)
  const chosen = chance.pick([
    usual,
    usual,
    usual.filter((permission) => permission.endsWith('.read') || permission === 'tickets.view.own'),
    usual.filter(() => chance.chance(0.75)),
    permissions.filter((permission) => usual.includes(permission) || mighty.includes(permission)),
  ])
  const issued = device.issue({ type: 'role.update' }, (act) => act.updateRole({ roleId, permissions: chosen }))
  return note(roleId, chosen.length, issued)
}

function switchRole({ ledger }: World, device: Device, chance: SeededRandom): string {
  const usual = { engineer: 'engineer', mole: 'engineer', foreman: 'foreman', dispatcher2: 'dispatcher' }
  const others = { customer: 'customer', colleague: 'customer', admin: 'admin' }
  const [userId, own] = chance.pick(Object.entries({ ...usual, ...others }))
  const isUsual = ledger.world.users.get(userId)?.roleId === own
  const roleId = isUsual ? chance.pick([...ordinaryRoles, ...ordinaryRoles, 'admin']) : own
  return note(
    userId,
    roleId,
    device.issue({ type: 'switch-role' }, (act) => act.updateUser({ userId, roleId })),
  )
}

function moveUser(device: Device, chance: SeededRandom): string {
  if (chance.chance(0.4)) {
    const userId = chance.pick(['customer', 'colleague', 'colleague', 'rival'])
    const company = chance.pick([...companies, ''])
    return note(
      userId,
      company,
      device.issue({ type: 'move-user' }, (act) => act.updateUser({ userId, company })),
    )
  }
  const userId = chance.pick(['foreman', 'foreman', 'engineer'])
  const chosen = districts.filter(() => chance.chance(0.5))
  const issued = device.issue({ type: 'move-user' }, (act) => act.updateUser({ userId, districts: chosen }))
  return note(userId, chosen.join(' '), issued)
}

function addSomething({ ledger }: World, device: Device, chance: SeededRandom): string | undefined {
  const { users } = ledger.world
  const name = `Новый ${chance.word()}`
  if (chance.chance(0.4)) {
    const roles = ledger.roleIds()
    if (roles.length < mostRoles && chance.chance(0.6))
      return device.issue({ type: 'role.create' }, (act) => act.createRole({ name, permissions: mighty }))
    const roleId = chance.pick(roles)
    return note(
      roleId,
      '',
      device.issue({ type: 'role.delete' }, (act) => act.deleteRole({ roleId })),
    )
  }
  if (users.size >= mostUsers) return undefined
  const user = { login: `login${chance.word()}`, name, kind: 'employee' as const, roleId: chance.pick(ordinaryRoles) }
  return device.issue({ type: 'user.create' }, (act) => act.createUser(user))
}

function note(what: string | boolean, to: string | number | boolean, issued: string): string {
  return `${issued}: ${String(what)} ${String(to)}`
}
