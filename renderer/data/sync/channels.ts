import type { RoomName } from '#common/domain/ids.ts'
import { encodeClientFrame } from '#common/protocol/control-frames.ts'
import { controlChannel } from '#common/protocol/frames.ts'

/** Sends one frame of the physical socket. */
export type SendFrame = (channel: number, payload: Uint8Array) => void

/** Awareness of nobody: counts as a message for a provider's watchdog, which closes after 30 s of silence, and changes nothing. */
const silence = new Uint8Array([1, 1, 0])

/** The rooms opened over the one physical socket, each a channel of it. */
export type Channels = {
  /**
   * The class for y-websocket's `WebSocketPolyfill` option (with `disableBc: true`): an unmodified `WebsocketProvider` runs
   * over a channel. A channel waits in state CONNECTING while the physical socket is down.
   */
  channelClass(): typeof WebSocket
  /** The physical socket is greeted: all waiting channels open. */
  open(send: SendFrame): void
  /** The physical socket is gone: all channels close as if the network had cut them. */
  lose(): void
  receive(channel: number, payload: Uint8Array): void
  /** The server closed one channel. */
  closedByServer(channel: number, code: number, reason: string): void
  /** The physical socket is alive: keeps the providers' watchdogs quiet. */
  touch(): void
}

export function createChannels(): Channels {
  const registry: Registry = { send: null, next: 1, channels: new Map() }
  class ChannelOfRegistry extends ChannelSocket {
    constructor(url: string) {
      super(url, registry)
    }
  }
  return {
    // y-websocket uses no more of the type than ChannelSocket has: handlers, readyState, send, close, constants.
    channelClass: () => ChannelOfRegistry as unknown as typeof WebSocket,
    open(send) {
      registry.send = send
      for (const channel of registry.channels.values()) channel.open()
    },
    lose() {
      registry.send = null
      for (const channel of registry.channels.values())
        if (channel.readyState !== ChannelSocket.CONNECTING) channel.lost(1006, '')
    },
    receive: (channel, payload) => registry.channels.get(channel)?.receive(payload),
    closedByServer: (channel, code, reason) => registry.channels.get(channel)?.lost(code, reason),
    touch() {
      for (const channel of registry.channels.values())
        if (channel.readyState === ChannelSocket.OPEN) channel.receive(silence)
    },
  }
}

type Registry = { send: SendFrame | null; next: number; channels: Map<number, ChannelSocket> }

class ChannelSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readonly url: string
  binaryType = 'arraybuffer'
  readyState: 0 | 1 | 2 | 3 = ChannelSocket.CONNECTING
  onopen: ((event: object) => void) | null = null
  onmessage: ((event: { data: Uint8Array }) => void) | null = null
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null
  onerror: ((event: object) => void) | null = null
  private readonly registry: Registry
  private readonly channel: number

  constructor(url: string, registry: Registry) {
    this.url = url
    this.registry = registry
    this.channel = registry.next++
    registry.channels.set(this.channel, this)
    // Not before the creator had a chance to set its handlers.
    queueMicrotask(() => this.open())
  }

  open(): void {
    const { send } = this.registry
    if (this.readyState !== ChannelSocket.CONNECTING || send === null) return
    this.readyState = ChannelSocket.OPEN
    send(controlChannel, encodeClientFrame({ type: 'OPEN', channel: this.channel, room: roomOf(this.url) }))
    // The server's answer is not awaited: the first sync step travels in the same physical message as OPEN.
    this.onopen?.({})
  }

  send(data: Uint8Array | ArrayBuffer): void {
    if (this.readyState !== ChannelSocket.OPEN) return
    this.registry.send?.(this.channel, data instanceof Uint8Array ? data : new Uint8Array(data))
  }

  close(): void {
    if (this.readyState === ChannelSocket.CLOSED) return
    const wasOpen = this.readyState === ChannelSocket.OPEN
    this.readyState = ChannelSocket.CLOSED
    this.registry.channels.delete(this.channel)
    if (wasOpen)
      this.registry.send?.(controlChannel, encodeClientFrame({ type: 'CLOSE', channel: this.channel, code: 1000 }))
  }

  receive(payload: Uint8Array): void {
    this.onmessage?.({ data: payload })
  }

  lost(code: number, reason: string): void {
    this.readyState = ChannelSocket.CLOSED
    this.registry.channels.delete(this.channel)
    this.onclose?.({ code, reason, wasClean: false })
  }
}

/** A provider's address is `<server>/<room>`. */
function roomOf(url: string): RoomName {
  const path = url.split('?')[0] ?? ''
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
}
