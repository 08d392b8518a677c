import type { RoomName, Seq } from '#common/domain/ids.ts'
import type { ServerFrame } from '#common/protocol/control-frames.ts'
import type { RoomContent } from '../storage/log-store.ts'

type Changes = Extract<ServerFrame, { type: 'CHANGES' }>

/** Updates of one frame, in bytes: far below the largest message, so that a client can show progress. */
const frameBytes = 262_144

/** All of a room as frames from 0 to its head. A room nobody wrote into has none. */
export function wholeRoom(room: RoomName, content: RoomContent): Changes[] {
  return changesAfter(room, content, 0)
}

/** What came after `from`; whole when that is inside the snapshot. */
export function changesAfter(room: RoomName, content: RoomContent, from: Seq): Changes[] {
  const { snapshot, epoch, head } = content
  if (head <= from) return []
  const whole = from === 0 || (snapshot !== undefined && from < snapshot.seq)
  const updates = whole
    ? [...(snapshot ? [snapshot.update] : []), ...content.updates.map(({ update }) => update)]
    : content.updates.filter(({ seq }) => seq > from).map(({ update }) => update)
  const start = whole ? 0 : from
  return splitChanges(
    { type: 'CHANGES', room, epoch, from: start, to: head, updates },
    whole ? (snapshot?.seq ?? 0) : 0,
  )
}

/** Cuts a long run of updates into frames. `snapshotSeq`: for how many numbers the first update stands, 0 when just for one. */
function splitChanges(changes: Changes, snapshotSeq: Seq): Changes[] {
  const frames: Changes[] = []
  let { from } = changes
  let to = from
  let updates: Uint8Array[] = []
  let bytes = 0
  changes.updates.forEach((update, index) => {
    if (updates.length > 0 && bytes + update.length > frameBytes) {
      frames.push({ ...changes, from, to, updates })
      from = to
      updates = []
      bytes = 0
    }
    updates.push(update)
    bytes += update.length
    to = index === 0 && snapshotSeq > 0 ? snapshotSeq : to + 1
  })
  frames.push({ ...changes, from, to, updates })
  return frames
}
