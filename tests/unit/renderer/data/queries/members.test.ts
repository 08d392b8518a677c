import { beforeEach, describe, expect, it } from 'vitest'
import { chatRow, messageRow, storedTicket } from '#tests/support/client/rows.ts'
import { customerWith, openTestAccount, pending, type TestAccount } from './account.ts'

const chat = { ticketId: 'T1', chat: 'customer' } as const
const room = 'chat.T1.customer'

describe('people who may be added to a chat', () => {
  let account: TestAccount
  beforeEach(async () => {
    account = await openTestAccount()
    await account.write({
      tickets: [storedTicket({ id: 'T1' })],
      messages: [messageRow({ room, seq: 1, id: 'M1' })],
      chats: [chatRow({ room, ticketId: 'T1' })],
    })
    return () => account.close()
  })

  it('are told to a dialog that opens over the chat, when nothing changes any more', async () => {
    const conversation = account.watch('conversation', { ...chat, limit: 1 })
    await account.until<'conversation'>(conversation, ({ ready }) => expect(ready).toBe(true))
    const addable = account.watch('addable', chat)
    await account.until<'addable'>(addable, (people) =>
      expect(people.map(({ name }) => name)).toEqual(['Мария Ковалёва']),
    )
  })
})

describe('people who take part in a chat', () => {
  const participants = {
    me: { name: 'Мария Ковалёва', kind: 'employee', addedBy: 'me', addedAt: 1 },
    engineer: { name: 'Анна Белова', kind: 'employee', lock: 'assignee', addedBy: 'me', addedAt: 1 },
  } as const
  const stored = {
    tickets: [storedTicket({ id: 'T1', requesterId: 'dispatcher', customerId: null })],
    chats: [chatRow({ room, ticketId: 'T1', participants })],
  }

  it('are told with what waits on this device', async () => {
    const account = await openTestAccount()
    await account.write(stored)
    const emitted = account.watch('members', chat)
    await account.until<'members'>(emitted, ({ members, rights }) => {
      expect(members.map(({ person, lock }) => [person.name, lock])).toEqual([
        ['Анна Белова', 'assignee'],
        ['Мария Ковалёва', null],
      ])
      expect(rights).toEqual({ see: true, add: true, remove: true })
    })
    account.double.setOutbox([
      pending(1, { type: 'participants.remove', ticketId: 'T1', chat: 'customer', userId: 'me' }),
    ])
    await account.until<'members'>(emitted, ({ members, participants: told }) => {
      expect(members.map(({ change }) => change)).toEqual([null, 'removing'])
      expect(Object.keys(told)).toEqual(['me', 'engineer'])
    })
    await account.close()
  })

  it('are nobody for who may not see them, or may not read the chat', async () => {
    const customer = customerWith('messages.menu', 'messages.customer.read', 'tickets.view.own')
    const account = await openTestAccount(customer, [])
    const team = chatRow({ room: 'chat.T1.team', ticketId: 'T1', chat: 'team', participants })
    await account.write({ tickets: [storedTicket({ id: 'T1', requesterId: 'other' })], chats: [...stored.chats, team] })
    const rights = { see: false, add: false, remove: false }
    await account.until<'members'>(account.watch('members', chat), (snapshot) =>
      expect(snapshot).toEqual({ participants, members: [], rights }),
    )
    await account.until<'members'>(account.watch('members', { ...chat, chat: 'team' }), (snapshot) =>
      expect(snapshot).toEqual({ participants: {}, members: [], rights }),
    )
    await account.close()
  })
})
