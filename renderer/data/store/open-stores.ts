import type { DexieOptions } from 'dexie'
import type { Clock } from '#common/domain/clock.ts'
import type { RoomName } from '#common/domain/ids.ts'
import { openRowDatabase, openWrittenDatabase, storagePrefix } from './databases.ts'
import { createOutboxStore } from './outbox-store.ts'
import { createPacer } from './pacer.ts'
import type { AccountStores, OpenStores } from './ports.ts'
import { createProjectionReads, type ProjectionReads } from './projection-reads.ts'
import { createProjectionStore } from './projection-store.ts'
import { hasRows } from './raw-table.ts'
import { openReplica, type KnownRows, type ReplicaDatabase } from './replica-store.ts'
import { rowsVersion } from './schemas.ts'

/** A damaged IndexedDB may never answer; a sound one on a slow disk takes seconds. */
const patienceMs = 20_000
class NoAnswer extends Error {}

export type StoresOfBrowser = {
  openStores: OpenStores
  /** What lists and conversations read; `stores` must come from `openStores`. */
  readsOf(stores: AccountStores): ProjectionReads
}

export type BrowserDatabases = {
  clock: Clock
  indexedDB: IDBFactory
  IDBKeyRange: NonNullable<DexieOptions['IDBKeyRange']>
}

/** Databases of one account in the browser's IndexedDB. */
export function createStores({ clock, indexedDB, IDBKeyRange }: BrowserDatabases): StoresOfBrowser {
  const reads = new WeakMap<AccountStores, ProjectionReads>()
  const options: DexieOptions = { indexedDB, IDBKeyRange }

  async function open(names: Names): Promise<OpenedStores> {
    const opened: (() => unknown)[] = []
    const keep = <Database extends { close(): unknown }>(database: Database): Database => {
      opened.push(() => database.close())
      return database
    }
    try {
      const [replica, rows, written] = await settled([
        openReplica(names.replica, options).then(keep),
        openRowDatabase(names.rows, options).then(keep),
        openWrittenDatabase(names.written, options).then(keep),
      ])
      const pacer = createPacer(clock)
      const followed = new Set<{ room: RoomName }>()
      const outbox = createOutboxStore(written)
      const { chats, messages, tickets } = rows.collections
      // Before anything reads the rows: it would have to wait for that.
      const [hadReplica, hadWritten, known, hasChats, hasMessages, hasTickets] = await Promise.all([
        replica.wasThere(),
        outbox.wasThere(),
        replica.knownRows(),
        hasRows(chats),
        hasRows(messages),
        hasRows(tickets),
      ])
      const stores: AccountStores = {
        replica: replica.store,
        projection: createProjectionStore({
          database: rows,
          pacer,
          onRows: rememberFirst(replica, known),
          followedRooms: () => [...followed].map(({ room }) => room),
        }),
        outbox: outbox.store,
        close: async () => void (await Promise.all(opened.map((close) => close()))),
      }
      reads.set(stores, createProjectionReads(rows, pacer, followed))
      const present = { chats: hasChats, messages: hasMessages, tickets: hasTickets }
      return { stores, hadReplica, hadWritten, known, present, expectNoRows: () => replica.rememberRows([]) }
    } catch (error) {
      for (const close of opened) await Promise.resolve(close()).catch(() => undefined)
      throw error
    }
  }

  function inTime<Answer>(work: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(patienceMs, () => reject(new NoAnswer('IndexedDB does not answer')))
      work.then(resolve, reject).finally(cancel)
    })
  }

  /** Rows can be made again from states, states come again from the server; what the user wrote goes only with everything. */
  const openStores: OpenStores = async (account) => {
    const names = namesOf(account)
    const upgrade = inTime(removeOld(indexedDB, account, names))
    // Whoever needs the answer waits for it.
    upgrade.catch(() => undefined)
    const rows = storagePrefix(names.rows)
    const sacrifices = [[], [rows], [rows, names.replica], [rows, names.replica, storagePrefix(names.written)]]
    let failure: unknown
    for (const prefixes of sacrifices) {
      const isRepaired = prefixes.length > 0
      if (isRepaired) await inTime(remove(indexedDB, prefixes)).catch(() => undefined)
      try {
        const opened = await inTime(open(names))
        const finding = isRepaired ? 'sound' : examine(opened, await upgrade)
        if (isRepaired || finding === 'torn') await opened.expectNoRows()
        if (finding !== 'torn') return { stores: opened.stores, rebuilt: isRepaired || finding === 'lost' }
        await opened.stores.close()
      } catch (error) {
        failure = error
        // What does not even answer is not helped by removing parts of it.
        if (error instanceof NoAnswer) break
      }
    }
    throw failure
  }

  return {
    openStores,
    readsOf(stores) {
      const found = reads.get(stores)
      if (!found) throw new Error('These stores were not opened here')
      return found
    },
  }
}

