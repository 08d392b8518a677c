import { beforeEach, describe, expect, it } from 'vitest'
import { chatRow, messageRow, storedTicket } from '#tests/support/client/rows.ts'
import { openTestAccount, type TestAccount } from './account.ts'

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
