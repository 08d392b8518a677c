import { beforeEach, describe, expect, it } from 'vitest'
import type { Stage } from '#common/domain/ticket.ts'
import type { TicketListArguments } from '#renderer/data/api.ts'
import { chatRow, storedTicket, ulid } from '#tests/support/client/rows.ts'
import { openTestAccount, pending, type TestAccount } from './account.ts'

const everything: TicketListArguments = { stages: [], text: '', sort: 'activity', limit: 50 }

describe('the list of tickets', () => {
  let account: TestAccount
  beforeEach(async () => {
    account = await openTestAccount()
    const facts: [string, Stage, string | null, 'low' | 'normal' | 'critical', string, string][] = [
      ['T1', 'new', null, 'low', '2025-11-25T10:00:00Z', 'Течёт кран'],
      ['T2', 'inProgress', 'engineer', 'critical', '', 'Не работает лифт'],
      ['T3', 'new', 'engineer', 'normal', '2025-11-23T10:00:00+03:00', 'Шумит вентиляция'],
    ]
    await account.write({
      tickets: facts.map(([id, stage, assigneeId, priority, dueAt, title], index) =>
        storedTicket({
          id,
          number: index + 1,
          stage,
          assigneeId,
          lastAt: 100 * (index + 1),
          fields: { title, priority, dueAt, company: 'Ромашка' },
        }),
      ),
      chats: [chatRow({ room: 'chat.T2.customer', ticketId: 'T2', unread: 4, lastSeq: 9 })],
    })
    return () => account.close()
  })

  const shown = async (given: Partial<TicketListArguments>, expected: string[]) => {
    const emitted = account.watch('tickets', { ...everything, ...given })
    return account.until<'tickets'>(emitted, ({ rows }) => expect(rows.map(({ id }) => id)).toEqual(expected))
  }

  it('shows number, people and unread messages, the newest activity first', async () => {
    const { rows, total, ready } = await shown({}, ['T3', 'T2', 'T1'])
    expect([total, ready]).toEqual([3, true])
    expect(rows[1]).toMatchObject({
      number: 2,
      assigneeName: 'Анна Белова',
      unread: 4,
      priority: 'critical',
      queued: false,
    })
  })

  it('sorts by number, due date and priority', async () => {
    await shown({ sort: 'number' }, ['T3', 'T2', 'T1'])
    await shown({ sort: 'due' }, ['T3', 'T1', 'T2'])
    await shown({ sort: 'priority' }, ['T2', 'T3', 'T1'])
  })

  it('filters by stages, assignee and nobody', async () => {
    await shown({ stages: ['new'] }, ['T3', 'T1'])
    await shown({ stages: ['new', 'inProgress'], assigneeId: 'engineer' }, ['T3', 'T2'])
    await shown({ assigneeId: null }, ['T1'])
  })

  it('finds words anywhere, in any order and case, ё as е, numbers with their sign, and the assignee', async () => {
    await shown({ text: 'КРАН теч' }, ['T1'])
    await shown({ text: '№2' }, ['T2'])
    await shown({ text: 'белова лифт' }, ['T2'])
    await shown({ text: 'ромашка' }, ['T3', 'T2', 'T1'])
    await shown({ text: 'нетакого' }, [])
  })

  it('counts beyond the limit', async () => {
    const { total } = await shown({ limit: 1 }, ['T3'])
    expect(total).toBe(3)
  })

  it('shows the first page from the index before all are in memory, and the same after', async () => {
    const emitted = account.watch('tickets', { ...everything, stages: ['new'], limit: 1 })
    await account.until<'tickets'>(emitted, ({ rows }) => expect(rows).toHaveLength(1))
    await expect.poll(() => account.watches.view.get()?.tickets.isComplete()).toBe(true)
    await account.until<'tickets'>(emitted, ({ total }) => expect(total).toBe(2))
    for (const { rows } of emitted) expect(rows.map(({ id }) => id)).toEqual(['T3'])
  })

  it('works in what waits: stage, assignee, fields and new tickets', async () => {
    account.double.setOutbox([
      pending(1, { type: 'ticket.stage', ticketId: 'T1', stage: 'closed' }),
      pending(2, { type: 'ticket.assign', ticketId: 'T1', assigneeId: 'engineer' }),
      pending(3, { type: 'ticket.update', ticketId: 'T2', fields: { title: 'Эскалатор', priority: 'low' } }),
      pending(4, { type: 'ticket.create', fields: { title: 'Только здесь', priority: 'critical' } }),
      pending(5, { type: 'ticket.stage', ticketId: 'T3', stage: 'closed' }, { state: 'refused' }),
    ])
    await shown({ stages: ['closed'] }, ['T1'])
    await shown({ assigneeId: 'engineer', sort: 'number' }, ['T3', 'T2', 'T1'])
    await shown({ sort: 'priority' }, [ulid(4), 'T3', 'T2', 'T1'])
    const { rows } = await shown({ text: 'эскалатор' }, ['T2'])
    expect(rows[0]).toMatchObject({ title: 'Эскалатор', queued: true })
    const created = await shown({ text: 'только' }, [ulid(4)])
    expect(created.rows[0]).toMatchObject({ number: null, stage: 'new', queued: true })
  })

  it('does not show a new ticket twice once the server has told of it', async () => {
    account.double.setOutbox([pending(4, { type: 'ticket.create', fields: { title: 'Только здесь' } })])
    const emitted = account.watch('tickets', everything)
    await account.until<'tickets'>(emitted, ({ total }) => expect(total).toBe(4))
    await account.write({ tickets: [storedTicket({ id: ulid(4), number: 77, lastAt: 900 })] })
    await account.until<'tickets'>(emitted, ({ rows, total }) => {
      expect(total).toBe(4)
      expect(rows[0]).toMatchObject({ id: ulid(4), number: 77 })
    })
  })
})
