import type { Realm, Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'

type Call = { run: () => Promise<unknown>; isWrite: boolean }

export type SlowPortOptions = {
  scheduler: Scheduler
  realm: Realm
  chance: SeededRandom
  /** Methods whose effect a crash may or may not keep. */
  writes: readonly string[]
  /** Called before a write takes effect: answers in place of it when it returns something. */
  intercept?: ((method: string) => Promise<unknown> | undefined) | undefined
}

type Method = (...args: unknown[]) => Promise<unknown>

/**
 * Puts time between a call of a port and its effect, and lets a crash fall in between: then a prefix of the waiting writes
 * happened and nobody is told. Calls of one port keep their order, as a database's and a channel's do.
 */
export class SlowPort<Port extends object> {
  readonly port: Port
  private readonly options: SlowPortOptions
  private readonly waiting = new Set<Call>()
  private freeAtMs = 0

  constructor(inner: Port, options: SlowPortOptions) {
    this.options = options
    this.port = new Proxy(inner, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function' || typeof name !== 'string') return member
        return (...args: unknown[]) => this.call(name, () => (member as Method).apply(target, args))
      },
    })
  }

  /** The process dies: what waits happens in part, in order, and is never answered. */
  async crash(): Promise<void> {
    for (const { run, isWrite } of this.waiting) {
      if (!isWrite) continue
      if (this.options.chance.chance(0.5)) break
      await run().catch(() => undefined)
    }
    this.waiting.clear()
  }

  private call(method: string, run: () => Promise<unknown>): Promise<unknown> {
    const { scheduler, realm, chance, writes, intercept } = this.options
    const isWrite = writes.includes(method)
    const takesMs = chance.chance(0.01) ? chance.between(20, 300) : chance.between(0, isWrite ? 4 : 1)
    this.freeAtMs = Math.max(this.freeAtMs, scheduler.worldMs() + takesMs)
    const call: Call = { run, isWrite }
    this.waiting.add(call)
    return new Promise((resolve, reject) => {
      scheduler.post(realm, this.freeAtMs - scheduler.worldMs(), () => {
        this.waiting.delete(call)
        const answered = isWrite ? intercept?.(method) : undefined
        ;(answered ?? run()).then(resolve, reject)
      })
    })
  }
}
