import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEntries } from '#common/documents/chat-document.ts'
import { parseRoom } from '#common/domain/ids.ts'
import { baseRoles } from '#common/domain/role.ts'
import { stages } from '#common/domain/ticket.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld, people } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import type { SyncClient } from '#tests/support/server-core/sync-client.ts'

/**
 * Whatever happens, a client that follows live, one that comes back with a cursor, and one that starts from nothing hold the
 * same rooms with the same content.
 */
const person = fc.constantFrom(...people.map((user) => user.id))
const index = fc.nat({ max: 4 })
const chat = fc.constantFrom('team', 'customer')
const step = fc.oneof(
  fc.record({
    do: fc.constant('create' as const),
    by: person,
    customerId: fc.option(fc.constantFrom('customer', 'customer2')),
  }),
  fc.record({
    do: fc.constant('post' as const),
    by: person,
    ticket: index,
    to: fc.uniqueArray(chat, { minLength: 1 }),
  }),
  fc.record({
    do: fc.constant('assign' as const),
    ticket: index,
    to: fc.option(fc.constantFrom('engineer', 'engineer2', 'dispatcher')),
  }),
  fc.record({ do: fc.constant('customer' as const), ticket: index, to: fc.constantFrom('customer', 'customer2') }),
  fc.record({ do: fc.constant('stage' as const), ticket: index, to: fc.constantFrom(...stages) }),
  fc.record({ do: fc.constant('read' as const), by: person, ticket: index, chat }),
  fc.record({ do: fc.constant('split' as const), on: fc.boolean() }),
  fc.record({
    do: fc.constant('role' as const),
    user: fc.constantFrom('engineer', 'dispatcher2'),
    to: fc.constantFrom('engineer', 'dispatcher'),
  }),
  fc.record({ do: fc.constant('reconnect' as const), user: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constant('fail' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const followed = ['dispatcher2', 'engineer', 'engineer2', 'customer'] as const

class Run {
  readonly tickets: string[] = []
  readonly clients: SyncClient[] = []
  readonly world: CoreWorld
  readonly store: MemoryLogStore

  constructor(world: CoreWorld, store: MemoryLogStore) {
    this.world = world
    this.store = store
  }

  async take(taken: Step): Promise<void> {
    const ticketId = 'ticket' in taken ? (this.tickets[taken.ticket] ?? 'absent') : ''
    const execute = (userId: string, body: { type: string; [member: string]: unknown }) =>
      this.world.core.execute(userId, this.world.command(body))
    switch (taken.do) {
      case 'create': {
        const fields = { title: 'т', ...(taken.customerId && { customerId: taken.customerId }) }
        const created = await execute(taken.by, { type: 'ticket.create', fields })
        if (created.ok) this.tickets.push(created.value.id)
        return
      }
      case 'post':
        await execute(taken.by, { type: 'message.post', ticketId, to: taken.to, text: 'т', attachments: [] })
        return
      case 'assign':
        await execute('admin', { type: 'ticket.assign', ticketId, assigneeId: taken.to })
        return
      case 'customer':
        await execute('admin', { type: 'ticket.update', ticketId, fields: { customerId: taken.to } })
        return
      case 'stage':
        await execute('admin', { type: 'ticket.stage', ticketId, stage: taken.to, reason: 'так' })
        return
      case 'read':
        await execute(taken.by, { type: 'read.mark', ticketId, chat: taken.chat, seq: 1 })
        return
      case 'split':
        return this.write({ organisation: { name: 'Сервис', splitChats: taken.on } })
      case 'role': {
        const user = people.find(({ id }) => id === taken.user)
        return this.write({ roles: [...baseRoles], users: user ? [{ ...user, roleId: taken.to }] : [] })
      }
      case 'reconnect':
        return this.reconnect(taken.user)
      case 'fail':
        this.store.failNextCommit()
        return
    }
  }

  private async write(changes: Parameters<CoreWorld['core']['writeDirectory']>[0]): Promise<void> {
    await this.world.core.writeDirectory(changes).catch(() => undefined)
  }

  async reconnect(user: number): Promise<void> {
    const userId = followed[user] ?? 'engineer'
    const old = this.clients[user]
    const client = await this.world.sync(userId, `device-${userId}`)
    this.clients[user] = client
    for (const [room, known] of old?.rooms ?? []) client.rooms.set(room, known)
    await client.follow(old?.cursor ?? null, 'all')
  }
}

const content = (client: SyncClient): Record<string, unknown> =>
  Object.fromEntries(
    [...client.rooms]
      .map(([room, { document }]): [string, unknown] => {
        if (parseRoom(room)?.kind === 'chat') return [room, readEntries(document)]
        return [
          room,
          Object.fromEntries([...document.share.keys()].map((name) => [name, document.getMap(name).toJSON()])),
        ]
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

describe('the feed, whatever happens', () => {
  it('shows a follower, a returner and a newcomer the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const store = new MemoryLogStore()
        const world = await CoreWorld.start({ store, limits: { messagesPerMinute: 1e6 } })
        const run = new Run(world, store)
        for (let user = 0; user < followed.length; user++) await run.reconnect(user)
        for (const taken of steps) await run.take(taken)
        await world.core.execute('admin', world.command({ type: 'ticket.create', fields: { title: 'последняя' } }))
        await settled()
        for (const [user, userId] of followed.entries()) {
          const follower = run.clients[user]
          const newcomer = await world.sync(userId, 'new')
          await newcomer.follow(null, 'all')
          if (!follower) throw new Error('no follower')
          expect(follower.gaps).toEqual([])
          expect(content(follower)).toEqual(content(newcomer))
          newcomer.cut()
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