type OpenedStores = {
  stores: AccountStores
  hadReplica: boolean
  hadWritten: boolean
  known: readonly KnownRows[]
  present: Record<KnownRows, boolean>
  /** The rows are made anew: their absence is no damage. */
  expectNoRows(): Promise<void>
}

/**
 * A damaged IndexedDB may open without an error and be empty. The databases vouch for each other: rows are there if the
 * replica remembers them, and none of the three is new while another one is not. `lost`: something was there and is new and
 * empty now; `torn`: rows and states do not belong together.
 */
function examine(
  { hadReplica, hadWritten, known, present }: OpenedStores,
  upgraded: boolean,
): 'sound' | 'lost' | 'torn' {
  const hasRowsOnly = !hadReplica && (present.chats || present.messages || present.tickets)
  if (hasRowsOnly || known.some((kind) => !present[kind])) return 'torn'
  if (hadReplica && !hadWritten) return 'lost'
  return !hadReplica && hadWritten && !upgraded ? 'lost' : 'sound'
}

/** The replica is told of a kind of rows once the first ones are written. */
function rememberFirst(replica: ReplicaDatabase, known: readonly KnownRows[]) {
  const told = new Set(known)
  return async (kinds: readonly KnownRows[]) => {
    if (kinds.every((kind) => told.has(kind))) return
    for (const kind of kinds) told.add(kind)
    await replica.rememberRows([...told])
  }
}

/** As `Promise.all`, but waits for every one, so that all that was opened can be closed again. */
async function settled<Values extends unknown[]>(promises: {
  [Index in keyof Values]: Promise<Values[Index]>
}): Promise<Values> {
  const outcomes = await Promise.allSettled(promises)
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }) as Values
}

type Names = { replica: string; rows: string; written: string }

function namesOf(account: string): Names {
  return {
    replica: `naryad-${account}-replica-${rowsVersion}`,
    rows: `naryad-${account}-rows-${rowsVersion}`,
    written: `naryad-${account}-written`,
  }
}

/** Removes databases of earlier versions of the rows; tells whether there were any. */
async function removeOld(factory: IDBFactory, account: string, current: Names): Promise<boolean> {
  const kept = [current.replica, storagePrefix(current.rows), storagePrefix(current.written)]
  const ours = [`naryad-${account}-`, `rxdb-dexie-naryad-${account}-`]
  const old = (await namesIn(factory, ours)).filter((name) => !kept.some((prefix) => name.startsWith(prefix)))
  await Promise.all(old.map((name) => removeDatabase(factory, name)))
  return old.length > 0
}

async function remove(factory: IDBFactory, prefixes: readonly string[]): Promise<void> {
  await Promise.all((await namesIn(factory, prefixes)).map((name) => removeDatabase(factory, name)))
}

async function namesIn(factory: IDBFactory, prefixes: readonly string[]): Promise<string[]> {
  const listed = await factory.databases().catch(() => [])
  return listed.map(({ name }) => name ?? '').filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
}

/** Resolves also when the database can't be removed: opening it again will tell. */
function removeDatabase(factory: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = factory.deleteDatabase(name)
    request.onsuccess = request.onerror = request.onblocked = () => resolve()
  })
}
