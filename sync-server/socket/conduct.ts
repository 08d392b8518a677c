import type { Clock } from '#common/domain/clock.ts'
import type { DeviceId, UserId } from '#common/domain/ids.ts'
import type { Limits } from '../limits.ts'
import { TokenBucket } from './token-bucket.ts'

/** What is counted of a user over all their connections, so that reconnecting gives nobody a fresh allowance. */
export type UserConduct = {
  roomOpens: TokenBucket
  messages: TokenBucket
  refusedRooms: TokenBucket
  violations: TokenBucket
  /** Frames of any kind: each costs the server some microseconds that are everybody's. */
  frames: TokenBucket
  /** Reading the feed from some point on: a first sync looks through all tickets. */
  feedStarts: TokenBucket
}

/**
 * Frames: far above what a client does that empties a long queue (each command is an update, struck off, confirmed), far
 * below what would keep the server busy.
 */
const framesPerSecond = 2_000
const frameBurst = 20_000
const framesPerCommand = 4
/** A client asks for the feed once for each connection. */
const feedStartsPerSecond = 1
const feedStartsPerConnection = 4
const secondsPerMinute = 60
/** Counters at rest are forgotten when there are more than this. */
const countersKept = 10_000

export class Conduct {
  private readonly clock: Clock
  private readonly limits: Limits
  private readonly users = new Map<UserId, UserConduct>()
  private readonly devices = new Map<DeviceId, TokenBucket>()

  constructor(clock: Clock, limits: Limits) {
    this.clock = clock
    this.limits = limits
  }

  ofUser(userId: UserId): UserConduct {
    const known = this.users.get(userId)
    if (known) return known
    const { limits } = this
    const perMinute = (count: number): TokenBucket => this.bucket(count / secondsPerMinute, count)
    const conduct = {
      roomOpens: this.bucket(limits.roomOpensPerSecond, limits.roomOpenBurst),
      messages: perMinute(limits.messagesPerMinute),
      refusedRooms: perMinute(limits.refusedRoomsPerMinute),
      violations: perMinute(limits.violationsPerMinute),
      frames: this.bucket(
        Math.max(framesPerSecond, framesPerCommand * limits.commandsPerSecond),
        Math.max(frameBurst, framesPerCommand * limits.commandBurst),
      ),
      feedStarts: this.bucket(feedStartsPerSecond, feedStartsPerConnection * limits.connectionsPerUser),
    }
    const now = this.clock.nowMs()
    if (this.users.size >= countersKept) {
      for (const [other, buckets] of this.users)
        if (Object.values(buckets).every((bucket) => bucket.isFull(now))) this.users.delete(other)
    }
    this.users.set(userId, conduct)
    return conduct
  }

  /** The pace of a device's commands. */
  ofDevice(deviceId: DeviceId): TokenBucket {
    const known = this.devices.get(deviceId)
    if (known) return known
    const bucket = this.bucket(this.limits.commandsPerSecond, this.limits.commandBurst)
    const now = this.clock.nowMs()
    if (this.devices.size >= countersKept) {
      for (const [other, pace] of this.devices) if (pace.isFull(now)) this.devices.delete(other)
    }
    this.devices.set(deviceId, bucket)
    return bucket
  }

  private bucket(perSecond: number, burst: number): TokenBucket {
    return new TokenBucket(perSecond, burst, this.clock.nowMs())
  }
}
