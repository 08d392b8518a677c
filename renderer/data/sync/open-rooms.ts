import * as Y from 'yjs'
import { parseRoom, type Room, type RoomName } from '#common/domain/ids.ts'
import type { RoomHead, RoomState } from '../store/ports.ts'
import type { RoomWork } from './room-work.ts'

/** A room's document with everything that came applied. Must be destroyed or kept: open documents are what costs memory. */
export type OpenRoom = {
  room: RoomName
  kind: Room
  document: Y.Doc
  /** Chat entries that are projected already; 0 when the room is projected anew. */
  projected: number
  /** Chat entries that were on this device before. */
  known: number
  work: RoomWork
}

/**
 * `held`: rooms whose stored documents are open already. `spoiled` rooms have content that does not fit together; nothing
 * of them is used, and a held document among them is gone.
 */
export function openRooms(
  works: ReadonlyMap<RoomName, RoomWork>,
  stored: ReadonlyMap<RoomName, RoomState>,
  heads: ReadonlyMap<RoomName, RoomHead>,
  held: ReadonlyMap<RoomName, Y.Doc>,
): { opened: OpenRoom[]; spoiled: RoomName[] } {
  const opened: OpenRoom[] = []
  const spoiled: RoomName[] = []
  for (const [room, work] of works) {
    const kind = parseRoom(room)
    if (kind === undefined) continue
    const state = work.base === 'stored' ? stored.get(room) : undefined
    const open = work.base === 'stored' ? held.get(room) : undefined
    const lacksBase = work.base === 'stored' && state === undefined && open === undefined
    const document = lacksBase ? undefined : compose(open ?? newDocument(room), state?.state, work.updates)
    if (document === undefined) {
      spoiled.push(room)
      continue
    }
    opened.push({
      room,
      kind,
      document,
      projected: state?.entries ?? 0,
      known: heads.get(room)?.entries ?? 0,
      work,
    })
  }
  return { opened, spoiled }
}

/** The stored document of one room. Throws when what is stored is damaged. */
export function openState({ room, state }: RoomState): Y.Doc {
  const document = newDocument(room)
  Y.applyUpdate(document, state)
  return document
}

/** With a name of its own: one that Yjs makes up takes longer than all of a small room. */
function newDocument(room: RoomName): Y.Doc {
  return new Y.Doc({ guid: room })
}

/** Undefined when an update is damaged or builds on something that is not here. */
function compose(document: Y.Doc, state: Uint8Array | undefined, updates: readonly Uint8Array[]): Y.Doc | undefined {
  try {
    document.transact(() => {
      if (state) Y.applyUpdate(document, state)
      for (const update of updates) Y.applyUpdate(document, update)
    })
    if (document.store.pendingStructs === null && document.store.pendingDs === null) return document
  } catch {
    // Falls through: the same as an update that does not fit.
  }
  document.destroy()
  return undefined
}
