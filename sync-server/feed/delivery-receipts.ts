import * as Y from 'yjs'
import type { Clock } from '#common/domain/clock.ts'
import { parseRoom, type RoomName, type Seq, type UserId } from '#common/domain/ids.ts'
import { executeEffects } from '../commands/execute-effects.ts'
import type { CommitPipeline } from '../rooms/commit-pipeline.ts'
import type { Transaction } from '../rooms/transaction.ts'

/** Ticks of one chat are written at most this often, in ms. */
const writeEveryMs = 1_000

/**
 * How far messages have reached people's devices (SPEC.md, F7). The first tick of a chat is written at once, what comes
 * within the next second together after it.
 */
export class DeliveryReceipts {
  private readonly pipeline: CommitPipeline
  private readonly clock: Clock
  private readonly waiting = new Map<RoomName, Map<UserId, Seq>>()
  private readonly resting = new Set<RoomName>()

  constructor(pipeline: CommitPipeline, clock: Clock) {
    this.pipeline = pipeline
    this.clock = clock
  }

  note(userId: UserId, room: RoomName, seq: Seq): void {
    const users = this.waiting.get(room) ?? new Map<UserId, Seq>()
    users.set(userId, Math.max(seq, users.get(userId) ?? 0))
    this.waiting.set(room, users)
    if (!this.resting.has(room)) this.write(room)
  }

  private write(room: RoomName): void {
    const users = this.waiting.get(room)
    if (!users) return
    this.waiting.delete(room)
    this.resting.add(room)
    this.clock.after(writeEveryMs, () => {
      this.resting.delete(room)
      this.write(room)
    })
    this.pipeline.submit({
      rooms: [room],
      decide: (transaction) => writeDelivered(transaction, room, users),
      settled: (durable) => {
        if (durable.ok) return
        for (const [userId, seq] of users) this.note(userId, room, seq)
      },
    })
  }
}

function writeDelivered(transaction: Transaction, room: RoomName, users: ReadonlyMap<UserId, Seq>): void {
  const parsed = parseRoom(room)
  const known = parsed?.kind === 'chat' ? transaction.facts.tickets.get(parsed.ticketId) : undefined
  if (parsed?.kind !== 'chat' || !known) return
  const { chat } = transaction.open(room)
  for (const [userId, seq] of users) {
    const { delivered, read } = chat.receipt(userId)
    const reached = Math.min(seq, chat.lastSeq)
    if (reached <= delivered || !known.participants[parsed.chat].has(userId)) continue
    executeEffects(transaction, [{ type: 'receipt', room, userId, receipt: { delivered: reached, read } }])
  }
}

/** Number of the last entry that these updates of a chat hold; 0 when they hold none. */
export function lastEntryOf(updates: readonly Uint8Array[]): Seq {
  // Numbers rise, so the last update with an entry has the last one.
  for (const update of updates.toReversed()) {
    let last = 0
    for (const struct of Y.decodeUpdate(update).structs) {
      if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentAny)) continue
      const value: unknown = struct.content.arr.at(-1)
      if (typeof value === 'object' && value !== null && 'seq' in value && typeof value.seq === 'number')
        last = Math.max(last, value.seq)
    }
    if (last > 0) return last
  }
  return 0
}

/**
 * What was sent to one device between two cursors and is not confirmed yet. The device confirms cursors; what came before a
 * confirmed one has arrived.
 */
export class Unconfirmed {
  private readonly sent: { cursor: string; chats: Map<RoomName, Seq> }[] = []
  private chats = new Map<RoomName, Seq>()

  add(room: RoomName, seq: Seq): void {
    if (seq > (this.chats.get(room) ?? 0)) this.chats.set(room, seq)
  }

  cursorSent(cursor: string): void {
    this.sent.push({ cursor, chats: this.chats })
    this.chats = new Map()
    if (this.sent.length <= cursorsKept) return
    const [oldest] = this.sent.splice(0, 1)
    const next = this.sent[0]
    if (oldest && next)
      for (const [room, seq] of oldest.chats) next.chats.set(room, Math.max(seq, next.chats.get(room) ?? 0))
  }

  /** Chats that reached the device with this cursor or before it. */
  confirm(cursor: string): Map<RoomName, Seq> {
    const index = this.sent.findIndex((candidate) => candidate.cursor === cursor)
    const confirmed = new Map<RoomName, Seq>()
    for (const { chats } of this.sent.splice(0, index + 1))
      for (const [room, seq] of chats) confirmed.set(room, Math.max(seq, confirmed.get(room) ?? 0))
    return confirmed
  }
}

const cursorsKept = 256
