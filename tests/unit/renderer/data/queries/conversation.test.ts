import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConversationItem } from '#renderer/data/api.ts'
import { glanceMs } from '#renderer/data/queries/presence-query.ts'
import { chatRow, messageRow, storedTicket, ulid } from '#tests/support/client/rows.ts'
import { customerWith, openTestAccount, pending, type NewCommandOf, type TestAccount } from './account.ts'

const room = 'chat.T1.customer'
const open = { ticketId: 'T1', chat: 'customer', limit: 50 } as const
const post: NewCommandOf<'message.post'> = {
  type: 'message.post',
  ticketId: 'T1',
  to: ['customer'],
  text: 'Выезжаем',
  attachments: [],
}

type Message = Extract<ConversationItem, { kind: 'message' }>
const message = (item: ConversationItem | undefined): Message => {
  if (item?.kind !== 'message') throw new Error('not a message')
  return item
}

describe('a conversation', () => {
  let account: TestAccount
  beforeEach(async () => {
    account = await openTestAccount()
    await account.write({
      tickets: [storedTicket({ id: 'T1' })],
      messages: [
        messageRow({ room, seq: 1, id: 'M1', text: 'Первое' }),
        messageRow({ room, seq: 2, id: 'M2', authorId: 'me', text: 'Второе', replyTo: 1 }),
        { room, seq: 3, id: 'J', at: 5, type: 'joined', userId: 'engineer', byId: 'me' },
        { room, seq: 4, id: 'S', at: 6, type: 'system', key: 'assigned', values: { name: 'x' } },
        messageRow({ room, seq: 6, id: 'M6', authorId: 'me', text: 'Шестое' }),
      ],
      chats: [
        chatRow({
          room,
          ticketId: 'T1',
          lastSeq: 6,
          readSeq: 2,
          unread: 0,
          receipts: { other: { delivered: 6, read: 3 }, me: { delivered: 6, read: 6 } },
        }),
      ],
    })
    return () => account.close()
  })

  it('is oldest first, with names, quotes and how far own messages got', async () => {
    const snapshot = await account.until<'conversation'>(account.watch('conversation', open), ({ items }) =>
      expect(items).toHaveLength(5),
    )
    expect(snapshot).toMatchObject({ hasOlder: false, lastSeq: 6, readSeq: 2, ready: true, canWrite: true })
    expect(snapshot.items.map(({ id }) => id)).toEqual(['M1', 'M2', 'J', 'S', 'M6'])
    expect(message(snapshot.items[0])).toMatchObject({
      authorName: 'Пётр Сомов',
      own: false,
      delivery: null,
      readBy: [],
    })
    expect(message(snapshot.items[1])).toMatchObject({
      own: true,
      delivery: 'read',
      readBy: ['Пётр Сомов'],
      replyTo: { seq: 1, authorName: 'Пётр Сомов', text: 'Первое' },
      at: 1_700_000_000_002,
    })
    expect(snapshot.items[2]).toMatchObject({ kind: 'joined', name: 'Анна Белова', byName: 'Мария Ковалёва' })
    expect(message(snapshot.items[4])).toMatchObject({ delivery: 'delivered', readBy: [] })
  })

  it('shows the newest of many, says that there are older ones, and quotes what is not shown', async () => {
    const emitted = account.watch('conversation', { ...open, limit: 4 })
    const snapshot = await account.until<'conversation'>(emitted, ({ items }) =>
      expect(message(items[0]).replyTo?.text).toBe('Первое'),
    )
    expect(snapshot.items.map(({ id }) => id)).toEqual(['M2', 'J', 'S', 'M6'])
    expect(snapshot.hasOlder).toBe(true)
  })

  it('ends with what waits, in the order of writing, each state as it is', async () => {
    const emitted = account.watch('conversation', open)
    account.double.setOutbox([
      pending(
        1,
        { ...post, text: 'один', replyTo: 6 },
        { state: 'refused', refusal: { code: 'E_STALE', message: '' } },
      ),
      pending(2, { ...post, text: 'два' }),
      pending(3, { ...post, text: 'три' }, { unsaved: true }),
      pending(4, { ...post, ticketId: 'T2' }),
    ])
    const { items } = await account.until<'conversation'>(emitted, ({ items: all }) => expect(all).toHaveLength(8))
    const waiting = items.slice(5).map(message)
    expect(waiting.map(({ text, delivery, seq, at }) => [text, delivery, seq, at])).toEqual([
      ['один', 'refused', null, null],
      ['два', 'queued', null, null],
      ['три', 'unsaved', null, null],
    ])
    expect(waiting[0]).toMatchObject({ refusal: { code: 'E_STALE' }, replyTo: { text: 'Шестое' }, own: true })
  })

  it('shows a message once when the server has told of it and its command still waits', async () => {
    const emitted = account.watch('conversation', open)
    account.double.setOutbox([pending(1, post)])
    await account.until<'conversation'>(emitted, ({ items }) => expect(items).toHaveLength(6))
    await account.write({ messages: [messageRow({ room, seq: 7, id: ulid(1), authorId: 'me', text: 'Выезжаем' })] })
    const { items } = await account.until<'conversation'>(emitted, ({ items: all }) =>
      expect(message(all.at(-1)).seq).toBe(7),
    )
    expect(items).toHaveLength(6)
    account.double.setOutbox([])
    await account.until<'conversation'>(emitted, ({ items: all }) => expect(all).toHaveLength(6))
    // It never vanished in between.
    const from = emitted.findIndex(({ items: all }) => all.length === 6)
    for (const snapshot of emitted.slice(from)) expect(snapshot.items).toHaveLength(6)
  })

  it('shows edits and deletions that wait, and takes refused ones back', async () => {
    const emitted = account.watch('conversation', open)
    const edit = { type: 'message.edit', ticketId: 'T1', chat: 'customer', target: 'M2', text: 'Новое' } as const
    const remove = { type: 'message.delete', ticketId: 'T1', chat: 'customer', target: 'M6' } as const
    account.double.setOutbox([pending(1, edit), pending(2, remove)])
    await account.until<'conversation'>(emitted, ({ items }) => {
      expect(message(items[1])).toMatchObject({ text: 'Новое', changing: 'edit', deleted: false })
      expect(message(items[4])).toMatchObject({ text: '', changing: 'delete', deleted: true })
    })
    account.double.setOutbox([pending(1, edit, { state: 'refused' }), pending(2, remove, { state: 'refused' })])
    await account.until<'conversation'>(emitted, ({ items }) => {
      expect(message(items[1])).toMatchObject({ text: 'Второе', changing: null })
      expect(message(items[4])).toMatchObject({ text: 'Шестое', changing: null, deleted: false })
    })
  })

  it('moves the read mark at once', async () => {
    const emitted = account.watch('conversation', open)
    account.double.setOutbox([pending(1, { type: 'read.mark', ticketId: 'T1', chat: 'customer', seq: 6 })])
    await account.until<'conversation'>(emitted, ({ readSeq }) => expect(readSeq).toBe(6))
  })

  it('is looked at by who watches for others, after a glance, and not by who only has it ready', async () => {
    const conversation = account.watch('conversation', open)
    await account.until<'conversation'>(conversation, ({ items }) => expect(items).toHaveLength(5))
    const { ticketId, chat } = open
    const emitted = account.watch('present', { ticketId, chat })
    await account.until<'present'>(emitted, (present) => expect(present).toEqual([]))
    await new Promise((resolve) => setTimeout(resolve, glanceMs / 2))
    expect(account.double.looksAt()).toEqual([])
    await vi.waitFor(() => expect(account.double.looksAt()).toEqual([room]))
    account.double.setPresent(room, [
      { userId: 'me', name: 'Мария Ковалёва', typing: false },
      { userId: 'engineer', name: 'Анна Белова', typing: true },
    ])
    await account.until<'present'>(emitted, (present) =>
      expect(present).toEqual([{ userId: 'engineer', name: 'Анна Белова', typing: true }]),
    )
    await account.close()
    expect(account.double.looksAt()).toEqual([])
    account = await openTestAccount()
  })

  it('can be written in a ticket that only this device knows', async () => {
    const ticketId = ulid(1)
    account.double.setOutbox([
      pending(1, { type: 'ticket.create', fields: { title: 'Новая' } }),
      pending(2, { ...post, ticketId }),
    ])
    const emitted = account.watch('conversation', { ...open, ticketId })
    await account.until<'conversation'>(emitted, (snapshot) => {
      expect(snapshot).toMatchObject({ canWrite: true, ready: true, lastSeq: 0, hasOlder: false })
      expect(snapshot.items).toHaveLength(1)
    })
  })

  it('is not ready while an absent chat may still come', async () => {
    account.double.setConnection({ state: 'connecting' })
    const emitted = account.watch('conversation', { ...open, ticketId: 'T9' })
    await account.until<'conversation'>(emitted, ({ ready, canWrite }) =>
      expect([ready, canWrite]).toEqual([false, false]),
    )
    account.double.setConnection({ state: 'offline' })
    await account.until<'conversation'>(emitted, ({ ready }) => expect(ready).toBe(true))
  })
})

