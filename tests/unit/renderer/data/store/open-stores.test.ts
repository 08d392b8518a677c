import { IDBKeyRange, type IDBFactory } from 'fake-indexeddb'
import { Dexie } from 'dexie'
import { describe, expect, it, vi } from 'vitest'
import type { AccountStores } from '#renderer/data/store/ports.ts'
import { createStores } from '#renderer/data/store/open-stores.ts'
import { rowsVersion } from '#renderer/data/store/schemas.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'
import { createBrowserProfile } from '#tests/support/client/open-browser-stores.ts'
import {
  chatRow,
  draft,
  emptyBatch,
  messageRow,
  outboxRow,
  roomState,
  storedTicket,
} from '#tests/support/client/rows.ts'

const account = '0123456789abcdef'
const room = 'chat.T1.customer'

async function fill(stores: AccountStores): Promise<void> {
  await stores.projection.write({
    ...emptyBatch(),
    chats: [chatRow({ room })],
    tickets: [storedTicket({ id: 'T1' })],
    messages: [messageRow({ room, seq: 1, id: 'M1' })],
  })
  await stores.replica.save([roomState({ room })], 'c1')
  await stores.outbox.put([outboxRow({ order: 1 })])
  await stores.outbox.putDraft(room, draft('черновик'))
}

async function namesIn(indexedDB: IDBFactory): Promise<string[]> {
  return (await indexedDB.databases()).map(({ name }) => name ?? '')
}

function remove(indexedDB: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  })
}

/** A filled and closed profile. */
async function filledProfile() {
  const profile = createBrowserProfile()
  const { stores } = await profile.open().openStores(account)
  await fill(stores)
  await stores.close()
  return profile
}

async function emptyDatabase(indexedDB: IDBFactory, name: string): Promise<void> {
  const database = await new Dexie(name, { indexedDB, IDBKeyRange }).open()
  await Promise.all(database.tables.map((table) => table.clear()))
  database.close()
}

