import type Database from 'libsql'
import type { RoomName } from '#common/domain/ids.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import type { AuditEntry } from '#common/protocol/http-api.ts'
import { readAuditLines } from './sqlite-audit.ts'
import type { AuditQuery, CommandOutcome, CommitResult, FeedEntry, Position, UpdateSeq } from './log-store.ts'
import type { StoredCommit } from './packed-commits.ts'
import { packJoined, type JoinedUpdates } from './packed-updates.ts'
import type { PackedRooms, StoredRoom } from './sqlite-calls.ts'
import { openDatabase } from './sqlite-schema.ts'
import { prepareStatements, type SqliteStatements } from './sqlite-statements.ts'

/** What became of one call of `commit`. */
export type CommitAnswer = { result: CommitResult[] } | { error: 'conflict' | 'unavailable'; message: string }

type KnownRoom = { id: number; head: UpdateSeq }

type UpdateRow = [position: Position, room: number, seq: UpdateSeq, start: number, length: number]
type Rewriting = { room: number; seq: UpdateSeq; position: Position; update: Uint8Array }
type OutcomeRow = [userId: string, commandId: string, hash: string, refusal: string | null]

/** What is written with the end of a group, each kind in one call; of heads and records only the last counts. */
class GroupWrites {
  readonly updates: UpdateRow[] = []
  readonly bytes: Uint8Array[] = []
  readonly rewritings: Rewriting[] = []
  readonly outcomes: OutcomeRow[] = []
  readonly grown = new Set<KnownRoom>()
  readonly records = new Map<string, StoredCommit['records'][number]>()
  private byteCount = 0

  addUpdate(position: Position, room: number, seq: UpdateSeq, update: Uint8Array): void {
    // SQL counts from 1.
    this.updates.push([position, room, seq, this.byteCount + 1, update.length])
    this.bytes.push(update)
    this.byteCount += update.length
  }
}

const outcomeKey = ({ userId, commandId }: Pick<CommandOutcome, 'userId' | 'commandId'>): string =>
  `${userId} ${commandId}`

/** Above this many rooms the engine forgets what it knows of them and reads it again. */
const roomsKept = 100_000
const firstRoomEpoch = 1

/**
 * The log in one SQLite file. Every method blocks until the disk answered, so it lives in a worker thread
 * (`sqlite-worker.ts`); it throws SQLite's errors where the file can not be read.
 */
export class SqliteLog {
  private readonly database: Database.Database
  private readonly statements: SqliteStatements
  private readonly rooms = new Map<RoomName, KnownRoom>()
  private group = new GroupWrites()
  private lastPosition: Position
  /** The write-ahead log may have what was erased from the database: at the start, what a crash left. */
  private journalIsStale = true

  constructor(file: string, isSynced: boolean) {
    this.database = openDatabase(file, isSynced)
    this.statements = prepareStatements(this.database)
    this.lastPosition = this.readMeta('position')
    this.forgetJournal()
  }

  epoch(): number {
    return this.readMeta('epoch')
  }

  /** After a backup was restored: cursors and copies of clients may be ahead of this history. */
  raiseEpoch(): void {
    this.transaction(() => this.statements.writeMeta.run(this.epoch() + 1, 'epoch'))
  }

  position(): Position {
    return this.lastPosition
  }

  heads(rooms: readonly RoomName[]): [RoomName, UpdateSeq][] {
    const heads = new Map<RoomName, UpdateSeq>(rooms.map((room) => [room, 0]))
    for (const row of this.statements.headsOf.all(JSON.stringify(rooms)) as [string, number][])
      heads.set(row[0], row[1])
    return [...heads]
  }

  load(names: readonly RoomName[]): PackedRooms {
    type RoomRow = [id: number, name: string, epoch: number, head: number, seq: number | null, data: Uint8Array | null]
    const rows = this.statements.roomsOf.all(JSON.stringify(names)) as RoomRow[]
    type LooseRow = [room: number, first: number, lengths: string, data: Uint8Array]
    const loose = this.statements.looseOf.all(JSON.stringify(rows.map(([id]) => id))) as LooseRow[]
    const rowOf = new Map(rows.map((row) => [row[1], row]))
    const looseRowOf = new Map(loose.map((row) => [row[0], row]))
    const runs: JoinedUpdates[] = []
    const rooms = names.map((name): StoredRoom => {
      const [id, , epoch, head, snapshotSeq, snapshot] = rowOf.get(name) ?? [0, name, firstRoomEpoch, 0, null, null]
      const [, firstLoose, lengthsJson, bytes] = looseRowOf.get(id) ?? [id, head + 1, '[]', new Uint8Array()]
      const lengths = JSON.parse(lengthsJson) as number[]
      if (snapshot) runs.push({ bytes: snapshot, lengths: [snapshot.length] })
      runs.push({ bytes, lengths })
      return { name, epoch, head, snapshotSeq, firstLoose, loose: lengths.length }
    })
    return { rooms, packed: packJoined(runs) }
  }

