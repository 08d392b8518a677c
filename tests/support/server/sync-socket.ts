import { WebSocket } from 'ws'
import {
  decodeServerFrame,
  encodeClientFrame,
  type ClientFrame,
  type ServerFrame,
} from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import { protocolVersion, syncSubprotocol } from '#common/protocol/version.ts'

/** A minimal client of `GET /sync`, as somebody else would write it from the specification. */
export class SyncSocket {
  readonly webSocket: WebSocket
  readonly frames: ServerFrame[] = []
  /** The close code. */
  readonly closed: Promise<number>
  private waiting: (() => void)[] = []

  static async open(url: string): Promise<SyncSocket> {
    const socket = new SyncSocket(new WebSocket(`${url.replace('http', 'ws')}/sync`, [syncSubprotocol]))
    await new Promise<void>((resolve, reject) => {
      socket.webSocket.once('open', resolve)
      socket.webSocket.once('error', reject)
    })
    return socket
  }

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket
    this.closed = new Promise((resolve) => webSocket.once('close', resolve))
    webSocket.on('message', (data: Buffer) => this.take(data))
  }

  send(frame: ClientFrame): void {
    const batch = new FrameBatch(
      () => {},
      (message) => this.webSocket.send(message),
    )
    batch.add(controlChannel, encodeClientFrame(frame))
    batch.flush()
  }

  hello(token: string, deviceId: string = crypto.randomUUID()): void {
    this.send({ type: 'HELLO', token, deviceId, version: protocolVersion })
  }

  /** The first frame of a type, now or when it comes. */
  async until<Type extends ServerFrame['type']>(type: Type): Promise<Extract<ServerFrame, { type: Type }>> {
    for (;;) {
      const found = this.frames.find((frame) => frame.type === type)
      if (found) return found as Extract<ServerFrame, { type: Type }>
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  private take(message: Uint8Array): void {
    const decoded = decodeFrames(message)
    if (!decoded.ok) throw new Error(decoded.reason)
    for (const { channel, payload } of decoded.value) {
      const frame = channel === controlChannel ? decodeServerFrame(payload) : undefined
      if (frame?.ok) this.frames.push(frame.value)
    }
    for (const wake of this.waiting.splice(0)) wake()
  }
}
