import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { Clock } from '#common/domain/clock.ts'
import type { RoomName, UserId } from '#common/domain/ids.ts'
import type { Limits } from '../limits.ts'
import { TokenBucket } from './token-bucket.ts'

/** What others learn of somebody in a chat. Who it is, is the server's word (SPEC.md, W3). */
type PresenceState = { userId: UserId; name: string; typing: boolean; looking: boolean }
type Claimed = { client: number; clock: number; state: unknown }

/** States a client may repeat in one message: y-websocket sends those of others back to the server. */
const statesRead = 64
const highestClient = 0xffff_ffff
const highestClock = 0x7fff_ffff

/** Who is in which chat right now. Nothing of it is stored. */
export class PresenceHub {
  private readonly clock: Clock
  private readonly limits: Limits
  private readonly seats = new Map<RoomName, Set<PresenceSeat>>()

  constructor(clock: Clock, limits: Limits) {
    this.clock = clock
    this.limits = limits
  }

  /** A seat for one connection in one chat. `send` is given awareness updates of the others. */
  join(room: RoomName, user: { id: UserId; name: string }, send: (update: Uint8Array) => void): PresenceSeat {
    const others = this.seats.get(room) ?? new Set<PresenceSeat>()
    this.seats.set(room, others)
    const seat = new PresenceSeat(others, user, send, this.clock, this.limits, () => {
      others.delete(seat)
      if (others.size === 0 && this.seats.get(room) === others) this.seats.delete(room)
    })
    others.add(seat)
    return seat
  }
}

export class PresenceSeat {
  private readonly seats: Set<PresenceSeat>
  private readonly user: { id: UserId; name: string }
  private readonly send: (update: Uint8Array) => void
  private readonly clock: Clock
  private readonly limits: Limits
  private readonly left: () => void
  private readonly pace: TokenBucket
  private client: number | undefined
  private clientClock = -1
  private serverClock = 0
  private state: PresenceState | null = null
  private cancelTimer: (() => void) | undefined

  constructor(
    seats: Set<PresenceSeat>,
    user: { id: UserId; name: string },
    send: (update: Uint8Array) => void,
    clock: Clock,
    limits: Limits,
    left: () => void,
  ) {
    this.seats = seats
    this.user = user
    this.send = send
    this.clock = clock
    this.limits = limits
    this.left = left
    this.pace = new TokenBucket(limits.presencePerSecond, limits.presencePerSecond, clock.nowMs())
  }

  /** The client's own state, whatever else it repeats. What is too big, torn or claims to be another's is passed over. */
  receive(update: Uint8Array): void {
    if (update.length > this.limits.presenceBytes) return
    const claimed = readStates(update)
    const own = claimed.find(({ client }) => client === this.client) ?? this.firstState(claimed)
    if (!own || own.clock <= this.clientClock) return
    this.clientClock = own.clock
    this.state = own.state === null ? null : this.named(own.state)
    this.publish()
  }

  /** Tells this connection who is there. */
  query(): void {
    const present = [...this.seats].filter((seat) => seat !== this && seat.state !== null && seat.client !== undefined)
    if (present.length > 0) this.send(encodeSeats(present))
  }

  leave(): void {
    // A state that waits for its turn to be told has not been told: nor has that there is none any more.
    const hadState = this.state !== null || this.cancelTimer !== undefined
    this.cancelTimer?.()
    this.left()
    this.state = null
    // The same client may be back already on another connection.
    if (hadState && ![...this.seats].some((seat) => seat.client === this.client)) this.broadcast()
  }

  /** The first message of a client holds only its own state; its number must not be in use. */
  private firstState(claimed: readonly Claimed[]): Claimed | undefined {
    const [only] = claimed
    if (this.client !== undefined || !only || claimed.length > 1) return undefined
    for (const seat of this.seats)
      if (seat.client === only.client && seat.state !== null && seat.user.id !== this.user.id) return undefined
    this.client = only.client
    return only
  }

  private named(state: unknown): PresenceState {
    const claims = typeof state === 'object' && state !== null ? state : {}
    const flag = (name: string): boolean => Object.getOwnPropertyDescriptor(claims, name)?.value === true
    return { userId: this.user.id, name: this.user.name, typing: flag('typing'), looking: flag('looking') }
  }

  /** At most so many times a second; the newest state goes out when the time has come. */
  private publish(): void {
    if (this.cancelTimer) return
    const now = this.clock.nowMs()
    if (this.pace.take(now)) return this.broadcast()
    this.cancelTimer = this.clock.after(this.pace.waitMs(now), () => {
      this.cancelTimer = undefined
      this.pace.take(this.clock.nowMs())
      this.broadcast()
    })
  }

  private broadcast(): void {
    // Time as the clock of awareness: it rises over restarts of the server too, so that no older state wins.
    this.serverClock = Math.max(this.serverClock + 1, this.clock.nowMs())
    const update = encodeSeats([this])
    for (const seat of this.seats) if (seat !== this) seat.send(update)
  }

  write(encoder: encoding.Encoder): void {
    encoding.writeVarUint(encoder, this.client ?? 0)
    encoding.writeVarUint(encoder, this.serverClock)
    encoding.writeVarString(encoder, JSON.stringify(this.state))
  }
}

function encodeSeats(seats: readonly PresenceSeat[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, seats.length)
    for (const seat of seats) seat.write(encoder)
  })
}

/** An awareness update of y-protocols, read without applying it. Empty when it is torn or out of bounds. */
function readStates(update: Uint8Array): Claimed[] {
  try {
    const decoder = decoding.createDecoder(update)
    const count = decoding.readVarUint(decoder)
    if (count > statesRead) return []
    const states: Claimed[] = []
    for (let index = 0; index < count; index++) {
      const client = decoding.readVarUint(decoder)
      const clock = decoding.readVarUint(decoder)
      const state: unknown = JSON.parse(decoding.readVarString(decoder))
      if (client <= highestClient && clock < highestClock) states.push({ client, clock, state })
    }
    return states
  } catch {
    return []
  }
}
