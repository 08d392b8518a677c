import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { NotificationRequest } from '#common/ipc.ts'
import type { RemotePlatform } from '#renderer/data/bridge-worker.ts'
import { createNotifier, type Notifier } from '#renderer/data/notify.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'
import { chatRow, messageRow, storedTicket } from '#tests/support/client/rows.ts'
import { openTestAccount, pending, type TestAccount } from '../queries/account.ts'

type Shown = { shown: NotificationRequest[]; withdrawn: string[]; badges: number[] }

function recordingPlatform(record: Shown): RemotePlatform {
  return {
    call: (name: string, argument: never) => {
      if (name === 'notifications.show') record.shown.push(argument)
      if (name === 'notifications.withdraw') record.withdrawn.push(argument)
      if (name === 'setBadge') record.badges.push(argument)
      return Promise.resolve(true)
    },
    // Only these three are called.
  } as unknown as RemotePlatform
}

describe('banners and badge', () => {
  let clock: ManualClock
  let account: TestAccount
  let notifier: Notifier
  let record: Shown

  beforeEach(async () => {
    clock = new ManualClock()
    record = { shown: [], withdrawn: [], badges: [] }
    account = await openTestAccount()
    await account.write({
      tickets: [1, 2].map((number) => storedTicket({ id: `T${number}`, number: number + 40 })),
      chats: [
        chatRow({ room: 'chat.T1.customer', ticketId: 'T1' }),
        chatRow({ room: 'chat.T2.customer', ticketId: 'T2' }),
      ],
    })
    await expect.poll(() => account.watches.view.get()?.chats.total() ?? null).not.toBeNull()
    await expect.poll(() => account.watches.view.get()?.people.isReady()).toBe(true)
    notifier = createNotifier({
      core: account.double.core,
      view: account.watches.view,
      clock,
      platform: recordingPlatform(record),
      language: 'ru',
    })
    return async () => {
      notifier.dispose()
      await account.close()
    }
  })

  /** As the core does: stored first, then told. */
  async function arrive(ticketId: string, seqs: number[], live = true, text = 'Здравствуйте'): Promise<void> {
    const room = `chat.${ticketId}.customer`
    const rows = seqs.map((seq) => messageRow({ room, seq, id: `${ticketId}-${seq}`, text }))
    const unread = seqs.at(-1) ?? 0
    await account.write({ messages: rows, chats: [chatRow({ room, ticketId, lastSeq: unread, unread })] })
    account.double.arrive(rows, live)
  }

  const bannersAfter = async (ms: number, count: number): Promise<NotificationRequest[]> => {
    await vi.waitFor(async () => {
      await clock.advance(ms)
      expect(record.shown).toHaveLength(count)
    })
    return record.shown
  }

  it('says who wrote what about which ticket, and leads to the chat', async () => {
    await arrive('T1', [1])
    expect(await bannersAfter(1_000, 1)).toEqual([
      {
        tag: 'chat.T1.customer',
        title: 'Пётр Сомов · заявка № 41',
        body: 'Здравствуйте',
        path: '/chats/T1/customer',
      },
    ])
  })

  it('speaks the language of the settings', async () => {
    notifier.setLanguage('en')
    await arrive('T1', [1, 2])
    const [banner] = await bannersAfter(1_000, 1)
    expect(banner?.title).toBe('Пётр Сомов · ticket No. 41')
    expect(banner?.body).toBe('2 new messages\nЗдравствуйте')
  })

  it('is one for a burst, renewed no sooner than after two seconds', async () => {
    await arrive('T1', [1])
    await arrive('T1', [2])
    await arrive('T1', [3])
    expect((await bannersAfter(1_000, 1))[0]?.body).toBe('3 новых сообщения\nЗдравствуйте')
    await arrive('T1', [4])
    await clock.advance(900)
    expect(record.shown).toHaveLength(1)
    expect((await bannersAfter(2_000, 2))[1]?.body).toBe('4 новых сообщения\nЗдравствуйте')
  })

  it('is none for the chat before the user, and goes when the chat is opened', async () => {
    notifier.setFocus('chat.T1.customer')
    await arrive('T1', [1])
    await arrive('T2', [1])
    expect((await bannersAfter(1_000, 1))[0]?.tag).toBe('chat.T2.customer')
    notifier.setFocus('chat.T2.customer')
    await clock.advance(100)
    expect(record.withdrawn).toEqual(['chat.T2.customer'])
  })

  it('goes when its chat was read elsewhere, within a second', async () => {
    await arrive('T1', [1])
    await bannersAfter(1_000, 1)
    await account.write({ chats: [chatRow({ room: 'chat.T1.customer', ticketId: 'T1', lastSeq: 1, readSeq: 1 })] })
    await clock.advance(1_000)
    expect(record.withdrawn).toEqual(['chat.T1.customer'])
  })

  it('is not shown for what was read before it could be', async () => {
    await arrive('T1', [1])
    await account.write({ chats: [chatRow({ room: 'chat.T1.customer', ticketId: 'T1', lastSeq: 1, readSeq: 1 })] })
    await clock.advance(5_000)
    expect(record.shown).toEqual([])
  })

  it('is one for all that was missed, when the catching up is over', async () => {
    account.double.setConnection({ syncing: { rooms: 2, messages: 3 } })
    await arrive('T1', [1, 2], false)
    await arrive('T2', [1], false)
    await clock.advance(10_000)
    expect(record.shown).toEqual([])
    account.double.setConnection({ syncing: null })
    expect(await bannersAfter(2_500, 1)).toEqual([
      { tag: 'summary', title: 'Новые сообщения', body: '3 сообщения в 2 чатах', path: '/chats' },
    ])
  })

  it('puts the sum of unread messages on the icon, and takes it off at once when a read mark waits', async () => {
    await arrive('T1', [1, 2])
    await clock.advance(100)
    expect(record.badges.at(-1)).toBe(2)
    account.double.setOutbox([pending(1, { type: 'read.mark', ticketId: 'T1', chat: 'customer', seq: 2 })])
    await clock.advance(100)
    expect(record.badges.at(-1)).toBe(0)
    account.double.signOut()
    await clock.advance(100)
    expect(record.badges.at(-1)).toBe(0)
  })
})

describe('the first sync of a device', () => {
  it('shows no banner: nobody missed years of messages', async () => {
    const clock = new ManualClock()
    const record: Shown = { shown: [], withdrawn: [], badges: [] }
    const account = await openTestAccount()
    account.double.setConnection({ caughtUpAt: null })
    const notifier = createNotifier({
      core: account.double.core,
      view: account.watches.view,
      clock,
      platform: recordingPlatform(record),
      language: 'ru',
    })
    await expect.poll(() => account.watches.view.get()?.chats.total() ?? null).not.toBeNull()
    const rows = [messageRow({ room: 'chat.T1.customer', seq: 1 })]
    await account.write({ messages: rows, chats: [chatRow({ room: 'chat.T1.customer', unread: 1 })] })
    account.double.arrive(rows, false)
    await clock.advance(10_000)
    expect(record.shown).toEqual([])
    expect(record.badges.at(-1)).toBe(1)
    notifier.dispose()
    await account.close()
  })
})
