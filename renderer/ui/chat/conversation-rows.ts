import type { Seq } from '#common/domain/ids.ts'
import type { ConversationItem } from '../../data/api.ts'
import { dayOf } from '../../i18n/dates.ts'

export type MessageItem = Extract<ConversationItem, { kind: 'message' }>
type EventItem = Exclude<ConversationItem, { kind: 'message' }>

/** What a conversation draws, one element a row. `key` is stable while rows are added at either end. */
export type ConversationRow =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string; count: number }
  | {
      kind: 'message'
      key: string
      item: MessageItem
      /** First of a group of one author: shows picture, name and time. */
      startsGroup: boolean
      endsGroup: boolean
      /** Last of its group, or of those in it that have got as far: one that waits says nothing of what was read before it. */
      endsState: boolean
      /** Place among the messages and their number, from 1, for the reader of a screen. */
      position: number
    }
  | { kind: 'event'; key: string; item: EventItem }

/** Messages of one author nearer than this stand together; ms. */
const groupMs = 5 * 60_000

/** When a message stands in the conversation: the server's time once it has one, until then the device's. */
export function timeOf(item: ConversationItem): number {
  return item.kind === 'message' ? (item.at ?? item.writtenAt) : item.at
}

/**
 * Rows of a conversation: days, the divider of what is new, messages in groups. `newAfter` is the read mark at which the
 * divider stands, null where there is none.
 */
export function conversationRows(items: readonly ConversationItem[], newAfter: Seq | null): ConversationRow[] {
  const rows: ConversationRow[] = []
  const firstNew = newAfter === null ? undefined : items.find((item) => isNew(item, newAfter))
  let previous: ConversationItem | undefined
  let position = 0
  for (const [index, item] of items.entries()) {
    const day = dayOf(timeOf(item))
    const newDay = previous === undefined || dayOf(timeOf(previous)) !== day
    if (newDay) rows.push({ kind: 'day', key: `day ${day}`, at: day })
    if (item === firstNew && newAfter !== null)
      rows.push({ kind: 'new', key: 'new', count: items.filter((each) => isNew(each, newAfter)).length })
    if (item.kind === 'message') {
      const next = items[index + 1]
      const startsGroup = newDay || item === firstNew || !inOneGroup(previous, item)
      const endsGroup =
        next === undefined || next === firstNew || dayOf(timeOf(next)) !== day || !inOneGroup(item, next)
      const endsState = endsGroup || (next?.kind === 'message' && next.delivery !== item.delivery)
      rows.push({ kind: 'message', key: item.id, item, startsGroup, endsGroup, endsState, position: ++position })
    } else rows.push({ kind: 'event', key: item.id, item })
    previous = item
  }
  return rows
}

function isNew(item: ConversationItem, newAfter: Seq): boolean {
  return item.kind === 'message' && !item.own && !item.deleted && item.seq !== null && item.seq > newAfter
}

function inOneGroup(one: ConversationItem | undefined, other: ConversationItem): boolean {
  return (
    one?.kind === 'message' &&
    other.kind === 'message' &&
    one.authorId === other.authorId &&
    Math.abs(timeOf(other) - timeOf(one)) < groupMs
  )
}

/** Rows that were put before the known first one: a list that keeps its place must know this of a change. */
export function prependedCount(before: readonly ConversationRow[], after: readonly ConversationRow[]): number {
  const anchor = before.find((row) => row.kind !== 'day' && row.kind !== 'new')
  if (!anchor) return 0
  const was = before.indexOf(anchor)
  const is = after.findIndex((row) => row.key === anchor.key)
  return is < 0 ? 0 : Math.max(0, is - was)
}
