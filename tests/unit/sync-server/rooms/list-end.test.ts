import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { ListEnd } from '#server/rooms/list-end.ts'

const writer = 300
const valueArbitrary = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.object({ maxDepth: 2, withNullPrototype: false }),
)
const valuesArbitrary = fc.array(valueArbitrary, { minLength: 1, maxLength: 4 })

function updatesWhile(document: Y.Doc, work: () => void): Uint8Array[] {
  const updates: Uint8Array[] = []
  const listener = (update: Uint8Array): void => void updates.push(update)
  document.on('update', listener)
  work()
  document.off('update', listener)
  return updates
}

describe('the end of a list', () => {
  it('is where Yjs itself appends, byte by byte, whatever was written before', () => {
    fc.assert(
      fc.property(
        fc.array(valuesArbitrary, { maxLength: 3 }),
        fc.option(fc.tuple(fc.string({ minLength: 1 }), fc.string())),
        fc.array(valuesArbitrary, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (before, key, appended, byAnother) => {
          const document = new Y.Doc()
          document.clientID = byAnother ? writer + 1 : writer
          for (const values of before) document.getArray('list').push(values)
          document.clientID = writer
          if (key) document.getMap('map').set(...key)
          const end = new ListEnd(document, 'list')
          const yjs = updatesWhile(document, () => {
            for (const values of appended) document.getArray('list').push(values)
          })
          expect(appended.map((values) => end.append(values))).toEqual(yjs)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is after what was appended without the document', () => {
    const document = new Y.Doc()
    document.clientID = writer
    const end = new ListEnd(document, 'list')
    for (const update of [end.append(['a']), end.append(['b', 'c'])]) Y.applyUpdate(document, update)
    document.clientID = writer
    expect(document.getArray('list').toArray()).toEqual(['a', 'b', 'c'])
    expect(new ListEnd(document, 'list').append(['d'])).toEqual(end.append(['d']))
  })
})
