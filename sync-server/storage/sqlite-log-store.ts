import { Worker } from 'node:worker_threads'
import type { RoomName } from '#common/domain/ids.ts'
import type { AuditEntry } from '#common/protocol/http-api.ts'
import {
  StoreConflict,
  StoreUnavailable,
  type AuditQuery,
  type Commit,
  type CommitResult,
  type FeedEntry,
  type LogStore,
  type RoomContent,
  type UpdateSeq,
} from './log-store.ts'
import { packCommits } from './packed-commits.ts'
import { buffersOf, unpackUpdates } from './packed-updates.ts'
import type {
  PackedFeed,
  PackedRooms,
  StoreCalls,
  StoreMethod,
  StoreReply,
  StoreRequest,
  WorkerMessage,
  WorkerOptions,
} from './sqlite-calls.ts'

/** Rooms read in one call: between two calls commits get their turn. */
const roomsPerCall = 256

export type SqliteLogStoreOptions = WorkerOptions & {
  /** The built `sqlite-worker.js`. */
  workerUrl: URL
  /** The worker ended although nobody closed the store: nothing can be stored any more. */
  onLost?: (() => void) | undefined
}

/** Opens or creates the file. Rejects when it can not be opened: not a database, of a newer version, no right to write. */
export async function openSqliteLogStore(options: SqliteLogStoreOptions): Promise<LogStore> {
  const { workerUrl, onLost, ...workerOptions } = options
  const worker = new Worker(workerUrl, { workerData: workerOptions })
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: WorkerMessage) => {
      worker.off('error', reject)
      if (message.type === 'opened') return resolve()
      const reason = message.type === 'not-opened' ? message.message : 'the worker did not say that it is open'
      reject(new StoreUnavailable(`${options.file}: ${reason}`))
    })
  })
  return new SqliteLogStore(worker, onLost ?? (() => {}))
}

type Waiting = { resolve(answer: unknown): void; reject(error: Error): void }

class SqliteLogStore implements LogStore {
  private readonly worker: Worker
  private readonly waiting = new Map<number, Waiting>()
  private unsent: StoreRequest[] = []
  private lastId = 0
  private state: 'open' | 'closing' | 'ended' = 'open'

  constructor(worker: Worker, onLost: () => void) {
    this.worker = worker
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'replies') for (const reply of message.replies) this.settle(reply)
    })
    // An 'error' is followed by 'exit'; without a listener it would end the process before anything is said.
    worker.on('error', () => {})
    worker.on('exit', () => {
      const wasLost = this.state === 'open'
      this.state = 'ended'
      for (const waiting of this.waiting.values()) waiting.reject(new StoreUnavailable('the store’s worker ended'))
      this.waiting.clear()
      if (wasLost) onLost()
    })
  }

  epoch(): Promise<number> {
    return this.ask('epoch')
  }

  position(): Promise<number> {
    return this.ask('position')
  }

  async heads(rooms: readonly RoomName[]): Promise<Map<RoomName, UpdateSeq>> {
    return new Map(await this.ask('heads', rooms))
  }

  async load(room: RoomName): Promise<RoomContent> {
    const [content] = unpackRooms(await this.ask('load', [room]))
    if (content === undefined) throw new StoreUnavailable(`no answer for ${room}`)
    return content[1]
  }

  async loadMany(rooms: readonly RoomName[]): Promise<Map<RoomName, RoomContent>> {
    const contents = new Map<RoomName, RoomContent>()
    for (let start = 0; start < rooms.length; start += roomsPerCall)
      for (const [room, content] of unpackRooms(await this.ask('load', rooms.slice(start, start + roomsPerCall))))
        contents.set(room, content)
    return contents
  }

  async readFeed(position: number, limit: number, userId: string): Promise<{ entries: FeedEntry[]; upTo: number }> {
    return unpackFeed(await this.ask('readFeed', position, limit, userId))
  }

  async records(kind: string): Promise<Map<string, unknown>> {
    const rows = await this.ask('records', kind)
    return new Map(rows.map(([key, json]) => [key, JSON.parse(json) as unknown]))
  }

  readAudit(query: AuditQuery): Promise<AuditEntry[]> {
    return this.ask('readAudit', query)
  }

  outcome(userId: string, commandId: string): ReturnType<LogStore['outcome']> {
    return this.ask('outcome', userId, commandId)
  }

  greatestCommandId(userId: string): Promise<string | undefined> {
    return this.ask('greatestCommandId', userId)
  }

  commit(commits: readonly Commit[]): Promise<CommitResult[]> {
    return this.ask('commit', packCommits(commits))
  }

  compact(room: RoomName, upTo: UpdateSeq, snapshot: Uint8Array): Promise<boolean> {
    return this.ask('compact', room, upTo, snapshot.slice())
  }

  async close(): Promise<void> {
    if (this.state !== 'open') return
    const exited = new Promise((resolve) => this.worker.once('exit', resolve))
    const closed = this.ask('close')
    this.state = 'closing'
    await closed
    await exited
  }

  private ask<Method extends StoreMethod>(
    method: Method,
    ...args: StoreCalls[Method]['args']
  ): Promise<StoreCalls[Method]['answer']> {
    if (this.state !== 'open') return Promise.reject(new StoreUnavailable('the store is closed'))
    return new Promise((resolve, reject) => {
      const id = ++this.lastId
      this.waiting.set(id, { resolve, reject })
      // One message to the worker for everything asked in the same turn.
      if (this.unsent.length === 0) queueMicrotask(() => this.send())
      // The generic pair of method and args is one member of the union, which the compiler can not see.
      this.unsent.push({ id, method, args } as unknown as StoreRequest)
    })
  }

  private send(): void {
    const requests = this.unsent
    this.unsent = []
    const moved = requests.flatMap((request) => (request.method === 'commit' ? buffersOf(request.args[0].packed) : []))
    this.worker.postMessage(requests, moved)
  }

  private settle(reply: StoreReply): void {
    const waiting = this.waiting.get(reply.id)
    this.waiting.delete(reply.id)
    if (waiting === undefined) return
    if (reply.ok) waiting.resolve(reply.answer)
    else
      waiting.reject(
        reply.error === 'conflict' ? new StoreConflict(reply.message) : new StoreUnavailable(reply.message),
      )
  }
}

function unpackRooms({ rooms, packed }: PackedRooms): [RoomName, RoomContent][] {
  const updates = unpackUpdates(packed).values()
  const next = (): Uint8Array => updates.next().value ?? new Uint8Array()
  return rooms.map(({ name, epoch, head, snapshotSeq, firstLoose, loose }) => {
    const snapshot = snapshotSeq === null ? undefined : { seq: snapshotSeq, update: next() }
    const updateAt = (_: unknown, index: number) => ({ seq: firstLoose + index, update: next() })
    return [name, { epoch, head, snapshot, updates: Array.from({ length: loose }, updateAt) }]
  })
}

function unpackFeed({ entries, packed, upTo }: PackedFeed): { entries: FeedEntry[]; upTo: number } {
  const updates = unpackUpdates(packed).values()
  const whole = entries.map((entry): FeedEntry =>
    entry.type === 'visibility' ? entry : { ...entry, update: updates.next().value ?? new Uint8Array() },
  )
  return { entries: whole, upTo }
}
