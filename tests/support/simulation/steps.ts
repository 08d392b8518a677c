import { baseRoles } from '#common/domain/role.ts'
import { stages } from '#common/domain/ticket.ts'
import { assertNever } from '#common/domain/result.ts'
import { chatRoom, ticketRoom, type ChatKind, type RoomName, type TicketId } from '#common/domain/ids.ts'
import type { Cut } from './network.ts'
import type { Device } from './device.ts'
import { losses } from './device-disk.ts'
import { SeededRandom } from './seeded-random.ts'
import type { Step } from './step-plan.ts'
import type { World } from './world.ts'

const chats = ['team', 'customer'] as const
const cuts: readonly Cut[] = ['reset', 'reset', 'server-unaware', 'nobody-knows']
const engineerRoles = ['engineer', 'engineer', 'reader', 'nobody']

/** Lets one step happen. All its choices come from its own roll. */
export function performStep(world: World, step: Step): void {
  const chance = new SeededRandom(step.roll, step.kind)
  const device = chance.pick(world.devices)
  const happened = isOfPerson(step)
    ? performOfPerson(world, device, step, chance)
    : performOfFate(world, device, step, chance)
  world.trace.note(world.scheduler.worldMs(), `${step.kind} ${happened ?? '–'}`)
}

type PersonStep = Extract<
  Step['kind'],
  | 'post'
  | 'edit'
  | 'delete'
  | 'read'
  | 'create-ticket'
  | 'update-ticket'
  | 'assign'
  | 'stage'
  | 'watch-chat'
  | 'cancel'
  | 'retry'
  | 'discard'
  | 'draft'
>
const personSteps: readonly string[] = [
  'post',
  'edit',
  'delete',
  'read',
  'create-ticket',
  'update-ticket',
  'assign',
  'stage',
  'watch-chat',
  'cancel',
  'retry',
  'discard',
  'draft',
] satisfies PersonStep[]

function isOfPerson(step: Step): step is Step & { kind: PersonStep } {
  return personSteps.includes(step.kind)
}

/** What somebody does in front of the screen. Returns a word for the trace; undefined when nothing could be done. */
function performOfPerson(
  world: World,
  device: Device,
  step: { kind: PersonStep },
  chance: SeededRandom,
): string | undefined {
  if (!device.isSignedIn) {
    device.signIn()
    return `${device.name} signs in`
  }
  const ticketId = pickTicket(world, device, chance)
  if (step.kind === 'create-ticket') return createTicket(world, device, chance)
  if (ticketId === undefined) return undefined
  switch (step.kind) {
    case 'post':
      return post(world, device, ticketId, chance)
    case 'edit':
    case 'delete':
      return change(world, device, step.kind, chance)
    case 'read':
      return read(world, device, chance)
    case 'update-ticket': {
      const title = world.markers.text(device.userId, 'Насос')
      return device.issue({ type: step.kind }, (act) => act.updateTicket({ ticketId, fields: { title } }))
    }
    case 'assign': {
      const assigneeId = chance.pick(['engineer', 'engineer', 'dispatcher2', null])
      return device.issue({ type: step.kind }, (act) => act.assign({ ticketId, assigneeId }))
    }
    case 'stage': {
      const stage = chance.pick(stages)
      const reason = chance.chance(0.8) ? 'причина' : undefined
      return device.issue({ type: step.kind }, (act) => act.changeStage({ ticketId, stage, reason }))
    }
    case 'watch-chat':
      return device.watchChat(chatRoom(ticketId, pickChat(world, device, ticketId, chance)))
    case 'cancel':
    case 'retry':
    case 'discard':
      return device.tidyOutbox(step.kind, chance)
    case 'draft': {
      const room = chatRoom(ticketId, pickChat(world, device, ticketId, chance))
      device.run((core) => core.act.saveDraft({ room, text: world.markers.text(device.userId, 'черновик') }))
      return `${device.name} ${room}`
    }
    default:
      return assertNever(step.kind)
  }
}

function pickTicket(world: World, device: Device, chance: SeededRandom): TicketId | undefined {
  const all = [...world.ledger.world.tickets.keys()]
  const seen = all.filter((ticketId) => world.ledger.visibility.sees(device.userId, ticketRoom(ticketId)))
  const from = chance.chance(0.03) ? all : seen
  return from.length === 0 ? undefined : chance.pick(from)
}

