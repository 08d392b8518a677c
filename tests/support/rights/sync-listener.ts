import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { RoomName } from '#common/domain/ids.ts'
import {
  decodeServerFrame,
  encodeClientFrame,
  type ClientFrame,
  type ServerFrame,
} from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import { decodeRoomMessage, encodeRoomMessage } from '#common/protocol/room-messages.ts'
import { protocolVersion, syncSubprotocol } from '#common/protocol/version.ts'

const emptyDocument = new Uint8Array([0])
const patienceMs = 30_000

/** A client of `GET /sync` over a real socket that only takes note of what it is told, and keeps no documents. */
export class SyncListener {
  readonly rooms = new Set<RoomName>()
  readonly revoked = new Set<RoomName>()
  readonly refused = new Map<RoomName, string>()
  readonly channels = new Map<number, string>()
  /** All bytes, as they came. */
  readonly messages: Buffer[] = []
  isCaughtUp = false
  pongs = 0
  closedWith: number | undefined
  private readonly socket: WebSocket
  private wake: () => void = () => undefined

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.messages.push(data)
      this.take(data)
      this.wake()
    })
    socket.on('close', (code) => {
      this.closedWith = code
      this.wake()
    })
    // What becomes of the socket is told by its end.
    socket.on('error', () => undefined)
  }

  static async open(url: string, token: string, deviceId: string): Promise<SyncListener> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/sync`, [syncSubprotocol], { perMessageDeflate: false })
    const listener = new SyncListener(socket)
    await once(socket, 'open')
    listener.send({ type: 'HELLO', token, deviceId, version: protocolVersion })
    return listener
  }

  send(frame: ClientFrame): void {
    this.sendOn(controlChannel, encodeClientFrame(frame))
  }

  openChannel(channel: number, room: RoomName): void {
    this.send({ type: 'OPEN', channel, room })
    this.sendOn(channel, encodeRoomMessage({ type: 'sync-step-1', stateVector: emptyDocument }))
  }

  /** Resolves when what was told so far makes it true; rejects when that takes too long or the connection ends before. */
  async until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (!condition()) {
      if (this.closedWith !== undefined) throw new Error(`closed with ${this.closedWith}`)
      const left = deadline - performance.now()
      if (left <= 0) throw new Error('no answer')
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  leave(): void {
    this.socket.terminate()
  }

  private sendOn(channel: number, payload: Uint8Array): void {
    const batch = new FrameBatch(
      () => undefined,
      (message) => this.socket.send(message),
    )
    batch.add(channel, payload)
    batch.flush()
  }

  private take(message: Uint8Array): void {
    const frames = decodeFrames(message)
    if (!frames.ok) throw new Error(frames.reason)
    for (const { channel, payload } of frames.value) {
      if (channel !== controlChannel) {
        const inRoom = decodeRoomMessage(payload)
        if (inRoom.ok && inRoom.value.type === 'sync-step-2') this.channels.set(channel, 'opened')
        continue
      }
      const frame = decodeServerFrame(payload)
      if (!frame.ok) throw new Error(frame.reason)
      this.note(frame.value)
    }
  }

  private note(frame: ServerFrame): void {
    if (frame.type === 'CHANGES') this.rooms.add(frame.room)
    if (frame.type === 'REVOKE') this.revoked.add(frame.room)
    if (frame.type === 'CAUGHT_UP') this.isCaughtUp = true
    if (frame.type === 'PONG') this.pongs++
    if (frame.type === 'ERROR' && frame.room !== undefined) this.refused.set(frame.room, frame.code)
    if (frame.type === 'CLOSE') this.channels.set(frame.channel, `${frame.code} ${frame.reason}`)
  }
}
