import * as Y from 'yjs'
import type { RoomName } from '#common/domain/ids.ts'
import {
  decodeServerFrame,
  encodeClientFrame,
  type ClientFrame,
  type Cursor,
  type Scope,
  type ServerFrame,
} from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import type { ConnectionHandler, ServerCore } from '#server/server-core.ts'
import { FakeConnection } from './fake-connection.ts'
import { settled } from './manual-clock.ts'

type Known = { epoch: number; to: number; document: Y.Doc }

/** A client of `GET /sync` that keeps what the feed brings as documents, and everything it was told as a list. */
export class SyncClient {
  readonly frames: ServerFrame[] = []
  readonly payloads: { channel: number; payload: Uint8Array }[] = []
  readonly rooms = new Map<RoomName, Known>()
  /** Number of WebSocket messages so far. */
  messages = 0
  /** Frames that left together, message by message. */
  readonly batches: { channel: number; type: string }[][] = []
  /** CHANGES that did not follow what is here. */
  readonly gaps: RoomName[] = []
  cursor: Cursor | null = null
  onPayload: (channel: number, payload: Uint8Array) => void = () => undefined
  readonly connection: FakeConnection
  private readonly handler: ConnectionHandler

  constructor(core: Pick<ServerCore, 'acceptSync'>) {
    this.connection = new FakeConnection((message) => this.take(message))
    this.handler = core.acceptSync(this.connection)
  }

  get closedWith(): number | undefined {
    return this.connection.closedWith?.code
  }

  send(frame: ClientFrame): void {
    this.sendOn(controlChannel, encodeClientFrame(frame))
  }

  sendOn(channel: number, payload: Uint8Array): void {
    const batch = new FrameBatch(
      () => undefined,
      (message) => this.sendRaw(message),
    )
    batch.add(channel, payload)
    batch.flush()
  }

  sendRaw(message: Uint8Array): void {
    if (!this.connection.closedWith) this.handler.receive(message)
  }

  /** The network is gone. */
  cut(): void {
    this.connection.closedWith ??= { code: 1006, reason: '' }
    this.handler.closed()
  }

  /** Asks for the feed and waits until it is live. */
  async follow(cursor: Cursor | null = null, scope: Scope = 'open'): Promise<void> {
    const from = this.frames.length
    this.send({ type: 'SINCE', cursor, scope })
    await this.next('CAUGHT_UP', from)
  }

  /** The first frame of a type after the frames there were at `from`. */
  async next<Type extends ServerFrame['type']>(type: Type, from = 0): Promise<Extract<ServerFrame, { type: Type }>> {
    for (let turn = 0; turn < 200; turn++) {
      const found = this.frames.slice(from).find((frame) => frame.type === type)
      if (found) return found as Extract<ServerFrame, { type: Type }>
      await settled()
    }
    throw new Error(`no ${type} among ${this.frames.map((frame) => frame.type).join(' ')}; closed ${this.closedWith}`)
  }

  ofType<Type extends ServerFrame['type']>(type: Type): Extract<ServerFrame, { type: Type }>[] {
    return this.frames.filter((frame) => frame.type === type) as Extract<ServerFrame, { type: Type }>[]
  }

  document(room: RoomName): Y.Doc {
    return this.rooms.get(room)?.document ?? new Y.Doc()
  }

  private take(message: Uint8Array): void {
    this.messages++
    const frames = decodeFrames(message)
    if (!frames.ok) throw new Error(frames.reason)
    const batch: { channel: number; type: string }[] = []
    this.batches.push(batch)
    for (const { channel, payload } of frames.value) {
      if (channel !== controlChannel) {
        batch.push({ channel, type: 'room' })
        this.payloads.push({ channel, payload })
        this.onPayload(channel, payload)
        continue
      }
      const frame = decodeServerFrame(payload)
      if (!frame.ok) throw new Error(frame.reason)
      batch.push({ channel, type: frame.value.type })
      this.frames.push(frame.value)
      this.apply(frame.value)
    }
  }

  private apply(frame: ServerFrame): void {
    if (frame.type === 'CURSOR' || frame.type === 'CAUGHT_UP') this.cursor = frame.cursor
    if (frame.type === 'REVOKE') this.rooms.delete(frame.room)
    if (frame.type !== 'CHANGES') return
    let known = this.rooms.get(frame.room)
    if (!known || known.epoch !== frame.epoch) {
      known = { epoch: frame.epoch, to: 0, document: new Y.Doc() }
      this.rooms.set(frame.room, known)
    }
    if (frame.from > known.to) {
      this.gaps.push(frame.room)
      return
    }
    for (const update of frame.updates) Y.applyUpdate(known.document, update)
    known.to = Math.max(known.to, frame.to)
  }
}
