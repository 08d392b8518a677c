import type { Clock } from '#common/domain/clock.ts'
import type { RoomName } from '#common/domain/ids.ts'
import type { AuditEntry } from '#common/protocol/http-api.ts'
import {
  StoreConflict,
  StoreUnavailable,
  type AuditQuery,
  type Commit,
  type CommandOutcome,
  type CommitResult,
  type FeedEntry,
  type LogStore,
  type Position,
  type RoomContent,
  type UpdateSeq,
} from './log-store.ts'

type UpdateEntry = Extract<FeedEntry, { type: 'update' }>

type StoredRoom = { epoch: number; head: UpdateSeq; snapshot: UpdateEntry | undefined; updates: UpdateEntry[] }

/** What a virtual disk holds; everything in it survives a crash. */
type Disk = {
  epoch: number
  position: Position
  rooms: Map<RoomName, StoredRoom>
  /** By position, rising: an entry that takes another's position takes its place. */
  feed: Map<Position, FeedEntry>
  /** JSON text by kind and key: a value read is never the object that was written. */
  records: Map<string, Map<string, string>>
  outcomes: Map<string, CommandOutcome>
  /** JSON text of the lines, the first one written first. */
  audit: string[]
}

export type MemoryLogStoreOptions = {
  /** With a clock, a commit takes `syncMs` to reach the disk and `answerMs` more until the caller knows; else a turn each. */
  clock?: Clock | undefined
  syncMs?: number | undefined
  answerMs?: number | undefined
}

/**
 * A store without a file, for simulations: a commit reaches the virtual disk some time after the call and is answered some
 * time after that, so a {@link crash} between loses it, or loses only its answer.
 */
export class MemoryLogStore implements LogStore {
  private readonly options: MemoryLogStoreOptions
  private readonly disk: Disk
  private state: 'open' | 'closed' | 'crashed' = 'open'
  private faults: string[] = []
  private queue: Promise<unknown> = Promise.resolve()

  constructor(options: MemoryLogStoreOptions = {}, disk: Disk = emptyDisk()) {
    this.options = options
    this.disk = disk
  }

  /** Power off: nothing under way is written or answered any more. Gives the store that the next start opens. */
  crash(): MemoryLogStore {
    this.state = 'crashed'
    return new MemoryLogStore(this.options, copyDisk(this.disk))
  }

  /** The next commit that reaches the disk fails like a full one (ENOSPC): nothing of it is stored. */
  failNextCommit(reason = 'SQLITE_FULL: database or disk is full'): void {
    this.faults.push(reason)
  }

  /** The files come from a backup: clients may have seen more than this history holds. */
  raiseEpoch(): void {
    this.disk.epoch++
  }

  epoch(): Promise<number> {
    return this.read(() => this.disk.epoch)
  }

  position(): Promise<Position> {
    return this.read(() => this.disk.position)
  }

  heads(rooms: readonly RoomName[]): Promise<Map<RoomName, UpdateSeq>> {
    return this.read(() => new Map(rooms.map((room) => [room, this.disk.rooms.get(room)?.head ?? 0])))
  }

  load(room: RoomName): Promise<RoomContent> {
    return this.read(() => this.contentOf(room))
  }

  loadMany(rooms: readonly RoomName[]): Promise<Map<RoomName, RoomContent>> {
    return this.read(() => new Map(rooms.map((room) => [room, this.contentOf(room)])))
  }

  readFeed(position: Position, limit: number, userId: string): Promise<{ entries: FeedEntry[]; upTo: Position }> {
    return this.read(() => {
      const entries: FeedEntry[] = []
      for (const entry of this.disk.feed.values()) {
        if (entry.position <= position || (entry.type === 'visibility' && entry.userId !== userId)) continue
        if (entries.length === limit) return { entries, upTo: entries.at(-1)?.position ?? position }
        entries.push(this.withEpochOfRoom(entry))
      }
      if (entries.length === limit) return { entries, upTo: entries.at(-1)?.position ?? position }
      return { entries, upTo: Math.max(position, this.disk.position) }
    })
  }

