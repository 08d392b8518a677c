import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { systemClock } from '#renderer/data/system-clock.ts'
import { createStores } from '#renderer/data/store/open-stores.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'
import { describeClientStore } from './client-store-contract.ts'

describeClientStore('databases in memory', () => Promise.resolve(createMemoryStores()))

describeClientStore('RxDB and Dexie on IndexedDB', async () => {
  const browser = createStores({ clock: systemClock, indexedDB: new IDBFactory(), IDBKeyRange })
  return (await browser.openStores('0123456789abcdef')).stores
})
