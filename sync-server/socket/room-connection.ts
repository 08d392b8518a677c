import { closeCodes } from '#common/protocol/close-codes.ts'
import type { Connection, ConnectionHandler, VerifiedToken } from '../server-core.ts'
import { BackPressure } from './back-pressure.ts'
import type { ConnectionRegistry, ManagedConnection } from './connection-registry.ts'
import { conductListener, RoomChannel } from './room-channel.ts'
import type { RoomPort, SessionParts } from './room-session.ts'

/** `GET /rooms/<room>`: one room, one socket, the plain y-websocket protocol. */
export class RoomConnection implements ConnectionHandler, ManagedConnection {
  readonly endpoint = 'room'
  readonly userId: string
  readonly sessionId: string
  private readonly connection: Connection
  private readonly parts: SessionParts
  private readonly registry: ConnectionRegistry
  private readonly pressure: BackPressure
  private readonly channel: RoomChannel | undefined
  private readonly cancelExpiry: () => void
  private over = false

  constructor(
    connection: Connection,
    room: string,
    { userId, sessionId, expiresAt }: VerifiedToken,
    parts: SessionParts,
    registry: ConnectionRegistry,
  ) {
    this.userId = userId
    this.sessionId = sessionId
    this.connection = connection
    this.parts = parts
    this.registry = registry
    const { clock, limits } = parts
    const close = (code: number, reason: string): void => this.close(code, reason)
    this.pressure = new BackPressure(connection, clock, limits, close)
    this.cancelExpiry = clock.after(Math.max(0, expiresAt - clock.nowMs()), () =>
      close(closeCodes.tokenExpired, 'token expired'),
    )
    registry.add(this)
    parts.report({ type: 'connection', change: 'opened', endpoint: 'room' })
    const port: RoomPort = {
      send: (payload) => this.send(payload),
      close,
      isFull: () => this.pressure.high,
      drained: () => this.pressure.drained(),
    }
    this.channel = new RoomChannel(room, userId, port, parts, conductListener(parts, userId, close))
    // It may have been refused while it was being made.
    if (this.over) this.channel.end()
  }

  receive(message: Uint8Array): void {
    if (this.over) return
    const { conduct, clock } = this.parts
    if (conduct.ofUser(this.userId).frames.take(clock.nowMs())) this.channel?.receive(message)
    else this.close(closeCodes.rateLimited, 'E_RATE')
  }

  closed(): void {
    this.finish(undefined)
  }

  close(code: number, reason: string): void {
    if (this.over) return
    this.finish(code)
    this.connection.close(code, reason)
  }

  rightsChanged(): void {
    // The room itself is closed when the right to it is gone.
  }

  shutDown(): void {
    // y-websocket knows no such word: the close code says it.
  }

  private send(payload: Uint8Array): void {
    if (this.over) return
    this.connection.send(payload)
    this.pressure.sent(payload.length)
  }

  private finish(code: number | undefined): void {
    if (this.over) return
    this.over = true
    this.cancelExpiry()
    this.pressure.end()
    this.channel?.end()
    this.registry.remove(this)
    this.parts.report({ type: 'connection', change: 'closed', endpoint: 'room', code })
  }
}
