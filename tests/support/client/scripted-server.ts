import {
  decodeClientFrame,
  encodeServerFrame,
  type ClientFrame,
  type ServerFrame,
} from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import { decodeRoomMessage, encodeRoomMessage, type RoomMessage } from '#common/protocol/room-messages.ts'
import type { ClientSocket } from '#renderer/data/client-core.ts'

/** One socket of a client, as the server's end sees it: the test says what comes and when. */
export class ScriptedSocket {
  readonly frames: ClientFrame[] = []
  /** Messages on channels other than that of control. */
  readonly room: { channel: number; message: RoomMessage }[] = []
  readonly url: string
  readonly protocols: string[]
  /** The client closed it. */
  isClosed = false
  readonly client: ClientSocket

  constructor(url: string, protocols: string[]) {
    this.url = url
    this.protocols = protocols
    this.client = {
      send: (message) => this.take(message),
      close: () => void (this.isClosed = true),
      onopen: null,
      onmessage: null,
      onclose: null,
    }
  }

  open(): void {
    this.client.onopen?.()
  }

  /** Frames of one physical message. */
  say(...frames: ServerFrame[]): void {
    this.sayOn(...frames.map((frame) => ({ channel: controlChannel, payload: encodeServerFrame(frame) })))
  }

  sayInRoom(channel: number, message: RoomMessage): void {
    this.sayOn({ channel, payload: encodeRoomMessage(message) })
  }

  sayOn(...frames: { channel: number; payload: Uint8Array }[]): void {
    const batch = new FrameBatch(
      () => {},
      (message) => this.client.onmessage?.(message),
    )
    for (const { channel, payload } of frames) batch.add(channel, payload)
    batch.flush()
  }

  sayBytes(bytes: Uint8Array): void {
    this.client.onmessage?.(bytes)
  }

  close(code: number, reason = ''): void {
    this.client.onclose?.(code, reason)
  }

  ofType<Type extends ClientFrame['type']>(type: Type): Extract<ClientFrame, { type: Type }>[] {
    return this.frames.filter((frame): frame is Extract<ClientFrame, { type: Type }> => frame.type === type)
  }

  private take(message: Uint8Array): void {
    const decoded = decodeFrames(message)
    if (!decoded.ok) throw new Error(decoded.reason)
    for (const { channel, payload } of decoded.value) {
      if (channel !== controlChannel) {
        const room = decodeRoomMessage(payload)
        if (!room.ok) throw new Error(room.reason)
        this.room.push({ channel, message: room.value })
        continue
      }
      const frame = decodeClientFrame(payload)
      if (!frame.ok) throw new Error(frame.reason)
      this.frames.push(frame.value)
    }
  }
}

/** All sockets a client opened, in order. */
export class ScriptedServer {
  readonly sockets: ScriptedSocket[] = []

  openSocket = (url: string, protocols: string[]): ClientSocket => {
    const socket = new ScriptedSocket(url, protocols)
    this.sockets.push(socket)
    return socket.client
  }

  get last(): ScriptedSocket {
    const socket = this.sockets.at(-1)
    if (socket === undefined) throw new Error('no socket was opened')
    return socket
  }
}

export function welcome(epoch = 1): ServerFrame {
  const limits = { frameBytes: 1_048_576, commandBytes: 48_000 }
  return { type: 'WELCOME', welcome: { userId: 'dispatcher', serverTime: Date.UTC(2026, 0, 15, 9), epoch, limits } }
}
