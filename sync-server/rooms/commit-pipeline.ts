import type { Clock } from '#common/domain/clock.ts'
import type { RoomName } from '#common/domain/ids.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { Facts } from '../policy/facts.ts'
import type { VisibilityChange } from '../policy/room-access.ts'
import type { ServerEvent } from '../server-core.ts'
import {
  StoreConflict,
  type CommandOutcome,
  type LogStore,
  type Position,
  type UpdateSeq,
} from '../storage/log-store.ts'
import { DocumentCache } from './document-cache.ts'
import { loadFacts } from './load-facts.ts'
import { OutcomeMemory } from './outcome-memory.ts'
import { Transaction, type OutcomeKey, type RightsChange, type RoomUpdate } from './transaction.ts'

/** Documents held for writing: at 28 kB for a chat of forty messages, some 28 MB. */
const openDocuments = 1_024
/** Jobs looked up together, and the largest group of commits: what fits into one fsync without keeping others waiting. */
const batchJobs = 256
const groupJobs = 1_024

/** Something to be decided on the newest state and stored. Jobs are decided one after another in the order of their coming. */
export type Job = {
  /** What `decide` may open. */
  rooms: readonly RoomName[]
  key?: OutcomeKey | undefined
  /** Fills the transaction. `earlier`: the outcome under the job's key when there is one. Never waits. */
  decide(transaction: Transaction, earlier: CommandOutcome | undefined): void
  /** Called once, in the moment the decision became durable, after its effects were handed to everybody; or with `unavailable`. */
  settled(result: Result<null, 'unavailable'>): void
}

export type DurableGroup = {
  position: Position
  updates: RoomUpdate[]
  visibility: VisibilityChange[]
  rights: RightsChange
}

type Group = {
  number: number
  jobs: Job[]
  transactions: Transaction[]
  /** Head of each room it appends to, before its first append. */
  headsBefore: Map<RoomName, UpdateSeq>
}

const emptyGroup = (number: number): Group => ({ number, jobs: [], transactions: [], headsBefore: new Map() })

/**
 * The one way into the store. Decisions are made eagerly on documents and facts in memory and committed in groups: while
 * one group is being stored, the next is decided. When a commit fails, all that is not durable is forgotten. Nothing is
 * told to anybody before it is durable.
 */
export class CommitPipeline {
  /** What is durable: rights of readers are judged by it. */
  durable: Facts
  position: Position
  available = true
  private eager: Facts
  private readonly store: LogStore
  private readonly clock: Clock
  private readonly report: (event: ServerEvent) => void
  private readonly documents: DocumentCache
  private readonly outcomes: OutcomeMemory
  private readonly listeners: ((group: DurableGroup) => void)[] = []
  private readonly groupEnds: (() => void)[] = []
  private waiting: Job[] = []
  private staged: Group = emptyGroup(1)
  private inFlight: Group | undefined
  private settling: Promise<void> = Promise.resolve()
  private pumping = false
  private broken = false
  /** Raised when what is not durable was forgotten: what was looked up before is looked up again. */
  private generation = 0

  constructor(store: LogStore, clock: Clock, facts: Facts, position: Position, report: (event: ServerEvent) => void) {
    this.store = store
    this.clock = clock
    this.durable = facts
    this.eager = new Facts(facts)
    this.position = position
    this.report = report
    this.documents = new DocumentCache(store, openDocuments)
    this.outcomes = new OutcomeMemory(store)
  }

  /** Called with each group in the moment it became durable, before its jobs are told. */
  onDurable(listener: (group: DurableGroup) => void): void {
    this.listeners.push(listener)
  }

  /** Called after the jobs of a group were told. */
  onGroupEnd(listener: () => void): void {
    this.groupEnds.push(listener)
  }

  submit(job: Job): void {
    this.waiting.push(job)
    if (!this.pumping) void this.pump()
  }

