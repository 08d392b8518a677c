import * as Y from 'yjs'
import { appendCommand } from '#common/documents/outbox-document.ts'
import { chatRoom, outboxRoom, personalRoom, ticketRoom, type RoomName } from '#common/domain/ids.ts'
import { encodeClientFrame, type ClientFrame } from '#common/protocol/control-frames.ts'
import { controlChannel, FrameBatch } from '#common/protocol/frames.ts'
import { encodeRoomMessage, type RoomMessage } from '#common/protocol/room-messages.ts'
import { bearerSubprotocolPrefix, protocolVersion, roomSubprotocol, syncSubprotocol } from '#common/protocol/version.ts'
import type { ClientSocket } from '#renderer/data/client-core.ts'
import { forgedCommand } from './forged-commands.ts'
import type { Identity } from './identity.ts'
import type { Ledger } from './ledger.ts'
import type { Link, Network } from './network.ts'
import { Realm, type Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'

export type HostileOptions = {
  scheduler: Scheduler
  network: Network
  ledger: Ledger
  identity: Identity
  link: Link
  userId: string
  /** Devices of honest users, to pretend to be. */
  victims: readonly { deviceId: string; userId: string }[]
}

const attacks = [
  'open-rooms',
  'fetch-rooms',
  'feed',
  'write-server-room',
  'foreign-outbox',
  'forged-commands',
  'forged-commands',
  'forged-commands',
  'forged-commands',
  'replay',
  'noise',
  'plain-room',
  'broken-outbox',
] as const

const rememberedMessages = 40

/** A subscriber with a valid account who keeps to none of the rules. It has no core: it speaks the protocol by hand. */
export class Hostile {
  private readonly options: HostileOptions
  private readonly realm = new Realm('hostile')
  private socket: ClientSocket | undefined
  private sent: Uint8Array[] = []
  private channel = 1
  private isOpen = false
  private whenOpen: (() => void)[] = []
  private readonly ownDevice: string

  constructor(options: HostileOptions) {
    this.options = options
    this.ownDevice = `hostile-${options.userId}`
  }

  get userId(): string {
    return this.options.userId
  }

  /** One attack, on a fresh connection now and then. */
  attack(chance: SeededRandom): string {
    const kind = chance.pick(attacks)
    this.soon(0, chance, chance.chance(0.2), () => this.perform(kind, chance))
    return kind
  }

  /**
   * Asks for all there is: the whole feed, every room of every ticket. Now and then it opens rooms, which then stay open:
   * seldom such as are refused, because more than some of those in a minute end the connection.
   */
  prowl(chance: SeededRandom): void {
    this.soon(chance.between(0, 300), chance, false, () => this.askForAll(chance))
  }

  private soon(delayMs: number, chance: SeededRandom, afresh: boolean, work: () => void): void {
    this.options.scheduler.post(this.realm, delayMs, () => {
      if (this.socket === undefined || afresh) this.connect(chance)
      if (this.isOpen) work()
      else this.whenOpen.push(work)
    })
  }

  leave(): void {
    this.socket?.close()
    this.forget()
  }

  private forget(): void {
    this.socket = undefined
    this.isOpen = false
    this.whenOpen = []
  }

  private askForAll(chance: SeededRandom): void {
    const tickets = [...this.options.ledger.world.tickets.keys()]
    const roomsOf = (ticketId: string): RoomName[] => [
      chatRoom(ticketId, 'team'),
      chatRoom(ticketId, 'customer'),
      ticketRoom(ticketId),
    ]
    const rooms = tickets.flatMap(roomsOf)
    for (const room of rooms) this.send({ type: 'FETCH', room, from: 0 })
    const seen = rooms.filter((room) => this.options.ledger.visibility.sees(this.options.userId, room))
    for (const from of chance.chance(0.2) ? [seen, rooms] : [seen])
      if (from.length > 0 && chance.chance(0.5)) this.open(chance.pick(from))
    if (chance.chance(0.3)) this.send({ type: 'SINCE', cursor: null, scope: 'all' })
    if (chance.chance(0.2)) this.openPlainRoom(chance)
  }

  private connect(chance: SeededRandom): void {
    const { network, link, identity, userId, victims, scheduler } = this.options
    this.leave()
    const socket = network.openSocket(link, this.realm, 'ws://server.test/sync', [syncSubprotocol])
    const deviceId = chance.chance(0.15) ? chance.pick(victims).deviceId : this.ownDevice
    const token = chance.chance(0.1)
      ? 'access~s1~9999999999999~1'
      : identity.issue(userId, deviceId, scheduler.worldMs())
    socket.onopen = () => {
      this.isOpen = true
      this.send({ type: 'HELLO', token, deviceId, version: protocolVersion })
      this.perform('feed', chance)
      for (const work of this.whenOpen.splice(0)) work()
    }
    socket.onclose = () => {
      if (this.socket === socket) this.forget()
    }
    this.socket = socket
  }

  private perform(kind: (typeof attacks)[number], chance: SeededRandom): void {
    switch (kind) {
      case 'open-rooms':
        return this.rooms(chance).forEach((room) => this.open(room))
      case 'fetch-rooms':
        return this.rooms(chance).forEach((room) => this.send({ type: 'FETCH', room, from: chance.below(3) }))
      case 'feed':
        return this.send({ type: 'SINCE', cursor: this.cursor(chance), scope: 'all' })
      case 'write-server-room':
        return this.writeInto(
          chance.chance(0.5) ? personalRoom(this.options.userId) : chance.pick(this.rooms(chance)),
          chance,
        )
      case 'foreign-outbox':
        return this.post(outboxRoom(chance.pick(this.options.victims).deviceId), chance)
      case 'forged-commands':
        return this.post(outboxRoom(this.ownDevice), chance)
      case 'replay':
        return this.sent.slice(0, 5).forEach((message) => this.socket?.send(message))
      case 'noise':
        return this.socket?.send(chance.fill(new Uint8Array(1 + chance.below(60))))
      case 'plain-room':
        return this.openPlainRoom(chance)
      case 'broken-outbox':
        return this.writeInto(outboxRoom(this.ownDevice), chance)
    }
  }

  /** Names that exist and that this user mostly may not see. */
  private rooms(chance: SeededRandom): RoomName[] {
    const tickets = [...this.options.ledger.world.tickets.keys()]
    const ticketId = tickets.length > 0 ? chance.pick(tickets) : 'T1'
    const victim = chance.pick(this.options.victims)
    return [
      chatRoom(ticketId, 'team'),
      chatRoom(ticketId, 'customer'),
      ticketRoom(ticketId),
      personalRoom(victim.userId),
      outboxRoom(victim.deviceId),
      'directory',
      '../directory',
    ]
  }

  private cursor(chance: SeededRandom): string | null {
    return chance.pick([null, '', '0', '1.0', '1:0', '-1', '9'.repeat(30), 'eyJ9'])
  }

  private open(room: RoomName): number {
    const channel = ++this.channel
    this.send({ type: 'OPEN', channel, room })
    this.sendIn(channel, { type: 'sync-step-1', stateVector: Y.encodeStateVector(new Y.Doc()) })
    return channel
  }

  /** Forged content: what is appended would be a server's word. */
  private writeInto(room: RoomName, chance: SeededRandom): void {
    const document = new Y.Doc()
    document.clientID = chance.pick([1, 2, chance.word()])
    document
      .getArray('entries')
      .push([{ seq: 1, at: 0, id: 'forged', type: 'message', authorId: 'dispatcher', writtenAt: '', text: 'forged' }])
    document.getMap('chats').set(room, { read: 1_000 })
    const update = Y.encodeStateAsUpdate(document)
    if (chance.chance(0.5)) update[chance.below(update.length)] = chance.below(256)
    this.sendIn(this.open(room), { type: chance.chance(0.5) ? 'update' : 'sync-step-2', update })
  }

  private post(room: RoomName, chance: SeededRandom): void {
    const document = new Y.Doc()
    document.clientID = chance.word()
    const tickets = [...this.options.ledger.world.tickets.keys()]
    const ticketId = tickets.length > 0 ? chance.pick(tickets) : 'T1'
    appendCommand(document, forgedCommand(this.options.userId, ticketId, chance))
    // What comes before the answer to the server's sync step 1 is not listened to.
    const type = chance.chance(0.9) ? 'sync-step-2' : 'update'
    this.sendIn(this.open(room), { type, update: Y.encodeStateAsUpdate(document) })
  }

  private openPlainRoom(chance: SeededRandom): void {
    const { network, link, identity, userId, scheduler } = this.options
    const token = identity.issue(userId, this.ownDevice, scheduler.worldMs())
    const room = encodeURIComponent(chance.pick(this.rooms(chance)))
    const socket = network.openSocket(link, this.realm, `ws://server.test/rooms/${room}`, [
      roomSubprotocol,
      bearerSubprotocolPrefix + token,
    ])
    socket.onopen = () => {
      socket.send(encodeRoomMessage({ type: 'sync-step-1', stateVector: Y.encodeStateVector(new Y.Doc()) }))
      scheduler.post(this.realm, 2_000, () => socket.close())
    }
  }

  private send(frame: ClientFrame): void {
    this.sendFrame(controlChannel, encodeClientFrame(frame))
  }

  private sendIn(channel: number, message: RoomMessage): void {
    this.sendFrame(channel, encodeRoomMessage(message))
  }

  private sendFrame(channel: number, payload: Uint8Array): void {
    const { socket } = this
    if (socket === undefined) return
    const batch = new FrameBatch(
      () => {},
      (message) => {
        socket.send(message)
        this.sent = [message, ...this.sent].slice(0, rememberedMessages)
      },
    )
    batch.add(channel, payload)
    batch.flush()
  }
}
