import type { CommandId, RoomName, Seq, UserId } from '#common/domain/ids.ts'
import type { Result } from '#common/domain/result.ts'
import type { SessionSnapshot } from '#renderer/data/api.ts'
import type { ClientCore } from '#renderer/data/client-core.ts'
import { createClientCore } from '#renderer/data/create-client-core.ts'
import { accountKey, deviceOf } from '#renderer/data/session/account-key.ts'
import type { AccountStores, OutboxRow } from '#renderer/data/store/ports.ts'
import { ClientWatch } from './client-watch.ts'
import { DeviceDisk, type Loss, type PlantOnDevice } from './device-disk.ts'
import type { HttpRequest, Identity } from './identity.ts'
import type { Ledger } from './ledger.ts'
import type { Link, Network } from './network.ts'
import { Realm, type Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { ServerHost } from './server-host.ts'
import type { Tally } from './tally.ts'
import type { Trace } from './trace.ts'
import type { Report } from './violation.ts'

const serverAddress = 'http://server.test'

/** A command that the app promised to keep. */
export type Accepted = { id: CommandId; isKept: boolean } & Task

/** What a command is to bring about, for the check whether it did. */
export type Task = {
  type: string
  /** Chats in which a message must stand afterwards. */
  rooms?: readonly RoomName[]
  /** A read mark may be overtaken by a later one, which is as good. */
  read?: ReadTask
  /** Commands that are written down as one; 1 when absent. */
  count?: number
}
export type ReadTask = { room: RoomName; seq: Seq }

export type DeviceOptions = {
  userId: UserId
  /** People who take turns at a computer have the same one. */
  installationId: string
  hasJournal: boolean
  scheduler: Scheduler
  network: Network
  chance: SeededRandom
  trace: Trace
  ledger: Ledger
  server: ServerHost
  identity: Identity
  report: Report
  tally: Tally
  /** Looks at what the device is about to keep. */
  inspect(way: string, value: unknown): void
  plant: PlantOnDevice
}

type SignedIn = Extract<SessionSnapshot, { state: 'signed-in' }>
type Run = { realm: Realm; core: ClientCore; disposers: (() => void)[] }

/** A person's computer: a disk that survives, an app that runs, crashes and is started again. */
export class Device {
  readonly name: string
  readonly userId: UserId
  /** As the server knows it. */
  readonly deviceId: string
  readonly link: Link
  readonly watch: ClientWatch
  readonly accepted = new Map<CommandId, Accepted>()
  /** On a full disk an app cannot note what it hands over; after a crash it may then take back what is gone. */
  diskWasFull = false
  private readonly options: DeviceOptions
  private readonly disk: DeviceDisk
  private current: Run | undefined
  private skewMs = 0

  constructor(options: DeviceOptions) {
    this.options = options
    this.userId = options.userId
    this.name = options.userId
    this.deviceId = deviceOf(options.installationId, accountKey(options.userId, serverAddress))
    this.link = options.network.link(options.userId)
    this.watch = new ClientWatch(this.name, this.userId, options.ledger, options.report)
    const { scheduler, chance, hasJournal, plant, inspect } = options
    this.disk = new DeviceDisk({ scheduler, chance, hasJournal, plant, inspect, watch: this.watch })
  }

  get isSignedIn(): boolean {
    return this.current?.core.session.get().state === 'signed-in'
  }

  set diskIsFull(isFull: boolean) {
    this.disk.isFull = isFull
    this.diskWasFull ||= isFull
  }

  start(): void {
    if (this.current) return
    const { scheduler, network, options } = { ...this.options, options: this.options }
    const realm = new Realm(this.name)
    realm.skewMs = this.skewMs
    scheduler.post(realm, 0, () => {
      const core = createClientCore({
        clock: scheduler.clockOf(realm),
        fillRandom: (bytes) => this.options.chance.fill(bytes),
        openSocket: (url, protocols) => network.openSocket(this.link, realm, url, protocols),
        http: (request) => this.http(realm, request),
        somebodyAnswers: async () => false,
        ...this.disk.ports(realm),
        device: { id: this.options.installationId, name: this.name },
      })
      this.current = { realm, core, disposers: [] }
      this.watch.followOutbox(core)
      void core.start()
      options.trace.note(scheduler.worldMs(), `${this.name} starts`)
    })
  }

  /** kill -9; starts again `downMs` later. */
  crash(downMs: number): void {
    const { current } = this
    if (current === undefined) return
    const { scheduler, network } = this.options
    current.realm.alive = false
    this.current = undefined
    network.cut(this.link, 'reset')
    scheduler.post(scheduler.world, 0, () => void this.disk.crash())
    scheduler.post(scheduler.world, 1 + downMs, () => this.start())
  }

  /** Crashes between two of its next events: in the middle of whatever it does. */
  crashAfter(events: number, downMs: number): void {
    if (this.current === undefined) return
    const { realm } = this.current
    realm.fuse = events
    realm.onFuse = () => this.crash(downMs)
  }

  /** Databases of the browser are gone at the next start. */
  wipe(loss: Loss, downMs: number): void {
    const { scheduler, hasJournal } = this.options
    this.crash(downMs)
    scheduler.post(scheduler.world, 0, () => {
      this.disk.wipe(loss)
      if (loss !== 'outbox') this.watch.forgetAll()
      const isOutboxLost = loss === 'all' || loss === 'outbox'
      if (isOutboxLost && !hasJournal) for (const command of this.accepted.values()) command.isKept = false
    })
  }

  freeze(durationMs: number): void {
    if (this.current) this.current.realm.frozenUntilMs = this.options.scheduler.worldMs() + durationMs
  }

  setSkew(skewMs: number): void {
    this.skewMs = skewMs
    if (this.current) this.current.realm.skewMs = skewMs
  }

  /** Runs `work` inside the app's process, if it runs. */
  run(work: (core: ClientCore) => Promise<unknown>): void {
    const { current } = this
    if (current === undefined) return
    this.options.scheduler.post(current.realm, 0, () => void work(current.core))
  }

  signIn(): void {
    this.run(async (core) => {
      const { state } = core.session.get()
      if (state !== 'signed-out' && state !== 'locked') return
      await core.act.signIn({ server: serverAddress, login: this.userId, password: 'demo', remember: true })
    })
  }

  /** Gives a command; once the app says that it is kept, it counts. */
  issue(
    task: Task,
    work: (act: ClientCore['act']) => Promise<Result<{ id: CommandId }, unknown>>,
    kept?: (id: CommandId) => void,
  ): string {
    this.run(async ({ act, outbox }) => {
      const written = await work(act)
      if (!written.ok) return
      const { id } = written.value
      for (const each of [id, ...writtenWith(outbox.get(), id, task.count ?? 1)])
        // A read mark may be answered with a further one that waits already.
        if (!this.accepted.has(each)) this.accepted.set(each, { id: each, ...task, isKept: true })
      this.options.trace.note(this.options.scheduler.worldMs(), `  ${this.name} keeps ${task.type} ${id}`)
      kept?.(id)
    })
    return `${this.name} ${(task.rooms ?? []).join(' ')}`
  }

  /** Takes back, sends again or throws away one of the waiting commands. */
  tidyOutbox(how: 'cancel' | 'retry' | 'discard', chance: SeededRandom): string | undefined {
    const wanted = how === 'cancel' ? 'queued' : 'refused'
    const rows = this.outboxRows().filter(({ state }) => state === wanted)
    if (rows.length === 0) return undefined
    const { id } = chance.pick(rows)
    if (how === 'cancel') this.cancel(id)
    else
      this.run(async ({ act }) => {
        this.watch.withdrawn.add(id)
        if (how === 'discard') await act.discardRefused({ id })
        else await act.retryRefused({ id })
      })
    return `${this.name} ${id}`
  }

  /** Takes a waiting command back. */
  cancel(id: CommandId): void {
    this.run(async ({ act, outbox }) => {
      // It is being taken back already: only that answer says what became of it.
      if (this.watch.withdrawn.has(id)) return
      const row = outbox.get().find((each) => each.id === id)
      const isHeld = row?.heldUntil !== undefined && !row.unsaved
      this.watch.withdrawn.add(id)
      const isCancelled = await act.cancelQueued({ id })
      if (isCancelled) this.watch.cancelled.add(id)
      else this.watch.withdrawn.delete(id)
      const how = isHeld ? 'while held' : row ? 'while it waited' : 'when it was gone'
      this.options.tally.count(`cancel: ${how} ${isCancelled ? 'done' : 'refused'}`)
      if (isHeld && !isCancelled && !this.diskWasFull)
        this.options.report('P11', `${this.name} held ${id} and could not take it back`)
    })
  }

  /** Puts a chat on the screen, or the one that is there away. */
  watchChat(room: RoomName): string | undefined {
    const { current } = this
    if (current === undefined) return undefined
    const [dispose] = current.disposers.splice(0, 1)
    this.run((core) => {
      if (dispose) dispose()
      else {
        const stops = [core.wantChat(room), core.lookAt(room).dispose]
        current.disposers.push(() => stops.forEach((stop) => stop()))
      }
      return Promise.resolve()
    })
    return `${this.name} ${dispose ? 'closes' : 'opens'} ${room}`
  }

  outboxRows(): readonly OutboxRow[] {
    return this.current?.core.outbox.get() ?? []
  }

  /** The databases without the delays of a disk; undefined while nobody is signed in. */
  storesAtRest(): AccountStores | undefined {
    return this.isSignedIn ? this.disk.storesAtRest() : undefined
  }

  /** What the app believes its user may do. */
  standing(): Pick<SignedIn, 'account' | 'organisation'> | undefined {
    const session = this.current?.core.session.get()
    return session?.state === 'signed-in' ? session : undefined
  }

  describeSession(): string {
    const { current } = this
    if (current === undefined) return 'not running'
    return JSON.stringify([current.core.session.get(), current.core.connection.get()])
  }

  private http(realm: Realm, request: HttpRequest): Promise<{ status: number; body: unknown }> {
    const { network, identity, server, scheduler } = this.options
    return network.request(this.link, realm, () => {
      if (server.core === undefined) throw new Error('no core')
      return identity.answer(request, server.core, scheduler.worldMs())
    })
  }
}

/** Those that were written down in one step with `id`: they have the orders after its own. */
function writtenWith(rows: readonly OutboxRow[], id: CommandId, count: number): CommandId[] {
  const first = rows.find((row) => row.id === id)
  if (first === undefined) return []
  return rows.flatMap((row) => (row.order > first.order && row.order < first.order + count ? [row.id] : []))
}
