import * as Y from 'yjs'
import { chatRoom, ticketRoom, type RoomName, type TicketId } from '#common/domain/ids.ts'
import { baseRoles } from '#common/domain/role.ts'
import { decodeServerFrame } from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames } from '#common/protocol/frames.ts'
import { encodeRoomMessage } from '#common/protocol/room-messages.ts'
import type { Connection, ServerCore } from '#server/server-core.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld, people } from '#tests/support/server-core/core-world.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'
import { RoomClient } from '#tests/support/server-core/room-client.ts'
import { slowStore } from '#tests/support/server-core/slow-store.ts'
import { SyncClient } from '#tests/support/server-core/sync-client.ts'
import { SeededRandom } from '#tests/support/simulation/seeded-random.ts'
import type { WayOut } from './ways-out.ts'

/** Words by which the server's bytes are looked through. */
const allowedWord = '[можно]'
const forbiddenWord = '[нельзя]'
/** 200 messages a second. */
const messageEveryMs = 5
const unlimited = 1e9
/** Little enough for a client that does not read to be served from the log afterwards. */
const coalesceBytes = 400

export type Door = 'feed' | 'channel' | 'room socket'
export type TrialResult = {
  /** Doors through which something came before. */
  opened: Set<Door>
  /** What should not have happened. */
  faults: string[]
  /** Messages that were accepted after the right was gone. */
  acceptedAfter: number
  /** The victim was all ears when it happened, so that it was known what it had to be told at once. */
  wasSteady: boolean
}

/** One removal in the midst of messages, with the victim's sockets, the store's delays and the moment as the seed says. */
export async function runTrial(way: WayOut, seed: number): Promise<TrialResult> {
  const chance = new SeededRandom(seed, way.name)
  const trial = await Trial.prepare(way, chance)
  const before = 3 + chance.below(9)
  for (let count = 0; count < before; count++) await trial.tick(allowedWord)
  trial.blow()
  const after = 3 + chance.below(6)
  for (let count = 0; count < after; count++) await trial.tick(forbiddenWord)
  return trial.end()
}

class Trial {
  private readonly opened = new Set<Door>()
  private readonly faults: string[] = []
  private readonly revoked = new Set<RoomName>()
  private readonly closedChannels = new Set<number>()
  private readonly rooms: RoomClient[] = []
  private readonly syncs: SyncClient[] = []
  private readonly answers: Promise<boolean>[] = []
  private isSteady = false
  private channels = 0
  private acceptedAfter = 0
  private readonly way: WayOut
  private readonly chance: SeededRandom
  private readonly world: CoreWorld
  private readonly ticketId: TicketId

  private constructor(way: WayOut, chance: SeededRandom, world: CoreWorld, ticketId: TicketId) {
    this.way = way
    this.chance = chance
    this.world = world
    this.ticketId = ticketId
  }

  static async prepare(way: WayOut, chance: SeededRandom): Promise<Trial> {
    const clock = new ManualClock()
    let slowestMs = 0
    const store = slowStore(new MemoryLogStore(), clock, () => (chance.chance(0.5) ? chance.between(0, slowestMs) : 0))
    const limits = { coalesceBytes, roomOpenBurst: unlimited, refusedRoomsPerMinute: unlimited }
    const world = await CoreWorld.on(store, limits, clock)
    const organisation = { name: 'Сервис', splitChats: way.splitChats }
    await world.core.writeDirectory({ organisation, roles: [...baseRoles], users: people })
    const ticketId = await way.setUp(world)
    const trial = new Trial(way, chance, world, ticketId)
    // A chat in which there is something to lose from the beginning.
    await trial.post(allowedWord)
    if (chance.chance(0.5)) await trial.openEverything()
    slowestMs = chance.below(4) * 6
    return trial
  }

  /** One message more, and whatever the victim does meanwhile. */
  async tick(word: string): Promise<void> {
    if (!this.isSteady) this.actByChance()
    // Several at once, so that some share the group of commits in which the right is lost.
    const atOnce = this.chance.chance(0.2) ? 3 : 1
    for (let count = 0; count < atOnce; count++) this.answers.push(this.post(word))
    if (word === forbiddenWord) {
      this.acceptedAfter += atOnce
      if (this.way.losesTicket && this.chance.chance(0.2)) void this.retitle()
    }
    if (this.chance.chance(0.9)) await this.world.clock.advance(messageEveryMs)
  }

  blow(): void {
    const { by, body } = this.way.blow(this.ticketId)
    const told = this.world.core.execute(by, this.world.command(body)).then((answer) => {
      if (!answer.ok) this.faults.push(`${body.type} was refused: ${answer.reason.code}`)
      // Whoever changed the right knows no earlier of it than the one who lost it.
      else if (this.isSteady) this.checkTold()
      return true
    })
    this.answers.push(told)
  }

  async end(): Promise<TrialResult> {
    await this.world.clock.advance(1_000)
    for (const { connection } of [...this.rooms, ...this.syncs]) connection.readAll()
    await this.world.clock.advance(1_000)
    const accepted = await Promise.all(this.answers)
    if (accepted.includes(false)) this.faults.push('a message of the others was refused')
    return {
      opened: this.opened,
      faults: this.faults,
      acceptedAfter: this.acceptedAfter,
      wasSteady: this.isSteady,
    }
  }

