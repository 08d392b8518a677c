import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { joinUpdates } from '#server/rooms/join-updates.ts'

const valueArbitrary = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.object({ maxDepth: 2 }))
const valuesArbitrary = fc.array(valueArbitrary, { minLength: 1, maxLength: 4 })
const listArbitrary = fc.constantFrom('list', 'other')
const writeArbitrary = fc.oneof(
  { weight: 4, arbitrary: fc.record({ list: listArbitrary, push: valuesArbitrary }) },
  fc.record({ list: listArbitrary, insert: valuesArbitrary, at: fc.nat() }),
  fc.record({ list: listArbitrary, remove: fc.nat() }),
  fc.record({ list: listArbitrary, nested: fc.array(fc.string()) }),
  fc.record({ key: fc.string({ minLength: 1, maxLength: 3 }), value: valueArbitrary }),
)
/** What a writer does in one transaction, mostly one thing. */
const stepArbitrary = fc.oneof(
  { weight: 5, arbitrary: writeArbitrary.map((write) => [write]) },
  fc.array(writeArbitrary, { minLength: 2, maxLength: 3 }),
)
type Write =
  | { list: string; push: unknown[] }
  | { list: string; insert: unknown[]; at: number }
  | { list: string; remove: number }
  | { list: string; nested: string[] }
  | { key: string; value: unknown }

function updatesOfWriter(steps: readonly (readonly Write[])[]): Uint8Array[] {
  const document = new Y.Doc()
  document.clientID = 300
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  for (const step of steps)
    document.transact(() => {
      for (const write of step) doWrite(document, write)
    })
  return updates
}

function doWrite(document: Y.Doc, write: Write): void {
  if ('key' in write) {
    document.getMap('map').set(write.key, write.value)
    return
  }
  const list = document.getArray<unknown>(write.list)
  if ('push' in write) list.push(write.push)
  else if ('insert' in write) list.insert(write.at % (list.length + 1), write.insert)
  else if ('nested' in write) list.push([Y.Array.from(write.nested)])
  else if (list.length > 0) list.delete(write.remove % list.length)
}

const contentOf = (update: Uint8Array): unknown => {
  const document = new Y.Doc()
  Y.applyUpdate(document, update)
  expect(document.store.pendingStructs).toBeNull()
  return [
    document.getArray('list').toJSON(),
    document.getArray('other').toJSON(),
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

  it('makes what was added to a list one after another one struct', () => {
    const message = (text: string): Write[] => [{ list: 'list', push: [{ text }] }]
    const updates = updatesOfWriter([message('a'), message('b'), message('c')])
    const { structs } = Y.decodeUpdate(joinUpdates(updates))
    expect(structs).toHaveLength(1)
    expect(structs[0]).toMatchObject({ content: { arr: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] } })
  })

  it('begins a new struct after something that was written elsewhere', () => {
    const updates = updatesOfWriter([
      [{ list: 'list', push: [1] }],
      [{ key: 'read', value: 1 }],
      [{ list: 'list', push: [2] }],
      [{ list: 'list', push: [3] }],
      [{ list: 'other', push: [4] }],
    ])
    expect(Y.decodeUpdate(joinUpdates(updates)).structs).toHaveLength(4)
  })
})
