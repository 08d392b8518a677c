import type { InboxRow } from '../../data/api.ts'

/** The first unread row after the one at hand, going round. */
export function nextUnread<Row extends Pick<InboxRow, 'room' | 'unread'>>(
  rows: readonly Row[],
  from: Pick<InboxRow, 'room'> | null,
): Row | undefined {
  const start = from ? rows.findIndex((row) => row.room === from.room) + 1 : 0
  return [...rows.slice(start), ...rows.slice(0, start)].find((row) => row.unread > 0 && row.room !== from?.room)
}
