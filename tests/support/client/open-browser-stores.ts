import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { createStores, type StoresOfBrowser } from '#renderer/data/store/open-stores.ts'
import { systemClock } from '#renderer/data/system-clock.ts'

/** An IndexedDB of its own: a browser profile that a test can open again, look into and damage. */
export function createBrowserProfile(): { indexedDB: IDBFactory; open(): StoresOfBrowser } {
  const indexedDB = new IDBFactory()
  return { indexedDB, open: () => createStores({ clock: systemClock, indexedDB, IDBKeyRange }) }
}
