import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusal } from '#common/protocol/refusals.ts'
import {
  StoreConflict,
  StoreUnavailable,
  type AuditDraft,
  type AuditQuery,
  type Commit,
  type LogStore,
} from '#server/storage/log-store.ts'

/** One implementation under test: a fresh store, and a second start on what the first one made durable. */
export type StoreUnderTest = {
  store: LogStore
  reopen(): Promise<LogStore>
  dispose(): Promise<void>
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

/** A commit of nothing; the tests add what they are about. */
const commitOf = (parts: Partial<Commit>): Commit => ({ appends: [], records: [], visibility: [], ...parts })

const append = (room: string, expectedHead: number, ...updates: Uint8Array[]): Commit =>
  commitOf({ appends: [{ room, expectedHead, updates }] })

const outcomeOf = (commandId: string, contentHash = 'a'.repeat(64)) => ({ userId: 'anna', commandId, contentHash })

const lineOf = (parts: Partial<AuditDraft> = {}): AuditDraft => ({
  at: 1_000,
  writtenAt: null,
  byId: 'anna',
  byName: 'Анна',
  action: 'ticket.stage',
  subject: 'ticket',
  subjectId: 't1',
  subjectName: '№ 1',
  changes: [{ field: 'stage', from: 'new', to: null }],
  ...parts,
})

/** The contract of {@link LogStore}: every implementation must pass all of it. */
export function describeLogStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`log store: ${name}`, () => {
    let underTest: StoreUnderTest
    let store: LogStore

    beforeEach(async () => {
      underTest = await open()
      store = underTest.store
    })
    afterEach(() => underTest.dispose())

    const feedOf = async (userId: string, after = 0): Promise<string[]> => {
      const { entries } = await store.readFeed(after, 1000, userId)
      return entries.map((entry) =>
        entry.type === 'update' ? `${entry.room}:${entry.seq}` : `${entry.visible ? '+' : '-'}${entry.room}`,
      )
    }

    describe('appending', () => {
      it('knows nothing of a room that was never written', async () => {
        expect(await store.position()).toBe(0)
        expect(await store.heads(['chat.a.team'])).toEqual(new Map([['chat.a.team', 0]]))
        expect(await store.load('chat.a.team')).toEqual({ epoch: 1, head: 0, snapshot: undefined, updates: [] })
        expect(await store.readFeed(0, 10, 'anna')).toEqual({ entries: [], upTo: 0 })
      })

      it('numbers the updates of a room from 1 without gaps and gives them back as they were', async () => {
        await store.commit([append('a', 0, bytes(1), bytes())])
        await store.commit([append('a', 2, bytes(3, 3, 3))])
        const { head, updates } = await store.load('a')
        expect(head).toBe(3)
        expect(updates.map(({ seq }) => seq)).toEqual([1, 2, 3])
        expect(updates.map(({ update }) => [...update])).toEqual([[1], [], [3, 3, 3]])
      })

      it('stores an update that is a view of a larger buffer, and keeps it when the buffer is used again', async () => {
        const buffer = bytes(9, 1, 2, 9)
        const stored = store.commit([append('a', 0, buffer.subarray(1, 3))])
        buffer.fill(7)
        await stored
        expect([...((await store.load('a')).updates[0]?.update ?? [])]).toEqual([1, 2])
      })

      it('gives each commit the position of its last entry, rising over all rooms', async () => {
        const first = await store.commit([append('a', 0, bytes(1), bytes(2)), append('b', 0, bytes(3))])
        expect(first).toEqual([{ position: 2 }, { position: 3 }])
        expect(await store.commit([append('a', 2, bytes(4))])).toEqual([{ position: 4 }])
        expect(await store.position()).toBe(4)
      })

      it('refuses another head than the expected one and stores nothing of the call', async () => {
        await store.commit([append('a', 0, bytes(1))])
        const call = store.commit([
          append('b', 0, bytes(1)),
          commitOf({
            appends: [{ room: 'a', expectedHead: 0, updates: [bytes(2)] }],
            records: [{ kind: 'user', key: 'anna', value: {} }],
            visibility: [{ userId: 'anna', room: 'a', visible: true }],
            outcome: outcomeOf('01'),
          }),
        ])
        await expect(call).rejects.toBeInstanceOf(StoreConflict)
        expect(await store.heads(['a', 'b'])).toEqual(new Map([['a', 1], ['b', 0]])) // prettier-ignore
        expect(await store.records('user')).toEqual(new Map())
        expect(await store.outcome('anna', '01')).toBeUndefined()
        expect(await feedOf('anna')).toEqual(['a:1'])
        expect(await store.position()).toBe(1)
      })

      it('takes commits of one call that build on each other', async () => {
        await store.commit([append('a', 0, bytes(1)), append('a', 1, bytes(2))])
        expect(await store.heads(['a'])).toEqual(new Map([['a', 2]]))
        await expect(store.commit([append('a', 2, bytes(3)), append('a', 2, bytes(4))])).rejects.toBeInstanceOf(
          StoreConflict,
        )
        expect(await store.heads(['a'])).toEqual(new Map([['a', 2]]))
      })

      it('a refused call takes nothing of those beside it', async () => {
        const answers = await Promise.allSettled([
          store.commit([append('a', 0, bytes(1))]),
          store.commit([append('x', 0, bytes(1)), append('a', 0, bytes(2))]),
          store.commit([append('b', 0, bytes(3))]),
          store.commit([append('a', 1, bytes(4))]),
        ])
        expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
        expect(await store.heads(['a', 'b', 'x'])).toEqual(new Map([['a', 2], ['b', 1], ['x', 0]])) // prettier-ignore
        expect((await store.load('a')).updates.map(({ update }) => update[0])).toEqual([1, 4])
      })

      it('applies concurrent calls in the order in which they were made', async () => {
        const rooms = ['a', 'b', 'c']
        const calls: Promise<unknown>[] = []
        for (let round = 0; round < 40; round++)
          for (const room of rooms) calls.push(store.commit([append(room, round, bytes(round))]))
        await Promise.all(calls)
        const expected = Array.from({ length: 40 }, (_, round) => rooms.map((room) => `${room}:${round + 1}`)).flat()
        expect(await feedOf('anna')).toEqual(expected)
      })

      it('a read after an answered commit sees it', async () => {
        for (let round = 0; round < 20; round++) {
          await store.commit([append('a', round, bytes(round))])
          expect((await store.load('a')).head).toBe(round + 1)
        }
      })
    })

    describe('records and outcomes', () => {
      it('keeps the last value of a key and forgets a null', async () => {
        const write = (key: string, value: unknown) =>
          store.commit([commitOf({ records: [{ kind: 'user', key, value }] })])
        await write('anna', { name: 'Анна', tags: ['a', null] })
        await write('boris', 1)
        await write('anna', { name: 'Анна Петрова' })
        await write('boris', null)
        expect(await store.records('user')).toEqual(new Map([['anna', { name: 'Анна Петрова' }]]))
        expect(await store.records('session')).toEqual(new Map())
      })

      it('a commit of records alone moves no position', async () => {
        await store.commit([append('a', 0, bytes(1))])
        const answer = await store.commit([commitOf({ records: [{ kind: 'user', key: 'anna', value: 1 }] })])
        expect(answer).toEqual([{ position: 1 }])
      })

      it('keeps what became of a command, for its user alone', async () => {
        const refused = { ...outcomeOf('02'), refusal: refusal('E_STALE', 'stage') }
        await store.commit([commitOf({ outcome: outcomeOf('01') }), commitOf({ outcome: refused })])
        expect(await store.outcome('anna', '01')).toEqual({ ...outcomeOf('01'), refusal: undefined })
        expect(await store.outcome('anna', '02')).toEqual(refused)
        expect(await store.outcome('boris', '01')).toBeUndefined()
      })

      it('knows the greatest command of a user', async () => {
        expect(await store.greatestCommandId('anna')).toBeUndefined()
        const of = (userId: string, commandId: string): Commit =>
          commitOf({ outcome: { ...outcomeOf(commandId), userId } })
        await store.commit([of('anna', '01J9'), of('anna', '01JB'), of('anna', '01JA'), of('boris', '01JC')])
        expect(await store.greatestCommandId('anna')).toBe('01JB')
        expect(await store.greatestCommandId('boris')).toBe('01JC')
        expect(await store.greatestCommandId('ann')).toBeUndefined()
      })

      it('refuses a second outcome of one command with everything that comes with it', async () => {
        const post = (head: number): Commit => ({ ...append('a', head, bytes(1)), outcome: outcomeOf('01') })
        await store.commit([post(0)])
        await expect(store.commit([post(1)])).rejects.toBeInstanceOf(StoreConflict)
        await expect(store.commit([{ ...post(1), outcome: outcomeOf('02') }, { ...append('a', 2), outcome: outcomeOf('02') }])).rejects.toBeInstanceOf(StoreConflict) // prettier-ignore
        expect((await store.load('a')).head).toBe(1)
        expect(await store.outcome('anna', '02')).toBeUndefined()
      })
    })

    describe('the audit', () => {
      const write = (...audit: AuditDraft[]) => store.commit([commitOf({ audit })])
      const idsOf = async (query: Partial<AuditQuery> = {}) =>
        (await store.readAudit({ limit: 100, ...query })).map(({ id }) => id)

      it('numbers its lines in the order of commits and gives them back newest first, as they were', async () => {
        const lines = [
          lineOf(),
          lineOf({
            writtenAt: '2026-11-22T10:00:00+03:00',
            changes: [{ field: 'x', from: { a: [1, null] }, to: '«' }],
          }),
          lineOf({ at: 5 }),
        ]
        const answers = await store.commit([
          commitOf({ audit: lines.slice(0, 2) }),
          commitOf({ audit: lines.slice(2) }),
        ])
        expect(answers).toEqual([{ position: 0 }, { position: 0 }])
        expect(await store.readAudit({ limit: 10 })).toEqual(lines.map((line, index) => ({ id: index + 1, ...line })).toReversed()) // prettier-ignore
        expect(await store.readAudit({ limit: 0 })).toEqual([])
      })

      it('narrows by time, person and subject, and by all of them at once', async () => {
        await write(
          lineOf({ at: 10 }),
          lineOf({ at: 20, byId: 'boris' }),
          lineOf({ at: 30, subject: 'user', subjectId: 't1' }),
          lineOf({ at: 40, subjectId: 't2' }),
          lineOf({ at: 50, byId: 'boris', subjectId: 't2' }),
        )
        expect(await idsOf({ from: 20, to: 40 })).toEqual([3, 2])
        expect(await idsOf({ byId: 'boris' })).toEqual([5, 2])
        expect(await idsOf({ subject: 'user' })).toEqual([3])
        expect(await idsOf({ subjectId: 't1' })).toEqual([3, 2, 1])
        expect(await idsOf({ subject: 'ticket', subjectId: 't2', byId: 'boris', from: 50, to: 51 })).toEqual([5])
        expect(await idsOf({ byId: "boris' OR 1=1 --" })).toEqual([])
      })

      it('is read page by page without a gap or a repetition', async () => {
        await write(...Array.from({ length: 23 }, (_, index) => lineOf({ byId: index % 3 ? 'anna' : 'boris' })))
        const seen: number[] = []
        for (let before: number | undefined; ;) {
          const page = await idsOf({ byId: 'anna', before, limit: 4 })
          seen.push(...page)
          before = page.at(-1)
          // What is written meanwhile is newer than all pages to come.
          await write(lineOf())
          if (page.length < 4) break
        }
        expect(seen).toEqual(Array.from({ length: 23 }, (_, index) => 23 - index).filter((id) => (id - 1) % 3))
      })

      it('comes with its commit or not at all', async () => {
        await store.commit([{ ...append('a', 0, bytes(1)), audit: [lineOf()] }])
        const conflicting = { ...append('a', 0, bytes(1)), audit: [lineOf({ at: 7 })] }
        await expect(store.commit([commitOf({ audit: [lineOf({ at: 6 })] }), conflicting])).rejects.toBeInstanceOf(
          StoreConflict,
        )
        expect(await idsOf()).toEqual([1])
        await write(lineOf({ at: 8 }))
        expect((await store.readAudit({ limit: 10 })).map(({ id, at }) => [id, at])).toEqual([[2, 8], [1, 1_000]]) // prettier-ignore
      })

      it('is there at the next start and goes on where it was', async () => {
        await write(lineOf(), lineOf())
        store = await underTest.reopen()
        await write(lineOf({ at: 3 }))
        expect((await store.readAudit({ limit: 10 })).map(({ id, at }) => [id, at])).toEqual([[3, 3], [2, 1_000], [1, 1_000]]) // prettier-ignore
      })
    })

    describe('the feed', () => {
      it('shows everyone’s updates but only the own changes of visibility, in the order of the log', async () => {
        await store.commit([
          commitOf({
            appends: [{ room: 'a', expectedHead: 0, updates: [bytes(1)] }],
            visibility: [
              { userId: 'anna', room: 'a', visible: true },
              { userId: 'boris', room: 'a', visible: true },
            ],
          }),
        ])
        await store.commit([append('a', 1, bytes(2))])
        await store.commit([commitOf({ visibility: [{ userId: 'anna', room: 'a', visible: false }] })])
        expect(await feedOf('anna')).toEqual(['a:1', '+a', 'a:2', '-a'])
        expect(await feedOf('boris')).toEqual(['a:1', '+a', 'a:2'])
        expect(await feedOf('clara')).toEqual(['a:1', 'a:2'])
      })

      it('is read in pieces without a gap or a repetition', async () => {
        for (let index = 0; index < 25; index++)
          await store.commit([
            commitOf({
              appends: [{ room: `r${index % 4}`, expectedHead: Math.floor(index / 4), updates: [bytes(index)] }],
              visibility: [{ userId: index % 2 ? 'anna' : 'boris', room: `r${index % 4}`, visible: true }],
            }),
          ])
        const whole = (await store.readFeed(0, 1000, 'anna')).entries
        for (const limit of [1, 2, 3, 7, 37]) {
          const pieces = []
          let position = 0
          for (;;) {
            const { entries, upTo } = await store.readFeed(position, limit, 'anna')
            expect(entries.length).toBeLessThanOrEqual(limit)
            pieces.push(...entries)
            position = upTo
            if (entries.length < limit) break
          }
          expect(pieces).toEqual(whole)
          expect(position).toBe(await store.position())
        }
      })

      it('leads past entries that are not for this user', async () => {
        await store.commit([commitOf({ visibility: [{ userId: 'boris', room: 'a', visible: true }] })])
        expect(await store.readFeed(0, 10, 'anna')).toEqual({ entries: [], upTo: 1 })
      })

      it('gives a cursor from beyond the log back as it was', async () => {
        await store.commit([append('a', 0, bytes(1))])
        expect(await store.readFeed(99, 10, 'anna')).toEqual({ entries: [], upTo: 99 })
      })
    })

    describe('compaction', () => {
      beforeEach(async () => {
        await store.commit([append('a', 0, bytes(1), bytes(2), bytes(3)), append('b', 0, bytes(9)), append('a', 3, bytes(4))]) // prettier-ignore
      })

      it('puts one snapshot in the place of the updates', async () => {
        expect(await store.compact('a', 3, bytes(1, 2, 3))).toBe(true)
        const content = await store.load('a')
        expect(content.epoch).toBe(1)
        expect(content.head).toBe(4)
        expect(content.snapshot).toEqual({ seq: 3, update: bytes(1, 2, 3) })
        expect(content.updates.map(({ seq }) => seq)).toEqual([4])
        await store.commit([append('a', 4, bytes(5))])
        expect((await store.load('a')).head).toBe(5)
      })

      it('shows the snapshot in the feed where the last replaced update was', async () => {
        await store.compact('a', 3, bytes(1, 2, 3))
        const { entries, upTo } = await store.readFeed(0, 10, 'anna')
        expect(entries).toEqual([
          { type: 'update', position: 3, room: 'a', epoch: 1, seq: 3, update: bytes(1, 2, 3), snapshot: true },
          { type: 'update', position: 4, room: 'b', epoch: 1, seq: 1, update: bytes(9) },
          { type: 'update', position: 5, room: 'a', epoch: 1, seq: 4, update: bytes(4) },
        ])
        expect(upTo).toBe(5)
        expect(await feedOf('anna', 3)).toEqual(['b:1', 'a:4'])
      })

      it('a second one replaces the first', async () => {
        await store.compact('a', 2, bytes(1, 2))
        expect(await store.compact('a', 4, bytes(1, 2, 3, 4))).toBe(true)
        const content = await store.load('a')
        expect(content.snapshot).toEqual({ seq: 4, update: bytes(1, 2, 3, 4) })
        expect(content.updates).toEqual([])
        expect(await feedOf('anna')).toEqual(['b:1', 'a:4'])
      })

      it('is refused when the room was compacted already or is not that long', async () => {
        expect(await store.compact('a', 5, bytes(8))).toBe(false)
        expect(await store.compact('none', 1, bytes(8))).toBe(false)
        await store.compact('a', 4, bytes(7))
        expect(await store.compact('a', 4, bytes(8))).toBe(false)
        expect(await store.compact('a', 2, bytes(8))).toBe(false)
        expect((await store.load('a')).snapshot?.update).toEqual(bytes(7))
      })

      it('leaves the position where it was after the last entry went into a snapshot', async () => {
        await store.compact('a', 4, bytes(7))
        const position = await store.position()
        store = await underTest.reopen()
        expect(await store.position()).toBe(position)
        expect(await store.commit([append('c', 0, bytes(1))])).toEqual([{ position: position + 1 }])
      })
    })

    describe('rewriting', () => {
      const rewriting = (expectedHead: number, update: Uint8Array, rewritten: Uint8Array) =>
        commitOf({ appends: [{ room: 'a', expectedHead, updates: [update], rewritten }] })

      beforeEach(async () => {
        await store.commit([append('a', 0, bytes(1), bytes(2)), append('b', 0, bytes(9))])
      })

      it('leaves nothing of what was, and begins an epoch that everybody is told of at the end of the feed', async () => {
        const before = await store.position()
        expect(await store.commit([rewriting(2, bytes(3), bytes(8))])).toEqual([{ position: before + 1 }])
        expect(await store.load('a')).toEqual({ epoch: 2, head: 3, snapshot: { seq: 3, update: bytes(8) }, updates: [] }) // prettier-ignore
        expect((await store.readFeed(0, 10, 'anna')).entries).toEqual([
          { type: 'update', position: 3, room: 'b', epoch: 1, seq: 1, update: bytes(9) },
          { type: 'update', position: before + 1, room: 'a', epoch: 2, seq: 3, update: bytes(8), snapshot: true },
        ])
        store = await underTest.reopen()
        expect((await store.load('a')).epoch).toBe(2)
        expect(await store.position()).toBe(before + 1)
      })

      it('stands among the commits of one call: what came before is in it, what comes after stays', async () => {
        await store.commit([append('a', 2, bytes(3)), rewriting(3, bytes(4), bytes(8)), append('a', 4, bytes(5))])
        const { epoch, head, snapshot, updates } = await store.load('a')
        expect({ epoch, head, snapshot }).toEqual({ epoch: 2, head: 5, snapshot: { seq: 4, update: bytes(8) } })
        expect(updates).toEqual([{ seq: 5, update: bytes(5) }])
        expect(await feedOf('anna')).toEqual(['b:1', 'a:4', 'a:5'])
      })

      it('replaces a snapshot, and a later one replaces it', async () => {
        await store.compact('a', 2, bytes(1, 2))
        await store.commit([rewriting(2, bytes(3), bytes(7))])
        await store.commit([rewriting(3, bytes(4), bytes(8)), rewriting(4, bytes(5), bytes(9))])
        expect(await store.load('a')).toEqual({ epoch: 4, head: 5, snapshot: { seq: 5, update: bytes(9) }, updates: [] }) // prettier-ignore
        expect(await feedOf('anna')).toEqual(['b:1', 'a:5'])
      })

      it('is refused with its whole call when another writer was there, and what was stays', async () => {
        await expect(store.commit([rewriting(1, bytes(3), bytes(8))])).rejects.toBeInstanceOf(StoreConflict)
        expect((await store.load('a')).updates.map(({ update }) => update)).toEqual([bytes(1), bytes(2)])
        expect((await store.load('a')).epoch).toBe(1)
      })

      it('a compaction that was under way meanwhile changes nothing', async () => {
        await store.commit([rewriting(2, bytes(3), bytes(8))])
        expect(await store.compact('a', 2, bytes(1, 2))).toBe(false)
        expect(await store.compact('a', 3, bytes(1, 2, 3))).toBe(false)
        expect((await store.load('a')).snapshot?.update).toEqual(bytes(8))
      })
    })

    describe('many rooms', () => {
      it('loads them in one go, known and unknown ones', async () => {
        const rooms = Array.from({ length: 700 }, (_, index) => `chat.${index}.customer`)
        await store.commit(rooms.map((room, index) => append(room, 0, bytes(index % 256), bytes(1))))
        const contents = await store.loadMany([...rooms, 'unknown'])
        expect(contents.size).toBe(701)
        expect(contents.get('unknown')?.head).toBe(0)
        for (const [index, room] of rooms.entries()) {
          const content = contents.get(room)
          expect(content?.head).toBe(2)
          expect(content?.updates.map(({ seq, update }) => [seq, update[0]])).toEqual([[1, index % 256], [2, 1]]) // prettier-ignore
        }
        expect((await store.heads([...rooms, 'unknown'])).size).toBe(701)
      })
    })

    describe('the next start', () => {
      it('finds everything that was answered', async () => {
        await store.commit([
          {
            appends: [{ room: 'a', expectedHead: 0, updates: [bytes(1), bytes(2)] }],
            records: [{ kind: 'user', key: 'anna', value: { name: 'Анна' } }],
            visibility: [{ userId: 'anna', room: 'a', visible: true }],
            outcome: outcomeOf('01'),
          },
        ])
        await store.compact('a', 1, bytes(1))
        const before = { content: await store.load('a'), feed: await store.readFeed(0, 10, 'anna') }
        store = await underTest.reopen()
        expect({ content: await store.load('a'), feed: await store.readFeed(0, 10, 'anna') }).toEqual(before)
        expect(await store.records('user')).toEqual(new Map([['anna', { name: 'Анна' }]]))
        expect(await store.outcome('anna', '01')).toBeDefined()
        expect(await store.epoch()).toBe(1)
        await expect(store.commit([append('a', 0, bytes(3))])).rejects.toBeInstanceOf(StoreConflict)
        await store.commit([append('a', 2, bytes(3))])
      })

      it('a closed store finishes what it was asked and takes nothing more', async () => {
        const last = store.commit([append('a', 0, bytes(1))])
        await store.close()
        await last
        await expect(store.commit([append('a', 1, bytes(1))])).rejects.toBeInstanceOf(StoreUnavailable)
        await expect(store.load('a')).rejects.toBeInstanceOf(StoreUnavailable)
        store = await underTest.reopen()
        expect((await store.load('a')).head).toBe(1)
      })
    })
  })
}
