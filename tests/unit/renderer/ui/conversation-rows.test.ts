import { describe, expect, test } from 'vitest'
import type { ConversationItem } from '#renderer/data/api.ts'
import { conversationRows, prependedCount, type ConversationRow } from '#renderer/ui/chat/conversation-rows.ts'

type MessageItem = Extract<ConversationItem, { kind: 'message' }>

const at = (text: string) => new Date(`2026-11-${text}`).getTime()

function message(seq: number | null, author: string, time: number, changes: Partial<MessageItem> = {}): MessageItem {
  return {
    kind: 'message',
    id: `${author} ${seq ?? time}`,
    seq,
    authorId: author,
    authorName: author,
    authorDetail: '',
    own: author === 'me',
    text: 'text',
    deleted: false,
    editedAt: null,
    changing: null,
    attachments: [],
    upload: null,
    replyTo: null,
    crossPost: null,
    alsoIn: null,
    heldUntil: null,
    writtenAt: time,
    at: seq === null ? null : time,
    delivery: null,
    refusal: null,
    readBy: [],
    ...changes,
  }
}

/** `day`, `new 3`, `[olga` starts a group, `olga]` ends one. */
function drawn(rows: ConversationRow[]): string[] {
  return rows.map((row) => {
    if (row.kind === 'day' || row.kind === 'event') return row.kind
    if (row.kind === 'new') return `new ${row.count}`
    return `${row.startsGroup ? '[' : ''}${row.item.authorId}${row.endsGroup ? ']' : ''}`
  })
}

describe('rows of a conversation', () => {
  test('an empty chat has none', () => {
    expect(conversationRows([], null)).toEqual([])
    expect(conversationRows([], 0)).toEqual([])
  })

  test('one author within five minutes is one group', () => {
    const rows = conversationRows(
      [
        message(1, 'olga', at('22T14:00:00')),
        message(2, 'olga', at('22T14:04:59')),
        message(3, 'olga', at('22T14:09:59')),
        message(4, 'ilya', at('22T14:10:00')),
      ],
      null,
    )
    expect(drawn(rows)).toEqual(['day', '[olga', 'olga]', '[olga]', '[ilya]'])
  })

  test('midnight ends a group and begins a day', () => {
    const rows = conversationRows([message(1, 'olga', at('21T23:59:00')), message(2, 'olga', at('22T00:01:00'))], null)
    expect(drawn(rows)).toEqual(['day', '[olga]', 'day', '[olga]'])
  })

  test('something that happened ends a group', () => {
    const joined: ConversationItem = { kind: 'joined', id: 'j', seq: 2, at: at('22T14:01:00'), name: 'P', byName: 'M' }
    const rows = conversationRows(
      [message(1, 'olga', at('22T14:00:00')), joined, message(3, 'olga', at('22T14:02:00'))],
      null,
    )
    expect(drawn(rows)).toEqual(['day', '[olga]', 'event', '[olga]'])
  })

  test('the divider stands before the first new message of others and counts only those', () => {
    const rows = conversationRows(
      [
        message(1, 'olga', at('22T14:00:00')),
        message(2, 'me', at('22T14:00:30')),
        message(3, 'olga', at('22T14:01:00')),
        message(4, 'me', at('22T14:01:30')),
        message(5, 'olga', at('22T14:02:00'), { deleted: true }),
        message(6, 'olga', at('22T14:02:30')),
      ],
      1,
    )
    expect(drawn(rows)).toEqual(['day', '[olga]', '[me]', 'new 2', '[olga]', '[me]', '[olga', 'olga]'])
  })

  test('the divider splits a group', () => {
    const rows = conversationRows([message(1, 'olga', at('22T14:00:00')), message(2, 'olga', at('22T14:00:30'))], 1)
    expect(drawn(rows)).toEqual(['day', '[olga]', 'new 1', '[olga]'])
  })

  test('a message that only this device has stands by its own time', () => {
    const rows = conversationRows([message(1, 'me', at('22T14:00:00')), message(null, 'me', at('22T14:01:00'))], null)
    expect(drawn(rows)).toEqual(['day', '[me', 'me]'])
  })

  test('what was read keeps its state when one that waits follows in its group', () => {
    const sent = (seq: number | null, minute: number, delivery: MessageItem['delivery']) =>
      message(seq, 'me', at(`22T14:0${minute}:00`), { delivery })
    const rows = conversationRows(
      [sent(1, 0, 'read'), sent(2, 1, 'read'), sent(3, 2, 'sent'), sent(null, 3, 'queued'), sent(null, 4, 'queued')],
      null,
    )
    const messages = rows.flatMap((row) => (row.kind === 'message' ? [row] : []))
    expect(messages.map((row) => row.endsGroup)).toEqual([false, false, false, false, true])
    expect(messages.map((row) => row.endsState)).toEqual([false, true, true, false, true])
  })

  test('positions count messages only', () => {
    const rows = conversationRows([message(1, 'a', at('21T10:00:00')), message(2, 'b', at('22T10:00:00'))], null)
    expect(rows.flatMap((row) => (row.kind === 'message' ? [row.position] : []))).toEqual([1, 2])
  })
})

describe('rows that came before', () => {
  const older = [message(1, 'a', at('21T10:00:00')), message(2, 'b', at('21T11:00:00'))]
  const newer = [message(3, 'a', at('22T10:00:00')), message(4, 'b', at('22T11:00:00'))]

  test('older entries count, with the headings of their days', () => {
    expect(prependedCount(conversationRows(newer, null), conversationRows([...older, ...newer], null))).toBe(3)
  })

  test('new messages at the end do not count', () => {
    const more = [...newer, message(5, 'a', at('22T12:00:00'))]
    expect(prependedCount(conversationRows(newer, null), conversationRows(more, null))).toBe(0)
  })

  test('a divider that goes away does not count', () => {
    expect(prependedCount(conversationRows(newer, 2), conversationRows(newer, null))).toBe(0)
  })

  test('another conversation does not count', () => {
    expect(prependedCount(conversationRows(newer, null), conversationRows(older, null))).toBe(0)
    expect(prependedCount([], conversationRows(older, null))).toBe(0)
  })
})
