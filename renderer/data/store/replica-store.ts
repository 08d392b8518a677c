import { Dexie, type DexieOptions, type Table } from 'dexie'
import type { RoomName } from '#common/domain/ids.ts'
import type { ReplicaStore, RoomHead, RoomState } from './ports.ts'

type StateRow = { room: RoomName; state: Uint8Array }
type HeadRow = RoomHead & { room: RoomName }
type KeyedRow = { key: 'cursor' | 'created' | 'rows'; value: string }

/** Rooms loaded or saved in one go. */
const chunkRooms = 500

/** What the projection has had; compared at the start with what it has. */
export type KnownRows = 'chats' | 'messages' | 'tickets'

export type ReplicaDatabase = {
  store: ReplicaStore
  /** Whether this database was there before; a new one is marked now. */
  wasThere(): Promise<boolean>
  /** Kinds of rows that the projection has held since this database was made. */
  knownRows(): Promise<KnownRows[]>
  rememberRows(kinds: readonly KnownRows[]): Promise<void>
  close(): void
}

/** Opens the database of Yjs states. Plain Dexie: RxDB would turn the bytes into objects. */
export async function openReplica(name: string, options: DexieOptions): Promise<ReplicaDatabase> {
  const database = new Dexie(name, { ...options, autoOpen: false, chromeTransactionDurability: 'relaxed' })
  database.version(1).stores({ docs: 'room', meta: 'room', kv: 'key' })
  try {
    await database.open()
  } catch (error) {
    database.close()
    throw error
  }
  const docs: Table<StateRow, RoomName> = database.table('docs')
  const meta: Table<HeadRow, RoomName> = database.table('meta')
  const kv: Table<KeyedRow, string> = database.table('kv')
  return {
    store: replicaStore(database, docs, meta, kv),
    async wasThere() {
      const created = await kv.get('created')
      if (created === undefined) await kv.put({ key: 'created', value: '' })
      return created !== undefined
    },
    async knownRows() {
      const value = (await kv.get('rows'))?.value ?? ''
      return (['chats', 'messages', 'tickets'] as const).filter((kind) => value.includes(kind))
    },
    async rememberRows(kinds) {
      await kv.put({ key: 'rows', value: kinds.join(' ') })
    },
    close: () => database.close(),
  }
}

function replicaStore(
  database: Dexie,
  docs: Table<StateRow, RoomName>,
  meta: Table<HeadRow, RoomName>,
  kv: Table<KeyedRow, string>,
): ReplicaStore {
  return {
    async cursor() {
      return (await kv.get('cursor'))?.value ?? null
    },
    async heads() {
      return new Map((await meta.toArray()).map(({ room, ...head }) => [room, head]))
    },
    async load(rooms) {
      const states = new Map<RoomName, RoomState>()
      for (let start = 0; start < rooms.length; start += chunkRooms) {
        const keys = rooms.slice(start, start + chunkRooms)
        const [found, heads] = await database.transaction('r', docs, meta, () =>
          Promise.all([docs.bulkGet(keys), meta.bulkGet(keys)]),
        )
        found.forEach((row, index) => {
          const head = heads[index]
          if (row && head) states.set(row.room, { ...head, state: row.state })
        })
      }
      return states
    },
    async save(rooms, cursor) {
      await database.transaction('rw', docs, meta, kv, async () => {
        await docs.bulkPut(rooms.map(({ room, state }) => ({ room, state })))
        await meta.bulkPut(rooms.map(({ state: _state, ...head }) => head))
        if (cursor !== undefined) await kv.put({ key: 'cursor', value: cursor })
      })
    },
    async remove(rooms) {
      await database.transaction('rw', docs, meta, async () => {
        await docs.bulkDelete([...rooms])
        await meta.bulkDelete([...rooms])
      })
    },
    async clear() {
      await database.transaction('rw', docs, meta, kv, async () => {
        await Promise.all([docs.clear(), meta.clear(), kv.bulkDelete(['cursor', 'rows'])])
      })
    },
  }
}
