import type { CommandId, RoomName, Seq, UserId } from '#common/domain/ids.ts'
import type { ClientCore } from '#renderer/data/client-core.ts'
import type { MessageRow, ProjectionBatch, ProjectionStore, ReplicaStore } from '#renderer/data/store/ports.ts'
import type { Ledger } from './ledger.ts'
import type { Report } from './violation.ts'

/**
 * Looks over a device's shoulder at every step: what its databases take must be what the log holds (P4), a chat never gets
 * shorter while it may be read (P6), and what leaves the outbox as taken must be durable on the server (P2).
 */
export class ClientWatch {
  private readonly name: string
  private readonly userId: UserId
  private readonly ledger: Ledger
  private readonly report: Report
  private readonly lastSeqs = new Map<RoomName, Seq>()
  /** Commands that the user took back or threw away. */
  readonly withdrawn = new Set<CommandId>()
  /** Those of them of which the app said that the server will not take them. */
  readonly cancelled = new Set<CommandId>()

  constructor(name: string, userId: UserId, ledger: Ledger, report: Report) {
    this.name = name
    this.userId = userId
    this.ledger = ledger
    this.report = report
  }

  projection(store: ProjectionStore): ProjectionStore {
    return forward(store, {
      write: async (batch) => {
        await store.write(batch)
        this.checkBatch(batch)
      },
      clear: async () => {
        await store.clear()
        this.forgetAll()
      },
    })
  }

  replica(store: ReplicaStore): ReplicaStore {
    return forward(store, {
      save: async (rooms, cursor) => {
        for (const { room, epoch, seq } of rooms) {
          const known = this.ledger.rooms.get(room)
          const isInvented = known === undefined || (epoch >= known.epoch && seq > known.head)
          if (isInvented)
            this.report('P2', `${this.name} stored ${room} up to ${seq}, the log ends at ${known?.head ?? 0}`)
        }
        await store.save(rooms, cursor)
      },
    })
  }

  /** The browser's database was lost: the device starts again from nothing. */
  forgetAll(): void {
    this.lastSeqs.clear()
  }

  lastSeqOf(room: RoomName): Seq {
    return this.lastSeqs.get(room) ?? 0
  }

  /** Follows the queue of one incarnation. */
  followOutbox(core: ClientCore): void {
    let earlier = new Set<CommandId>()
    core.outbox.subscribe(() => {
      const rows = core.outbox.get()
      const ids = new Set(rows.map(({ id }) => id))
      for (const id of earlier) if (!ids.has(id)) this.checkTaken(id)
      // One that could not be kept disappears with a word about it.
      // A read mark gives way to a later one; where the mark stands is looked at in the end.
      const isBinding = ({ unsaved, command }: (typeof rows)[number]): boolean =>
        !unsaved && command.type !== 'read.mark'
      earlier = new Set(rows.filter(isBinding).map(({ id }) => id))
    })
  }

  private checkTaken(id: CommandId): void {
    if (this.withdrawn.has(id) || this.ledger.outcomeOf(this.userId, id)) return
    this.report('P2', `${this.name} shows ${id} as sent, the log does not hold it`)
  }

  private checkBatch({ messages, chats, removedChats }: ProjectionBatch): void {
    for (const room of removedChats) this.lastSeqs.delete(room)
    for (const row of messages) this.checkRow(row)
    for (const { room, lastSeq } of chats) {
      const before = this.lastSeqOf(room)
      if (lastSeq < before) this.report('P6', `${this.name} had ${room} up to ${before} and now up to ${lastSeq}`)
      this.lastSeqs.set(room, lastSeq)
    }
  }

  private checkRow(row: MessageRow): void {
    const entries = this.ledger.entries(row.room)
    const entry = entries[row.seq - 1]
    const where = `${this.name}: ${row.room} seq ${row.seq}`
    if (entry === undefined || entry.id !== row.id) return this.report('P4', `${where} is not what the log holds there`)
    if (row.type !== 'message' || entry.type !== 'message' || row.deleted || row.text === entry.text) return
    const isEdit = entries.some(
      ({ type, ...edit }) =>
        type === 'edit' && 'target' in edit && edit.target === row.id && 'text' in edit && edit.text === row.text,
    )
    if (!isEdit) this.report('P4', `${where} says «${row.text}», which nobody wrote there`)
  }
}

/** `store` with some methods in place of its own. */
export function forward<Store extends object>(store: Store, replaced: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(replaced, name)
      if (own !== undefined) return own
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member as () => unknown).bind(target) : member
    },
  })
}
