import { bearerSubprotocolPrefix } from '#common/protocol/version.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { createServerCore } from '#server/create-server-core.ts'
import { startLimits } from '#server/limits.ts'
import type { Connection, ConnectionHandler, ServerCore, ServerEvent } from '#server/server-core.ts'
import type { Commit, LogStore } from '#server/storage/log-store.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { shorten } from './compaction.ts'
import { Identity } from './identity.ts'
import type { Ledger } from './ledger.ts'
import type { Network } from './network.ts'
import { Realm, type Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Tally } from './tally.ts'
import type { Trace } from './trace.ts'

/** Short, so that rooms are rewritten in the midst of everything else. */
const erasureMs = 2_000

export type ServerHostOptions = {
  scheduler: Scheduler
  network: Network
  chance: SeededRandom
  trace: Trace
  ledger: Ledger
  tally: Tally
  /** Puts a defect between the core and its store; the identity in an honest run. */
  plant(store: LogStore): LogStore
  plantConnection(connection: Connection): Connection
}

/** The server's machine: a disk that survives, a process that does not. */
export class ServerHost {
  readonly identity = new Identity()
  /** Undefined while the process is down or still reading its store. */
  core: ServerCore | undefined
  diskIsFull = false
  private readonly options: ServerHostOptions
  private realm: Realm
  private disk: MemoryLogStore
  private readonly unanswered = new Set<readonly Commit[]>()
  private starts = 0

  constructor(options: ServerHostOptions) {
    this.options = options
    const { scheduler, chance } = options
    this.realm = new Realm('server')
    this.realm.alive = false
    this.disk = new MemoryLogStore({
      syncMs: 4,
      answerMs: 2,
      clock: {
        nowMs: () => scheduler.worldMs(),
        after: (delayMs, callback) => {
          const slow = chance.chance(0.02) ? 60 : 1
          const owner = this.realm.alive ? this.realm : scheduler.world
          const timer = scheduler.post(owner, delayMs * slow * chance.next(), callback)
          return () => scheduler.clearTimer(timer)
        },
      },
    })
  }

  get store(): LogStore {
    return this.disk
  }

  /** A process is there: starting, serving or draining. */
  get isRunning(): boolean {
    return this.realm.alive
  }

  start(): void {
    if (this.isRunning) return
    const { scheduler, network, trace, plant } = this.options
    const realm = new Realm(`server${++this.starts}`)
    this.realm = realm
    scheduler.post(realm, 0, () => {
      void createServerCore({
        store: plant(this.observed(this.disk)),
        clock: scheduler.clockOf(realm),
        limits: { ...startLimits, erasureMs },
        verifyToken: (token) => this.identity.verify(token, scheduler.worldMs()),
        report: (event) => {
          trace.mark(event.type)
          if (event.type === 'command') this.followCommand(event)
          if (event.type === 'store-unavailable') trace.note(scheduler.worldMs(), `  server: ${event.detail}`)
        },
      }).then((core) => {
        if (!realm.alive) return
        this.core = core
        network.edge = { realm, accept: (url, protocols, connection) => this.accept(core, url, protocols, connection) }
        trace.note(scheduler.worldMs(), `server is up, start ${this.starts}`)
      })
    })
  }

  /** Power off: memory and what was not synced are gone. Starts again `downMs` later. */
  crash(how: 'reset' | 'nobody-knows', downMs: number): void {
    if (!this.isRunning) return
    const { scheduler, trace } = this.options
    trace.note(scheduler.worldMs(), `server crashes, ${how}`)
    this.stop(how)
    this.disk = this.disk.crash()
    scheduler.post(scheduler.world, 0, () => void this.readOutcomes())
    scheduler.post(scheduler.world, 1 + downMs, () => this.start())
  }

  /** Crashes between two of its next events. */
  crashAfter(events: number, downMs: number): void {
    this.realm.fuse = events
    this.realm.onFuse = () => this.crash('reset', downMs)
  }

  /** An orderly restart: drained, then stopped. A crash may come first. */
  drain(): void {
    const { core, realm } = this
    const { scheduler, trace, network } = this.options
    if (core === undefined) return
    network.edge = undefined
    this.core = undefined
    scheduler.post(realm, 0, () => {
      void core.drain().then(() => {
        trace.note(scheduler.worldMs(), 'server is drained')
        scheduler.post(scheduler.world, 1_000, () => {
          if (!realm.alive) return
          this.stop('reset')
          this.start()
        })
      })
    })
  }

