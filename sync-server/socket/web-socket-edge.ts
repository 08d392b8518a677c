import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { encodeRoomMessage } from '#common/protocol/room-messages.ts'
import { bearerSubprotocolPrefix, roomSubprotocol, syncSubprotocol } from '#common/protocol/version.ts'
import type { AddressOf } from '../api/client-address.ts'
import type { OriginCheck } from '../api/origins.ts'
import type { Limits } from '../limits.ts'
import type { Connection, ConnectionHandler, ServerCore, ServerEvent, VerifiedToken } from '../server-core.ts'
import { SocketConnection } from './socket-connection.ts'

export type WebSocketEdgeOptions = {
  core: Pick<ServerCore, 'acceptSync' | 'acceptRoom'>
  limits: Limits
  isAllowedOrigin: OriginCheck
  addressOf: AddressOf
  verifyToken(accessToken: string): VerifiedToken | undefined
  report(event: ServerEvent): void
}

export type WebSocketEdge = {
  /** Listener of the HTTP server's `upgrade`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Resolves once all sockets are gone; those that are left after `graceMs` are cut. Nothing new is taken from the call on. */
  close(graceMs: number): Promise<void>
}

type Target = { endpoint: 'sync' } | { endpoint: 'room'; room: string }

/** How long a client may take to answer our close frame before the connection is cut. */
const closeTimeoutMs = 5_000
/** Pings are answered by `ws` at some cost; an honest client sends one in many seconds. */
const pingsPerPeriod = 100
/**
 * Pieces that one message of up to a MiB may come in. A slow link delivers some 1.4 kB at a time and Chromium splits large
 * messages; the limits are there against a million pieces of one byte.
 */
const piecesOfMessage = { maxFragments: 1_024, maxBufferedChunks: 4_096 }

/**
 * An awareness update about nobody. A provider of y-websocket leaves a server from which no message came for 30 seconds, and
 * its page can not see pings.
 */
const nobodyNew = encodeRoomMessage({ type: 'awareness', update: Uint8Array.of(0) })

/** Turns sockets into the core's connections, and keeps away what is not worth the core's time. */
export function createWebSocketEdge(options: WebSocketEdgeOptions): WebSocketEdge {
  const { limits } = options
  const connections = new Set<SocketConnection>()
  const byAddress = new AddressCounts()
  const sockets = new WebSocketServer(settingsOf(limits))
  let isClosing = false

  const sweep = setInterval(() => {
    for (const connection of connections) connection.checkLife(pingsPerPeriod)
  }, limits.pingMs)
  sweep.unref()

  const refusalOf = (request: IncomingMessage, target: Target, address: string): number | undefined => {
    if (isClosing) return 503
    if (!options.isAllowedOrigin(request.headers.origin)) return 403
    if (byAddress.of(address) >= limits.connectionsPerAddress) return 429
    return target.endpoint === 'sync' && !offered(request).has(syncSubprotocol) ? 400 : undefined
  }

  const accept = (socket: WebSocket, request: IncomingMessage, target: Target, address: string): void => {
    const signOfLife = target.endpoint === 'room' ? nobodyNew : undefined
    const connection = new SocketConnection(socket, limits.coalesceBytes, signOfLife)
    connections.add(connection)
    byAddress.add(address)
    socket.once('close', () => {
      connections.delete(connection)
      byAddress.remove(address)
    })
    const handler = handlerFor(options, connection, request, target)
    if (handler) connection.attach(handler, options.report)
  }

  return {
    upgrade: (request, socket, head) => {
      // The client may be gone before it is answered.
      socket.on('error', () => socket.destroy())
      const address = options.addressOf(request)
      const target = targetOf(request)
      if (target === undefined) return refuseUpgrade(socket, 404)
      const refusal = refusalOf(request, target, address)
      if (refusal !== undefined) return refuseUpgrade(socket, refusal)
      sockets.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, request, target, address))
    },
    close: async (graceMs) => {
      isClosing = true
      clearInterval(sweep)
      const gone = [...connections].map((connection) => connection.gone)
      const cut = setTimeout(() => {
        for (const connection of connections) connection.cut()
      }, graceMs)
      await Promise.all(gone)
      clearTimeout(cut)
    },
  }
}

function settingsOf(limits: Limits): ServerOptions {
  const settings = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    // A text message is refused whatever it says.
    skipUTF8Validation: true,
    closeTimeout: closeTimeoutMs,
    handleProtocols: chooseSubprotocol,
    ...piecesOfMessage,
  }
  return settings
}

/** How many connections each address has. */
class AddressCounts {
  private readonly counts = new Map<string, number>()

  of(address: string): number {
    return this.counts.get(address) ?? 0
  }

  add(address: string): void {
    this.counts.set(address, this.of(address) + 1)
  }

  remove(address: string): void {
    const left = this.of(address) - 1
    if (left > 0) this.counts.set(address, left)
    else this.counts.delete(address)
  }
}

function handlerFor(
  { core, verifyToken }: WebSocketEdgeOptions,
  connection: Connection,
  request: IncomingMessage,
  target: Target,
): ConnectionHandler | undefined {
  if (target.endpoint === 'sync') return core.acceptSync(connection)
  const bearer = [...offered(request)].find((name) => name.startsWith(bearerSubprotocolPrefix))
  const token = bearer && verifyToken(bearer.slice(bearerSubprotocolPrefix.length))
  if (token) return core.acceptRoom(connection, target.room, token)
  // Refusing the upgrade would hide the reason: a page sees no status, only a close code.
  connection.close(closeCodes.tokenExpired, 'E_TOKEN')
  return undefined
}

/** The token travels as a second subprotocol and is never echoed. */
function chooseSubprotocol(names: Set<string>): string | false {
  if (names.has(syncSubprotocol)) return syncSubprotocol
  return names.has(roomSubprotocol) ? roomSubprotocol : false
}

function offered(request: IncomingMessage): Set<string> {
  const names = (request.headers['sec-websocket-protocol'] ?? '').split(',')
  return new Set(names.map((name) => name.trim()))
}

function targetOf(request: IncomingMessage): Target | undefined {
  const [path = ''] = (request.url ?? '').split('?')
  if (path === '/sync') return { endpoint: 'sync' }
  const prefix = '/rooms/'
  if (!path.startsWith(prefix)) return undefined
  try {
    return { endpoint: 'room', room: decodeURIComponent(path.slice(prefix.length)) }
  } catch {
    return undefined
  }
}

const reasons: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
}

function refuseUpgrade(socket: Duplex, status: number): void {
  const retry = status === 429 || status === 503 ? 'Retry-After: 10\r\n' : ''
  socket.end(`HTTP/1.1 ${status} ${reasons[status] ?? ''}\r\nConnection: close\r\n${retry}Content-Length: 0\r\n\r\n`)
}
