import type { Clock } from '#common/domain/clock.ts'
import type { CommandId, DeviceId, FillRandom } from '#common/domain/ids.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { refusal, type Refusal } from '#common/protocol/refusals.ts'
import type { Keeper } from '../commands/keeper.ts'
import type { ListedRow } from '../commands/outbox-list.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import type { MultiplexedSocket } from './multiplexed-socket.ts'
import { openOutboxDocument, type OutboxDocument, type Settled } from './outbox-document.ts'

/** What is in the document at once; the rest waits on this device. Below the server's burst and its limit of a message. */
export const windowLimits = { commands: 200, bytes: 256 * 1024 } as const

const reopening = { baseMs: 1_000, capMs: 30_000 }
/** A command that is alone in the document when the server drops it, this often, is what the server can't read. */
const dropsUntilBlamed = 2

export type SenderOptions = {
  clock: Clock
  fillRandom: FillRandom
  deviceId: DeviceId
  socket: MultiplexedSocket
  keeper: Keeper
  /** The server has these now. */
  taken(ids: readonly CommandId[]): void
}

/** Hands the queued commands to the server, in their order, through the outbox document of each connection. */
export class OutboxSender {
  private readonly options: SenderOptions
  private readonly backoff: Backoff
  /** The server may have them: what became of them is known only when it said so. */
  private readonly handedOver: Set<CommandId>
  /** How often the server dropped a document that held nothing but this command. */
  private readonly drops = new Map<CommandId, number>()
  /** While the server can't read one of these, they go one by one. */
  private suspects = new Set<CommandId>()
  private open: OutboxDocument | null = null
  private isReserving = false
  private cancelReopen: () => void = () => {}
  private readonly disposers: (() => void)[]

  constructor(options: SenderOptions) {
    const { socket, keeper, fillRandom } = options
    this.options = options
    this.backoff = createBackoff(reopening, fillRandom)
    this.handedOver = new Set(earlierHandedOver(keeper))
    keeper.list.setSending(this.handedOver)
    this.disposers = [
      socket.listen({ welcome: () => this.begin(), lost: () => this.lost() }),
      keeper.list.value.subscribe(() => void this.fill()),
    ]
  }

  mayBeThere({ id }: Pick<ListedRow, 'id'>): boolean {
    return this.handedOver.has(id)
  }

  stop(): void {
    for (const dispose of this.disposers) dispose()
    this.cancelReopen()
    this.leave()
  }

  private begin(): void {
    const { deviceId, fillRandom, socket } = this.options
    this.cancelReopen()
    this.leave()
    const own: OutboxDocument = openOutboxDocument({
      deviceId,
      fillRandom,
      channelClass: socket.channelClass(),
      settled: (settled) => void this.settle(own, settled),
      closed: (code, reason) => this.dropped(own, code, reason),
    })
    this.open = own
    void this.fill()
  }

  private lost(): void {
    const { keeper } = this.options
    this.cancelReopen()
    this.leave()
    // What is written from now on was certainly not handed over.
    keeper.list.skipOrdersTo(keeper.sentUpTo())
  }

  private leave(): void {
    const { open } = this
    this.open = null
    open?.close()
  }

  private async fill(): Promise<void> {
    const { open } = this
    const { keeper } = this.options
    if (open === null || this.isReserving) return
    const rows = this.nextOf(open)
    if (rows.length === 0) return
    if (rows.some(({ order }) => order > keeper.sentUpTo())) {
      this.isReserving = true
      await keeper.reserve()
      this.isReserving = false
      // Meanwhile rows may have come or gone, and the connection too.
      return this.fill()
    }
    for (const { id } of rows) this.handedOver.add(id)
    open.append(rows.map(({ command }) => command))
    keeper.list.setSending(this.handedOver)
  }

  /** The rows that the document has room for. */
  private nextOf(open: OutboxDocument): ListedRow[] {
    const present = new Set(open.ids())
    const sendable = this.options.keeper.list.sendable()
    this.suspects = new Set(sendable.map(({ id }) => id).filter((id) => this.suspects.has(id)))
    let free = (this.suspects.size > 0 ? 1 : windowLimits.commands) - present.size
    let bytes = sendable.filter(({ id }) => present.has(id)).reduce((sum, row) => sum + sizeOf(row), 0)
    const rows: ListedRow[] = []
    for (const row of sendable) {
      if (present.has(row.id)) continue
      bytes += sizeOf(row)
      if (free-- <= 0 || (bytes > windowLimits.bytes && present.size + rows.length > 0)) break
      rows.push(row)
    }
    return rows
  }

  private async settle(own: OutboxDocument, { taken, refused }: Settled): Promise<void> {
    const { keeper } = this.options
    this.backoff.reset()
    for (const id of [...taken, ...refused.keys()]) {
      this.handedOver.delete(id)
      this.drops.delete(id)
    }
    const stored = [keeper.takeOff(taken), ...[...refused].map(([id, reason]) => this.refuse(id, reason))]
    this.options.taken(taken)
    keeper.list.setSending(this.handedOver)
    void this.fill()
    await Promise.all(stored)
    if (this.open === own && refused.size > 0) own.forgetRefusals([...refused.keys()])
  }

  /** A read mark that is refused, because the chat is not ours any more, is nothing to tell of. */
  private async refuse(id: CommandId, reason: Refusal): Promise<void> {
    const { keeper } = this.options
    if (keeper.list.find(id)?.command.type !== 'read.mark') return keeper.refuse(id, reason)
    const forgotten = keeper.takeOff([id])
    keeper.list.arrived([id])
    return forgotten
  }

  /** The server dropped the document: a fresh one takes its place, and what the server can't read is found. */
  private dropped(own: OutboxDocument, code: number, reason: string): void {
    if (this.open !== own) return
    const waiting = own.ids()
    this.leave()
    const isUnreadable = code === closeCodes.malformed || code === closeCodes.tooBig || reason.startsWith('E_COMMAND')
    if (isUnreadable) this.blame(waiting)
    this.cancelReopen = this.options.clock.after(this.backoff.nextDelayMs(), () => {
      if (this.options.socket.state.get() === 'online') this.begin()
    })
  }

  private blame(waiting: readonly CommandId[]): void {
    for (const id of waiting) this.suspects.add(id)
    const [only] = waiting
    if (only === undefined || waiting.length > 1) return
    const count = (this.drops.get(only) ?? 0) + 1
    this.drops.set(only, count)
    if (count < dropsUntilBlamed) return
    this.drops.delete(only)
    this.handedOver.delete(only)
    void this.refuse(only, refusal('E_COMMAND_INVALID'))
  }
}

/**
 * Handed over by an earlier run of the app, which ended before it was told what became of them: nothing from a held one on, and never
 * what waits for its files.
 */
function earlierHandedOver(keeper: Keeper): CommandId[] {
  const queued = keeper.list.pending().filter(({ state, waits }) => state === 'queued' && !waits)
  const firstHeld = queued.findIndex(({ heldUntil }) => heldUntil !== undefined)
  const earlier = firstHeld < 0 ? queued : queued.slice(0, firstHeld)
  return earlier.filter(({ order }) => order <= keeper.sentUpTo()).map(({ id }) => id)
}

function sizeOf({ command }: ListedRow): number {
  return JSON.stringify(command).length
}
