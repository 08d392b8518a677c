import type { TicketId } from '#common/domain/ids.ts'
import type { Cursor } from '#common/protocol/control-frames.ts'
import type { Position } from '../storage/log-store.ts'

/** How far a first sync has got. Tickets come newest activity first; those touched after it began come again when it goes on. */
export type FirstSyncProgress = {
  /** Server's time at which it began, ms. */
  startedAt: number
  /** Activity and id of the last ticket sent whole. */
  lastAt: number
  lastId: TicketId
}

/** What a client's cursor says: everything up to `position` is there, save what a first sync under way has not sent. */
export type FeedPoint = { epoch: number; position: Position; firstSync?: FirstSyncProgress | undefined }

export function encodeCursor({ epoch, position, firstSync }: FeedPoint): Cursor {
  if (!firstSync) return `${epoch}.${position}`
  return `${epoch}.${position}.${firstSync.startedAt}.${firstSync.lastAt}.${firstSync.lastId}`
}

/** Undefined for what is no cursor: the client is then served from the start. */
export function decodeCursor(cursor: Cursor): FeedPoint | undefined {
  const match = /^(\d{1,15})\.(\d{1,15})(?:\.(\d{1,15})\.(\d{1,15})\.([0-9A-Za-z-]{1,40}))?$/.exec(cursor)
  if (!match) return undefined
  const [, epoch, position, startedAt, lastAt, lastId] = match
  const point = { epoch: Number(epoch), position: Number(position) }
  if (lastId === undefined) return point
  return { ...point, firstSync: { startedAt: Number(startedAt), lastAt: Number(lastAt), lastId } }
}
