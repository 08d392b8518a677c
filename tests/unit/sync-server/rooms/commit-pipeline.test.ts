import { describe, expect, it } from 'vitest'
import { readEntries } from '#common/documents/chat-document.ts'
import { startLimits } from '#server/limits.ts'
import type { Commit, LogStore } from '#server/storage/log-store.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'

/** A store whose commits wait until the test lets them go on. */
class HeldStore {
  readonly store: MemoryLogStore
  readonly commits: (readonly Commit[])[] = []
  private held: (() => void)[] = []
  holding = false

  constructor(store = new MemoryLogStore()) {
    this.store = store
  }

  asStore(): LogStore {
    return new Proxy<LogStore>(this.store, {
      get: (target, name) => {
        if (name === 'commit') return (commits: readonly Commit[]) => this.commit(commits)
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? (member as () => unknown).bind(target) : member
      },
    })
  }

  release(): void {
    this.holding = false
    for (const resume of this.held.splice(0)) resume()
  }

  private async commit(commits: readonly Commit[]): ReturnType<LogStore['commit']> {
    this.commits.push(commits)
    if (this.holding) await new Promise<void>((resolve) => this.held.push(resolve))
    return this.store.commit(commits)
  }
}

const post = (world: CoreWorld, ticketId: string, text: string) =>
  world.command({ type: 'message.post', ticketId, to: ['customer'], text, attachments: [] })

