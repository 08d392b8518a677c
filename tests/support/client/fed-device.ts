import * as Y from 'yjs'
import { appendEntries } from '#common/documents/chat-document.ts'
import type { EntryDraft } from '#common/domain/message.ts'
import type { RoomName } from '#common/domain/ids.ts'
import type { ServerFrame } from '#common/protocol/control-frames.ts'
import type { AccountStores } from '#renderer/data/store/ports.ts'
import { Feed } from '#renderer/data/sync/feed.ts'
import { loadReplica } from '#renderer/data/sync/load-replica.ts'
import { MultiplexedSocket } from '#renderer/data/sync/multiplexed-socket.ts'
import { ScriptedServer, welcome } from '#tests/support/client/scripted-server.ts'
import { ManualClock, settled } from '#tests/support/server-core/manual-clock.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'

/** When everything in a {@link WrittenRoom} was written, ms. */
export const writtenAt = Date.UTC(2026, 0, 15, 9)

export const cursor = (text: string): ServerFrame => ({ type: 'CURSOR', cursor: text })
export const caughtUp = (text: string): ServerFrame => ({ type: 'CAUGHT_UP', cursor: text })

/** A room as its server writes it: each change is one numbered update. */
export class WrittenRoom {
  readonly document = new Y.Doc()
  readonly updates: Uint8Array[] = []
  readonly room: RoomName
  epoch: number

  constructor(name: RoomName, epoch = 1) {
    this.room = name
    this.epoch = epoch
    this.document.on('update', (update: Uint8Array) => this.updates.push(update))
  }

  say(id: string, text: string, authorId = 'other'): this {
    return this.append({ id, type: 'message', authorId, writtenAt: new Date(writtenAt).toISOString(), text })
  }

  append(draft: EntryDraft): this {
    this.document.transact(() => appendEntries(this.document, [draft], writtenAt))
    return this
  }

  /** Updates after `from`. */
  changes(from = 0): ServerFrame {
    const { room, epoch, updates } = this
    return { type: 'CHANGES', room, epoch, from, to: updates.length, updates: updates.slice(from) }
  }
}

/** The feed of user `own` over a real socket to a scripted server, stored in memory. */
export class FedDevice {
  readonly clock = new ManualClock()
  readonly server = new ScriptedServer()
  readonly stores: AccountStores = createMemoryStores()
  /** What the listener was told, a line each. */
  readonly told: string[] = []
  private running: { socket: MultiplexedSocket; feed: Feed } | null = null

  get feed(): Feed {
    if (this.running === null) throw new Error('the device is not started')
    return this.running.feed
  }

  async start(): Promise<void> {
    const { clock, server, stores, told } = this
    const socket = new MultiplexedSocket({
      clock,
      fillRandom: (bytes) => bytes.fill(0),
      openSocket: server.openSocket,
      url: 'ws://server.test/sync',
      deviceId: 'device-1',
      authorize: async () => ({ ok: true, token: 'T' }),
      tokenRejected: () => {},
      ended: () => {},
    })
    const feed = new Feed({
      clock,
      socket,
      replica: {
        ...(await loadReplica(stores, 'own')),
        forgetFiles: (sha256s) => {
          told.push(...sha256s.map((sha256) => `forget ${sha256}`))
          return Promise.resolve()
        },
      },
      queueLimitBytes: 1_000_000,
      listener: {
        arrived: (messages, live) => told.push(...messages.map(({ text }) => `${live ? 'live' : 'late'} ${text}`)),
        effects: (ids) => told.push(...ids.map((id) => `effect ${id}`)),
        settled: () => {},
        lost: (tickets) => told.push(...tickets.map(({ number, title }) => `lost ${number} ${title}`)),
        restored: () => told.push('restored'),
      },
    })
    this.running = { socket, feed }
    socket.start()
    await this.connect()
  }

  async connect(): Promise<void> {
    await this.clock.advance(1)
    this.server.last.open()
    await settled()
    this.server.last.say(welcome())
    await settled()
  }

  stop(): void {
    this.running?.feed.stop()
    this.running?.socket.stop()
  }

  /** The app ends without a word and is started again. */
  async restart(): Promise<void> {
    this.stop()
    await this.start()
  }

  /** Rows are not written before the returned function is called. */
  holdWriting(): () => void {
    const { projection } = this.stores
    const write = projection.write.bind(projection)
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    projection.write = async (batch) => {
      await released
      return write(batch)
    }
    return () => {
      projection.write = write
      release()
    }
  }

  /** Texts of M1 to M4, as their rows hold them. */
  async texts(of: RoomName): Promise<string[]> {
    const rows = await this.stores.projection.messagesById(of, ['M1', 'M2', 'M3', 'M4'])
    return [...rows.values()].map((row) => (row.type === 'message' ? row.text : row.type))
  }
}
