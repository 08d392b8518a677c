import * as Y from 'yjs'
import { appendCommand, readCommands, readRefused } from '#common/documents/outbox-document.ts'
import type { RoomName } from '#common/domain/ids.ts'
import { decodeRoomMessage, encodeRoomMessage } from '#common/protocol/room-messages.ts'
import type { SyncClient } from './sync-client.ts'

/** An outbox over a channel of `GET /sync`. */
export class Outbox {
  readonly document = new Y.Doc()

  constructor(client: SyncClient, channel: number, room: RoomName) {
    client.onPayload = (from, payload) => {
      const message = decodeRoomMessage(payload)
      if (from !== channel || !message.ok) return
      if (message.value.type === 'sync-step-1') {
        const update = Y.encodeStateAsUpdate(this.document, message.value.stateVector)
        client.sendOn(channel, encodeRoomMessage({ type: 'sync-step-2', update }))
      }
      if (message.value.type === 'sync-step-2' || message.value.type === 'update')
        Y.applyUpdate(this.document, message.value.update, this)
    }
    client.send({ type: 'OPEN', channel, room })
    const stateVector = Y.encodeStateVector(this.document)
    client.sendOn(channel, encodeRoomMessage({ type: 'sync-step-1', stateVector }))
    this.document.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) client.sendOn(channel, encodeRoomMessage({ type: 'update', update }))
    })
  }

  push(...commands: object[]): void {
    this.document.transact(() => commands.forEach((command) => appendCommand(this.document, command)))
  }

  get waiting(): unknown[] {
    return readCommands(this.document)
  }

  get refused(): Record<string, string> {
    return Object.fromEntries([...readRefused(this.document)].map(([id, { code }]) => [id, code]))
  }
}
