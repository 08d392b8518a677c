import type { Cut } from './network.ts'
import { isAdministration, performAdministration } from './administration-steps.ts'
import type { Device } from './device.ts'
import { losses } from './device-disk.ts'
import { permissionsOf } from './people.ts'
import { isOfPerson, performOfPerson } from './person-steps.ts'
import { SeededRandom } from './seeded-random.ts'
import type { Step } from './step-plan.ts'
import type { World } from './world.ts'

const cuts: readonly Cut[] = ['reset', 'reset', 'server-unaware', 'nobody-knows']
const engineerRoles = ['engineer', 'engineer', 'reader', 'nobody']
/** Steps by which somebody may lose a right or gain one. */
const aboutRights = ['participants', 'assign', 'change-role', 'switch-role', 'switch-user', 'move-user', 'split']

/** Lets one step happen. All its choices come from its own roll. */
export function performStep(world: World, step: Step): void {
  const chance = new SeededRandom(step.roll, step.kind)
  const happened = performOfSomebody(world, step, chance)
  if (happened !== undefined && aboutRights.includes(step.kind)) prowl(world, step)
  world.tally.count(`step: ${step.kind}${happened === undefined ? ' (nothing to do)' : ''}`)
  world.trace.note(world.scheduler.worldMs(), `${step.kind} ${happened ?? '–'}`)
}

function performOfSomebody(world: World, step: Step, chance: SeededRandom): string | undefined {
  const device = chance.pick(world.devices)
  if (isOfPerson(step)) return performOfPerson(world, device, step.kind, chance)
  if (isAdministration(step)) return performAdministration(world, step.kind, chance)
  return performOfFate(world, device, step, chance)
}

/** Those who keep to no rules try everything while rights change: before, meanwhile and after. */
function prowl({ hostiles }: World, { roll }: Step): void {
  for (const hostile of hostiles) hostile.prowl(new SeededRandom(roll, hostile.userId))
}

/** What happens to machines, networks and rights. */
function performOfFate(world: World, device: Device, step: Step, chance: SeededRandom): string | undefined {
  const { network, server } = world
  const { link } = device
  switch (step.kind) {
    case 'go-offline':
      link.isUp = false
      network.cut(link, chance.pick(cuts))
      return device.name
    case 'go-online':
      link.isUp = true
      if (chance.chance(0.5)) device.run((core) => Promise.resolve(core.wake()))
      return device.name
    case 'stall-network':
      network.stall(link)
      return device.name
    case 'resume-network':
      if (chance.chance(0.5)) network.cut(link, chance.pick(cuts))
      network.resume(link)
      return device.name
    case 'cut-connections':
      network.cut(link, chance.pick(cuts))
      return device.name
    case 'lag-network':
      link.lagMs = chance.pick([0, 0, 300, 2_000])
      return `${device.name} ${link.lagMs} ms`
    case 'crash-client':
    case 'crash-client-soon':
    case 'wipe-database':
    case 'fill-client-disk':
    case 'free-client-disk':
    case 'skew-clock':
    case 'freeze-client':
      return performOnDevice(device, step.kind, chance)
    default:
      return performOnServer(world, step, chance) ?? (server.isRunning ? undefined : 'server is down')
  }
}

function performOnDevice(device: Device, kind: Step['kind'], chance: SeededRandom): string {
  if (kind === 'crash-client') device.crash(chance.between(0, 10_000))
  if (kind === 'crash-client-soon') device.crashAfter(chance.below(30), chance.between(0, 10_000))
  if (kind === 'wipe-database') device.wipe(chance.pick(losses), chance.between(0, 5_000))
  if (kind === 'fill-client-disk') device.diskIsFull = true
  if (kind === 'free-client-disk') device.diskIsFull = false
  if (kind === 'skew-clock') device.setSkew(chance.pick([0, 5 * 3_600_000, -600_000, chance.between(-60_000, 60_000)]))
  if (kind === 'freeze-client') device.freeze(chance.between(1_000, 120_000))
  return device.name
}

function performOnServer(world: World, step: Step, chance: SeededRandom): string | undefined {
  const { server, hostiles, scheduler } = world
  switch (step.kind) {
    case 'crash-server':
      server.crash(chance.chance(0.7) ? 'reset' : 'nobody-knows', chance.between(0, 10_000))
      return 'now'
    case 'crash-server-soon':
      server.crashAfter(chance.below(20), chance.between(0, 10_000))
      return 'soon'
    case 'drain-server':
      server.drain()
      return ''
    case 'freeze-server':
      server.freeze(chance.between(500, 20_000))
      return ''
    case 'compact-room':
      server.compact(chance)
      return ''
    case 'fill-server-disk':
      server.diskIsFull = true
      return ''
    case 'free-server-disk':
      server.diskIsFull = false
      return ''
    case 'write-role':
      return writeRole(world, chance)
    case 'write-split': {
      const splitChats = chance.chance(0.6)
      server.administer((core) => core.writeDirectory({ organisation: { name: 'Аврора', splitChats } }))
      return String(splitChats)
    }
    case 'end-session': {
      const { userId } = chance.pick(world.devices)
      server.revoke(userId)
      return userId
    }
    case 'switch-account': {
      const { userId } = chance.pick(world.devices.filter(({ name }) => name !== 'admin'))
      const isActive = world.ledger.world.users.get(userId)?.isActive ?? true
      server.switchAccount(userId, !isActive)
      return `${userId} ${isActive ? 'off' : 'on'}`
    }
    case 'let-time-pass':
      world.pauseMs = chance.between(60_000, 900_000)
      return `${Math.round(world.pauseMs / 1_000)} s`
    case 'attack': {
      const hostile = chance.pick(hostiles)
      return `${hostile.userId} ${hostile.attack(chance)} at ${scheduler.events}`
    }
    case 'prowl':
      prowl(world, step)
      return ''
    default:
      return undefined
  }
}

/** By the interface of the server, as an import would. */
function writeRole({ server, ledger }: World, chance: SeededRandom): string {
  const roleId = chance.pick(engineerRoles)
  const permissions = permissionsOf('engineer').filter(
    (permission) => roleId === 'engineer' || (roleId === 'reader' && permission.endsWith('.read')),
  )
  const isKnown = ledger.world.users.has('engineer')
  if (isKnown)
    server.administer(async (core) => {
      await core.writeDirectory({ roles: [{ id: 'engineer', name: 'Сервисный специалист', permissions }] })
    })
  return roleId
}
