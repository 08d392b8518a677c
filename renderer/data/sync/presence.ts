import * as Y from 'yjs'
import * as z from 'zod/mini'
import { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import type { FillRandom, RoomName, UserId } from '#common/domain/ids.ts'
import type { Presence } from '../client-core.ts'
import type { ReplicaStore } from '../store/ports.ts'
import { createValue, type Value } from '../value.ts'
import { createDocument } from './chance.ts'
import type { MultiplexedSocket } from './multiplexed-socket.ts'

/** What the server tells of somebody in a chat; who it is, is the server's word (W3). */
const stateSchema = z.object({ userId: z.string(), name: z.string(), typing: z.boolean(), looking: z.boolean() })

/** Chats on screen: who else looks at them, and that we do. */
export type PresenceRooms = {
  watch(room: RoomName): { present: Value<readonly Presence[]>; dispose(): void }
  setTyping(room: RoomName, typing: boolean): void
  /** Rooms may have become known: theirs are opened now. */
  refresh(): void
  stop(): void
}

export type PresenceOptions = {
  fillRandom: FillRandom
  socket: MultiplexedSocket
  replica: ReplicaStore
  ownId: UserId
  /** Whether the room is stored here. One that is not may not exist yet, and asking for it would be refused. */
  isKnown(room: RoomName): boolean
}

type Watched = {
  present: Value<readonly Presence[]>
  typing(typing: boolean): void
  connect(): void
  close(): void
  watchers: number
}

export function createPresenceRooms(options: PresenceOptions): PresenceRooms {
  const rooms = new Map<RoomName, Watched>()
  const typingIn = new Set<RoomName>()

  function leave(room: RoomName, watched: Watched): void {
    if (--watched.watchers > 0 || rooms.get(room) !== watched) return
    rooms.delete(room)
    watched.close()
  }

  return {
    watch(room) {
      const watched = rooms.get(room) ?? openRoom(room, typingIn.has(room), options)
      watched.watchers++
      rooms.set(room, watched)
      let disposed = false
      return {
        present: watched.present,
        dispose() {
          if (!disposed) leave(room, watched)
          disposed = true
        },
      }
    },
    setTyping(room, typing) {
      if (typing) typingIn.add(room)
      else typingIn.delete(room)
      rooms.get(room)?.typing(typing)
    },
    refresh() {
      for (const watched of rooms.values()) watched.connect()
    },
    stop() {
      for (const watched of rooms.values()) watched.close()
      rooms.clear()
    },
  }
}

function openRoom(
  room: RoomName,
  typing: boolean,
  { fillRandom, socket, replica, ownId, isKnown }: PresenceOptions,
): Watched {
  const present = createValue<readonly Presence[]>([])
  const document = createDocument(fillRandom)
  const awareness = new Awareness(document)
  awareness.setLocalState({ typing, looking: true })
  const provider = new WebsocketProvider('channel:', room, document, {
    WebSocketPolyfill: socket.channelClass(),
    disableBc: true,
    connect: false,
    awareness,
  })
  let state: 'new' | 'seeding' | 'seeded' | 'refused' | 'closed' = 'new'

  function connect(): void {
    if (state === 'new' && isKnown(room)) void seed()
    // Without waiting for the provider, which would come back by itself, later.
    if (state === 'seeded' && socket.state.get() === 'online') provider.connect()
  }

  /** The stored state first, so that the server sends only what is newer. */
  async function seed(): Promise<void> {
    state = 'seeding'
    const stored = await replica.load([room]).catch(() => undefined)
    const content = stored?.get(room)?.state
    if (state !== 'seeding') return
    if (content) Y.applyUpdate(document, content, provider)
    state = 'seeded'
    connect()
  }

  awareness.on('change', () => present.set(others(awareness, ownId)))
  provider.on('closed', () => {
    if (state === 'seeded') state = 'refused'
  })
  const stopListening = socket.listen({
    welcome() {
      if (state === 'refused') state = 'seeded'
      connect()
    },
    lost: () => forgetOthers(awareness),
  })
  connect()
  return {
    present,
    typing: (now) => awareness.setLocalState({ typing: now, looking: true }),
    connect,
    close() {
      state = 'closed'
      stopListening()
      provider.destroy()
      awareness.destroy()
      document.destroy()
    },
    watchers: 0,
  }
}

/** Awareness would not believe an unchanged state a second time, until the other renews it. */
function forgetOthers(awareness: Awareness): void {
  for (const client of [...awareness.meta.keys()]) if (client !== awareness.clientID) awareness.meta.delete(client)
}

/** Each person once, also with two devices, in the order of names. */
function others(awareness: Awareness, ownId: UserId): Presence[] {
  const people = new Map<UserId, Presence>()
  for (const [client, state] of awareness.getStates()) {
    const parsed = stateSchema.safeParse(state)
    if (client === awareness.clientID || !parsed.success || !parsed.data.looking) continue
    const { userId, name, typing } = parsed.data
    if (userId !== ownId) people.set(userId, { userId, name, typing: typing || people.get(userId)?.typing === true })
  }
  return [...people.values()].sort((one, other) => one.name.localeCompare(other.name))
}