describe('opening the databases of an account', () => {
  it('finds everything again, and a new one is no rebuilt one', async () => {
    const profile = createBrowserProfile()
    const first = await profile.open().openStores(account)
    expect(first.rebuilt).toBe(false)
    await fill(first.stores)
    await first.stores.close()
    const second = await profile.open().openStores(account)
    expect(second.rebuilt).toBe(false)
    expect(await second.stores.replica.cursor()).toBe('c1')
    expect((await second.stores.projection.newestMessage(room))?.id).toBe('M1')
    expect(await second.stores.outbox.rows()).toHaveLength(1)
    await second.stores.close()
  })

  it('keeps accounts apart', async () => {
    const profile = await filledProfile()
    const other = await profile.open().openStores('fedcba9876543210')
    expect(other.rebuilt).toBe(false)
    expect(await other.stores.replica.cursor()).toBeNull()
    expect(await other.stores.outbox.rows()).toEqual([])
    await other.stores.close()
    const own = await profile.open().openStores(account)
    expect(own.rebuilt).toBe(false)
    expect(await own.stores.replica.cursor()).toBe('c1')
    await own.stores.close()
  })

  it.each(['messages', 'chats', 'tickets'])('notices that %s opened without an error and empty', async (collection) => {
    const profile = await filledProfile()
    const name = (await namesIn(profile.indexedDB)).find((each) => each.endsWith(`--${collection}`))
    await emptyDatabase(profile.indexedDB, name!)
    const { stores, rebuilt } = await profile.open().openStores(account)
    expect(rebuilt).toBe(true)
    // All rows go, for they belong together; they are made again from the states, also without the network.
    expect((await stores.projection.chats([room])).size).toBe(0)
    expect(await stores.projection.newestMessage(room)).toBeUndefined()
    expect(await stores.projection.ticket('T1')).toBeUndefined()
    expect(await stores.replica.cursor()).toBe('c1')
    expect((await stores.replica.load([room])).size).toBe(1)
    expect(await stores.outbox.rows()).toHaveLength(1)
    expect(await stores.outbox.drafts()).toEqual(new Map([[room, draft('черновик')]]))
    await stores.close()
    const again = await profile.open().openStores(account)
    expect(again.rebuilt).toBe(false)
    await again.stores.close()
  })

  it('notices that the states are gone and throws the orphaned rows away', async () => {
    const profile = await filledProfile()
    await remove(profile.indexedDB, `naryad-${account}-replica-${rowsVersion}`)
    const { stores, rebuilt } = await profile.open().openStores(account)
    expect(rebuilt).toBe(true)
    expect((await stores.projection.chats([room])).size).toBe(0)
    expect(await stores.outbox.rows()).toHaveLength(1)
    await stores.close()
  })

  it('notices that what the user wrote is gone; the journal fills it again', async () => {
    const profile = await filledProfile()
    for (const name of await namesIn(profile.indexedDB))
      if (name.includes('-written--')) await remove(profile.indexedDB, name)
    const { stores, rebuilt } = await profile.open().openStores(account)
    expect(rebuilt).toBe(true)
    expect(await stores.replica.cursor()).toBe('c1')
    expect(await stores.outbox.rows()).toEqual([])
    expect(await stores.outbox.journalMark()).toBeNull()
    await stores.close()
  })

  it('replaces a database that can not be opened', async () => {
    const profile = await filledProfile()
    const name = `naryad-${account}-replica-${rowsVersion}`
    const { indexedDB } = profile
    const [open, deleteDatabase] = [indexedDB.open.bind(indexedDB), indexedDB.deleteDatabase.bind(indexedDB)]
    let isBroken = true
    vi.spyOn(indexedDB, 'open').mockImplementation((opened, version) => {
      if (opened === name && isBroken) throw new DOMException('Internal error opening backing store', 'UnknownError')
      return open(opened, version)
    })
    vi.spyOn(indexedDB, 'deleteDatabase').mockImplementation((removed) => {
      if (removed === name) isBroken = false
      return deleteDatabase(removed)
    })
    const { stores, rebuilt } = await profile.open().openStores(account)
    expect(rebuilt).toBe(true)
    expect(await stores.outbox.rows()).toHaveLength(1)
    await fill(stores)
    await stores.close()
  })

  it('does not wait for ever for databases that do not answer', async () => {
    const profile = createBrowserProfile()
    const clock = new ManualClock()
    vi.spyOn(profile.indexedDB, 'open').mockImplementation(() => new EventTarget() as IDBOpenDBRequest)
    let failure: unknown
    void createStores({ clock, indexedDB: profile.indexedDB, IDBKeyRange })
      // A name of its own: RxDB remembers databases that are being opened by their name.
      .openStores('aaaaaaaaaaaaaaaa')
      .catch((error: unknown) => (failure = error))
    await vi.waitFor(async () => {
      await clock.advance(5_000)
      expect(String(failure)).toContain('does not answer')
    })
  })

  it('removes databases of an earlier version of the rows, and does not call that a loss', async () => {
    const profile = await filledProfile()
    // What version 0 would have left: its own names, and what the user wrote under the name that stays.
    for (const name of await namesIn(profile.indexedDB))
      if (!name.includes('-written--')) await remove(profile.indexedDB, name)
    const old = new Dexie(`rxdb-dexie-naryad-${account}-rows-0--0--chats`, {
      indexedDB: profile.indexedDB,
      IDBKeyRange,
    })
    old.version(1).stores({ docs: 'room' })
    await old.open()
    old.close()
    const { stores, rebuilt } = await profile.open().openStores(account)
    expect(rebuilt).toBe(false)
    expect((await namesIn(profile.indexedDB)).filter((name) => name.includes('rows-0'))).toEqual([])
    expect(await stores.outbox.rows()).toHaveLength(1)
    await stores.close()
  })

  it('asks for strict durability where the user’s words are kept, and only there', async () => {
    const profile = createBrowserProfile()
    const durabilities = new Map<string, Set<string | undefined>>()
    const prototype = Object.getPrototypeOf(await openRaw(profile.indexedDB, 'probe')) as IDBDatabase
    const original = prototype.transaction
    const spy = vi.spyOn(prototype, 'transaction').mockImplementation(function (
      this: IDBDatabase,
      stores,
      mode,
      options,
    ) {
      const known = durabilities.get(this.name) ?? new Set()
      durabilities.set(this.name, known)
      if (mode === 'readwrite') known.add(options?.durability)
      return original.call(this, stores, mode, options)
    })
    const { stores } = await profile.open().openStores(account)
    await fill(stores)
    await stores.close()
    spy.mockRestore()
    const of = (part: string) =>
      [...durabilities].filter(([name]) => name.includes(part)).flatMap(([, known]) => [...known])
    expect(new Set(of('-written--0--outbox'))).toEqual(new Set(['strict']))
    expect(new Set(of('-written--0--drafts'))).toEqual(new Set(['strict']))
    expect(new Set([...of(`-rows-${rowsVersion}--0--messages`), ...of(`-replica-${rowsVersion}`)])).toEqual(
      new Set(['relaxed']),
    )
  })
})

function openRaw(indexedDB: IDBFactory, name: string): Promise<unknown> {
  return new Promise((resolve) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result)
  })
}