describe('the way into the store', () => {
  it('decides while a commit is under way and stores what gathered as one group', async () => {
    const held = new HeldStore()
    const world = await CoreWorld.start({ store: held.asStore() })
    const ticketId = await world.createTicket()
    held.holding = true
    const before = held.commits.length
    const answers = [0, 1, 2, 3, 4].map((index) => world.core.execute('dispatcher', post(world, ticketId, `${index}`)))
    await settled()
    const later = [5, 6, 7].map((index) => world.core.execute('dispatcher', post(world, ticketId, `${index}`)))
    await settled()
    expect(held.commits.slice(before).map((commits) => commits.length)).toEqual([5])
    held.release()
    await Promise.all([...answers, ...later])
    expect(held.commits.slice(before).map((commits) => commits.length)).toEqual([5, 3])
  })

  it('tells nobody anything before it is durable (C4)', async () => {
    const held = new HeldStore()
    const world = await CoreWorld.start({ store: held.asStore() })
    const ticketId = await world.createTicket()
    const feed = await world.sync('dispatcher2')
    await feed.follow()
    const reader = world.room('dispatcher2', `chat.${ticketId}.customer`)
    const outbox = world.room('dispatcher', 'outbox.device-1')
    await settled()
    held.holding = true
    outbox.push(post(world, ticketId, 'ещё не на диске'))
    const assigned = world.core.execute(
      'dispatcher',
      world.command({ type: 'ticket.assign', ticketId, assigneeId: 'engineer' }),
    )
    let answered = false
    void assigned.then(() => (answered = true))
    await settled()
    const frames = feed.frames.length
    const late = world.room('dispatcher2', `chat.${ticketId}.customer`)
    const early = world.room('engineer', `ticket.${ticketId}`)
    await settled()
    expect(outbox.waiting).toHaveLength(1)
    expect(answered).toBe(false)
    expect(feed.frames.length).toBe(frames)
    for (const { document } of [reader, late]) expect(readEntries(document)).toEqual([])
    expect(early.closedWith).toBe(4403)
    expect((await world.core.readTicket('dispatcher', ticketId))?.ticket.assigneeId).toBeNull()
    held.release()
    await settled()
    expect(outbox.waiting).toEqual([])
    expect(answered).toBe(true)
    for (const { document } of [reader, late]) expect(readEntries(document)).toHaveLength(2)
  })

  it('shows what is on disk but not answered to nobody, since its rights are not in force (P7)', async () => {
    const memory = new MemoryLogStore()
    const held = new HeldStore(memory)
    const world = await CoreWorld.start({ store: held.asStore() })
    const ticketId = await world.createTicket()
    await world.assign(ticketId, 'engineer')
    const before = await world.sync('engineer', 'device-2')
    await before.follow()
    await world.post('dispatcher', ticketId, 'при Петре')
    // The disk has the removal and what was said after it; the answer is still on its way.
    const answers: (() => void)[] = []
    const commit = memory.commit.bind(memory)
    memory.commit = async (commits) => {
      const results = await commit(commits)
      await new Promise<void>((resolve) => answers.push(resolve))
      return results
    }
    const removed = world.assign(ticketId, null)
    const said = world.post('dispatcher', ticketId, 'уже без Петра')
    await settled()
    expect((await memory.load(`chat.${ticketId}.customer`)).head).toBe(5)
    const engineer = world.room('engineer', `chat.${ticketId}.customer`)
    const feed = await world.sync('engineer')
    feed.send({ type: 'SINCE', cursor: null, scope: 'open' })
    const back = await world.sync('engineer', 'device-3')
    back.send({ type: 'SINCE', cursor: before.ofType('CAUGHT_UP')[0]?.cursor ?? '', scope: 'open' })
    await settled()
    expect(readEntries(engineer.document)).toHaveLength(2)
    for (const answer of answers.splice(0)) answer()
    await Promise.all([removed, said])
    await settled()
    expect(engineer.closedWith).toBe(4403)
    expect(JSON.stringify(readEntries(engineer.document))).not.toContain('уже без Петра')
    for (const client of [feed, back]) {
      expect(client.rooms.has(`chat.${ticketId}.customer`)).toBe(false)
      const bytes = client.ofType('CHANGES').flatMap((frame) => frame.updates)
      expect(bytes.some((update) => Buffer.from(update).includes('при Петре'))).toBe(true)
      expect(bytes.some((update) => Buffer.from(update).includes('уже без Петра'))).toBe(false)
    }
  })

  it('shows a room that was rewritten on disk to nobody before the answer either (P7)', async () => {
    const memory = new MemoryLogStore()
    const world = await CoreWorld.start({ store: memory })
    const ticketId = await world.createTicket()
    const room = `chat.${ticketId}.customer`
    await world.assign(ticketId, 'engineer')
    const target = await world.post('dispatcher', ticketId, 'ошибка')
    await world.run('dispatcher', { type: 'message.delete', ticketId, chat: 'customer', target })
    const answers: (() => void)[] = []
    const commit = memory.commit.bind(memory)
    memory.commit = async (commits) => {
      const results = await commit(commits)
      await new Promise<void>((resolve) => answers.push(resolve))
      return results
    }
    const removed = world.assign(ticketId, null)
    const said = world.post('dispatcher', ticketId, 'уже без Петра')
    await world.clock.advance(startLimits.erasureMs)
    expect((await memory.load(room)).epoch).toBe(2)
    const engineer = world.room('engineer', room)
    const feed = await world.sync('engineer')
    feed.send({ type: 'FETCH', room, from: 0 })
    await settled()
    for (const answer of answers.splice(0)) answer()
    await Promise.all([removed, said])
    await settled()
    expect(engineer.closedWith).toBe(4403)
    expect(readEntries(engineer.document)).toEqual([])
    expect(feed.frames.at(-1)).toMatchObject({ type: 'ERROR', code: 'E_ROOM_FORBIDDEN', room })
    expect(feed.ofType('CHANGES')).toEqual([])
  })

  it('forgets what could not be stored and goes on from what is', async () => {
    const store = new MemoryLogStore()
    const world = await CoreWorld.start({ store })
    const ticketId = await world.createTicket()
    await world.post('dispatcher', ticketId, 'есть')
    store.failNextCommit()
    const lost = await world.core.execute('dispatcher', post(world, ticketId, 'нет'))
    expect(lost.ok ? '' : lost.reason.code).toBe('E_UNAVAILABLE')
    expect(world.core.ready()).toBe(false)
    store.failNextCommit()
    const create = world.command({ type: 'ticket.create', fields: { title: 'Пропадёт' } })
    expect((await world.core.execute('dispatcher', create)).ok).toBe(false)
    expect((await world.core.listTickets('dispatcher', { limit: 10 })).tickets).toHaveLength(1)
    expect(await world.core.execute('dispatcher', create)).toMatchObject({ ok: true, value: { repeated: false } })
    await world.post('dispatcher', ticketId, 'и ещё')
    expect(world.core.ready()).toBe(true)
    const reader = world.room('dispatcher', `chat.${ticketId}.customer`)
    await settled()
    expect(readEntries(reader.document).map((entry) => 'text' in entry && entry.text)).toEqual(['есть', 'и ещё'])
    expect((await world.core.readTicket('dispatcher', create.id))?.ticket.number).toBe(2)
  })

  it('reads everything anew when another process wrote the same room', async () => {
    const store = new MemoryLogStore()
    const world = await CoreWorld.start({ store })
    const ticketId = await world.createTicket()
    await world.post('dispatcher', ticketId, 'от первого')
    const other = await CoreWorld.on(store)
    await other.post('dispatcher', ticketId, 'от второго')
    await other.assign(ticketId, 'engineer')
    const stale = await world.core.execute('dispatcher', post(world, ticketId, 'мимо'))
    expect(stale.ok ? '' : stale.reason.code).toBe('E_UNAVAILABLE')
    await world.post('dispatcher', ticketId, 'снова от первого')
    expect(await world.core.readTicket('engineer', ticketId)).toBeDefined()
    const reader = world.room('engineer', `chat.${ticketId}.customer`)
    await settled()
    expect(readEntries(reader.document).map((entry) => entry.seq)).toEqual([1, 2, 3, 4])
  })

  it('answers a repetition only when the first is durable, and keeps a refusal for ever (C1)', async () => {
    const held = new HeldStore()
    const world = await CoreWorld.start({ store: held.asStore() })
    const ticketId = await world.createTicket()
    held.holding = true
    const command = post(world, ticketId, 'один раз')
    const answers = Promise.all([0, 1, 2].map(() => world.core.execute('dispatcher', command)))
    await settled()
    const again = world.core.execute('dispatcher', command)
    await settled()
    held.release()
    expect((await answers).map((answer) => answer.ok && answer.value.repeated)).toEqual([false, true, true])
    expect(await again).toMatchObject({ ok: true, value: { repeated: true } })

    const early = world.command({ type: 'message.post', ticketId, to: ['team'], text: 'рано', attachments: [] })
    expect(await world.core.execute('dispatcher', early)).toMatchObject({ reason: { code: 'E_FEATURE_OFF' } })
    await world.core.writeDirectory({ organisation: { name: 'Сервис', splitChats: true } })
    const restarted = await CoreWorld.on(held.asStore())
    expect(await restarted.core.execute('dispatcher', early)).toMatchObject({ reason: { code: 'E_FEATURE_OFF' } })
    expect(await restarted.core.execute('dispatcher', { ...early, text: 'иначе' })).toMatchObject({
      reason: { code: 'E_ID_CONFLICT' },
    })
  })

  it('finishes what is under way, says goodbye and takes nothing more when it drains', async () => {
    const held = new HeldStore()
    const world = await CoreWorld.start({ store: held.asStore() })
    const ticketId = await world.createTicket()
    const feed = await world.sync('dispatcher')
    const reader = world.room('dispatcher', `ticket.${ticketId}`)
    await settled()
    held.holding = true
    const last = world.core.execute('dispatcher', post(world, ticketId, 'последнее'))
    await settled()
    const drained = world.core.drain()
    await settled()
    expect(feed.closedWith).toBeUndefined()
    held.release()
    await drained
    expect((await last).ok).toBe(true)
    await settled()
    expect(feed.frames.at(-1)?.type).toBe('SHUTDOWN')
    expect([feed.closedWith, reader.closedWith]).toEqual([1012, 1012])
    expect(world.core.connections()).toEqual({ sync: 0, room: 0, devices: [] })
    expect(await world.core.execute('dispatcher', post(world, ticketId, 'поздно'))).toMatchObject({
      reason: { code: 'E_UNAVAILABLE' },
    })
  })
})
