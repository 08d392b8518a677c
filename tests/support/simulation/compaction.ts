import * as Y from 'yjs'
import type { RoomName } from '#common/domain/ids.ts'
import { parseRoom } from '#common/domain/ids.ts'
import { OpenDocument, writerOf } from '#server/rooms/open-document.ts'
import type { LogStore } from '#server/storage/log-store.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What the server does to a room that grew long, at any length: its first updates become one. */
export async function shorten(store: LogStore, room: RoomName, chance: SeededRandom): Promise<void> {
  const content = await store.load(room)
  if (content.head === 0) return
  const upTo = 1 + chance.below(content.head)
  if (upTo <= (content.snapshot?.seq ?? 0)) return
  const updates = content.updates.filter(({ seq }) => seq <= upTo)
  const old = new OpenDocument(room, { ...content, head: upTo, updates })
  await store.compact(room, upTo, Y.encodeStateAsUpdate(old.document), false)
  old.close()
}

/**
 * The rewriting of a chat that takes deleted texts out of storage (N6): a new document that says the same, under the
 * next epoch. No server may be running.
 */
export async function rewrite(store: LogStore, room: RoomName): Promise<void> {
  const content = await store.load(room)
  if (content.head === 0 || parseRoom(room)?.kind !== 'chat') return
  const old = new OpenDocument(room, content)
  const document = new Y.Doc()
  document.clientID = writerOf(room)
  const entries = old.document.getArray<Record<string, unknown>>('entries').toArray()
  const deleted = new Set(entries.filter(({ type }) => type === 'delete').map(({ target }) => target))
  document.transact(() => {
    const isDeleted = ({ id, target }: Record<string, unknown>): boolean => deleted.has(id) || deleted.has(target)
    const blank = (entry: Record<string, unknown>): unknown =>
      'text' in entry && isDeleted(entry) ? { ...entry, text: '' } : entry
    document.getArray('entries').push(entries.map(blank))
    for (const name of ['receipts', 'participants'])
      for (const [key, value] of old.document.getMap(name)) document.getMap(name).set(key, value)
  })
  await store.compact(room, content.head, Y.encodeStateAsUpdate(document), true)
  old.close()
}
