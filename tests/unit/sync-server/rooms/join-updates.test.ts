import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { joinUpdates } from '#server/rooms/join-updates.ts'

/** One step of a writer: some values at the end of a list, a key, or a deletion. */
const stepArbitrary = fc.oneof(
  fc.record({
    push: fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({ key: fc.string({ minLength: 1, maxLength: 3 }), value: fc.string() }),
  fc.record({ remove: fc.nat() }),
)
type Step = { push: unknown[] } | { key: string; value: string } | { remove: number }

function updatesOfWriter(steps: readonly Step[]): Uint8Array[] {
  const document = new Y.Doc()
  document.clientID = 300
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  const list = document.getArray('list')
  for (const step of steps) {
    if ('push' in step) list.push(step.push)
    else if ('key' in step) document.getMap('map').set(step.key, step.value)
    else if (list.length > 0) list.delete(step.remove % list.length)
  }
  return updates
}

const contentOf = (update: Uint8Array): unknown => {
  const document = new Y.Doc()
  Y.applyUpdate(document, update)
  expect(document.store.pendingStructs).toBeNull()
  return [
    document.getArray('list').toJSON(),
    document.getMap('map').toJSON(),
    [...Y.decodeStateVector(Y.encodeStateVector(document))],
  ]
}

describe('joining the updates of one writer', () => {
  it('says what Yjs’ own merging says, wherever the run begins and ends', () => {
    fc.assert(
      fc.property(
        fc.array(stepArbitrary, { minLength: 1, maxLength: 80 }),
        fc.nat(),
        fc.nat(),
        (steps, from, length) => {
          const updates = updatesOfWriter(steps)
          fc.pre(updates.length > 0)
          const start = from % updates.length
          const end = start + 1 + (length % (updates.length - start))
          const before = updates.slice(0, start)
          const joined = joinUpdates(updates.slice(start, end))
          expect(contentOf(Y.mergeUpdates([...before, joined]))).toEqual(
            contentOf(Y.mergeUpdates(updates.slice(0, end))),
          )
        },
      ),
      { numRuns: 500 },
    )
  })

  it('keeps the blocks of different writers apart', () => {
    const one = new Y.Doc()
    one.getArray('list').push([1])
    const other = new Y.Doc()
    other.getArray('list').push([2])
    const joined = joinUpdates([Y.encodeStateAsUpdate(one), Y.encodeStateAsUpdate(other)])
    expect(contentOf(joined)).toEqual(
      contentOf(Y.mergeUpdates([Y.encodeStateAsUpdate(one), Y.encodeStateAsUpdate(other)])),
    )
  })

  it('decodes nothing of a run that only adds', () => {
    const updates = updatesOfWriter([{ push: ['a'] }, { push: ['b', 'c'] }])
    const joined = joinUpdates(updates)
    expect(Y.parseUpdateMeta(joined).to).toEqual(new Map([[300, 3]]))
    expect(joined.length).toBeLessThan(updates.reduce((sum, { length }) => sum + length, 0))
  })
})