  /** A room is made shorter while the server runs. */
  compact(chance: SeededRandom): void {
    const { scheduler, ledger } = this.options
    const rooms = [...ledger.rooms.keys()]
    if (rooms.length === 0 || !this.isRunning) return
    const room = chance.pick(rooms)
    scheduler.post(this.realm, 0, () => void shorten(this.disk, room, chance))
  }

  /** The host's own machine stands still for a while. */
  freeze(durationMs: number): void {
    this.realm.frozenUntilMs = this.options.scheduler.worldMs() + durationMs
  }

  /** An administrator ends all sessions of a user. */
  revoke(userId: string): void {
    for (const sessionId of this.identity.sessionsOf(userId)) {
      this.identity.end(sessionId)
      this.administer((core) => Promise.resolve(core.endSession(sessionId)))
    }
  }

  /** An administrator switches an account off or on. */
  switchAccount(userId: string, active: boolean): void {
    this.administer(async (core) => {
      const user = core.directory().users.get(userId)
      if (user) await core.writeDirectory({ users: [{ ...user, active }] })
    })
  }

  /** Runs `work` as the server's administrator would, inside its process. */
  administer(work: (core: ServerCore) => Promise<unknown>): void {
    const { core } = this
    if (core === undefined) return
    this.options.scheduler.post(this.realm, 0, () => {
      work(core).catch(() => undefined)
    })
  }

  private followCommand(event: Extract<ServerEvent, { type: 'command' }>): void {
    const { ledger, tally } = this.options
    ledger.commandRights.check(event)
    tally.count(`${event.command}: ${event.code ?? event.outcome}${sideOf(event.userId)}`)
  }

  private stop(how: 'reset' | 'nobody-knows'): void {
    this.realm.alive = false
    this.core = undefined
    this.options.network.serverDied(how)
  }

  /** A commit whose answer was lost may be durable all the same. */
  private async readOutcomes(): Promise<void> {
    const { ledger } = this.options
    await ledger.catchUp(this.disk)
    for (const commits of this.unanswered) {
      for (const { outcome } of commits) {
        const stored = outcome && (await this.disk.outcome(outcome.userId, outcome.commandId))
        if (stored) ledger.recordOutcome(stored)
      }
    }
    this.unanswered.clear()
  }

  /** The real store with the ledger reading along: it knows a commit before the core hears that it is durable. */
  private observed(disk: MemoryLogStore): LogStore {
    const { ledger } = this.options
    const commit = async (commits: readonly Commit[]) => {
      if (this.diskIsFull) disk.failNextCommit()
      this.unanswered.add(commits)
      try {
        const results = await disk.commit(commits)
        await ledger.catchUp(disk)
        for (const { outcome } of commits) if (outcome) ledger.recordOutcome(outcome)
        return results
      } finally {
        this.unanswered.delete(commits)
      }
    }
    return new Proxy<LogStore>(disk, {
      get: (target, name) => {
        if (name === 'commit') return commit
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? (member as () => unknown).bind(target) : member
      },
    })
  }

  private accept(
    core: ServerCore,
    url: URL,
    protocols: string[],
    connection: Connection,
  ): ConnectionHandler | undefined {
    if (url.pathname === '/sync') return core.acceptSync(this.options.plantConnection(connection))
    if (!url.pathname.startsWith('/rooms/')) return undefined
    const bearer = protocols.find((protocol) => protocol.startsWith(bearerSubprotocolPrefix))
    const token = this.identity.verify(
      bearer?.slice(bearerSubprotocolPrefix.length) ?? '',
      this.options.scheduler.worldMs(),
    )
    if (token !== undefined) return core.acceptRoom(connection, decodeURIComponent(url.pathname.slice(7)), token)
    connection.close(closeCodes.tokenExpired, '')
    return { receive: () => {}, closed: () => {} }
  }
}

/** What hostile accounts ask for is counted apart. */
function sideOf(userId: string): string {
  return userId === 'rival' || userId === 'mole' ? ' (hostile)' : ''
}