function pickChat(world: World, device: Device, ticketId: TicketId, chance: SeededRandom): ChatKind {
  const seen = chats.filter((chat) => world.ledger.visibility.sees(device.userId, chatRoom(ticketId, chat)))
  return seen.length === 0 || chance.chance(0.03) ? chance.pick(chats) : chance.pick(seen)
}

function post(world: World, device: Device, ticketId: TicketId, chance: SeededRandom): string {
  const chat = pickChat(world, device, ticketId, chance)
  const seesBoth = chats.every((kind) => world.ledger.visibility.sees(device.userId, chatRoom(ticketId, kind)))
  const to: ChatKind[] = seesBoth && chance.chance(0.2) ? [...chats] : [chat]
  const text = world.markers.text(device.userId, 'Приехал на объект')
  const rooms = to.map((kind) => chatRoom(ticketId, kind))
  return device.issue({ type: 'message.post', rooms }, (act) => act.postMessage({ ticketId, to, text }))
}

/** Mostly own messages; now and then another's, which must be refused. */
function change(world: World, device: Device, kind: 'edit' | 'delete', chance: SeededRandom): string | undefined {
  const isOwn = !chance.chance(0.05)
  const targets = seenChats(world, device).flatMap(({ ticketId, chat, room }) =>
    world.ledger
      .entries(room)
      .filter((entry) => entry.type === 'message' && (entry.authorId === device.userId) === isOwn)
      .map(({ id }) => ({ ticketId, chats: [chat], target: id })),
  )
  if (targets.length === 0) return undefined
  const target = chance.pick(targets)
  if (kind === 'delete') return device.issue({ type: kind }, (act) => act.deleteMessage(target))
  const text = world.markers.text(device.userId, 'Приехал на объект, исправлено')
  return device.issue({ type: kind }, (act) => act.editMessage({ ...target, text }))
}

function read(world: World, device: Device, chance: SeededRandom): string | undefined {
  const here = seenChats(world, device).filter(({ room }) => device.watch.lastSeqOf(room) > 0)
  if (here.length === 0) return undefined
  const { ticketId, chat, room } = chance.pick(here)
  const last = device.watch.lastSeqOf(room)
  const seq = chance.chance(0.7) ? last : 1 + chance.below(last)
  return device.issue({ type: 'read', read: { room, seq } }, (act) => act.markRead({ ticketId, chat, seq }))
}

function seenChats(world: World, device: Device): { ticketId: TicketId; chat: ChatKind; room: RoomName }[] {
  return [...world.ledger.world.tickets.keys()].flatMap((ticketId) =>
    chats
      .map((chat) => ({ ticketId, chat, room: chatRoom(ticketId, chat) }))
      .filter(({ room }) => world.ledger.visibility.sees(device.userId, room)),
  )
}

function createTicket(world: World, device: Device, chance: SeededRandom): string {
  const fields = {
    title: world.markers.text(device.userId, 'Не работает насос'),
    ...(device.userId !== 'customer' && chance.chance(0.6) ? { customerId: 'customer' } : {}),
  }
  return device.issue({ type: 'create-ticket' }, (act) => act.createTicket({ fields }))
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
  const { server, hostile, scheduler } = world
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
    case 'change-role':
      return changeRole(world, chance)
    case 'split-chats': {
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
      const { userId } = chance.pick(world.devices)
      const isActive = world.ledger.world.users.get(userId)?.isActive ?? true
      server.switchAccount(userId, !isActive)
      return `${userId} ${isActive ? 'off' : 'on'}`
    }
    case 'let-time-pass':
      world.pauseMs = chance.between(60_000, 900_000)
      return `${Math.round(world.pauseMs / 1_000)} s`
    case 'attack':
      return `${hostile.attack(chance)} at ${scheduler.events}`
    default:
      return undefined
  }
}

function changeRole({ server, ledger }: World, chance: SeededRandom): string {
  const roleId = chance.pick(engineerRoles)
  const engineer = baseRoles.find(({ id }) => id === 'engineer')
  const permissions = (engineer?.permissions ?? []).filter(
    (permission) => roleId === 'engineer' || (roleId === 'reader' && permission.endsWith('.read')),
  )
  const isKnown = ledger.world.users.has('engineer')
  if (isKnown)
    server.administer(async (core) => {
      await core.writeDirectory({ roles: [{ id: 'engineer', name: 'Сервисный специалист', permissions }] })
    })
  return roleId
}
