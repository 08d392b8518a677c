import type { Clock } from '#common/domain/clock.ts'
import type { TimerId, VirtualHost } from './virtual-globals.ts'
import type { SeededRandom } from './seeded-random.ts'

/**
 * One process of the simulated world: a server or an app. What it started dies with it: its timers, its sockets and every
 * promise of its ports.
 */
export class Realm {
  readonly name: string
  alive = true
  /** How far this machine's clock is from the world's, ms. */
  skewMs = 0
  /** Asleep until this moment: a closed lid, SIGSTOP. */
  frozenUntilMs = 0
  /** Events left until it crashes; undefined = none planned. */
  fuse: number | undefined
  onFuse: () => void = () => {}

  constructor(name: string) {
    this.name = name
  }
}

type Timer = TimerId & {
  atMs: number
  realm: Realm
  callback: () => void
  cancelled: boolean
  repeatMs: number | undefined
}

/** Runs `resolve` after all that is ready now: Node takes its next-tick queue once no microtask is left. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** Virtual time: everything that happens is an event of one queue, one at a time, in an order that only the seed decides. */
export class Scheduler implements VirtualHost {
  private timeMs: number
  private order = 0
  private readonly heap: Timer[] = []
  /** The process whose code runs now. */
  current: Realm
  /** The simulation itself: never dies, its clock is right. */
  readonly world = new Realm('world')
  events = 0
  private readonly chance: SeededRandom

  constructor(startMs: number, chance: SeededRandom) {
    this.timeMs = startMs
    this.chance = chance
    this.current = this.world
  }

  /** The world's time, ms since 1970. */
  worldMs(): number {
    return this.timeMs
  }

  nowMs(): number {
    return Math.floor(this.timeMs + this.current.skewMs)
  }

  clockOf(realm: Realm): Clock {
    return {
      nowMs: () => Math.floor(this.timeMs + realm.skewMs),
      after: (delayMs, callback) => {
        const timer = this.post(realm, delayMs, callback)
        return () => this.clearTimer(timer)
      },
    }
  }

  /** Plans an event of `realm`; it never happens when the realm is dead by then. */
  post(realm: Realm, delayMs: number, callback: () => void, repeatMs?: number): TimerId {
    const virtual = ++this.order
    const timer: Timer = {
      virtual,
      atMs: this.timeMs + Math.max(0, delayMs),
      realm,
      callback,
      cancelled: false,
      repeatMs,
    }
    this.push(timer)
    return timer
  }

  setTimer(callback: () => void, delayMs: number, repeat: boolean): TimerId {
    const delay = Math.max(repeat ? 1 : 0, delayMs)
    return this.post(this.current, delay, callback, repeat ? delay : undefined)
  }

  clearTimer(id: TimerId): void {
    ;(id as Timer).cancelled = true
  }

  random(): number {
    return this.chance.next()
  }

  fill(bytes: Uint8Array): void {
    this.chance.fill(bytes)
  }

  /** Runs what is planned for the next `durationMs`. */
  async run(durationMs: number): Promise<void> {
    const until = this.timeMs + durationMs
    await settled()
    for (let timer = this.heap[0]; timer !== undefined && timer.atMs <= until; timer = this.heap[0]) {
      this.pop()
      if (timer.cancelled || !timer.realm.alive) continue
      this.timeMs = Math.max(this.timeMs, timer.atMs)
      if (timer.realm.frozenUntilMs > this.timeMs) this.later(timer, timer.realm.frozenUntilMs)
      else await this.happen(timer)
    }
    this.timeMs = until
  }

  private async happen(timer: Timer): Promise<void> {
    const { realm } = timer
    this.events++
    this.current = realm
    timer.callback()
    await settled()
    this.current = this.world
    if (timer.repeatMs !== undefined && !timer.cancelled) this.later(timer, this.timeMs + timer.repeatMs)
    if (realm.fuse !== undefined && --realm.fuse < 0) {
      realm.fuse = undefined
      realm.onFuse()
    }
  }

  private later(timer: Timer, atMs: number): void {
    timer.atMs = atMs
    ;(timer as { virtual: number }).virtual = ++this.order
    this.push(timer)
  }

  private push(timer: Timer): void {
    const { heap } = this
    let index = heap.length
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]!
      if (!isBefore(timer, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = timer
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()!
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = index * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.virtual < other.virtual)
}