  private get lostRoom(): RoomName {
    return chatRoom(this.ticketId, this.way.chat)
  }

  private async post(word: string): Promise<boolean> {
    const to = word === forbiddenWord ? this.way.after : this.way.before
    const body = { type: 'message.post', ticketId: this.ticketId, to, text: `${word} ${this.answers.length}` }
    const answer = await this.world.core.execute('dispatcher', this.world.command({ ...body, attachments: [] }))
    return answer.ok
  }

  private async retitle(): Promise<void> {
    await this.world.run('dispatcher', {
      type: 'ticket.update',
      ticketId: this.ticketId,
      fields: { title: `${forbiddenWord} название` },
    })
  }

  private async openEverything(): Promise<void> {
    this.isSteady = true
    const sync = this.connect()
    await sync.next('WELCOME')
    await sync.follow(null, 'all')
    this.openChannel(sync)
    this.openRoom()
    await this.world.clock.advance(messageEveryMs)
  }

  private actByChance(): void {
    const { chance } = this
    if (this.rooms.length < 4 && chance.chance(0.15)) this.openRoom(chance.chance(0.2))
    if (this.syncs.length < 3 && chance.chance(0.2)) this.connect()
    for (const sync of this.syncs) {
      if (chance.chance(0.2))
        sync.send({ type: 'SINCE', cursor: chance.chance(0.5) ? sync.cursor : null, scope: 'all' })
      if (chance.chance(0.1)) sync.send({ type: 'FETCH', room: this.lostRoom, from: chance.below(3) })
      if (chance.chance(0.1)) sync.send({ type: 'FETCH', room: ticketRoom(this.ticketId), from: 0 })
      if (chance.chance(0.15)) this.openChannel(sync)
    }
    for (const { connection } of [...this.rooms, ...this.syncs])
      if (chance.chance(0.2)) {
        if (connection.reading) connection.reading = false
        else connection.readAll()
      }
  }

  private openRoom(ofTicket = false): void {
    const { core, clock } = this.world
    const tapped: Pick<ServerCore, 'acceptRoom'> = {
      acceptRoom: (connection, ...rest) => core.acceptRoom(this.tap(connection, 'room socket'), ...rest),
    }
    const token = { userId: this.way.victim, sessionId: 'own', expiresAt: clock.nowMs() + unlimited }
    this.rooms.push(new RoomClient(tapped, ofTicket ? ticketRoom(this.ticketId) : this.lostRoom, token))
  }

  private connect(): SyncClient {
    const { core } = this.world
    const client = new SyncClient({ acceptSync: (connection) => core.acceptSync(this.tap(connection, 'feed')) })
    const deviceId = `device-${this.syncs.length}`
    client.send({ type: 'HELLO', token: this.way.victim, deviceId, version: 2 })
    this.syncs.push(client)
    return client
  }

  private openChannel(sync: SyncClient): void {
    const channel = ++this.channels
    sync.send({ type: 'OPEN', channel, room: this.lostRoom })
    const stateVector = Y.encodeStateVector(new Y.Doc())
    sync.sendOn(channel, encodeRoomMessage({ type: 'sync-step-1', stateVector }))
  }

  /** Looks at each byte in the moment the server writes it. */
  private tap(connection: Connection, door: Door): Connection {
    return {
      send: (message) => {
        if (door === 'room socket') this.look(door, message)
        else this.lookAtFrames(message)
        connection.send(message)
      },
      close: (code, reason) => connection.close(code, reason),
      bufferedBytes: () => connection.bufferedBytes(),
      drained: () => connection.drained(),
    }
  }

  private lookAtFrames(message: Uint8Array): void {
    const frames = decodeFrames(message)
    if (!frames.ok) throw new Error(frames.reason)
    for (const { channel, payload } of frames.value) {
      this.look(channel === controlChannel ? 'feed' : 'channel', payload)
      const frame = channel === controlChannel ? decodeServerFrame(payload) : undefined
      if (frame?.ok && frame.value.type === 'REVOKE') this.revoked.add(frame.value.room)
      if (frame?.ok && frame.value.type === 'CLOSE') this.closedChannels.add(frame.value.channel)
    }
  }

  private look(door: Door, bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (buffer.includes(allowedWord)) this.opened.add(door)
    if (buffer.includes(forbiddenWord)) this.faults.push(`a message came through the ${door} that was accepted after`)
  }

  private checkTold(): void {
    const [sync] = this.syncs
    const [room] = this.rooms
    if (room?.closedWith !== 4403) this.faults.push('the room socket was open when the change was confirmed')
    if (this.way.closesConnections) {
      if (sync?.closedWith !== 4403) this.faults.push('the connection was open when the change was confirmed')
      return
    }
    if (!this.closedChannels.has(1)) this.faults.push('the channel was open when the change was confirmed')
    if (!this.revoked.has(this.lostRoom)) this.faults.push('REVOKE was not out when the change was confirmed')
  }
}
