import { join } from 'node:path'
import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { appendCommand, countCommands, observeOutbox, readRefused } from '#common/documents/outbox-document.ts'
import { chatRoom, createUlidSource, outboxRoom } from '#common/domain/ids.ts'
import { sessionResponseSchema } from '#common/protocol/http-api.ts'
import { bearerSubprotocolPrefix, roomSubprotocol } from '#common/protocol/version.ts'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import { followFeed, type FeedMemory } from './naryad-feed.ts'
import type { Client, Contestant, OpenRoom } from './contestant.ts'

/** Everything a single measuring machine would trip over; rights, idempotency and fsync stay as they are. */
const limits = {
  commandsPerSecond: 1e9,
  commandBurst: 1e9,
  messagesPerMinute: 1e9,
  roomOpensPerSecond: 1e9,
  roomOpenBurst: 1e9,
  connectionsPerUser: 10_000,
  connectionsPerAddress: 10_000,
  outboxDocumentBytes: 1e9,
}
const nextId = createUlidSource(Date.now, (bytes) => crypto.getRandomValues(bytes))

class UncompressedSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false })
  }
}

export async function signIn(server: ServerProcess, login = 'dispatcher'): Promise<string> {
  const response = await fetch(`${server.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: 'demo', device: { id: nextId(), name: 'bench' } }),
  })
  return sessionResponseSchema.parse(await response.json()).accessToken
}

/** A document of the server's under an unmodified provider, one socket a room. */
export function openDocument(
  server: ServerProcess,
  token: string,
  room: string,
): { document: Y.Doc; provider: WebsocketProvider } {
  const document = new Y.Doc()
  const provider = new WebsocketProvider(`${server.url.replace('http', 'ws')}/rooms`, room, document, {
    // The provider calls it with its `protocols`; ws's class has more overloads than the option's type.
    WebSocketPolyfill: UncompressedSocket as unknown as typeof globalThis.WebSocket,
    protocols: [roomSubprotocol, bearerSubprotocolPrefix + token],
    disableBc: true,
  })
  return { document, provider }
}

const whenSynced = (provider: WebsocketProvider): Promise<void> =>
  new Promise((resolve) => (provider.synced ? resolve() : provider.once('sync', () => resolve())))

/** The device's outbox: one document for commands to any room. */
export class Outbox {
  readonly synced: Promise<void>
  private readonly document: Y.Doc
  private readonly provider: WebsocketProvider

  constructor(server: ServerProcess, token: string) {
    const { document, provider } = openDocument(server, token, outboxRoom(nextId()))
    this.document = document
    this.provider = provider
    this.synced = whenSynced(provider)
  }

  push(commands: object[]): void {
    this.document.transact(() => {
      for (const command of commands)
        appendCommand(this.document, { id: nextId(), writtenAt: new Date().toISOString(), ...command })
    })
  }

  /** Resolves when the server has struck everything off; a refusal is an error of the benchmark. */
  async confirmed(): Promise<void> {
    if (countCommands(this.document) > 0)
      await new Promise<void>((resolve) => {
        const dispose = observeOutbox(this.document, () => {
          if (countCommands(this.document) > 0) return
          dispose()
          resolve()
        })
      })
    for (const [id, refusal] of readRefused(this.document)) throw new Error(`${id} refused: ${JSON.stringify(refusal)}`)
  }

  close(): void {
    this.provider.destroy()
  }
}

export const messageTo = (ticketId: string, marker: string): object => ({
  type: 'message.post',
  ticketId,
  to: ['customer'],
  text: `${marker} Приехал на объект, насос не запускается; нужна замена реле.`,
  attachments: [],
})

const ticketOf = (room: string): string => room.split('.')[1] ?? ''

async function connect(server: ServerProcess): Promise<Client> {
  const token = await signIn(server)
  let outbox: Outbox | undefined
  const providers = new Set<WebsocketProvider>()
  return {
    open(room): OpenRoom {
      const { document, provider } = openDocument(server, token, room)
      providers.add(provider)
      outbox ??= new Outbox(server, token)
      const sender = outbox
      const entries = document.getArray<{ id: string; text?: string }>('entries')
      return {
        synced: Promise.all([whenSynced(provider), sender.synced]),
        count: () => entries.length,
        post: (id) => sender.push([messageTo(ticketOf(room), `#${id}#`)]),
        onChange: (listener) =>
          entries.observe((event) => {
            for (const { insert } of event.changes.delta)
              for (const entry of Array.isArray(insert) ? insert : [])
                listener(/#(.*)#/.exec((entry as { text?: string }).text ?? '')?.[1] ?? '')
          }),
        confirmed: () => sender.confirmed(),
        destroy: () => provider.destroy(),
      }
    },
    follow: (rooms, isComplete, from) => followFeed(server, token, rooms, isComplete, from as FeedMemory | undefined),
    close: () => {
      for (const provider of providers) provider.destroy()
      outbox?.close()
    },
  }
}

export const naryad: Contestant = {
  name: 'Naryad',
  start: async (folder) => {
    const port = await freePort()
    const server = join(process.cwd(), 'out/server/main.js')
    const options = [
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--data',
      join(folder, 'data'),
      '--limits',
      JSON.stringify(limits),
    ]
    return startServer([server, ...options, '--seed', 'demo'], port, folder)
  },
  prepare: async (server, rooms) => {
    const outbox = new Outbox(server, await signIn(server))
    await outbox.synced
    const ids = Array.from({ length: rooms }, nextId)
    for (let from = 0; from < rooms; from += 500) {
      outbox.push(
        ids.slice(from, from + 500).map((id) => ({ type: 'ticket.create', id, fields: { title: `Заявка ${id}` } })),
      )
      await outbox.confirmed()
    }
    outbox.close()
    return ids.map((id) => chatRoom(id, 'customer'))
  },
  fill: async (server, rooms, perRoom) => {
    const outbox = new Outbox(server, await signIn(server))
    await outbox.synced
    const messages = rooms.flatMap((room) =>
      Array.from({ length: perRoom }, (_, index) => messageTo(ticketOf(room), `#f${index}#`)),
    )
    for (let from = 0; from < messages.length; from += 500) {
      outbox.push(messages.slice(from, from + 500))
      await outbox.confirmed()
    }
    outbox.close()
  },
  connect,
  readRaw: async (server, room) => {
    const socket = new UncompressedSocket(`${server.url.replace('http', 'ws')}/rooms/${room}`, [
      roomSubprotocol,
      bearerSubprotocolPrefix + (await signIn(server)),
    ])
    let received = 0
    socket.on('message', (message: Buffer) => {
      for (let from = message.indexOf('writtenAt'); from >= 0; from = message.indexOf('writtenAt', from + 1)) received++
    })
    await new Promise((resolve) => socket.on('open', resolve))
    return { received: () => received, close: () => socket.terminate() }
  },
}
