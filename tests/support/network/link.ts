import { connect, createServer, type Server, type Socket } from 'node:net'

/** A network between one client and a server: a TCP proxy on loopback that can be cut, healed, or made to swallow everything. */
export type Link = {
  /** What the client is told as the server's address. */
  url: string
  /** Ends all connections with a reset and refuses new ones. */
  cut(): Promise<void>
  /** Keeps connections open but passes nothing on, in either direction: a half-open network. */
  swallow(): void
  /** Ends what was swallowed and passes on again. */
  heal(): Promise<void>
  /** Resets the connections there are; new ones pass. */
  reset(): void
  /** From now on as slow as this, for each connection. */
  slow(bytesPerSecond: number): void
  /** Bytes passed on so far, both directions. */
  passed(): number
  /** Those of them that came from the client. */
  sent(): number
  close(): Promise<void>
}

export type LinkOptions = {
  /** Sees all that is passed on to the client; `connection` counts the connections from 1. */
  onServerBytes?: (bytes: Buffer, connection: number) => void
  /** As fast as the machine when not given; for each connection and direction. */
  bytesPerSecond?: number
}

/** `target` is the server's `http://HOST:PORT`; it may be down and come back. */
export async function openLink(
  target: string,
  { onServerBytes, bytesPerSecond = Infinity }: LinkOptions = {},
): Promise<Link> {
  let pace = bytesPerSecond
  const { hostname, port } = new URL(target)
  const pairs = new Set<[Socket, Socket]>()
  let state: 'open' | 'cut' | 'swallowing' = 'open'
  let passedBytes = 0
  let sentBytes = 0
  let connections = 0

  const relay = (from: Socket, to: Socket, onBytes: (bytes: Buffer) => void): void => {
    from.on('data', (bytes) => {
      if (state === 'swallowing') return
      passedBytes += bytes.length
      onBytes(bytes)
      if (pace < Infinity) {
        from.pause()
        setTimeout(() => from.resume(), (bytes.length / pace) * 1000)
      }
      if (!to.write(bytes)) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    })
    from.on('error', () => undefined)
    from.on('close', () => state !== 'swallowing' && to.destroy())
  }
  const server = createServer((client) => {
    if (state === 'cut') return void client.resetAndDestroy()
    const upstream = connect(Number(port), hostname)
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    const connection = ++connections
    relay(client, upstream, (bytes) => (sentBytes += bytes.length))
    relay(upstream, client, (bytes) => onServerBytes?.(bytes, connection))
    client.on('close', () => pairs.delete(pair))
  })
  const localPort = await listen(server, 0)

  const reset = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
    pairs.clear()
  }
  const stopListening = (): Promise<void> =>
    new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()))
  return {
    url: `http://127.0.0.1:${localPort}`,
    cut: async () => {
      state = 'cut'
      reset()
      await stopListening()
    },
    swallow: () => {
      state = 'swallowing'
    },
    heal: async () => {
      if (state === 'swallowing') reset()
      state = 'open'
      if (!server.listening) await listen(server, localPort)
    },
    reset,
    slow: (wanted) => {
      pace = wanted
    },
    passed: () => passedBytes,
    sent: () => sentBytes,
    close: async () => {
      reset()
      await stopListening()
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}
