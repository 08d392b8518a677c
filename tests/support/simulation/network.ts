import type { ClientSocket } from '#renderer/data/client-core.ts'
import type { Connection, ConnectionHandler } from '#server/server-core.ts'
import type { Realm, Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Trace } from './trace.ts'
import { Pipe } from './pipe.ts'

/** How a connection ends when the network breaks it. Whatever was under way is lost in every case. */
export type Cut =
  /** Both ends are told at once. */
  | 'reset'
  /** Half-open for the server: the client knows, the server finds out by its heartbeat. */
  | 'server-unaware'
  /** Half-open for the client: it must find out by itself; so must the server. */
  | 'nobody-knows'

/** The server's edge: what `main.ts` does with a WebSocket. */
export type ServerEdge = {
  realm: Realm
  /** Undefined: refused before it opened. */
  accept(url: URL, protocols: string[], connection: Connection): ConnectionHandler | undefined
}

/** A server notices a vanished client after two missed pings. */
const serverNoticesMs = 45_000
const connectTimeoutMs = 30_000

/** The way between one machine and the server. */
export class Link {
  readonly name: string
  /** The machine has a network. */
  isUp = true
  /** Packets get through; connections live on while they don't. */
  isStalled = false
  /** A slow way: added to every latency, ms. */
  lagMs = 0
  readonly wires = new Set<Wire>()

  constructor(name: string) {
    this.name = name
  }
}

export type NetworkWatch = {
  /** The server handed `message` to the way towards `link`; the moment at which secrecy is checked. */
  sentToClient(link: Link, message: Uint8Array): void
}

export class Network {
  readonly scheduler: Scheduler
  readonly chance: SeededRandom
  readonly trace: Trace
  readonly watch: NetworkWatch
  edge: ServerEdge | undefined
  private readonly links: Link[] = []

  constructor(scheduler: Scheduler, chance: SeededRandom, trace: Trace, watch: NetworkWatch) {
    this.scheduler = scheduler
    this.chance = chance
    this.trace = trace
    this.watch = watch
  }

  link(name: string): Link {
    const link = new Link(name)
    this.links.push(link)
    return link
  }

  /** The server's process is gone: its machine refuses what still comes, or nothing answers any more. */
  serverDied(how: 'reset' | 'nobody-knows'): void {
    this.edge = undefined
    for (const link of this.links) this.cut(link, how)
  }

  /** Mostly a few ms, now and then a long while. */
  latencyMs(link: Link): number {
    const usual = this.chance.between(1, 60)
    return link.lagMs + (this.chance.chance(0.02) ? usual + this.chance.between(200, 4_000) : usual)
  }

  openSocket(link: Link, realm: Realm, url: string, protocols: string[]): ClientSocket {
    return new Wire(this, link, realm, new URL(url), protocols).socket
  }

  /** Asks the server; rejects like `fetch` when there is no way, or when the answer gets lost after the server did its part. */
  request<Answer>(link: Link, realm: Realm, answer: (server: Realm) => Promise<Answer> | Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { scheduler } = this
      const fail = (delayMs: number): void =>
        void scheduler.post(realm, delayMs, () => reject(new TypeError('fetch failed')))
      if (!link.isUp) return fail(2)
      if (link.isStalled) return fail(connectTimeoutMs)
      scheduler.post(scheduler.world, this.latencyMs(link), () => {
        const { edge } = this
        if (edge === undefined || !edge.realm.alive) return fail(this.latencyMs(link))
        if (!link.isUp || link.isStalled) return fail(connectTimeoutMs)
        scheduler.post(edge.realm, 0, () => {
          const isLost = this.chance.chance(0.03)
          const give = (deliver: () => void): void =>
            isLost ? fail(this.latencyMs(link)) : void scheduler.post(realm, this.latencyMs(link), deliver)
          new Promise<Answer>((settle) => settle(answer(edge.realm))).then(
            (value) => give(() => resolve(value)),
            (error: unknown) => give(() => reject(error instanceof Error ? error : new Error(String(error)))),
          )
        })
      })
    })
  }

  /** Breaks every connection of a machine. */
  cut(link: Link, how: Cut): void {
    for (const wire of [...link.wires]) wire.cut(how)
  }

  stall(link: Link): void {
    link.isStalled = true
  }

  /** What was held back arrives now, unless the connection was given up meanwhile. */
  resume(link: Link): void {
    link.isStalled = false
    for (const wire of [...link.wires]) wire.resume()
  }
}

type End = 'opening' | 'open' | 'closing' | 'closed'

/** One WebSocket: two pipes that keep their order, each end with its own idea of whether it is open. */
class Wire {
  private readonly network: Network
  private readonly link: Link
  private readonly clientRealm: Realm
  private serverRealm: Realm | undefined
  private client: End = 'opening'
  private server: End = 'opening'
  private handler: ConnectionHandler | undefined
  private readonly toServer: Pipe
  private readonly toClient: Pipe
  readonly socket: ClientSocket

