import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from '#server/feed/cursor.ts'
import { Unconfirmed } from '#server/feed/delivery-receipts.ts'
import { changesAfter } from '#server/feed/room-changes.ts'
import type { RoomContent } from '#server/storage/log-store.ts'

const number = fc.nat({ max: 2 ** 40 })
const firstSync = fc.record({ startedAt: number, lastAt: number, lastId: fc.stringMatching(/^[0-9A-Za-z-]{1,40}$/) })

describe('a cursor', () => {
  it('says the same after a journey', () => {
    fc.assert(
      fc.property(number, number, fc.option(firstSync, { nil: undefined }), (epoch, position, progress) => {
        const point = { epoch, position, ...(progress && { firstSync: progress }) }
        expect(decodeCursor(encodeCursor(point))).toEqual(point)
      }),
    )
  })

  it('of any other text is none', () => {
    for (const text of ['', '1', '1.', '1.2.3', 'a.b', '1.2.3.4.', '-1.2', '1.2 ', `1.${'9'.repeat(400)}`, '1.2.3.4.ё'])
      expect(decodeCursor(text)).toBeUndefined()
  })
})

describe('what is not confirmed yet', () => {
  it('is confirmed with its cursor or a later one, once', () => {
    const unconfirmed = new Unconfirmed()
    unconfirmed.add('chat.a.customer', 1)
    unconfirmed.cursorSent('1.1')
    unconfirmed.cursorSent('1.2')
    unconfirmed.add('chat.a.customer', 3)
    unconfirmed.cursorSent('1.3')
    expect(unconfirmed.confirm('1.9')).toEqual(new Map())
    expect(unconfirmed.confirm('1.2')).toEqual(new Map([['chat.a.customer', 1]]))
    expect(unconfirmed.confirm('1.2')).toEqual(new Map())
    expect(unconfirmed.confirm('1.3')).toEqual(new Map([['chat.a.customer', 3]]))
  })

  it('forgets no chat when a client confirms nothing for long', () => {
    const unconfirmed = new Unconfirmed()
    for (let index = 0; index < 1_000; index++) {
      unconfirmed.add(`chat.t${index}.customer`, 1)
      unconfirmed.cursorSent(`1.${index}`)
    }
    expect(unconfirmed.confirm('1.999').size).toBe(1_000)
  })
})

describe('the changes of a room', () => {
  const update = (size: number): Uint8Array => new Uint8Array(size)
  const numbers = { minLength: 1, maxLength: 30 }

  it('cover every number once, in frames of a bounded size, from wherever a client stands', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200_000 }), numbers),
        fc.nat(35),
        fc.nat(20),
        (sizes, from, old) => {
          const snapshot = old > 0 ? { seq: old, update: update(50_000) } : undefined
          const updates = sizes.map((size, index) => ({ seq: old + index + 1, update: update(size) }))
          const content: RoomContent = { epoch: 1, head: old + sizes.length, snapshot, updates }
          const frames = changesAfter('r', content, from)
          expect(frames.length > 0).toBe(from < content.head)
          if (frames.length === 0) return
          expect(frames[0]?.from).toBe(from >= old ? from : 0)
          expect(frames.at(-1)?.to).toBe(content.head)
          frames.slice(1).forEach((frame, index) => expect(frame.from).toBe(frames[index]?.to))
          for (const frame of frames)
            if (frame.updates.length > 1)
              expect(frame.updates.reduce((bytes, part) => bytes + part.length, 0)).toBeLessThanOrEqual(262_144)
        },
      ),
    )
  })
})
