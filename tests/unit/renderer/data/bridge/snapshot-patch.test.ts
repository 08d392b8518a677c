import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPatch, makePatch, share } from '#renderer/data/snapshot-patch.ts'

const row = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  text: fc.string({ maxLength: 3 }),
  last: fc.option(fc.record({ at: fc.integer(), marks: fc.array(fc.integer(), { maxLength: 3 }) })),
})
const snapshot = fc.oneof(
  fc.record({
    rows: fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 6 }),
    people: fc.dictionary(fc.constantFrom('u1', 'u2', 'u3'), fc.record({ name: fc.string() })),
    total: fc.integer(),
  }),
  fc.array(fc.oneof(fc.integer(), row), { maxLength: 5 }),
  fc.constant(null),
)

describe('patches of snapshots', () => {
  it('make the next snapshot out of the earlier one, over a structured clone', () => {
    fc.assert(
      fc.property(fc.array(snapshot, { minLength: 1, maxLength: 6 }), (snapshots) => {
        let worker: unknown
        let page: unknown
        for (const next of snapshots) {
          const shared = share(worker, next)
          page = applyPatch(page, structuredClone(makePatch(worker, shared)))
          worker = shared
          expect(page).toEqual(next)
        }
      }),
    )
  })

  it('keep rows that did not change as the same objects on both sides', () => {
    const first = {
      rows: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 },
        { id: 'c', n: 1 },
      ],
      total: 3,
    }
    const second = share(first, {
      rows: [
        { id: 'c', n: 1 },
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
      ],
      total: 3,
    })
    expect(second.rows[0]).toBe(first.rows[2])
    expect(second.rows[1]).toBe(first.rows[0])
    const page = structuredClone(first)
    const nextPage = applyPatch(page, structuredClone(makePatch(first, second))) as typeof first
    expect(nextPage.rows[0]).toBe(page.rows[2])
    expect(nextPage.rows[1]).toBe(page.rows[0])
    expect(nextPage.rows[2]).toEqual({ id: 'b', n: 2 })
  })

  it('is the same object when nothing changed, whatever was made anew', () => {
    const first = { rows: [{ id: 'a', tags: ['x'] }], last: null }
    expect(share(first, structuredClone(first))).toBe(first)
  })

  it('carry one changed row of a thousand, not the others', () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => ({ id: `r${index}`, text: 'x'.repeat(100) }))
    const next = share(
      rows,
      rows.map((each) => (each.id === 'r500' ? { ...each, text: 'y' } : each)),
    )
    expect(JSON.stringify(makePatch(rows, next)).length).toBeLessThan(300)
  })

  it('tell a field that went from one that is undefined', () => {
    const first: Record<string, unknown> = { a: 1, b: undefined }
    const next = share(first, { b: undefined })
    expect(applyPatch(first, makePatch(first, next))).toEqual({ b: undefined })
    expect(Object.keys(applyPatch(first, makePatch(first, next)) as object)).toEqual(['b'])
  })
})