  /** Resolves when everything submitted so far was settled. */
  async idle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.submit({ rooms: [], decide: () => undefined, settled: () => resolve() })
    })
  }

  /**
   * Head up to which readers may see a room: the store may have an update whose commit this process has not heard back of,
   * and the rights that come with it are not in force yet.
   */
  headInForce(room: RoomName): UpdateSeq | undefined {
    return this.inFlight?.headsBefore.get(room)
  }

  /** A room was compacted: `loose` updates are left beside its snapshot. */
  compacted(room: RoomName, loose: number): void {
    const open = this.documents.find(room)
    if (open) open.loose = loose
  }

  private async pump(): Promise<void> {
    this.pumping = true
    // What is submitted in the same moment is looked up together.
    await Promise.resolve()
    while (this.waiting.length > 0) {
      if (this.broken || this.staged.jobs.length >= groupJobs) await this.settling
      if (this.broken) await this.forgetUndurable()
      await this.takeBatch(this.waiting.splice(0, batchJobs))
      this.startCommit()
    }
    this.pumping = false
  }

  private async takeBatch(batch: Job[]): Promise<void> {
    let earlier: (CommandOutcome | undefined)[]
    let generation: number
    do {
      generation = this.generation
      try {
        earlier = await this.lookUp(batch)
      } catch (error) {
        this.unavailable(error, batch)
        return
      }
    } while (generation !== this.generation)
    batch.forEach((job, index) => this.stage(job, earlier[index]))
    this.documents.shrink(this.durableGroup)
  }

  private async lookUp(batch: readonly Job[]): Promise<(CommandOutcome | undefined)[]> {
    const outcomes = batch.map(({ key }) => (key ? this.outcomes.find(key) : Promise.resolve(undefined)))
    await this.documents.open(batch.flatMap((job) => job.rooms))
    return await Promise.all(outcomes)
  }

  private stage(job: Job, earlier: CommandOutcome | undefined): void {
    if (this.broken) {
      job.settled(fail('unavailable'))
      return
    }
    const transaction = new Transaction(this.eager, this.documents, this.clock.nowMs(), this.staged.number)
    try {
      job.decide(transaction, (job.key && this.outcomes.findUndurable(job.key)) ?? earlier)
      transaction.finish()
    } catch (error) {
      // A defect half-way through a decision: what runs ahead can not be trusted any more.
      this.broken = true
      this.unavailable(error, [job])
      return
    }
    this.staged.jobs.push(job)
    if (transaction.isEmpty) return
    this.staged.transactions.push(transaction)
    const { outcome, appends } = transaction.commit
    for (const { room, expectedHead } of appends)
      if (!this.staged.headsBefore.has(room)) this.staged.headsBefore.set(room, expectedHead)
    if (outcome) this.outcomes.decided(outcome)
  }

  private startCommit(): void {
    if (this.inFlight || this.broken || this.staged.jobs.length === 0) return
    const group = this.staged
    this.inFlight = group
    this.staged = emptyGroup(group.number + 1)
    this.settling = this.commitGroup(group)
  }

  private async commitGroup(group: Group): Promise<void> {
    const startedAt = this.clock.nowMs()
    try {
      if (group.transactions.length > 0) {
        const results = await this.store.commit(group.transactions.map((transaction) => transaction.commit))
        this.position = Math.max(this.position, ...results.map((result) => result.position))
        this.report({ type: 'commit', commits: results.length, durationMs: this.clock.nowMs() - startedAt })
      }
    } catch (error) {
      this.inFlight = undefined
      this.unavailable(error, [...group.jobs, ...this.staged.jobs.splice(0)])
      await this.forgetUndurable(error instanceof StoreConflict)
      return
    }
    this.inFlight = undefined
    this.applyDurable(group)
    this.startCommit()
  }

  private applyDurable(group: Group): void {
    if (group.transactions.length > 0) {
      this.available = true
      const durable: DurableGroup = {
        position: this.position,
        updates: [],
        visibility: [],
        rights: { everybody: false, tickets: new Set() },
      }
      for (const { commit, factWrites, updates, rights } of group.transactions) {
        for (const write of factWrites) this.durable.apply(write)
        if (commit.outcome) this.outcomes.durable(commit.outcome)
        durable.updates.push(...updates)
        durable.visibility.push(...commit.visibility)
        durable.rights.everybody ||= rights.everybody
        for (const ticketId of rights.tickets) durable.rights.tickets.add(ticketId)
      }
      for (const listener of this.listeners) listener(durable)
    }
    for (const job of group.jobs) job.settled(succeed(null))
    for (const listener of this.groupEnds) listener()
  }

  private unavailable(error: unknown, jobs: readonly Job[]): void {
    this.available = false
    this.report({ type: 'store-unavailable', detail: error instanceof Error ? error.message : String(error) })
    for (const job of jobs) job.settled(fail('unavailable'))
  }

  /** Back to what is durable. After a conflict another writer was there, so the facts are read anew. */
  private async forgetUndurable(reload = false): Promise<void> {
    this.generation++
    this.broken = true
    this.outcomes.forget()
    this.documents.clear()
    const lost = this.staged.jobs
    this.staged = emptyGroup(this.staged.number + 1)
    for (const job of lost) job.settled(fail('unavailable'))
    if (reload) {
      try {
        this.durable = await loadFacts(this.store)
        this.position = await this.store.position()
      } catch (error) {
        this.unavailable(error, [])
      }
    }
    this.eager = new Facts(this.durable)
    this.broken = false
  }

  private get durableGroup(): number {
    return (this.inFlight ?? this.staged).number - 1
  }
}
