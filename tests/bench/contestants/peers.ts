import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import type { Client, Contestant, OpenRoom, RawReader } from './contestant.ts'

const peersFolder = join(process.cwd(), 'tests/bench/peers')

type PeerClient = { open(room: string): OpenRoom; close(): void }
type PeerModule = {
  connectYWebsocket(url: string): PeerClient
  connectHocuspocus(url: string): PeerClient
  readRawYWebsocket(url: string, room: string): Promise<RawReader>
  readRawHocuspocus(url: string, room: string): Promise<RawReader>
}

/** The clients live beside their own packages, so that each library meets one copy of Yjs. */
async function loadPeers(): Promise<PeerModule> {
  return (await import(/* @vite-ignore */ pathToFileURL(join(peersFolder, 'clients.mjs')).href)) as PeerModule
}

const socketUrl = (server: ServerProcess): string => server.url.replace('http', 'ws')

async function peer(
  name: string,
  script: string,
  connect: (peers: PeerModule, url: string) => PeerClient,
  readRaw: (peers: PeerModule, url: string, room: string) => Promise<RawReader>,
): Promise<Contestant> {
  const peers = await loadPeers()
  return {
    name,
    start: async (folder) => {
      const port = await freePort()
      return startServer([join(peersFolder, script), String(port), folder], port, folder)
    },
    prepare: async (_server, rooms) => Array.from({ length: rooms }, (_, index) => `room-${index}`),
    fill: async (server, rooms, perRoom) => {
      const client = connect(peers, socketUrl(server))
      // In steps, so that no server is drowned while it is filled.
      for (let from = 0; from < rooms.length; from += 100) {
        const open = rooms.slice(from, from + 100).map((room) => client.open(room))
        await Promise.all(open.map((room) => room.synced))
        for (const room of open) for (let index = 0; index < perRoom; index++) room.post(`f${index}`)
        await Promise.all(open.map((room) => room.confirmed()))
      }
      // Peers write to disk some time after they confirmed.
      await new Promise((resolve) => setTimeout(resolve, 3000))
      client.close()
      await new Promise((resolve) => setTimeout(resolve, 1500))
    },
    connect: async (server) => followByOpening(connect(peers, socketUrl(server))),
    readRaw: (server, room) => readRaw(peers, socketUrl(server), room),
  }
}

/** These servers have no feed: following rooms means opening each of them, again after each return. */
function followByOpening(client: PeerClient): Client {
  return {
    open: (room) => client.open(room),
    close: () => client.close(),
    follow: async (rooms, isComplete) => {
      const open = new Map(rooms.map((room) => [room, client.open(room)]))
      await Promise.all([...open.values()].map((room) => room.synced))
      // y-websocket's server says «synced» before LevelDB has answered.
      while (!isComplete((room) => open.get(room)?.count() ?? 0)) await new Promise((resolve) => setTimeout(resolve, 2))
      return { memory: null, close: () => client.close() }
    },
  }
}

export const hocuspocus = (): Promise<Contestant> =>
  peer(
    'Hocuspocus 4.7 + SQLite',
    'hocuspocus-server.mjs',
    (peers, url) => peers.connectHocuspocus(url),
    (peers, url, room) => peers.readRawHocuspocus(url, room),
  )

export const yWebsocket = (): Promise<Contestant> =>
  peer(
    'y-websocket 2.1 + LevelDB',
    'y-websocket-server.mjs',
    (peers, url) => peers.connectYWebsocket(url),
    (peers, url, room) => peers.readRawYWebsocket(url, room),
  )
