import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** How a raw connection ended: with a close frame of the server, or cut. `status` is that of the upgrade. */
export type RawEnd = { status: number; code: number | 'cut' }

/** A TCP connection that speaks WebSocket by hand, byte by byte as a test wants it. */
export class RawSocket {
  readonly ended: Promise<RawEnd>
  private readonly socket: Socket
  private received = Buffer.alloc(0)
  private status = 0
  private code: number | 'cut' = 'cut'
  private wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (data) => this.take(data))
    socket.on('error', () => undefined)
    this.ended = new Promise((resolve) =>
      socket.once('close', () => {
        this.wake()
        resolve({ status: this.status, code: this.code })
      }),
    )
  }

  static connect(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new RawSocket(socket)))
      socket.once('error', reject)
    })
  }

  /** Connects and upgrades `path` with the given subprotocols; further header lines as they are. */
  static async upgrade(url: string, path: string, protocols: string[], headers: string[] = []): Promise<RawSocket> {
    const socket = await RawSocket.connect(url)
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: ${new URL(url).host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`] : []),
        ...headers,
        '',
        '',
      ].join('\r\n'),
    )
    await socket.answered()
    return socket
  }

  write(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes)
  }

  /** A masked frame as a client must send it; `first` is its first byte: flags and opcode. */
  frame(first: number, payload: Uint8Array): void {
    const mask = randomBytes(4)
    const body = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
    this.write(Buffer.concat([Buffer.from([first]), lengthBytes(payload.length), mask, body]))
  }

  async answered(): Promise<number> {
    while (this.status === 0 && !this.socket.destroyed) await new Promise<void>((resolve) => (this.wake = resolve))
    return this.status
  }

  end(): void {
    this.socket.destroy()
  }

  private take(data: Buffer): void {
    this.received = Buffer.concat([this.received, data])
    if (this.status === 0) {
      const end = this.received.indexOf('\r\n\r\n')
      if (end < 0) return
      this.status = Number(/^HTTP\/1\.1 (\d+)/.exec(this.received.toString('latin1', 0, 40))?.[1] ?? -1)
      this.received = this.received.subarray(end + 4)
      this.wake()
    }
    // The close frame is the last and short: 0x88, length, code.
    const close = this.received.lastIndexOf(0x88)
    if (this.status === 101 && close >= 0 && this.received.length >= close + 4) {
      this.code = this.received.readUInt16BE(close + 2)
      this.socket.end()
    }
  }
}

function lengthBytes(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length])
  const bytes = Buffer.alloc(9)
  bytes[0] = 0x80 | 127
  bytes.writeBigUInt64BE(BigInt(length), 1)
  return bytes
}
