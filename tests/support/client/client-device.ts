import type { Credentials } from '#common/ipc.ts'
import type { UserId } from '#common/domain/ids.ts'
import { createClientCore } from '#renderer/data/create-client-core.ts'
import type { ClientCore, ClientPorts, ClientSocket, HttpAnswer } from '#renderer/data/client-core.ts'
import type { AccountStores } from '#renderer/data/store/ports.ts'
import type { Connection } from '#server/server-core.ts'
import type { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'
import { createValue } from '#renderer/data/value.ts'
import type { UploadRules } from '#renderer/data/media-api.ts'
import type { MediaPorts } from '#renderer/data/media/ports.ts'
import { MemoryFolder } from './memory-folder.ts'
import type { MediaServer } from './media-server.ts'
import { MemoryJournal } from './memory-journal.ts'
import { mortal } from './mortal.ts'

const server = 'http://127.0.0.1:4000'

type LastAccount = Parameters<ClientPorts['lastAccount']['store']>[0]
type Wire = { cut(code: number): void }

export type DeviceOptions = {
  deviceId?: string
  hasJournal?: boolean
  /** Where its photos and videos go; without it the device keeps none. */
  media?: MediaServer | undefined
}

/**
 * A computer with the real client core on it, and the real server core of `world` at the other end of its sockets. The disk
 * outlives the app; the app dies and is started again.
 */
export class ClientDevice {
  core!: ClientCore
  stores: AccountStores = createMemoryStores()
  readonly journal = new MemoryJournal()
  readonly folder = new MemoryFolder()
  readonly metered = createValue(false)
  credentials: Credentials | null = null
  lastAccount: LastAccount = null
  isOnline = true
  /** What is sent goes nowhere while the sockets look open. */
  isHalfOpen = false
  private readonly world: CoreWorld
  private readonly userId: UserId
  private readonly options: Required<Omit<DeviceOptions, 'media'>> & Pick<DeviceOptions, 'media'>
  private readonly wires = new Set<Wire>()
  private run = { isAlive: false }
  private isRebuilt = false
  private random: number

  constructor(
    world: CoreWorld,
    userId: UserId,
    { deviceId = `device-${userId}`, hasJournal = true, media }: DeviceOptions = {},
  ) {
    this.world = world
    this.userId = userId
    this.options = { deviceId, hasJournal, media }
    // Two devices never draw the same numbers.
    this.random = [...deviceId].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) & 0x7fff_ffff, 7)
  }

  /** A device on which `userId` is signed in and everything has arrived. */
  static async signedIn(world: CoreWorld, userId: UserId, options?: DeviceOptions): Promise<ClientDevice> {
    const device = new ClientDevice(world, userId, options)
    await device.start()
    const signedIn = await device.signIn()
    if (!signedIn.ok) throw new Error(JSON.stringify(signedIn.reason))
    await device.caughtUp()
    return device
  }

  async start(): Promise<void> {
    const run = { isAlive: true }
    this.run = run
    const isAlive = () => run.isAlive
    const { clock } = this.world
    this.core = createClientCore({
      clock: {
        nowMs: () => clock.nowMs(),
        after: (delayMs, callback) => clock.after(delayMs, () => (run.isAlive ? callback() : undefined)),
      },
      fillRandom: (bytes) => {
        for (let index = 0; index < bytes.length; index++)
          bytes[index] = (this.random = (this.random * 1_103_515_245 + 12_345) & 0x7fff_ffff) >>> 16
        return bytes
      },
      openSocket: () => this.openSocket(),
      openStores: async () => {
        const rebuilt = this.isRebuilt
        this.isRebuilt = false
        const { replica, projection, outbox } = this.stores
        const stores: AccountStores = {
          replica: mortal(replica, isAlive),
          projection: mortal(projection, isAlive),
          outbox: mortal(outbox, isAlive),
          close: () => Promise.resolve(),
        }
        return { stores, rebuilt }
      },
      http: (request) => this.answer(request),
      somebodyAnswers: async () => false,
      journal: this.options.hasJournal ? mortal(this.journal, isAlive) : null,
      credentials: {
        read: async () => this.credentials,
        store: async (credentials) => void (this.credentials = credentials),
        clear: async () => void (this.credentials = null),
      },
      lastAccount: {
        read: async () => this.lastAccount,
        store: async (value) => void (this.lastAccount = value),
      },
      device: { id: this.options.deviceId, name: 'test' },
      media: this.options.media && this.mediaPorts(this.options.media, isAlive),
    })
    await this.core.start()
  }

  signIn(remember = true): ReturnType<ClientCore['act']['signIn']> {
    return this.core.act.signIn({ server, login: this.userId, password: 'demo', remember })
  }

  /** Waits until the device is online and has everything. */
  async caughtUp(): Promise<void> {
    const since = this.world.clock.nowMs()
    await this.until(() => {
      const { state, queued, caughtUpAt } = this.core.connection.get()
      return state === 'online' && queued === 0 && caughtUpAt !== null && caughtUpAt >= since
    }, 'caught up')
  }

  /** Moves the world's time until something is so. */
  async until(isSo: () => boolean | Promise<boolean>, what = 'condition'): Promise<void> {
    for (let turn = 0; turn < 600; turn++) {
      if (await isSo()) return
      await this.world.clock.advance(turn < 100 ? 0 : 100)
      await otherThreads()
    }
    throw new Error(
      `not within a minute: ${what}; ${JSON.stringify([this.core.session.get(), this.core.connection.get()])}`,
    )
  }

  goOffline(code = 1006): void {
    this.isOnline = false
    this.cut(code)
  }

  goOnline(): void {
    this.isOnline = true
    this.core.wake()
  }

  /** All sockets are closed from the other side. */
  cut(code = 1006): void {
    for (const wire of this.wires) wire.cut(code)
  }

  private mediaPorts(server: MediaServer, isAlive: () => boolean): MediaPorts {
    const { folder, read, prepare } = this.folder
    const files = mortal({ ...folder, read, prepare }, isAlive)
    const unreachable = () => Promise.reject(new Error('ECONNREFUSED'))
    return {
      folder: { ...files, cache: mortal(folder.cache, isAlive), localUrl: folder.localUrl, cacheUrl: folder.cacheUrl },
      read: files.read,
      prepare: files.prepare,
      fetch: (...given) => (this.isOnline && isAlive() ? server.fetch(...given) : unreachable()),
      httpStack: {
        createRequest: (method, url) => {
          const request = server.httpStack.createRequest(method, url)
          const send = request.send.bind(request)
          return Object.assign(request, {
            send: (body: unknown) => (this.isOnline && isAlive() ? send(body) : unreachable()),
          })
        },
        getName: () => 'device',
      },
      metered: this.metered,
      rules: createValue<UploadRules>({ parallel: 2, pauseOnMetered: false }),
    }
  }

  /** kill -9. */
  crash(): void {
    this.run.isAlive = false
    this.cut()
  }

  /** The browser's databases are gone. */
  wipeDatabases(): void {
    this.stores = createMemoryStores()
    this.isRebuilt = true
  }

  private openSocket(): ClientSocket {
    const { run } = this
    const socket: ClientSocket = { send: () => {}, close: () => {}, onopen: null, onmessage: null, onclose: null }
    const later = (work: () => void) => queueMicrotask(() => (run.isAlive ? work() : undefined))
    if (!this.isOnline) {
      later(() => socket.onclose?.(1006, ''))
      return socket
    }
    let isOpen = true
    const connection: Connection = {
      send: (message) => later(() => (isOpen && !this.isHalfOpen ? socket.onmessage?.(message) : undefined)),
      close: (code, reason) => later(() => end(code, reason)),
      bufferedBytes: () => 0,
      drained: () => Promise.resolve(),
    }
    const handler = this.world.core.acceptSync(connection)
    const wire: Wire = { cut: (code) => end(code, '') }
    const end = (code: number, reason: string): void => {
      if (!isOpen) return
      isOpen = false
      this.wires.delete(wire)
      handler.closed()
      if (run.isAlive) socket.onclose?.(code, reason)
    }
    this.wires.add(wire)
    socket.send = (message) => later(() => (isOpen && !this.isHalfOpen ? handler.receive(message) : undefined))
    socket.close = () => later(() => end(1005, ''))
    later(() => socket.onopen?.())
    return socket
  }

  private async answer({ method, url }: { method: string; url: string }): Promise<HttpAnswer> {
    await Promise.resolve()
    if (!this.isOnline) throw new Error('ECONNREFUSED')
    const user = this.world.core.account(this.userId)
    if (url === `${server}/healthz`) return { status: 200, body: { status: 'ok' } }
    if (method === 'POST' && url.startsWith(`${server}/api/session`) && user)
      return { status: 200, body: { accessToken: this.userId, expiresIn: 600, refreshToken: 'refresh', user } }
    return { status: 200, body: {} }
  }
}

/** Hashes are made in another thread, in real time: the world's time must not run away from them. */
function otherThreads(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}
