import type { Credentials, JournalContent, JournalEntry, JournalItem, JournalOutcome } from '#common/ipc.ts'
import type { ClientPorts } from '#renderer/data/client-core.ts'
import type { AccountStores, OutboxStore, ProjectionStore } from '#renderer/data/store/ports.ts'
import { createMemoryStores } from './memory-stores.ts'
import { forward, type ClientWatch } from './client-watch.ts'
import type { Realm, Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import { SlowPort } from './slow-port.ts'

type Journal = NonNullable<ClientPorts['journal']>
type LastAccount = Parameters<ClientPorts['lastAccount']['store']>[0]

/** Which of a browser's databases were lost: of `copies` both the documents' states and their rows, of `rows` these only. */
export const losses = ['all', 'copies', 'rows', 'outbox'] as const
export type Loss = (typeof losses)[number]

/** Defects put between the client core and its disk. */
export type PlantOnDevice = {
  journal?: (journal: Journal) => Journal
  outbox?: (outbox: OutboxStore) => OutboxStore
  projection?: (projection: ProjectionStore, scheduler: Scheduler, realm: Realm) => ProjectionStore
}

export type DeviceDiskOptions = {
  /** Looks at what is about to be kept. */
  inspect(way: string, value: unknown): void
  scheduler: Scheduler
  chance: SeededRandom
  hasJournal: boolean
  watch: ClientWatch
  plant: PlantOnDevice
}

/** What a computer keeps when the app dies: databases, journal, tokens. */
export class DeviceDisk {
  isFull = false
  private readonly options: DeviceDiskOptions
  /** Undefined: there is no database yet, or no more. */
  private stores: AccountStores | undefined
  private isLost = false
  private readonly journal = new JournalOnDisk(() => this.isFull)
  private credentials: Credentials | null = null
  private lastAccount: LastAccount = null
  private slow: SlowPort<object>[] = []

  constructor(options: DeviceDiskOptions) {
    this.options = options
  }

  /** The ports of one incarnation of the app. */
  ports(realm: Realm): Pick<ClientPorts, 'openStores' | 'journal' | 'credentials' | 'lastAccount'> {
    this.slow = []
    const { hasJournal, plant } = this.options
    const journal = this.slowly(realm, this.inspected('into the journal of', this.journal, 'write'), ['write'])
    return {
      openStores: () => this.open(realm),
      journal: hasJournal ? (plant.journal?.(journal) ?? journal) : null,
      credentials: {
        read: () => Promise.resolve(this.credentials),
        store: (credentials) => Promise.resolve(void (this.credentials = credentials)),
        clear: () => Promise.resolve(void (this.credentials = null)),
      },
      lastAccount: {
        read: () => Promise.resolve(this.lastAccount),
        store: (value) => Promise.resolve(void (this.lastAccount = value)),
      },
    }
  }

  /** The app dies with writes under way. */
  async crash(): Promise<void> {
    for (const slow of this.slow.splice(0)) await slow.crash()
  }

  /** Databases of the browser are gone. */
  wipe(loss: Loss): void {
    const { stores } = this
    if (stores === undefined) return
    const empty = createMemoryStores()
    if (loss === 'all') this.stores = undefined
    if (loss === 'copies') this.stores = { ...empty, outbox: stores.outbox }
    if (loss === 'rows') this.stores = { ...stores, projection: empty.projection }
    if (loss === 'outbox') this.stores = { ...stores, outbox: empty.outbox }
    // Rows are disposable: a new version of the app throws them away itself.
    this.isLost = loss !== 'rows'
  }

  storesAtRest(): AccountStores | undefined {
    return this.stores
  }

  private open(realm: Realm): ReturnType<ClientPorts['openStores']> {
    const { scheduler, plant, watch } = this.options
    const rebuilt = this.isLost
    this.isLost = false
    this.stores ??= createMemoryStores()
    const replica = this.inspected('into the copies of', this.stores.replica, 'save')
    const projection = this.inspected('into the rows of', this.stores.projection, 'write')
    const outbox = this.inspected('into the outbox of', this.stores.outbox, 'put')
    const full = (): Promise<never> => Promise.reject(new DOMException('the disk is full', 'QuotaExceededError'))
    const slowProjection = this.slowly(realm, watch.projection(projection), ['write', 'clear'], full)
    const slowOutbox = this.slowly(realm, outbox, ['put', 'remove', 'putDraft', 'setJournalMark'], full)
    const stores: AccountStores = {
      replica: this.slowly(realm, watch.replica(replica), ['save', 'remove', 'clear'], full),
      projection: plant.projection?.(slowProjection, scheduler, realm) ?? slowProjection,
      outbox: plant.outbox?.(slowOutbox) ?? slowOutbox,
      close: () => Promise.resolve(),
    }
    return new Promise((resolve) => scheduler.post(realm, 1, () => resolve({ stores, rebuilt })))
  }

  /** `port` with what its `method` is given shown to who inspects. */
  private inspected<Port extends object>(way: string, port: Port, method: string): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]): unknown => {
          if (name === method) this.options.inspect(way, args)
          return Reflect.apply(member, target, args)
        }
      },
    })
  }

  private slowly<Port extends object>(realm: Realm, port: Port, writes: string[], full?: () => Promise<never>): Port {
    const { scheduler, chance } = this.options
    const intercept = full && (() => (this.isFull ? full() : undefined))
    const slow = new SlowPort(port, { scheduler, realm, chance, writes, intercept })
    this.slow.push(slow)
    return slow.port
  }
}

/** The journal of the main process as a client sees it: durable or refused, never half. */
class JournalOnDisk implements Journal {
  private readonly items = new Map<string, JournalItem>()
  private readonly isFull: () => boolean

  constructor(isFull: () => boolean) {
    this.isFull = isFull
  }

  read(_account: string): Promise<JournalContent> {
    return Promise.resolve({ generation: 1, items: [...this.items.values()], repaired: false })
  }

  write(_account: string, entries: JournalEntry[]): Promise<JournalOutcome> {
    if (this.isFull()) return Promise.resolve({ ok: false, reason: 'disk-full', detail: 'ENOSPC' })
    for (const { kind, id, value } of entries) {
      if (value === null) this.items.delete(`${kind} ${id}`)
      else this.items.set(`${kind} ${id}`, { kind, id, value })
    }
    return Promise.resolve({ ok: true, generation: 1 })
  }
}

/** «Projected», says the database, and does it later: rooms count as stored that are not shown yet. */
export function lateProjection(projection: ProjectionStore, scheduler: Scheduler, realm: Realm): ProjectionStore {
  return forward(projection, {
    write: (batch) => {
      scheduler.post(realm, 400, () => void projection.write(batch).catch(() => undefined))
      return Promise.resolve()
    },
  })
}
