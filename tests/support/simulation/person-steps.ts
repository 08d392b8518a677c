import { assertNever } from '#common/domain/result.ts'
import { chatRoom, ticketRoom, type ChatKind, type RoomName, type TicketId } from '#common/domain/ids.ts'
import { stages } from '#common/domain/ticket.ts'
import { holdMessage } from './held-steps.ts'
import { chooseParticipants } from './participant-steps.ts'
import { companies, districts } from './people.ts'
import type { Device } from './device.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { World } from './world.ts'
import { chats } from './visibility-oracle.ts'

/** What somebody does in front of the screen. */
const personSteps = [
  'post',
  'hold',
  'edit',
  'delete',
  'read',
  'create-ticket',
  'update-ticket',
  'assign',
  'stage',
  'participants',
  'watch-chat',
  'cancel',
  'retry',
  'discard',
  'draft',
] as const
type PersonStep = (typeof personSteps)[number]

export function isOfPerson<Kind extends string>(step: { kind: Kind }): step is { kind: Kind & PersonStep } {
  return (personSteps as readonly string[]).includes(step.kind)
}

/** Returns a word for the trace; undefined when nothing could be done. */
export function performOfPerson(
  world: World,
  device: Device,
  kind: PersonStep,
  chance: SeededRandom,
): string | undefined {
  if (!device.isSignedIn) {
    device.signIn()
    return `${device.name} signs in`
  }
  if (kind === 'create-ticket') return createTicket(world, device, chance)
  const ticketId = pickTicket(world, device, chance)
  if (ticketId === undefined) return undefined
  switch (kind) {
    case 'post':
      return post(world, device, ticketId, chance)
    case 'hold':
      return holdMessage(world, device, ticketId, pickAudience(world, device, ticketId, chance), chance)
    case 'edit':
    case 'delete':
      return change(world, device, kind, chance)
    case 'read':
      return read(world, device, chance)
    case 'participants':
      return chooseParticipants(world, device, ticketId, pickChat(world, device, ticketId, chance), chance)
    case 'cancel':
    case 'retry':
    case 'discard':
      return device.tidyOutbox(kind, chance)
    case 'watch-chat':
      return device.watchChat(chatRoom(ticketId, pickChat(world, device, ticketId, chance)))
    case 'draft': {
      const room = chatRoom(ticketId, pickChat(world, device, ticketId, chance))
      device.run((core) => core.act.saveDraft({ room, text: world.markers.text(device.userId, 'черновик') }))
      return `${device.name} ${room}`
    }
    case 'update-ticket':
    case 'assign':
    case 'stage':
      return changeTicket(world, device, kind, ticketId, chance)
    default:
      return assertNever(kind)
  }
}

function changeTicket(
  world: World,
  device: Device,
  kind: 'update-ticket' | 'assign' | 'stage',
  ticketId: TicketId,
  chance: SeededRandom,
): string {
  if (kind === 'assign') {
    const assigneeId = chance.pick(['engineer', 'engineer', 'dispatcher2', 'mole', 'foreman', null])
    return device.issue({ type: kind }, (act) => act.assign({ ticketId, assigneeId }))
  }
  if (kind === 'stage') {
    const stage = chance.pick(stages)
    const reason = chance.chance(0.8) ? 'причина' : undefined
    return device.issue({ type: kind }, (act) => act.changeStage({ ticketId, stage, reason }))
  }
  const fields = chance.pick([
    { title: world.markers.text(device.userId, 'Насос') },
    { district: chance.pick(districts) },
    { company: chance.pick(companies) },
    { requesterId: chance.pick(['engineer', 'customer', 'colleague', 'dispatcher']) },
    { customerId: chance.pick(['customer', 'colleague', 'rival']) },
  ])
  return device.issue({ type: kind }, (act) => act.updateTicket({ ticketId, fields }))
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

/** One chat, or both of them. */
function pickAudience(world: World, device: Device, ticketId: TicketId, chance: SeededRandom): ChatKind[] {
  const chat = pickChat(world, device, ticketId, chance)
  const seesBoth = chats.every((kind) => world.ledger.visibility.sees(device.userId, chatRoom(ticketId, kind)))
  const other = chat === 'team' ? 'customer' : 'team'
  return (seesBoth && chance.chance(0.3)) || chance.chance(0.02) ? [chat, other] : [chat]
}

function post(world: World, device: Device, ticketId: TicketId, chance: SeededRandom): string {
  const to = pickAudience(world, device, ticketId, chance)
  const text = world.markers.text(device.userId, 'Приехал на объект')
  const rooms = to.map((kind) => chatRoom(ticketId, kind))
  if (to.length > 1) world.tally.count('cross-post: written')
  return device.issue({ type: 'message.post', rooms }, (act) => act.postMessage({ ticketId, to, text }))
}

/** Mostly own messages; now and then another's, which must be refused. Of a cross-post mostly both copies. */
function change(world: World, device: Device, kind: 'edit' | 'delete', chance: SeededRandom): string | undefined {
  const isOwn = !chance.chance(0.05)
  const targets = seenChats(world, device).flatMap(({ ticketId, chat, room }) =>
    world.ledger
      .entries(room)
      .filter((entry) => entry.type === 'message' && (entry.authorId === device.userId) === isOwn)
      .map((entry) => ({ ticketId, chat, target: entry.id, isTwin: entry.type === 'message' && !!entry.crossPost })),
  )
  const twins = targets.filter(({ isTwin }) => isTwin)
  if (targets.length === 0) return undefined
  const { ticketId, chat, target, isTwin } = chance.pick(twins.length > 0 && chance.chance(0.4) ? twins : targets)
  const both = isTwin && chance.chance(0.7)
  const about = { ticketId, chats: both ? [...chats] : [chat], target }
  const task = { type: kind, count: about.chats.length }
  if (isTwin) world.tally.count(`cross-post: ${kind} of ${both ? 'both copies' : 'one copy'}`)
  if (kind === 'delete') return device.issue(task, (act) => act.deleteMessage(about))
  const text = world.markers.text(device.userId, 'Приехал на объект, исправлено')
  return device.issue(task, (act) => act.editMessage({ ...about, text }))
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
  const isCustomer = world.ledger.world.users.get(device.userId)?.kind === 'customer'
  const fields = {
    title: world.markers.text(device.userId, 'Не работает насос'),
    ...(!isCustomer && chance.chance(0.6) ? { customerId: chance.pick(['customer', 'customer', 'rival']) } : {}),
    ...(!isCustomer && chance.chance(0.6) ? { district: chance.pick(districts) } : {}),
  }
  return device.issue({ type: 'create-ticket' }, (act) => act.createTicket({ fields }))
}
