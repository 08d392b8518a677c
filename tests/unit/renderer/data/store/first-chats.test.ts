import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createAccountView } from '#renderer/data/queries/account-view.ts'
import { firstChats, type ProjectionReads } from '#renderer/data/store/projection-reads.ts'
import type { AccountStores } from '#renderer/data/store/ports.ts'
import { createValue } from '#renderer/data/value.ts'
import { createCoreDouble, dispatcher } from '#tests/support/client/core-double.ts'
import { createBrowserProfile } from '#tests/support/client/open-browser-stores.ts'
import { chatRow, emptyBatch } from '#tests/support/client/rows.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'

const more = 60
const count = firstChats + more
const roomOf = (number: number) => `chat.T${number}.customer`

describe('the chats that are read first', () => {
  let reads: ProjectionReads
  let stores: AccountStores

  beforeEach(async () => {
    const profile = createBrowserProfile()
    const first = await profile.open().openStores('0123456789abcdef')
    // The higher its number, the newer a chat; every tenth has unread messages.
    const chats = Array.from({ length: count }, (_, number) =>
      chatRow({
        room: roomOf(number),
        ticketId: `T${number}`,
        lastAt: 1_000 + number,
        unread: number % 10 === 0 ? 3 : 0,
      }),
    )
    await first.stores.projection.write({ ...emptyBatch(), chats })
    await first.stores.projection.write({ ...emptyBatch(), removedChats: [roomOf(count - 1)] })
    await first.stores.close()
    const browser = profile.open()
    ;({ stores } = await browser.openStores('0123456789abcdef'))
    reads = browser.readsOf(stores)
    return () => stores.close()
  })

  it('are the newest and all with unread messages, and how many there are', async () => {
    await reads.chats.begin()
    expect(reads.chats.isComplete()).toBe(false)
    expect(reads.chats.total()).toBe(count - 1)
    const newest = Array.from({ length: firstChats }, (_, index) => roomOf(count - 2 - index))
    const unread = Array.from({ length: count / 10 }, (_, index) => roomOf(index * 10))
    expect(new Set(reads.chats.entries().keys())).toEqual(new Set([...newest, ...unread]))
  })

  it('are joined by all others, and told of both times', async () => {
    const told: number[] = []
    reads.chats.subscribe(() => told.push(reads.chats.entries().size))
    await reads.chats.load()
    expect(reads.chats.isComplete()).toBe(true)
    expect(told[0]).toBeLessThan(count - 1)
    expect(told.at(-1)).toBe(count - 1)
    expect(reads.chats.total()).toBe(count - 1)
  })

  it('have the database for themselves until nobody opens anything for a moment', async () => {
    const clock = new ManualClock()
    const { core } = createCoreDouble()
    const standing = createValue({ account: dispatcher, organisation: { name: '', splitChats: false } })
    const view = createAccountView({ clock, core, standing, stores, reads })
    await reads.chats.begin()
    await clock.advance(0)
    const load = vi.spyOn(reads.chats, 'load')
    const open = () => view.reads.followConversation(roomOf(1), 60, () => {})()
    for (let opened = 0; opened < 5; opened++) {
      await clock.advance(1_500)
      open()
    }
    expect(load).not.toHaveBeenCalled()
    await clock.advance(2_000)
    await expect.poll(() => reads.chats.isComplete()).toBe(true)
    view.dispose()
  })
})
