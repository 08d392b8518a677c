import * as Y from 'yjs'
import type { RoomName } from '#common/domain/ids.ts'
import { OpenDocument } from '#server/rooms/open-document.ts'
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
  await store.compact(room, upTo, Y.encodeStateAsUpdate(old.document))
  old.close()
}