  records(kind: string): Promise<Map<string, unknown>> {
    return this.read(
      () => new Map([...(this.disk.records.get(kind) ?? [])].map(([key, json]) => [key, JSON.parse(json) as unknown])),
    )
  }

  readAudit({ from, to, byId, subject, subjectId, before, limit }: AuditQuery): Promise<AuditEntry[]> {
    return this.read(() =>
      this.disk.audit
        .map((json) => JSON.parse(json) as AuditEntry)
        .filter(
          (line) =>
            (from === undefined || line.at >= from) &&
            (to === undefined || line.at < to) &&
            (byId === undefined || line.byId === byId) &&
            (subject === undefined || line.subject === subject) &&
            (subjectId === undefined || line.subjectId === subjectId) &&
            (before === undefined || line.id < before),
        )
        .toReversed()
        .slice(0, limit),
    )
  }

  outcome(userId: string, commandId: string): Promise<CommandOutcome | undefined> {
    return this.read(() => this.disk.outcomes.get(`${userId} ${commandId}`))
  }

  greatestCommandId(userId: string): Promise<string | undefined> {
    return this.read(() => {
      let greatest: string | undefined
      for (const outcome of this.disk.outcomes.values())
        if (outcome.userId === userId && outcome.commandId > (greatest ?? '')) greatest = outcome.commandId
      return greatest
    })
  }

  commit(commits: readonly Commit[]): Promise<CommitResult[]> {
    const copies = commits.map(copyCommit)
    return this.write(() => {
      const conflict = this.conflictOf(copies)
      if (conflict !== undefined) throw new StoreConflict(conflict)
      const fault = this.faults.shift()
      if (fault !== undefined) throw new StoreUnavailable(fault)
      return copies.map((commit) => this.apply(commit))
    })
  }

  compact(room: RoomName, upTo: UpdateSeq, snapshot: Uint8Array): Promise<boolean> {
    const update = snapshot.slice()
    return this.write(() => {
      const stored = this.disk.rooms.get(room)
      const replaced = stored?.updates.find(({ seq }) => seq === upTo)
      if (stored === undefined || replaced === undefined) return false
      this.replaceUpTo(stored, { ...replaced, update })
      return true
    })
  }

  async close(): Promise<void> {
    await this.queue
    if (this.state === 'open') this.state = 'closed'
  }

  private contentOf(room: RoomName): RoomContent {
    const { epoch, head, snapshot, updates } = this.disk.rooms.get(room) ?? emptyRoom()
    const asLogEntry = ({ seq, update }: UpdateEntry) => ({ seq, update })
    return { epoch, head, snapshot: snapshot && asLogEntry(snapshot), updates: updates.map(asLogEntry) }
  }

  private withEpochOfRoom(entry: FeedEntry): FeedEntry {
    if (entry.type === 'visibility') return entry
    return { ...entry, epoch: this.disk.rooms.get(entry.room)?.epoch ?? entry.epoch }
  }

  private conflictOf(commits: readonly Commit[]): string | undefined {
    const heads = new Map<RoomName, UpdateSeq>()
    const outcomes = new Set<string>()
    for (const { appends, outcome } of commits) {
      for (const { room, expectedHead, updates } of appends) {
        const head = heads.get(room) ?? this.disk.rooms.get(room)?.head ?? 0
        if (head !== expectedHead) return `${room} is at ${head}, not at ${expectedHead}`
        heads.set(room, head + updates.length)
      }
      if (outcome === undefined) continue
      const key = `${outcome.userId} ${outcome.commandId}`
      if (outcomes.has(key) || this.disk.outcomes.has(key)) return `command ${key} is done already`
      outcomes.add(key)
    }
    return undefined
  }

