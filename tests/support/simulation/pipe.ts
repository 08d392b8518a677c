import type { Realm, Scheduler } from './scheduler.ts'

type Parcel = { dueMs: number; bytes: number; deliver: () => void }

type PipeOptions = {
  latencyMs(): number
  isStalled(): boolean
  /** Who receives; undefined before the connection has another end. */
  realm(): Realm | undefined
}

/** A reader is told that the way is clear again below this many waiting bytes. */
const drainedBytes = 256_000

/** One direction of a connection: what goes in comes out later in the same order, or, once cut, not at all. */
export class Pipe {
  waitingBytes = 0
  private readonly scheduler: Scheduler
  private readonly options: PipeOptions
  private parcels: Parcel[] = []
  private isMoving = false
  private isDead = false
  private lastDueMs = 0
  private waiting: { realm: Realm; resolve: () => void }[] = []

  constructor(scheduler: Scheduler, options: PipeOptions) {
    this.scheduler = scheduler
    this.options = options
  }

  push(bytes: number, deliver: () => void): void {
    if (this.isDead) return
    this.lastDueMs = Math.max(this.lastDueMs, this.scheduler.worldMs() + this.options.latencyMs())
    this.parcels.push({ dueMs: this.lastDueMs, bytes, deliver })
    this.waitingBytes += bytes
    this.move()
  }

  resume(): void {
    this.move()
  }

  kill(): void {
    this.isDead = true
    this.parcels = []
    this.waitingBytes = 0
  }

  drained(): Promise<void> {
    if (this.waitingBytes < drainedBytes) return Promise.resolve()
    const realm = this.scheduler.current
    return new Promise((resolve) => void this.waiting.push({ realm, resolve }))
  }

  private move(): void {
    const next = this.parcels[0]
    const realm = this.options.realm()
    if (this.isMoving || next === undefined || realm === undefined || this.options.isStalled()) return
    this.isMoving = true
    this.scheduler.post(realm, next.dueMs - this.scheduler.worldMs(), () => {
      this.isMoving = false
      if (this.isDead || this.options.isStalled()) return
      this.parcels.shift()
      this.waitingBytes -= next.bytes
      if (this.waitingBytes < drainedBytes) this.tellDrained()
      next.deliver()
      this.move()
    })
  }

  private tellDrained(): void {
    for (const { realm, resolve } of this.waiting.splice(0)) this.scheduler.post(realm, 0, resolve)
  }
}
