import { chatRoom, type ChatKind, type CommandId, type TicketId } from '#common/domain/ids.ts'
import type { Device } from './device.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { World } from './world.ts'

/** As long as the screen holds a message to a customer. */
const holdMs = 5_000
const fates = ['sent', 'cancelled', 'cancelled', 'crashed', 'crashed, cancelled', 'cancelled, crashed'] as const

/** A message that can be taken back for some seconds, and what comes of it: much happens in the moment when the time is up. */
export function holdMessage(
  { scheduler, markers, tally }: World,
  device: Device,
  ticketId: TicketId,
  to: ChatKind[],
  chance: SeededRandom,
): string {
  const fate = chance.pick(fates)
  const rooms = to.map((kind) => chatRoom(ticketId, kind))
  const text = markers.text(device.userId, 'Мастер выехал')
  const [firstMs = 0, secondMs = 0] = [momentOf(chance), momentOf(chance)].sort((one, other) => one - other)
  const after = (delayMs: number, work: () => void): void =>
    void scheduler.post(scheduler.world, delayMs, () => {
      work()
    })
  const crash = (id: CommandId) => (): void => {
    const isHeld = device.outboxRows().some((row) => row.id === id && row.heldUntil !== undefined)
    tally.count(`held: crash ${isHeld ? 'in the hold' : 'after it'}`)
    device.crash(chance.between(0, 3_000))
  }
  const kept = (id: CommandId): void => {
    tally.count(`held: ${fate}`)
    if (fate === 'cancelled' || fate === 'cancelled, crashed') after(firstMs, () => device.cancel(id))
    if (fate === 'crashed' || fate === 'crashed, cancelled') after(firstMs, crash(id))
    if (fate === 'cancelled, crashed') after(secondMs, crash(id))
    if (fate === 'crashed, cancelled') after(secondMs, () => device.cancel(id))
  }
  const task = { type: 'message.post', rooms }
  return `${device.issue(task, (act) => act.postMessage({ ticketId, to, text, holdMs }), kept)} ${fate}`
}

function momentOf(chance: SeededRandom): number {
  return chance.chance(0.3) ? chance.between(holdMs - 5, holdMs + 5) : chance.between(0, holdMs + 1_000)
}