  constructor(network: Network, link: Link, clientRealm: Realm, url: URL, protocols: string[]) {
    this.network = network
    this.link = link
    this.clientRealm = clientRealm
    const { scheduler } = network
    const latencyMs = (): number => network.latencyMs(link)
    const isStalled = (): boolean => link.isStalled
    this.toServer = new Pipe(scheduler, { latencyMs, isStalled, realm: () => this.serverRealm })
    this.toClient = new Pipe(scheduler, { latencyMs, isStalled, realm: () => clientRealm })
    this.socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (message) => this.sendToServer(message),
      close: () => this.closeByClient(),
    }
    link.wires.add(this)
    this.connect(url, protocols)
  }

  /** The network breaks the connection. */
  cut(how: Cut): void {
    const { scheduler, chance } = this.network
    this.toServer.kill()
    this.toClient.kill()
    this.link.wires.delete(this)
    const serverLearnsMs = how === 'reset' ? chance.between(0, 100) : serverNoticesMs
    scheduler.post(this.serverRealm ?? scheduler.world, serverLearnsMs, () => this.endServer())
    if (how !== 'nobody-knows' || this.client === 'opening') {
      const clientLearnsMs = how === 'nobody-knows' ? connectTimeoutMs : chance.between(0, 50)
      scheduler.post(this.clientRealm, clientLearnsMs, () => this.endClient(1006, ''))
    }
  }

  resume(): void {
    this.toServer.resume()
    this.toClient.resume()
  }

  /** The server's process died, and its machine says so to whoever asks. */
  private refuse(afterMs: number): void {
    this.toServer.kill()
    this.toClient.kill()
    this.link.wires.delete(this)
    this.network.scheduler.post(this.clientRealm, afterMs, () => this.endClient(1006, ''))
  }

  private connect(url: URL, protocols: string[]): void {
    const { network, link } = this
    const { scheduler } = network
    if (!link.isUp) return this.refuse(2)
    if (link.isStalled) return this.refuse(connectTimeoutMs)
    scheduler.post(scheduler.world, network.latencyMs(link), () => {
      if (this.client === 'closed') return this.refuse(0)
      if (link.isStalled) return this.refuse(connectTimeoutMs)
      const { edge } = network
      if (edge === undefined || !edge.realm.alive) return this.refuse(network.latencyMs(link))
      this.serverRealm = edge.realm
      scheduler.post(edge.realm, 0, () => this.open(url, protocols, edge))
    })
  }

  private open(url: URL, protocols: string[], edge: ServerEdge): void {
    if (this.client === 'closed' || !this.link.wires.has(this)) return
    this.server = 'open'
    this.toClient.push(0, () => {
      if (this.client !== 'opening') return
      this.client = 'open'
      this.network.trace.note(this.network.scheduler.worldMs(), `  ${this.link.name} is connected`)
      this.socket.onopen?.()
    })
    this.handler = edge.accept(url, protocols, {
      send: (message) => this.sendToClient(message),
      close: (code, reason) => this.closeByServer(code, reason),
      bufferedBytes: () => this.toClient.waitingBytes,
      drained: () => this.toClient.drained(),
    })
    if (this.handler === undefined) this.closeByServer(1006, '')
  }

  private sendToServer(message: Uint8Array): void {
    if (this.client !== 'open') return
    this.network.trace.mark('>', message.length)
    this.toServer.push(message.length, () => {
      if (this.server === 'open') this.handler?.receive(message)
    })
  }

  private sendToClient(message: Uint8Array): void {
    if (this.server !== 'open') return
    this.network.watch.sentToClient(this.link, message)
    this.network.trace.mark('<', message.length)
    this.toClient.push(message.length, () => {
      if (this.client === 'open') this.socket.onmessage?.(message)
    })
  }

  private closeByClient(): void {
    if (this.client === 'closing' || this.client === 'closed') return
    this.client = 'closing'
    this.toServer.push(0, () => this.endServer())
    this.network.scheduler.post(this.clientRealm, this.network.chance.between(0, 100), () => this.endClient(1005, ''))
  }

  private closeByServer(code: number, reason: string): void {
    if (this.server !== 'open') return
    this.server = 'closing'
    this.toClient.push(0, () => this.endClient(code, reason))
    if (this.serverRealm) this.network.scheduler.post(this.serverRealm, 1, () => this.endServer())
  }

  private endServer(): void {
    if (this.server === 'closed' || this.server === 'opening') return
    this.server = 'closed'
    this.toServer.kill()
    this.handler?.closed()
  }

  private endClient(code: number, reason: string): void {
    if (this.client === 'closed') return
    this.client = 'closed'
    this.toClient.kill()
    this.link.wires.delete(this)
    const { trace, scheduler } = this.network
    trace.note(scheduler.worldMs(), `  ${this.link.name} is closed with ${code} ${reason}`)
    this.socket.onclose?.(code, reason)
  }
}
