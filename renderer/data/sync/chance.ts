import * as Y from 'yjs'
import type { FillRandom } from '#common/domain/ids.ts'

function randomUint32(fillRandom: FillRandom): number {
  const bytes = fillRandom(new Uint8Array(4))
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
}

/** From 0 up to but not including 1. */
export function randomFraction(fillRandom: FillRandom): number {
  return randomUint32(fillRandom) / 2 ** 32
}

/** A new document whose client id comes from the injected source: one that Yjs picks could not be replayed. */
export function createDocument(fillRandom: FillRandom): Y.Doc {
  const document = new Y.Doc()
  document.clientID = randomUint32(fillRandom)
  return document
}
