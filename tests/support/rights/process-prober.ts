import type { RoomName, TicketId } from '#common/domain/ids.ts'
import type { Ticket } from '#common/domain/ticket.ts'
import { HostileRoom } from '#tests/support/hostile/hostile-room.ts'
import { nextId } from '#tests/support/room-client/room-client.ts'
import type { Administration } from '#tests/support/server/administration.ts'
import type { Prober } from './core-prober.ts'
import { SyncListener } from './sync-listener.ts'
import { envelope } from './tied-tickets.ts'

const pageSize = 200

/** Asks a real process over its sockets and its HTTP, with the tokens of people who signed in under their ids. */
export function processProber(office: Administration): Prober {
  const { url } = office.server
  const listener = (userId: string): Promise<SyncListener> => SyncListener.open(url, office.token(userId), nextId())
  return {
    command: async (userId, body) => {
      const { status, body: answer } = await office.as(userId, 'POST', '/api/commands', { ...envelope(), ...body })
      if (status === 200) return 'done'
      const { code, field } = answer as { code: string; field?: string }
      return [code, field].filter(Boolean).join(' ')
    },
    openRooms: (userId, rooms) => Promise.all(rooms.map((room) => openRoom(url, office.token(userId), room))),
    openChannels: async (userId, rooms) => {
      const client = await listener(userId)
      rooms.forEach((room, index) => client.openChannel(index + 1, room))
      await client.until(() => client.channels.size === rooms.length)
      client.leave()
      return rooms.map((_room, index) => client.channels.get(index + 1) ?? 'no answer')
    },
    fetchRooms: async (userId, rooms) => {
      const client = await listener(userId)
      for (const room of rooms) client.send({ type: 'FETCH', room, from: 0 })
      await client.until(() => rooms.every((room) => client.rooms.has(room) || client.refused.has(room)))
      client.leave()
      return rooms.map((room) => client.refused.get(room) ?? 'sent')
    },
    feed: async (userId) => {
      const client = await listener(userId)
      client.send({ type: 'SINCE', cursor: null, scope: 'all' })
      await client.until(() => client.isCaughtUp)
      client.leave()
      return client.rooms
    },
    list: async (userId) => {
      const seen = new Set<TicketId>()
      let cursor: string | null = ''
      while (cursor !== null) {
        const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const { body } = await office.as(userId, 'GET', `/api/tickets?limit=${pageSize}${next}`)
        const page = body as { tickets: Ticket[]; cursor: string | null }
        for (const { id } of page.tickets) seen.add(id)
        cursor = page.cursor
      }
      return seen
    },
    reads: async (userId, ticketId) => (await office.as(userId, 'GET', `/api/tickets/${ticketId}`)).status === 200,
  }
}

async function openRoom(url: string, token: string, room: RoomName): Promise<string> {
  const socket = await HostileRoom.open(url, token, room)
  const opened = socket.next('sync-step-2').then(() => 'opened')
  const closed = socket.closed.then(({ code, reason }) => `${code} ${reason}`)
  socket.send({ type: 'sync-step-1', stateVector: new Uint8Array([0]) })
  const answer = await Promise.race([opened.catch(() => closed), closed])
  socket.end()
  return answer
}
