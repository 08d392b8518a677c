import { beforeEach, describe, expect, it } from 'vitest'
import { chatRow, messageRow, storedTicket, ulid } from '#tests/support/client/rows.ts'
import { openTestAccount, pending, type NewCommandOf, type TestAccount } from './account.ts'

const post: NewCommandOf<'message.post'> = {
  type: 'message.post',
  ticketId: 'T1',
  to: ['customer'],
  text: 'Выезжаем',
  attachments: [],
}

describe('the list of chats', () => {
  let account: TestAccount
  beforeEach(async () => {
    account = await openTestAccount()
    await account.write({
      tickets: [1, 2, 3].map((number) =>
        storedTicket({ id: `T${number}`, number, fields: { title: `Тема ${number}`, company: 'Ромашка' } }),
      ),
      chats: [
        chatRow({ room: 'chat.T1.customer', ticketId: 'T1', lastAt: 100, lastSeq: 5, unread: 2, mine: true }),
        chatRow({ room: 'chat.T2.customer', ticketId: 'T2', lastAt: 300, lastSeq: 9, unread: 0 }),
        chatRow({ room: 'chat.T3.customer', ticketId: 'T3', lastAt: 200, lastSeq: 7, unread: 3 }),
      ],
    })
    return () => account.close()
  })

  it('shows the newest first, with ticket, author and counts over all', async () => {
    const emitted = account.watch('inbox', { filter: 'all', limit: 2 })
    const snapshot = await account.until<'inbox'>(emitted, ({ rows }) => expect(rows).toHaveLength(2))
    expect(snapshot).toMatchObject({ total: 3, unread: 5, unreadChats: 2, ready: true })
    expect(snapshot.rows.map(({ number }) => number)).toEqual([2, 3])
    expect(snapshot.rows[0]).toMatchObject({
      title: 'Тема 2',
      company: 'Ромашка',
      stage: 'new',
      last: { authorName: 'Пётр Сомов', own: false, delivery: null },
    })
  })

  it('filters unread and mine', async () => {
    const unread = account.watch('inbox', { filter: 'unread', limit: 10 })
    const mine = account.watch('inbox', { filter: 'mine', limit: 10 })
    await account.until<'inbox'>(unread, ({ rows, total }) => {
      expect(rows.map(({ ticketId }) => ticketId)).toEqual(['T3', 'T1'])
      expect(total).toBe(2)
    })
    await account.until<'inbox'>(mine, ({ rows }) => expect(rows.map(({ ticketId }) => ticketId)).toEqual(['T1']))
  })

  it('follows what arrives', async () => {
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    await account.until<'inbox'>(emitted, ({ total }) => expect(total).toBe(3))
    await account.write({
      chats: [chatRow({ room: 'chat.T1.customer', ticketId: 'T1', lastAt: 900, lastSeq: 6, unread: 3 })],
    })
    await account.until<'inbox'>(emitted, ({ rows, unread }) => {
      expect(rows[0]).toMatchObject({ ticketId: 'T1', unread: 3 })
      expect(unread).toBe(6)
    })
    await account.write({ removedChats: ['chat.T1.customer'] })
    await account.until<'inbox'>(emitted, ({ total, unread }) => expect([total, unread]).toEqual([2, 3]))
  })

  it('puts a chat with a message that waits where that message puts it, and takes it back once it is here', async () => {
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    account.double.setOutbox([pending(1, post, { unsaved: true })])
    await account.until<'inbox'>(emitted, ({ rows }) =>
      expect(rows[0]).toMatchObject({
        ticketId: 'T1',
        queued: 1,
        last: { own: true, text: 'Выезжаем', delivery: 'unsaved', authorName: 'Мария Ковалёва' },
      }),
    )
    account.double.setOutbox([pending(1, post)])
    await account.until<'inbox'>(emitted, ({ rows }) => expect(rows[0]?.last?.delivery).toBe('queued'))
    const last = { seq: 6, id: ulid(1), authorId: 'me', text: 'Выезжаем', attachments: 0, at: 950 }
    await account.write({
      chats: [
        chatRow({
          room: 'chat.T1.customer',
          ticketId: 'T1',
          lastAt: 950,
          lastSeq: 6,
          last,
          receipts: { other: { delivered: 6, read: 5 } },
        }),
      ],
    })
    account.double.setOutbox([])
    await account.until<'inbox'>(emitted, ({ rows }) =>
      expect(rows[0]).toMatchObject({ queued: 0, last: { own: true, delivery: 'delivered' } }),
    )
    for (const { rows } of emitted) expect(new Set(rows.map(({ room }) => room)).size).toBe(rows.length)
  })

  it('shows a refused message without lifting its chat, and a ticket that only this device knows', async () => {
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    account.double.setOutbox([
      pending(1, post, { state: 'refused', refusal: { code: 'E_FORBIDDEN', message: '' } }),
      pending(2, { type: 'ticket.create', fields: { title: 'Новая тема', site: 'Склад' } }),
    ])
    await account.until<'inbox'>(emitted, ({ rows, total }) => {
      expect(total).toBe(4)
      expect(rows[0]).toMatchObject({ ticketId: ulid(2), number: null, title: 'Новая тема', site: 'Склад', last: null })
      expect(rows.map(({ ticketId }) => ticketId)).toEqual([ulid(2), 'T2', 'T3', 'T1'])
    })
  })

  it('shows what is being changed of a ticket', async () => {
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    account.double.setOutbox([
      pending(1, { type: 'ticket.stage', ticketId: 'T2', stage: 'accepted' }),
      pending(2, { type: 'ticket.update', ticketId: 'T2', fields: { title: 'Другая' } }),
    ])
    await account.until<'inbox'>(emitted, ({ rows }) =>
      expect(rows[0]).toMatchObject({ ticketId: 'T2', stage: 'accepted', title: 'Другая' }),
    )
  })

  it('lowers unread at once when a read mark waits: all of it, and exactly what is before the mark', async () => {
    const lines = [3, 4, 5].map((seq) =>
      messageRow({ room: 'chat.T3.customer', seq, id: `M${seq}`, authorId: seq === 4 ? 'me' : 'other' }),
    )
    await account.write({
      messages: lines,
      chats: [chatRow({ room: 'chat.T3.customer', ticketId: 'T3', lastSeq: 5, readSeq: 0, unread: 2 })],
    })
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    account.double.setOutbox([
      pending(1, { type: 'read.mark', ticketId: 'T1', chat: 'customer', seq: 5 }),
      pending(2, { type: 'read.mark', ticketId: 'T3', chat: 'customer', seq: 3 }),
    ])
    await account.until<'inbox'>(emitted, ({ rows, unread, unreadChats }) => {
      expect(rows.find(({ ticketId }) => ticketId === 'T1')?.unread).toBe(0)
      expect(rows.find(({ ticketId }) => ticketId === 'T3')?.unread).toBe(1)
      expect([unread, unreadChats]).toEqual([1, 1])
    })
  })

  it('shows drafts', async () => {
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    account.double.setDraft('chat.T2.customer', 'недописанное\nписьмо')
    await account.until<'inbox'>(emitted, ({ rows }) => expect(rows[0]?.draft).toBe('недописанное письмо'))
  })

  it('is empty after signing out and full again after signing in', async () => {
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    await account.until<'inbox'>(emitted, ({ total }) => expect(total).toBe(3))
    account.double.signOut()
    await account.until<'inbox'>(emitted, (snapshot) =>
      expect(snapshot).toEqual({ rows: [], total: 0, unread: 0, unreadChats: 0, ready: false }),
    )
    account.double.signIn(account.stores)
    await account.until<'inbox'>(emitted, ({ total, ready }) => expect([total, ready]).toEqual([3, true]))
  })

  it('makes few snapshots of many changes', async () => {
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    await account.until<'inbox'>(emitted, ({ total }) => expect(total).toBe(3))
    const before = emitted.length
    const startedAt = performance.now()
    for (let index = 0; index < 40; index++)
      await account.write({
        chats: [chatRow({ room: `chat.N${index}.customer`, ticketId: `N${index}`, lastAt: 1_000 + index })],
      })
    await account.until<'inbox'>(emitted, ({ total }) => expect(total).toBe(43))
    const most = Math.ceil((performance.now() - startedAt) / 50) + 2
    expect(emitted.length - before).toBeLessThanOrEqual(most)
  })
})

describe('an empty list of chats', () => {
  it('is no answer before the first sync has brought everything', async () => {
    const account = await openTestAccount()
    account.double.setConnection({ state: 'connecting', caughtUpAt: null, offlineSince: Date.now() })
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    await account.until<'inbox'>(emitted, ({ rows, ready }) => expect([rows, ready]).toEqual([[], false]))
    account.double.setConnection({ state: 'online', caughtUpAt: Date.now(), offlineSince: null })
    await account.until<'inbox'>(emitted, ({ rows, ready }) => expect([rows, ready]).toEqual([[], true]))
    await account.close()
  })

  it('is the answer of a device that has been offline for a while', async () => {
    const account = await openTestAccount()
    account.double.setConnection({ state: 'offline', caughtUpAt: null, offlineSince: Date.now() - 5_000 })
    const emitted = account.watch('inbox', { filter: 'all', limit: 10 })
    await account.until<'inbox'>(emitted, ({ ready }) => expect(ready).toBe(true))
    await account.close()
  })
})
