import type { Clock } from '#common/domain/clock.ts'
import type { CommandId, DeviceId, FillRandom } from '#common/domain/ids.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { Keeper } from '../commands/keeper.ts'
import type { ListedRow } from '../commands/outbox-list.ts'
import { createBackoff } from './backoff.ts'
import type { MultiplexedSocket } from './multiplexed-socket.ts'
import { openOutboxDocument, type OutboxDocument, type Settled } from './outbox-document.ts'

/** What is in the document at once; the rest waits on this device. Below the server's burst and its limit of a message. */
export const windowLimits = { commands: 200, bytes: 256 * 1024 } as const

const reopening = { baseMs: 1_000, capMs: 30_000 }
/** A command that is alone in the document when the server drops it, this often, is what the server can't read. */
const dropsUntilBlamed = 2

/** Hands the queued commands to the server, in their order, through the outbox document of each connection. */
export type OutboxSender = {
  /** The server may have it: whether it took it is known only when it said so. */
  mayBeThere(row: Pick<ListedRow, 'id' | 'order'>): boolean
  stop(): void
}

export type SenderOptions = {
  clock: Clock
  fillRandom: FillRandom
  deviceId: DeviceId
  socket: MultiplexedSocket
  keeper: Keeper
  /** The server has these now. */
  taken(ids: readonly CommandId[]): void
}

export function createOutboxSender({
  clock,
  fillRandom,
  deviceId,
  socket,
  keeper,
  taken,
}: SenderOptions): OutboxSender {
  const { list } = keeper
  const backoff = createBackoff(reopening, fillRandom)
  /** Handed over in this run of the app and not settled. */
  const handedOver = new Set<CommandId>(earlierHandedOver(keeper))
  const drops = new Map<CommandId, number>()
  /** While the server can't read one of these, they go one by one. */
  let suspects = new Set<CommandId>()
  let open: OutboxDocument | null = null
  let cancelReopen: () => void = () => {}
  let reserving = false

  function begin(): void {
    cancelReopen()
    leave()
    const own: OutboxDocument = openOutboxDocument({
      deviceId,
      fillRandom,
      channelClass: socket.channelClass(),
      settled: (settled) => void settle(own, settled),
      closed: (code, reason) => dropped(own, code, reason),
    })
    open = own
    void fill()
  }

  function leave(): void {
    const own = open
    open = null
    own?.close()
  }

  async function fill(): Promise<void> {
    const own = open
    if (own === null || reserving) return
    if (nextOf(own).some(({ order }) => order > keeper.sentUpTo())) {
      reserving = true
      await keeper.reserve()
      reserving = false
      // Meanwhile rows may have come or gone, and the connection too.
      return fill()
    }
    const rows = nextOf(own)
    if (rows.length === 0) return
    for (const { id } of rows) handedOver.add(id)
    own.append(rows.map(({ command }) => command))
    list.setSending(handedOver)
  }

  /** The rows that the document has room for. */
  function nextOf(own: OutboxDocument): ListedRow[] {
    const present = new Set(own.ids())
    const sendable = list.sendable()
    suspects = new Set(sendable.map(({ id }) => id).filter((id) => suspects.has(id)))
    let free = (suspects.size > 0 ? 1 : windowLimits.commands) - present.size
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

  async function settle(own: OutboxDocument, settled: Settled): Promise<void> {
    backoff.reset()
    for (const id of [...settled.taken, ...settled.refused.keys()]) {
      handedOver.delete(id)
      drops.delete(id)
    }
    const stored = [keeper.takeOff(settled.taken)]
    for (const [id, reason] of settled.refused) stored.push(keeper.refuse(id, reason))
    taken(settled.taken)
    list.setSending(handedOver)
    void fill()
    await Promise.all(stored)
    if (open === own && settled.refused.size > 0) own.forgetRefusals([...settled.refused.keys()])
  }

  /** The server dropped the document: a fresh one takes its place, and what the server can't read is found. */
  function dropped(own: OutboxDocument, code: number, reason: string): void {
    if (open !== own) return
    const waiting = own.ids()
    leave()
    const isUnreadable = code === closeCodes.malformed || code === closeCodes.tooBig || reason.startsWith('E_COMMAND')
    if (isUnreadable) blame(waiting)
    cancelReopen = clock.after(backoff.nextDelayMs(), () => {
      if (socket.state.get() === 'online') begin()
    })
  }

  function blame(waiting: readonly CommandId[]): void {
    for (const id of waiting) suspects.add(id)
    const [only] = waiting
    if (only === undefined || waiting.length > 1) return
    const count = (drops.get(only) ?? 0) + 1
    drops.set(only, count)
    if (count < dropsUntilBlamed) return
    drops.delete(only)
    handedOver.delete(only)
    void keeper.refuse(only, refusal('E_COMMAND_INVALID'))
  }

  const stopListening = socket.listen({
    welcome: begin,
    lost() {
      cancelReopen()
      leave()
      // What is written from now on was certainly not handed over.
      list.skipOrdersTo(keeper.sentUpTo())
    },
  })
  const stopWatching = list.value.subscribe(() => void fill())
  list.setSending(handedOver)
  return {
    mayBeThere: ({ id }) => handedOver.has(id),
    stop() {
      cancelReopen()
      stopListening()
      stopWatching()
      leave()
    },
  }
}

function earlierHandedOver(keeper: Keeper): CommandId[] {
  return keeper.list
    .pending()
    .filter(({ order, state }) => state === 'queued' && order <= keeper.sentUpTo())
    .map(({ id }) => id)
}

function sizeOf({ command }: ListedRow): number {
  return JSON.stringify(command).length
}