  readFeed(after: Position, limit: number, userId: string): { entries: FeedEntry[]; upTo: Position } {
    type UpdateRow = [position: number, room: string, epoch: number, seq: number, data: Uint8Array]
    const asEntry =
      (snapshot: boolean) =>
      ([position, room, epoch, seq, update]: UpdateRow): FeedEntry => ({
        type: 'update',
        position,
        room,
        epoch,
        seq,
        update,
        ...(snapshot && { snapshot }),
      })
    const updates = this.statements.feedUpdates.all(after, limit) as UpdateRow[]
    const snapshots = this.statements.feedSnapshots.all(after, limit) as UpdateRow[]
    const visibility = this.statements.feedVisibility.all(userId, after, limit) as [number, string, number][]
    const entries = [
      ...updates.map(asEntry(false)),
      ...snapshots.map(asEntry(true)),
      ...visibility.map(([position, room, visible]): FeedEntry => ({
        type: 'visibility',
        position,
        userId,
        room,
        visible: visible === 1,
      })),
    ].sort((a, b) => a.position - b.position)
    // Less than the limit of each kind came: everything up to the last commit is here.
    if (entries.length < limit) return { entries, upTo: Math.max(after, this.lastPosition) }
    const taken = entries.slice(0, limit)
    return { entries: taken, upTo: taken.at(-1)?.position ?? after }
  }

  records(kind: string): [key: string, json: string][] {
    return this.statements.recordsOf.all(kind) as [string, string][]
  }

  readAudit(query: AuditQuery): AuditEntry[] {
    return readAuditLines(this.database, query)
  }

  outcome(userId: string, commandId: string): CommandOutcome | undefined {
    const [row] = this.statements.outcomeOf.all(userId, commandId) as [hash: string, refusal: string | null][]
    if (row === undefined) return undefined
    const refusal = row[1] === null ? undefined : (JSON.parse(row[1]) as Refusal)
    return { userId, commandId, contentHash: row[0], refusal }
  }

  greatestCommandId(userId: string): string | undefined {
    const [row] = this.statements.greatestCommandOf.all(userId) as [command: string][]
    return row?.[0]
  }

  /**
   * Many calls in one transaction, hence one fsync. A call that conflicts writes nothing and disturbs no other; when the
   * disk does not take the group, each call is tried alone, so that one too big for it does not fail the small ones.
   */
  commitGroup(calls: readonly (readonly StoredCommit[])[]): CommitAnswer[] {
    try {
      const { answers, rewritings } = this.transaction(() => {
        const done = this.doneAmong(calls)
        const made = calls.map((call) => this.commitCall(call, done))
        const written = this.writeGroup()
        this.statements.writeMeta.run(this.lastPosition, 'position')
        return { answers: made, rewritings: written }
      })
      this.journalIsStale ||= rewritings > 0
      if (this.journalIsStale) this.forgetJournal()
      return answers
    } catch (error) {
      if (calls.length > 1) return calls.flatMap((call) => this.commitGroup([call]))
      return [{ error: 'unavailable', message: String(error) }]
    }
  }

  compact(room: RoomName, upTo: UpdateSeq, snapshot: Uint8Array): boolean {
    return this.transaction(() => {
      const known = this.knownRoom(room)
      if (known.id === 0 || upTo < 1 || upTo > known.head) return false
      const [earlier] = this.statements.snapshotOf.all(known.id) as [seq: number][]
      if (upTo <= (earlier?.[0] ?? 0)) return false
      const [replaced] = this.statements.positionOf.all(known.id, upTo) as [position: number][]
      if (replaced === undefined) return false
      this.statements.deleteUpdates.run(known.id, upTo)
      this.statements.writeSnapshot.run(known.id, upTo, replaced[0], snapshot)
      return true
    })
  }

  close(): void {
    this.database.close()
  }

  /** Commands of these calls that have an outcome already. */
  private doneAmong(calls: readonly (readonly StoredCommit[])[]): Set<string> {
    const wanted = calls.flatMap((call) =>
      call.flatMap(({ outcome }) => (outcome ? [[outcome.userId, outcome.commandId]] : [])),
    )
    if (wanted.length === 0) return new Set()
    const rows = this.statements.outcomesAmong.all(JSON.stringify(wanted)) as [user: string, command: string][]
    return new Set(rows.map(([userId, commandId]) => outcomeKey({ userId, commandId })))
  }

  private commitCall(commits: readonly StoredCommit[], done: Set<string>): CommitAnswer {
    const conflict = this.conflictOf(commits, done)
    if (conflict !== undefined) return { error: 'conflict', message: conflict }
    for (const { outcome } of commits) if (outcome) done.add(outcomeKey(outcome))
    return { result: commits.map((commit) => this.write(commit)) }
  }

