import type { RoomName, Seq } from '#common/domain/ids.ts'

/**
 * Keys that count down. The database's cursors only walk forward, so «newest first» costs a walk over everything; the same
 * order over a number that falls as the original rises costs only what is read.
 */
const highestSeq = 9_999_999_999
const slotDigits = 10
const highestTime = Number.MAX_SAFE_INTEGER

/** Falls as the time rises, so that ascending order is newest first. */
export function invertedTime(timeMs: number): number {
  return highestTime - Math.floor(timeMs)
}

/** Primary key of a chat's line: ascending order within a room is newest first. */
export function slotOf(room: RoomName, seq: Seq): string {
  return `${room}|${String(highestSeq - seq).padStart(slotDigits, '0')}`
}

/** The slots of a room with `after < seq ≤ upTo`, both ends included in the range of keys. */
export function slotRange(room: RoomName, after: Seq = 0, upTo: Seq = highestSeq): { first: string; last: string } {
  return { first: slotOf(room, upTo), last: slotOf(room, after + 1) }
}
