import type { RoomName, TicketId } from '#common/domain/ids.ts'
import { decodeServerFrame, encodeClientFrame, type ClientFrame } from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import { decodeRoomMessage, encodeRoomMessage } from '#common/protocol/room-messages.ts'
import { protocolVersion } from '#common/protocol/version.ts'
import type { ConnectionHandler } from '#server/server-core.ts'
import type { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { FakeConnection } from '#tests/support/server-core/fake-connection.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import { envelope } from './tied-tickets.ts'

/** How a server is asked: the real core, or a real process over its real sockets and its HTTP. */
export type Prober = {
  /** `done`, or code and field of the refusal. */
  command(userId: string, body: object): Promise<string>
  /** Opens each room on its own socket; answers `opened` or the close code with its reason. */
  openRooms(userId: string, rooms: readonly RoomName[]): Promise<string[]>
  /** The same on channels of one socket. */
  openChannels(userId: string, rooms: readonly RoomName[]): Promise<string[]>
  /** `sent` or the refusal's code. */
  fetchRooms(userId: string, rooms: readonly RoomName[]): Promise<string[]>
  /** Everything the feed brings from its beginning. */
  feed(userId: string): Promise<Set<RoomName>>
  /** Tickets of `GET /api/tickets`. */
  list(userId: string): Promise<Set<TicketId>>
  /** Whether `GET /api/tickets/<id>` answers. */
  reads(userId: string, ticketId: TicketId): Promise<boolean>
}

const emptyDocument = new Uint8Array([0])
const pageSize = 100
/** Turns of the event loop until somebody who was not answered never will be. */
const patience = 10_000

export function coreProber(world: CoreWorld): Prober {
  const { core } = world
  return {
    command: async (userId, body) => {
      const answer = await core.execute(userId, { ...envelope(), ...body })
      return answer.ok ? 'done' : [answer.reason.code, answer.reason.field].filter(Boolean).join(' ')
    },
    openRooms: (userId, rooms) => Promise.all(rooms.map((room) => openRoom(world, userId, room))),
    openChannels: async (userId, rooms) => {
      const client = new Listener(world, userId)
      rooms.forEach((room, index) => client.open(index + 1, room))
      await client.until(() => client.channels.size === rooms.length)
      client.leave()
      return rooms.map((_room, index) => client.channels.get(index + 1) ?? 'no answer')
    },
    fetchRooms: async (userId, rooms) => {
      const client = new Listener(world, userId)
      for (const room of rooms) client.send({ type: 'FETCH', room, from: 0 })
      await client.until(() => rooms.every((room) => client.rooms.has(room) || client.refused.has(room)))
      client.leave()
      return rooms.map((room) => client.refused.get(room) ?? 'sent')
    },
    feed: async (userId) => {
      const client = new Listener(world, userId)
      client.send({ type: 'SINCE', cursor: null, scope: 'all' })
      await client.until(() => client.isCaughtUp)
      client.leave()
      return client.rooms
    },
    list: async (userId) => {
      const seen = new Set<TicketId>()
      let cursor: string | null = null
      do {
        const page = await core.listTickets(userId, { limit: pageSize, ...(cursor !== null && { cursor }) })
        for (const { id } of page.tickets) seen.add(id)
        cursor = page.cursor
      } while (cursor !== null)
      return seen
    },
    reads: async (userId, ticketId) => (await core.readTicket(userId, ticketId)) !== undefined,
  }
}

async function openRoom({ core, clock }: CoreWorld, userId: string, room: RoomName): Promise<string> {
  const answers: string[] = []
  const connection = new FakeConnection((payload) => {
    const message = decodeRoomMessage(payload)
    if (message.ok && message.value.type === 'sync-step-2') answers.push('opened')
  })
  const token = { userId, sessionId: userId, expiresAt: clock.nowMs() + 600_000 }
  const handler = core.acceptRoom(connection, room, token)
  if (!connection.closedWith) handler.receive(encodeRoomMessage({ type: 'sync-step-1', stateVector: emptyDocument }))
  for (let turns = 0; answers.length === 0 && !connection.closedWith && turns < patience; turns++) await settled()
  const { closedWith } = connection
  if (!closedWith) handler.closed()
  return closedWith ? `${closedWith.code} ${closedWith.reason}` : (answers[0] ?? 'no answer')
}

let devices = 0

/** A client of `GET /sync` that only takes note of what it is told, and keeps no documents. */
class Listener {
  readonly rooms = new Set<RoomName>()
  readonly refused = new Map<RoomName, string>()
  readonly channels = new Map<number, string>()
  isCaughtUp = false
  private readonly handler: ConnectionHandler
  private readonly connection: FakeConnection

  constructor({ core }: Pick<CoreWorld, 'core'>, userId: string) {
    this.connection = new FakeConnection((message) => this.take(message))
    this.handler = core.acceptSync(this.connection)
    this.send({ type: 'HELLO', token: userId, deviceId: `device-${++devices}`, version: protocolVersion })
  }

  send(frame: ClientFrame): void {
    this.sendOn(controlChannel, encodeClientFrame(frame))
  }

  open(channel: number, room: RoomName): void {
    this.send({ type: 'OPEN', channel, room })
    this.sendOn(channel, encodeRoomMessage({ type: 'sync-step-1', stateVector: emptyDocument }))
  }

  leave(): void {
    if (!this.connection.closedWith) this.handler.closed()
  }

  async until(condition: () => boolean): Promise<void> {
    for (let turns = 0; !condition(); turns++) {
      if (turns > patience || this.connection.closedWith)
        throw new Error(`no answer; closed with ${JSON.stringify(this.connection.closedWith)}`)
      await settled()
    }
  }

  private sendOn(channel: number, payload: Uint8Array): void {
    const batch = new FrameBatch(
      () => undefined,
      (message) => {
        if (!this.connection.closedWith) this.handler.receive(message)
      },
    )
    batch.add(channel, payload)
    batch.flush()
  }

  private take(message: Uint8Array): void {
    const frames = decodeFrames(message)
    if (!frames.ok) throw new Error(frames.reason)
    for (const { channel, payload } of frames.value) {
      if (channel === controlChannel) this.takeControl(payload)
      else this.takeRoomMessage(channel, payload)
    }
  }

  private takeRoomMessage(channel: number, payload: Uint8Array): void {
    const message = decodeRoomMessage(payload)
    if (message.ok && message.value.type === 'sync-step-2') this.channels.set(channel, 'opened')
  }

  private takeControl(payload: Uint8Array): void {
    const frame = decodeServerFrame(payload)
    if (!frame.ok) throw new Error(frame.reason)
    const { value } = frame
    if (value.type === 'CHANGES') this.rooms.add(value.room)
    if (value.type === 'CAUGHT_UP') this.isCaughtUp = true
    if (value.type === 'ERROR' && value.room !== undefined) this.refused.set(value.room, value.code)
    if (value.type === 'CLOSE') this.channels.set(value.channel, `${value.code} ${value.reason}`)
  }
}