  /** Looks before anything is written: SQLite would have to undo the whole group. */
  private conflictOf(commits: readonly StoredCommit[], done: ReadonlySet<string>): string | undefined {
    const heads = new Map<RoomName, UpdateSeq>()
    const own = new Set<string>()
    for (const { appends, outcome } of commits) {
      for (const { room, expectedHead, updates } of appends) {
        const head = heads.get(room) ?? this.knownRoom(room).head
        if (head !== expectedHead) return `${room} is at ${head}, not at ${expectedHead}`
        heads.set(room, head + updates.length)
      }
      if (outcome === undefined) continue
      const key = outcomeKey(outcome)
      if (done.has(key) || own.has(key)) return `command ${key} is done already`
      own.add(key)
    }
    return undefined
  }

  private write({ appends, records, visibility, outcome, audit = [] }: StoredCommit): CommitResult {
    const { statements, group } = this
    for (const { room, updates, rewritten } of appends) {
      if (updates.length === 0) continue
      const known = this.idOf(room)
      for (const update of updates) group.addUpdate(++this.lastPosition, known.id, ++known.head, update)
      group.grown.add(known)
      const place = { room: known.id, seq: known.head, position: this.lastPosition }
      if (rewritten) group.rewritings.push({ ...place, update: rewritten })
    }
    for (const { userId, room, visible } of visibility)
      statements.insertVisibility.run(userId, ++this.lastPosition, this.idOf(room).id, visible ? 1 : 0)
    for (const record of records) group.records.set(`${record.kind} ${record.key}`, record)
    if (outcome) {
      const refusal = outcome.refusal === undefined ? null : JSON.stringify(outcome.refusal)
      group.outcomes.push([outcome.userId, outcome.commandId, outcome.contentHash, refusal])
    }
    for (const line of audit)
      statements.insertAudit.run(line.at, line.byId, line.subject, line.subjectId, JSON.stringify(line))
    return { position: this.lastPosition }
  }

  /** Returns how many rooms were rewritten. */
  private writeGroup(): number {
    const { statements, group } = this
    this.group = new GroupWrites()
    if (group.updates.length > 0)
      statements.insertUpdates.run(Buffer.concat(group.bytes), JSON.stringify(group.updates))
    for (const { room, seq, position, update } of group.rewritings) {
      statements.deleteUpdates.run(room, seq)
      statements.writeSnapshot.run(room, seq, position, update)
      statements.raiseRoomEpoch.run(room)
    }
    if (group.outcomes.length > 0) statements.insertOutcomes.run(JSON.stringify(group.outcomes))
    for (const { head, id } of group.grown) statements.writeHead.run(head, id)
    for (const { kind, key, json } of group.records.values()) {
      if (json === null) statements.deleteRecord.run(kind, key)
      else statements.writeRecord.run(kind, key, json)
    }
    return group.rewritings.length
  }

  /** What was erased from the database would stay readable there. While a backup reads the file it can not be done. */
  private forgetJournal(): void {
    try {
      const [row] = this.statements.forgetJournal.all() as [isBusy: number][]
      this.journalIsStale = row?.[0] !== 0
    } catch {
      // A full disk: the commit stands, and the next one tries again.
    }
  }

  private idOf(room: RoomName): KnownRoom {
    const known = this.knownRoom(room)
    if (known.id === 0) known.id = Number(this.statements.insertRoom.run(room, firstRoomEpoch).lastInsertRowid)
    return known
  }

  private knownRoom(room: RoomName): KnownRoom {
    const kept = this.rooms.get(room)
    if (kept) return kept
    const [row] = this.statements.roomOf.all(room) as [number, number][]
    const known = row ? { id: row[0], head: row[1] } : { id: 0, head: 0 }
    this.rooms.set(room, known)
    return known
  }

  /** All or nothing; what the engine remembers goes back with it. */
  private transaction<Value>(work: () => Value): Value {
    const positionBefore = this.lastPosition
    // Not in the midst: heads are written with the end of a group.
    if (this.rooms.size >= roomsKept) this.rooms.clear()
    this.database.exec('BEGIN IMMEDIATE')
    try {
      const value = work()
      this.database.exec('COMMIT')
      return value
    } catch (error) {
      this.lastPosition = positionBefore
      this.rooms.clear()
      this.group = new GroupWrites()
      // A full disk makes SQLite roll back by itself.
      if (this.database.inTransaction) this.database.exec('ROLLBACK')
      throw error
    }
  }

  private readMeta(key: string): number {
    const [row] = this.statements.readMeta.all(key) as [number][]
    if (row === undefined) throw new Error(`the store has no ${key}`)
    return row[0]
  }
}
