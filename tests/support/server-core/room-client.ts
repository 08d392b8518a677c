import * as Y from 'yjs'
import { appendCommand, readCommands, readRefused } from '#common/documents/outbox-document.ts'
import { decodeRoomMessage, encodeRoomMessage, type RoomMessage } from '#common/protocol/room-messages.ts'
import type { ConnectionHandler, ServerCore, VerifiedToken } from '#server/server-core.ts'
import { FakeConnection } from './fake-connection.ts'

/** A client of `GET /rooms/<room>` that behaves as y-websocket does: sync both ways, local changes as updates. */
export class RoomClient {
  readonly document: Y.Doc
  readonly received: RoomMessage[] = []
  readonly connection: FakeConnection
  onAwareness: (update: Uint8Array) => void = () => undefined
  private readonly handler: ConnectionHandler

  constructor(core: Pick<ServerCore, 'acceptRoom'>, room: string, token: VerifiedToken, document = new Y.Doc()) {
    this.document = document
    this.connection = new FakeConnection((payload) => this.take(payload))
    this.handler = core.acceptRoom(this.connection, room, token)
    this.send({ type: 'sync-step-1', stateVector: Y.encodeStateVector(document) })
    document.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.send({ type: 'update', update })
    })
  }

  get closedWith(): number | undefined {
    return this.connection.closedWith?.code
  }

  get reason(): string | undefined {
    return this.connection.closedWith?.reason
  }

  send(message: RoomMessage): void {
    this.sendRaw(encodeRoomMessage(message))
  }

  sendRaw(payload: Uint8Array): void {
    if (!this.connection.closedWith) this.handler.receive(payload)
  }

  cut(): void {
    this.connection.closedWith ??= { code: 1006, reason: '' }
    this.handler.closed()
  }

  push(...commands: object[]): void {
    this.document.transact(() => {
      for (const command of commands) appendCommand(this.document, command)
    })
  }

  get waiting(): unknown[] {
    return readCommands(this.document)
  }

  get refused(): Record<string, string> {
    return Object.fromEntries([...readRefused(this.document)].map(([id, { code }]) => [id, code]))
  }

  private take(payload: Uint8Array): void {
    const message = decodeRoomMessage(payload)
    if (!message.ok) throw new Error(message.reason)
    this.received.push(message.value)
    if (message.value.type === 'awareness') this.onAwareness(message.value.update)
    if (message.value.type === 'sync-step-1')
      this.send({ type: 'sync-step-2', update: Y.encodeStateAsUpdate(this.document, message.value.stateVector) })
    if (message.value.type === 'sync-step-2' || message.value.type === 'update')
      Y.applyUpdate(this.document, message.value.update, this)
  }
}
