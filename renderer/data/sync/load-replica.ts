import { parseRoom, type UserId } from '#common/domain/ids.ts'
import { projectRooms, type ProjectedRoom } from '../projection/project-batch.ts'
import type { AccountStores } from '../store/ports.ts'
import type { Replica } from './apply-work.ts'
import { openState } from './open-rooms.ts'
import { PersonalRoom } from './personal-room.ts'

/** Rooms looked up at each end to find out whether the projection is there. */
const sampleRooms = 20
/** Rooms projected at once when the projection is made anew. */
const roomsPerStep = 50

/** Opens what is stored of the feed; makes the projection anew where only the documents' states are left. */
export async function loadReplica(
  stores: Pick<AccountStores, 'replica' | 'projection'>,
  ownId: UserId,
): Promise<Replica> {
  return { ownId, stores, heads: await stores.replica.heads(), personal: new PersonalRoom(ownId, stores.replica) }
}

/** Forgets everything that came from the server. */
export async function clearReplica(replica: Replica): Promise<void> {
  // The states go last: as long as they are there, the projection can be made again.
  await replica.stores.projection.clear()
  await replica.stores.replica.clear()
  replica.heads.clear()
  replica.personal.forget()
}

/**
 * Only the documents' states are left: the projection is disposable and was disposed of. Rows are made again from the first
 * room to the last, so the last ones tell whether that came to its end.
 */
export async function lacksProjection({ heads, stores }: Replica): Promise<boolean> {
  const rooms = [...heads.keys()]
  const sample = new Set([...rooms.slice(0, sampleRooms), ...rooms.slice(-sampleRooms)])
  const kinds = [...sample].flatMap((room) => parseRoom(room) ?? [])
  const chats = [...sample].filter((room) => parseRoom(room)?.kind === 'chat')
  if ((await stores.projection.chats(chats)).size < chats.length) return true
  for (const kind of kinds)
    if (kind.kind === 'ticket' && (await stores.projection.ticket(kind.ticketId)) === undefined) return true
  return false
}

/** Makes the projection anew from the documents' states. */
export async function projectAll(
  { heads, stores, ownId, ...replica }: Replica,
  progress: (done: { rooms: number; messages: number }) => void,
): Promise<void> {
  const rooms = [...heads.keys()]
  const done = { rooms: 0, messages: 0 }
  const { readMarks } = await replica.personal.open()
  for (let start = 0; start < rooms.length; start += roomsPerStep) {
    const states = await stores.replica.load(rooms.slice(start, start + roomsPerStep))
    const rows = await stores.projection.chats([...states.keys()])
    const opened = [...states.values()].flatMap((state): ProjectedRoom[] => {
      const kind = parseRoom(state.room)
      // Rows are written before states: those that are there may be ahead, and nothing that was seen is taken back.
      const isThere = (rows.get(state.room)?.lastSeq ?? -1) >= state.entries
      return kind && !isThere ? [{ room: state.room, kind, document: openState(state), projected: 0, known: 0 }] : []
    })
    const { batch, messages } = await projectRooms(opened, { ownId, store: stores.projection, heads, readMarks })
    for (const { document } of opened) document.destroy()
    await stores.projection.write(batch)
    done.rooms += opened.length
    done.messages += messages
    progress({ ...done })
  }
}
