import { chatRoom, type ChatKind, type TicketId, type UserId } from '#common/domain/ids.ts'
import type { Device } from './device.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { World } from './world.ts'

/** People come to a chat and go: also those who may not come, and those who can not go. */
export function chooseParticipants(
  world: World,
  device: Device,
  ticketId: TicketId,
  chat: ChatKind,
  chance: SeededRandom,
): string | undefined {
  const { ledger, tally } = world
  const present = [...(ledger.world.tickets.get(ticketId)?.participants[chat]?.keys() ?? [])]
  const everybody = [...ledger.world.users.keys()]
  const isRemoval = present.length > 0 && chance.chance(0.5)
  const remove = isRemoval ? [pickPresent(world, ticketId, chat, chance) ?? chance.pick(present)] : []
  const add = !isRemoval || chance.chance(0.15) ? someOf(everybody, chance).filter((id) => !remove.includes(id)) : []
  if (add.length + remove.length === 0) return undefined
  for (const userId of remove)
    tally.count(`remove: ${isLocked(world, ticketId, chat, userId) ? 'somebody locked' : 'somebody added'}`)
  const count = (add.length > 0 ? 1 : 0) + remove.length
  const done = device.issue({ type: 'participants', count }, (act) =>
    act.changeParticipants({ ticketId, chat, add, remove }),
  )
  return `${done} ${chatRoom(ticketId, chat)} + ${add.join(' ')} – ${remove.join(' ')}`
}

/** Mostly one who can go, and then mostly one who watches. */
function pickPresent(world: World, ticketId: TicketId, chat: ChatKind, chance: SeededRandom): UserId | undefined {
  if (chance.chance(0.25)) return undefined
  const present = [...(world.ledger.world.tickets.get(ticketId)?.participants[chat]?.keys() ?? [])]
  const free = present.filter((userId) => !isLocked(world, ticketId, chat, userId))
  return free.length > 0 ? chance.pick(free) : undefined
}

function isLocked({ ledger }: World, ticketId: TicketId, chat: ChatKind, userId: UserId): boolean {
  return ledger.world.tickets.get(ticketId)?.participants[chat]?.get(userId) !== undefined
}

function someOf(everybody: readonly UserId[], chance: SeededRandom): UserId[] {
  return [...new Set(Array.from({ length: 1 + chance.below(2) }, () => chance.pick(everybody)))]
}
