import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeRoomMessage, encodeRoomMessage, type RoomMessage } from '#common/protocol/room-messages.ts'
import { roomProtocols } from '#tests/support/room-client/room-client.ts'

export type Closed = { code: number; reason: string }

/** A socket of `GET /rooms/<room>` in the hands of somebody who sends what they like. */
export class HostileRoom {
  readonly received: RoomMessage[] = []
  readonly closed: Promise<Closed>
  private readonly socket: WebSocket
  private wake: () => void = () => undefined

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      const message = decodeRoomMessage(data)
      if (message.ok) this.received.push(message.value)
      this.wake()
    })
    // A server that cuts the connection is an answer too.
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) =>
      socket.once('close', (code: number, reason: Buffer) => resolve({ code, reason: reason.toString() })),
    )
  }

  static async open(url: string, token: string, room: string): Promise<HostileRoom> {
    const address = `${url.replace('http', 'ws')}/rooms/${encodeURIComponent(room)}`
    const socket = new WebSocket(address, roomProtocols(token), { perMessageDeflate: false })
    const hostile = new HostileRoom(socket)
    await once(socket, 'open')
    return hostile
  }

  send(message: RoomMessage): void {
    this.sendRaw(encodeRoomMessage(message))
  }

  sendRaw(bytes: Uint8Array): void {
    this.socket.send(bytes)
  }

  /** Resolves with the first message of a type; rejects when the socket closes before. */
  async next<Type extends RoomMessage['type']>(type: Type): Promise<Extract<RoomMessage, { type: Type }>> {
    let closed: Closed | undefined
    void this.closed.then((how) => {
      closed = how
      this.wake()
    })
    for (;;) {
      const found = this.received.find((message) => message.type === type)
      if (found) return found as Extract<RoomMessage, { type: Type }>
      if (closed) throw new Error(`closed with ${closed.code} ${closed.reason} before ${type}`)
      await this.somethingNew()
    }
  }

  /** Resolves with the next message. */
  somethingNew(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve))
  }

  end(): void {
    this.socket.terminate()
  }
}
