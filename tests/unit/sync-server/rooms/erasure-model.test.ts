import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom, type RoomName } from '#common/domain/ids.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import type { RoomClient } from '#tests/support/server-core/room-client.ts'
import type { SyncClient } from '#tests/support/server-core/sync-client.ts'
import { shorten } from '#tests/support/simulation/compaction.ts'
import { SeededRandom } from '#tests/support/simulation/seeded-random.ts'

const limits = {
  erasureMs: 2_000,
  messagesPerMinute: 1e6,
  // Whoever does not read is slow at once, and never given up.
  coalesceBytes: 1,
  slowConsumerMs: 1e9,
  pingMs: 1e9,
}
/** Those who may read; each follows the feed and has the room open. */
const readers = ['dispatcher2', 'customer'] as const

const reader = fc.nat({ max: readers.length - 1 })
const message = fc.nat({ max: 5 })
/** `isAwaited`: what is not comes into one group with what follows. */
const isAwaited = fc.boolean()
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('post' as const), isAwaited }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), message, isAwaited }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), message, isAwaited }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 2_000) }) },
  fc.record({ do: fc.constant('compact' as const), seed: fc.nat() }),
  fc.record({ do: fc.constantFrom('slow' as const, 'read' as const, 'leave' as const, 'return' as const), reader }),
  fc.record({ do: fc.constantFrom('restart' as const, 'fail' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

class Run {
  readonly feeds: SyncClient[] = []
  readonly providers: RoomClient[] = []
  readonly texts = new Map<string, string[]>()
  readonly room: RoomName
  store: MemoryLogStore
  world: CoreWorld
  private readonly ticketId: string
  private readonly answers: Promise<unknown>[] = []
  private written = 0

  private constructor(store: MemoryLogStore, world: CoreWorld, ticketId: string) {
    this.store = store
    this.world = world
    this.ticketId = ticketId
    this.room = chatRoom(ticketId, 'customer')
  }

  static async start(): Promise<Run> {
    const store = new MemoryLogStore()
    const world = await CoreWorld.start({ store, limits })
    const run = new Run(store, world, await world.createTicket('dispatcher', { customerId: 'customer' }))
    for (const index of readers.keys()) await run.return(index)
    return run
  }

  async take(taken: Step): Promise<void> {
    switch (taken.do) {
      case 'post':
      case 'edit':
      case 'delete':
        this.answers.push(this.write(taken))
        if (taken.isAwaited) await settled()
        return
      case 'wait':
        return this.world.clock.advance(taken.ms)
      case 'compact':
        return shorten(this.store, this.room, new SeededRandom(taken.seed, 'compaction'))
      case 'slow':
        for (const { connection } of this.clientsOf(taken.reader)) connection.reading = false
        return
      case 'read':
        for (const { connection } of this.clientsOf(taken.reader)) connection.readAll()
        return settled()
      case 'leave':
        for (const client of this.clientsOf(taken.reader)) client.cut()
        return
      case 'return':
        return this.return(taken.reader)
      case 'restart':
        await settled()
        this.store = this.store.crash()
        this.world = await CoreWorld.on(this.store, limits, this.world.clock)
        for (const index of readers.keys()) await this.return(index)
        return
      case 'fail':
        this.store.failNextCommit()
    }
  }

  /** What was sent and not read is lost; what was read is still here. */
  async return(index: number): Promise<void> {
    const userId = readers[index] ?? 'dispatcher2'
    const [feed, provider] = [this.feeds[index], this.providers[index]]
    for (const client of this.clientsOf(index)) client.cut()
    const next = await this.world.sync(userId)
    for (const [room, known] of feed?.rooms ?? []) next.rooms.set(room, known)
    this.feeds[index] = next
    await next.follow(feed?.cursor ?? null)
    this.providers[index] = this.world.room(userId, this.room, provider?.document)
    await settled()
  }

  /** Everybody has read everything, and nothing is left to be erased. */
  async end(): Promise<void> {
    for (const index of readers.keys()) await this.take({ do: 'read', reader: index })
    for (const index of readers.keys()) if (this.feeds[index]?.closedWith !== undefined) await this.return(index)
    for (let turn = 0; turn < 4; turn++) await this.world.clock.advance(limits.erasureMs)
  }

  private clientsOf(index: number): (SyncClient | RoomClient)[] {
    return [this.feeds[index], this.providers[index]].filter((client) => client !== undefined)
  }

  private async write(taken: Extract<Step, { isAwaited: boolean }>): Promise<void> {
    const text = `слова ${++this.written}.`
    const target = 'message' in taken ? ([...this.texts.keys()][taken.message] ?? 'absent') : ''
    const { ticketId, world } = this
    const about = { ticketId, chat: 'customer', target }
    if (taken.do === 'post') {
      const body = { type: 'message.post', ticketId, to: ['customer'], text, attachments: [] }
      const command = world.command(body)
      this.texts.set(command.id, [text])
      await world.core.execute('dispatcher', command)
    } else if (taken.do === 'edit') {
      this.texts.get(target)?.push(text)
      await world.core.execute('dispatcher', world.command({ type: 'message.edit', ...about, text }))
    } else await world.core.execute('dispatcher', world.command({ type: 'message.delete', ...about }))
  }
}

describe('N6, whatever happens', () => {
  it('every reader holds the same, and the words of deleted messages nobody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        const run = await Run.start()
        for (const taken of steps) await run.take(taken)
        await run.end()
        const newcomer = await run.world.sync('admin')
        await newcomer.follow()
        const entries = readEntries(newcomer.document(run.room))
        expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
        const documents = [...run.feeds.map((feed) => feed.document(run.room)), ...run.providers.map((one) => one.document)] // prettier-ignore
        for (const document of documents) expect(readEntries(document)).toEqual(entries)
        expect(run.feeds.flatMap(({ gaps }) => gaps)).toEqual([])
        expect(run.providers.map(({ closedWith }) => closedWith)).toEqual(readers.map(() => undefined))

        const { snapshot, updates } = await run.store.load(run.room)
        const kept = [snapshot, ...updates].map((stored) => stored?.update ?? new Uint8Array())
        const places = [...kept, ...documents.map((document) => Y.encodeStateAsUpdate(document))].map((place) => Buffer.from(place)) // prettier-ignore
        const deleted = new Set(entries.flatMap((entry) => (entry.type === 'delete' ? [entry.target] : [])))
        for (const entry of entries) {
          if (entry.type === 'edit')
            expect(deleted.has(entry.target) ? [''] : run.texts.get(entry.target)?.slice(1)).toContain(entry.text)
          if (entry.type !== 'message') continue
          const [text = '', ...edits] = run.texts.get(entry.id) ?? []
          expect(entry.text).toBe(deleted.has(entry.id) ? '' : text)
          if (!deleted.has(entry.id)) continue
          for (const gone of [text, ...edits]) expect(places.some((place) => place.includes(gone))).toBe(false)
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