describe('a customer’s conversation', () => {
  it('takes names from those who take part, for a customer has no directory', async () => {
    const customer = customerWith(
      'messages.menu',
      'messages.customer.read',
      'messages.customer.write',
      'tickets.view.own',
    )
    const account = await openTestAccount(customer, [])
    const participants = {
      engineer: { name: 'Анна Белова', kind: 'employee', lock: 'assignee', addedBy: 'me', addedAt: 1 },
    } as const
    await account.write({
      tickets: [storedTicket({ id: 'T1', assigneeId: 'engineer' })],
      messages: [messageRow({ room, seq: 1, id: 'M1', authorId: 'engineer' })],
      chats: [
        chatRow({
          room,
          participants,
          last: { seq: 1, id: 'M1', authorId: 'engineer', text: 'x', attachments: 0, at: 1 },
        }),
      ],
    })
    await account.until<'conversation'>(account.watch('conversation', open), ({ items, canWrite }) => {
      expect(message(items[0]).authorName).toBe('Анна Белова')
      expect(canWrite).toBe(true)
    })
    await account.until<'inbox'>(account.watch('inbox', { filter: 'all', limit: 5 }), ({ rows }) =>
      expect(rows[0]?.last?.authorName).toBe('Анна Белова'),
    )
    await account.close()
  })
})
