import { join } from 'node:path'
import type { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { chatRoom } from '#common/domain/ids.ts'
import { encodeRoomMessage } from '#common/protocol/room-messages.ts'
import {
  messageTo,
  nextId,
  openDocument,
  Outbox,
  roomProtocols,
  signIn,
  UncompressedSocket,
  whenSynced,
} from '../../support/room-client/room-client.ts'
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
const benchText = (id: string): string => `#${id}# Приехал на объект, насос не запускается; нужна замена реле.`

const ticketOf = (room: string): string => room.split('.')[1] ?? ''

/** A refusal would be an error of the benchmark. */
async function confirm(outbox: Outbox): Promise<void> {
  await outbox.struckOff()
  for (const [id, refusal] of outbox.refused) throw new Error(`${id} refused: ${JSON.stringify(refusal)}`)
}

const tokens = new Map<string, Promise<string>>()

/** One sign-in a server: what is measured is the exchange of messages. */
function tokenOf({ url, pid }: ServerProcess): Promise<string> {
  const key = `${url} ${pid}`
  const token = tokens.get(key) ?? signIn(url)
  tokens.set(key, token)
  return token
}

async function connect(server: ServerProcess): Promise<Client> {
  const token = await tokenOf(server)
  let outbox: Outbox | undefined
  const providers = new Set<WebsocketProvider>()
  return {
    open(room): OpenRoom {
      const { document, provider } = openDocument(server.url, token, room)
      providers.add(provider)
      outbox ??= new Outbox(server.url, token)
      const sender = outbox
      const entries = document.getArray<{ id: string; text?: string }>('entries')
      return {
        synced: Promise.all([whenSynced(provider), sender.synced]),
        count: () => entries.length,
        post: (id) => sender.push([messageTo(ticketOf(room), benchText(id))]),
        onChange: (listener) =>
          entries.observe((event) => {
            for (const { insert } of event.changes.delta)
              for (const entry of Array.isArray(insert) ? insert : [])
                listener(/#(.*)#/.exec((entry as { text?: string }).text ?? '')?.[1] ?? '')
          }),
        confirmed: () => confirm(sender),
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
    const outbox = new Outbox(server.url, await tokenOf(server))
    await outbox.synced
    const ids = Array.from({ length: rooms }, nextId)
    for (let from = 0; from < rooms; from += 500) {
      outbox.push(
        ids.slice(from, from + 500).map((id) => ({ type: 'ticket.create', id, fields: { title: `Заявка ${id}` } })),
      )
      await confirm(outbox)
    }
    outbox.close()
    return ids.map((id) => chatRoom(id, 'customer'))
  },
  fill: async (server, rooms, perRoom) => {
    const outbox = new Outbox(server.url, await tokenOf(server))
    await outbox.synced
    const messages = rooms.flatMap((room) =>
      Array.from({ length: perRoom }, (_, index) => messageTo(ticketOf(room), benchText(`f${index}`))),
    )
    for (let from = 0; from < messages.length; from += 500) {
      outbox.push(messages.slice(from, from + 500))
      await confirm(outbox)
    }
    outbox.close()
  },
  connect,
  readRaw: async (server, room) => {
    const socket = new UncompressedSocket(
      `${server.url.replace('http', 'ws')}/rooms/${room}`,
      roomProtocols(await tokenOf(server)),
    )
    let received = 0
    socket.on('message', (message: Buffer) => {
      for (let from = message.indexOf('writtenAt'); from >= 0; from = message.indexOf('writtenAt', from + 1)) received++
    })
    await new Promise((resolve) => socket.on('open', resolve))
    // A room is followed once the client has said what it has.
    socket.send(encodeRoomMessage({ type: 'sync-step-1', stateVector: Y.encodeStateVector(new Y.Doc()) }))
    return { received: () => received, close: () => socket.terminate() }
  },
}
