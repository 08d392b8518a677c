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
}

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
    const { roomOpensPerSecond, roomOpenBurst, messagesPerMinute, refusedRoomsPerMinute, violationsPerMinute } =
      this.limits
    const perMinute = (count: number): TokenBucket => this.bucket(count / secondsPerMinute, count)
    const conduct = {
      roomOpens: this.bucket(roomOpensPerSecond, roomOpenBurst),
      messages: perMinute(messagesPerMinute),
      refusedRooms: perMinute(refusedRoomsPerMinute),
      violations: perMinute(violationsPerMinute),
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
