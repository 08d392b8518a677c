import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { appendEntries } from '#common/documents/chat-document.ts'
import type { EntryDraft } from '#common/domain/message.ts'
import { emptyBatch, projectRooms } from '#renderer/data/projection/project-batch.ts'
import { projectChat, readLines } from '#renderer/data/projection/project-chat.ts'
import type { MessageRow } from '#renderer/data/store/ports.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'

const room = 'chat.T1.customer'
const context = {
  room,
  ticketId: 'T1',
  chat: 'customer',
  ownId: 'own',
  readSeq: 0,
  assigneeId: null,
  createdAt: 5,
} as const

const message = (id: string, authorId: string): EntryDraft => ({
  id,
  type: 'message',
  authorId,
  writtenAt: '2026-01-15T09:00:00.000Z',
  text: `текст ${id}`,
})

/** A chat of up to 30 entries in which edits and deletions name any earlier message, or one that never was. */
const history = fc
  .array(
    fc.record({
      kind: fc.constantFrom('message', 'message', 'message', 'edit', 'delete', 'joined'),
      target: fc.nat(30),
      authorId: fc.constantFrom('own', 'other', 'third'),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((steps) =>
    steps.map(({ kind, target, authorId }, index): EntryDraft => {
      if (kind === 'edit')
        return { id: `E${index}`, type: 'edit', target: `M${target % Math.max(index, 1)}`, text: `правка ${index}` }
      if (kind === 'delete') return { id: `E${index}`, type: 'delete', target: `M${target % Math.max(index, 1)}` }
      if (kind === 'joined') return { id: `J${index}`, type: 'joined', userId: authorId, byId: 'own' }
      return message(`M${index}`, authorId)
    }),
  )

describe('a chat’s projection', () => {
  it('is the same in one piece and in any portions, also when a portion is projected twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        fc.nat(29),
        async (entries, sizes, readSeq) => {
          const whole = await projected([entries], readSeq, false)
          const portions: EntryDraft[][] = []
          for (let start = 0, turn = 0; start < entries.length; turn++) {
            const size = sizes[turn % sizes.length]!
            portions.push(entries.slice(start, start + size))
            start += size
          }
          expect(await projected(portions, readSeq, false)).toEqual(whole)
          expect(await projected(portions, readSeq, true)).toEqual(whole)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('counts and finds what the store would', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(29), async (entries, readSeq) => {
        const { chat, unread, newest } = await projected([entries], readSeq, false)
        expect(chat?.unread ?? 0).toBe(unread)
        expect(chat?.last?.id).toBe(newest?.id)
        expect(chat?.last?.text).toBe(newest?.text)
      }),
      { numRuns: 200 },
    )
  })

  it('finds the newest message behind many that were deleted', () => {
    const document = new Y.Doc()
    const entries: EntryDraft[] = [message('M0', 'other')]
    for (let count = 1; count <= 130; count++) entries.push(message(`M${count}`, 'other'))
    for (let count = 1; count <= 130; count++) entries.push({ id: `D${count}`, type: 'delete', target: `M${count}` })
    appendEntries(document, entries, 7)
    expect(projectChat(document, context)).toMatchObject({
      last: { id: 'M0', seq: 1 },
      unread: 1,
      lastSeq: 261,
      lastAt: 7,
    })
  })

  it('of an empty chat has the time of its ticket', () => {
    expect(projectChat(new Y.Doc(), context)).toMatchObject({ last: null, lastAt: 5, lastSeq: 0, unread: 0 })
  })

  it('passes over entries of a newer server, and keeps their numbers', () => {
    const document = new Y.Doc()
    appendEntries(document, [message('M1', 'other'), { id: 'P1', type: 'poll' } as never, message('M2', 'other')], 7)
    expect(readLines(document, room, 0).rows.map(({ id, seq }) => [id, seq])).toEqual([
      ['M1', 1],
      ['M2', 3],
    ])
  })
})

async function projected(portions: EntryDraft[][], readSeq: number, twice: boolean) {
  const { projection } = createMemoryStores()
  const document = new Y.Doc()
  let before = 0
  for (const portion of portions) {
    appendEntries(document, portion, 7)
    const kind = { kind: 'chat', ticketId: 'T1', chat: 'customer' } as const
    const opened = [{ room, kind, document, projected: before, known: before }]
    const about = {
      ownId: 'own',
      store: projection,
      heads: new Map([[room, { epoch: 1, seq: 1, entries: before }]]),
      readMarks: new Map([[room, readSeq]]),
    }
    for (let turn = 0; turn < (twice ? 2 : 1); turn++) {
      const { batch } = await projectRooms(opened, about)
      await projection.write({ ...emptyBatch(), ...batch })
    }
    before += portion.length
  }
  const ids = portions.flat().map(({ id }) => id)
  const lines: MessageRow[] = [...(await projection.messagesById(room, ids)).values()].sort(
    (one, other) => one.seq - other.seq,
  )
  const chat = (await projection.chats([room])).get(room)
  return {
    lines,
    chat,
    unread: await projection.countUnread(room, readSeq, 'own'),
    newest: await projection.newestMessage(room),
  }
}
