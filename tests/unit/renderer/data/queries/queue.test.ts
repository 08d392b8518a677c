import { expect, it } from 'vitest'
import { storedTicket } from '#tests/support/client/rows.ts'
import { openTestAccount, pending, type NewCommandOf } from './account.ts'

const words = (ticketId: string): NewCommandOf<'message.post'> => ({
  type: 'message.post',
  ticketId,
  to: ['customer'],
  text: 'Еду',
  attachments: [],
})

it('what waits names its ticket, and of one that may not be seen any more the number', async () => {
  const account = await openTestAccount()
  await account.write({ tickets: [storedTicket({ id: 'T1', number: 7, fields: { title: 'Течёт кран' } })] })
  account.double.setOutbox([
    pending(1, words('T1')),
    pending(2, words('T2'), { ticketNumber: 8 }),
    pending(3, words('T3')),
    pending(4, { type: 'ticket.create', fields: { title: 'Новая' } }),
  ])
  await account.until<'queue'>(account.watch('queue', null), (items) =>
    expect(
      items.map(({ ticketNumber, ticketTitle, isTicketHere }) => [ticketNumber, ticketTitle, isTicketHere]),
    ).toEqual([
      [7, 'Течёт кран', true],
      [8, '', false],
      [null, '', false],
      [null, 'Новая', true],
    ]),
  )
  await account.close()
})