  private apply({ appends, records, visibility, outcome, audit = [] }: Commit): CommitResult {
    const disk = this.disk
    for (const { room, updates, rewritten } of appends) {
      if (updates.length === 0) continue
      const stored = disk.rooms.get(room) ?? emptyRoom()
      disk.rooms.set(room, stored)
      for (const update of updates) {
        const place = { position: ++disk.position, seq: ++stored.head }
        const entry: UpdateEntry = { type: 'update', room, epoch: stored.epoch, update, ...place }
        stored.updates.push(entry)
        disk.feed.set(entry.position, entry)
      }
      const last = stored.updates.at(-1)
      if (!rewritten || !last) continue
      stored.epoch++
      this.replaceUpTo(stored, { ...last, epoch: stored.epoch, update: rewritten })
    }
    for (const change of visibility) {
      const position = ++disk.position
      disk.feed.set(position, { type: 'visibility', position, ...change })
    }
    for (const { kind, key, value } of records) {
      const ofKind = disk.records.get(kind) ?? new Map<string, string>()
      disk.records.set(kind, ofKind)
      if (value === null) ofKind.delete(key)
      else ofKind.set(key, JSON.stringify(value))
    }
    if (outcome) disk.outcomes.set(`${outcome.userId} ${outcome.commandId}`, outcome)
    for (const line of audit) disk.audit.push(JSON.stringify({ id: disk.audit.length + 1, ...line }))
    return { position: disk.position }
  }

  private replaceUpTo(stored: StoredRoom, last: UpdateEntry): void {
    const { feed } = this.disk
    for (const gone of [stored.snapshot, ...stored.updates])
      if (gone !== undefined && gone.seq <= last.seq && gone.position !== last.position) feed.delete(gone.position)
    stored.updates = stored.updates.filter(({ seq }) => seq > last.seq)
    stored.snapshot = { ...last, snapshot: true }
    feed.set(last.position, stored.snapshot)
  }

  private read<Value>(work: () => Value): Promise<Value> {
    if (this.state === 'crashed') return forEver()
    if (this.state === 'closed') return Promise.reject(new StoreUnavailable('the store is closed'))
    return Promise.resolve(work())
  }

  /** Writes take turns: each waits for the disk, happens, and waits for its answer while the next one goes on. */
  private write<Value>(work: () => Value): Promise<Value> {
    if (this.state === 'closed') return Promise.reject(new StoreUnavailable('the store is closed'))
    const written = this.queue.then(async () => {
      await this.pass(this.options.syncMs ?? 0)
      return this.state === 'crashed' ? forEver<Value>() : work()
    })
    this.queue = Promise.allSettled([written])
    return this.answerTo(written)
  }

  private async answerTo<Value>(written: Promise<Value>): Promise<Value> {
    const result = await written.then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error
      },
    )
    await this.pass(this.options.answerMs ?? 0)
    return this.state === 'crashed' ? forEver<Value>() : result()
  }

  private pass(delayMs: number): Promise<void> {
    const { clock } = this.options
    if (clock === undefined || delayMs === 0) return Promise.resolve()
    return new Promise((resolve) => clock.after(delayMs, resolve))
  }
}

/** A process that lost its power answers nothing. */
function forEver<Value>(): Promise<Value> {
  return new Promise<Value>(() => {})
}

function emptyRoom(): StoredRoom {
  return { epoch: 1, head: 0, snapshot: undefined, updates: [] }
}

function emptyDisk(): Disk {
  return {
    epoch: 1,
    position: 0,
    rooms: new Map(),
    feed: new Map(),
    records: new Map(),
    outcomes: new Map(),
    audit: [],
  }
}

/** Entries are never changed once written, so a copy may share them. */
function copyDisk(disk: Disk): Disk {
  return {
    ...disk,
    rooms: new Map([...disk.rooms].map(([name, room]) => [name, { ...room, updates: [...room.updates] }])),
    feed: new Map(disk.feed),
    records: new Map([...disk.records].map(([kind, values]) => [kind, new Map(values)])),
    outcomes: new Map(disk.outcomes),
    audit: [...disk.audit],
  }
}

function copyCommit(commit: Commit): Commit {
  return {
    appends: commit.appends.map(({ updates, rewritten, ...append }) => ({
      ...append,
      updates: updates.map((update) => update.slice()),
      rewritten: rewritten?.slice(),
    })),
    records: structuredClone(commit.records),
    visibility: structuredClone(commit.visibility),
    outcome: commit.outcome && structuredClone(commit.outcome),
    audit: structuredClone(commit.audit),
  }
}
