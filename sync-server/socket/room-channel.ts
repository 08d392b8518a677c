import { parseRoom, type DeviceId, type Room, type RoomName, type UserId } from '#common/domain/ids.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import type { RefusalCode } from '#common/protocol/refusals.ts'
import { decodeRoomMessage, type RoomMessage } from '#common/protocol/room-messages.ts'
import { canReadRoom } from '../policy/room-access.ts'
import { FollowedRoom } from './followed-room.ts'
import { OutboxSession } from './outbox-session.ts'
import type { RoomPort, RoomSession, SessionParts } from './room-session.ts'

/** Devices one account may ever use: each leaves a record. */
const devicesPerUser = 500
/** Messages kept while a device is being bound to its user. */
const heldMessages = 16

/** Told before the room is closed: a connection that does it again and again ends as a whole. */
export type ConductListener = { refused(): void; violated(detail: string): void }

export function conductListener(
  { clock, conduct, report }: SessionParts,
  userId: UserId,
  close: (code: number, reason: string) => void,
): ConductListener {
  const user = conduct.ofUser(userId)
  return {
    refused: () => {
      if (!user.refusedRooms.take(clock.nowMs())) close(closeCodes.violations, 'repeated violations')
    },
    violated: (detail) => {
      report({ type: 'violation', code: 'E_COMMAND_INVALID', userId, detail })
      if (!user.violations.take(clock.nowMs())) close(closeCodes.violations, 'repeated violations')
    },
  }
}

/**
 * A room being opened and used by one client, on either endpoint. Every opening is judged anew; an absent room and a
 * forbidden one get the same answer after the same work (SPEC.md, N2).
 */
export class RoomChannel {
  private readonly port: RoomPort
  private readonly parts: SessionParts
  private readonly listener: ConductListener
  private readonly userId: UserId
  private session: RoomSession | undefined
  private held: RoomMessage[] = []
  private ended = false

  constructor(name: string, userId: UserId, port: RoomPort, parts: SessionParts, listener: ConductListener) {
    this.userId = userId
    this.port = port
    this.parts = parts
    this.listener = listener
    const { roomOpens } = parts.conduct.ofUser(userId)
    const parsed = parseRoom(name)
    if (!roomOpens.take(parts.clock.nowMs())) this.refuse(closeCodes.rateLimited, 'E_RATE')
    else if (!parsed) this.refuse(closeCodes.malformed, 'E_ROOM_NAME')
    else this.open(name, parsed)
  }

  receive(payload: Uint8Array): void {
    if (this.ended) return
    const message = decodeRoomMessage(payload)
    if (!message.ok) {
      this.listener.violated(message.reason)
      this.close(closeCodes.malformed, 'malformed')
    } else if (this.session) this.session.receive(message.value)
    else if (this.held.length < heldMessages) this.held.push(message.value)
    else this.close(closeCodes.rateLimited, 'E_RATE')
  }

  /** The client closed it, or is gone. */
  end(): void {
    this.ended = true
    this.held = []
    this.session?.end()
  }

  private open(room: RoomName, parsed: Room): void {
    const { pipeline } = this.parts
    if (parsed.kind === 'outbox') this.openOutbox(room, parsed.deviceId)
    else if (canReadRoom(pipeline.durable, this.userId, parsed))
      this.start(new FollowedRoom({ room, parsed, userId: this.userId }, this.sessionPort(), this.parts))
    else this.refuse(closeCodes.forbidden, 'E_ROOM_FORBIDDEN')
  }

  /** A device belongs to the first user who opens its outbox on it, for ever. */
  private openOutbox(room: RoomName, deviceId: DeviceId): void {
    const { durable } = this.parts.pipeline
    if (!durable.viewer(this.userId)) return this.refuse(closeCodes.forbidden, 'E_ROOM_FORBIDDEN')
    const owner = durable.ownerOf(deviceId)
    if (owner === this.userId) this.startOutbox(room, deviceId)
    else if (owner !== undefined) this.refuse(closeCodes.forbidden, 'E_ROOM_FORBIDDEN')
    else this.bindDevice(room, deviceId)
  }

  private bindDevice(room: RoomName, deviceId: DeviceId): void {
    const { userId } = this
    this.parts.pipeline.submit({
      rooms: [],
      decide: (transaction) => {
        const { facts } = transaction
        if (facts.ownerOf(deviceId) === undefined && facts.countDevices(userId) < devicesPerUser)
          transaction.record({ kind: 'device', key: deviceId, value: { userId } })
      },
      settled: (durable) => {
        if (this.ended) return
        if (!durable.ok) this.refuse(closeCodes.overloaded, 'E_UNAVAILABLE')
        else if (this.parts.pipeline.durable.ownerOf(deviceId) === userId) this.startOutbox(room, deviceId)
        else this.refuse(closeCodes.forbidden, 'E_ROOM_FORBIDDEN')
      },
    })
  }

  private startOutbox(room: RoomName, deviceId: DeviceId): void {
    const request = { room, parsed: { kind: 'outbox', deviceId } as const, userId: this.userId }
    const violated = (detail: string): void => this.listener.violated(detail)
    this.start(new OutboxSession(request, deviceId, this.sessionPort(), this.parts, violated))
  }

  private start(session: RoomSession): void {
    this.session = session
    for (const message of this.held.splice(0)) session.receive(message)
  }

  private sessionPort(): RoomPort {
    return { ...this.port, close: (code, reason) => this.close(code, reason) }
  }

  private refuse(code: number, reason: RefusalCode): void {
    if (reason === 'E_ROOM_FORBIDDEN' || reason === 'E_ROOM_NAME') this.listener.refused()
    this.close(code, reason)
  }

  private close(code: number, reason: string): void {
    if (this.ended) return
    this.end()
    this.port.close(code, reason)
  }
}
