import { Dexie, type DexieOptions, type Table } from 'dexie'
import type { RoomName } from '#common/domain/ids.ts'
import type { ReplicaStore, RoomHead, RoomState } from './ports.ts'

type StateRow = { room: RoomName; state: Uint8Array }
/** Heads of the rooms of one bucket, a line each: reading 20,000 of them takes 14 ms, one record per room 130. */
type HeadsRow = { bucket: number; lines: string }
type KeyedRow = { key: 'cursor' | 'created' | 'rows'; value: string }

/** So many that a change of one room writes little, so few that reading all is fast. */
const buckets = 256

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
  database.version(1).stores({ docs: 'room', heads: 'bucket', kv: 'key' })
  try {
    await database.open()
  } catch (error) {
    database.close()
    throw error
  }
  const docs: Table<StateRow, RoomName> = database.table('docs')
  const heads: Table<HeadsRow, number> = database.table('heads')
  const kv: Table<KeyedRow, string> = database.table('kv')
  return {
    store: replicaStore(database, docs, heads, kv),
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
  headRows: Table<HeadsRow, number>,
  kv: Table<KeyedRow, string>,
): ReplicaStore {
  /** Inside a transaction: changes heads in the buckets of these rooms. */
  async function changeHeads(
    rooms: readonly RoomName[],
    change: (heads: Map<RoomName, RoomHead>) => void,
  ): Promise<void> {
    const numbers = [...new Set(rooms.map(bucketOf))]
    const stored = await headRows.bulkGet(numbers)
    const heads = headsIn(stored.flatMap((row) => row ?? []))
    change(heads)
    await headRows.bulkPut(rowsOf(numbers, heads))
  }

  return {
    async cursor() {
      return (await kv.get('cursor'))?.value ?? null
    },
    async heads() {
      return headsIn(await headRows.toArray())
    },
    async load(rooms) {
      const states = new Map<RoomName, RoomState>()
      for (let start = 0; start < rooms.length; start += chunkRooms) {
        const keys = rooms.slice(start, start + chunkRooms)
        const [found, rows] = await database.transaction('r', docs, headRows, () =>
          Promise.all([docs.bulkGet(keys), headRows.bulkGet([...new Set(keys.map(bucketOf))])]),
        )
        const heads = headsIn(rows.flatMap((row) => row ?? []))
        for (const row of found) {
          const head = row && heads.get(row.room)
          if (row && head) states.set(row.room, { room: row.room, ...head, state: row.state })
        }
      }
      return states
    },
    async save(rooms, cursor) {
      await database.transaction('rw', docs, headRows, kv, async () => {
        await docs.bulkPut(rooms.map(({ room, state }) => ({ room, state })))
        if (rooms.length > 0)
          await changeHeads(
            rooms.map(({ room }) => room),
            (heads) => {
              for (const { room, epoch, seq, entries } of rooms) heads.set(room, { epoch, seq, entries })
            },
          )
        if (cursor !== undefined) await kv.put({ key: 'cursor', value: cursor })
      })
    },
    async remove(rooms) {
      await database.transaction('rw', docs, headRows, async () => {
        await docs.bulkDelete([...rooms])
        await changeHeads(rooms, (heads) => {
          for (const room of rooms) heads.delete(room)
        })
      })
    },
    async clear() {
      await database.transaction('rw', docs, headRows, kv, async () => {
        await Promise.all([docs.clear(), headRows.clear(), kv.bulkDelete(['cursor', 'rows'])])
      })
    },
  }
}

/** Any even spread will do; it must stay the same, for it decides where a head is looked for. */
function bucketOf(room: RoomName): number {
  let hash = 0
  for (let index = 0; index < room.length; index++) hash = (hash * 31 + room.charCodeAt(index)) >>> 0
  return hash % buckets
}

function headsIn(rows: readonly HeadsRow[]): Map<RoomName, RoomHead> {
  const heads = new Map<RoomName, RoomHead>()
  for (const { lines } of rows)
    for (const line of lines.split('\n')) {
      const [room, epoch, seq, entries] = line.split(' ')
      if (room) heads.set(room, { epoch: Number(epoch), seq: Number(seq), entries: Number(entries) })
    }
  return heads
}

function rowsOf(numbers: readonly number[], heads: ReadonlyMap<RoomName, RoomHead>): HeadsRow[] {
  const lines = new Map<number, string[]>(numbers.map((bucket) => [bucket, []]))
  for (const [room, { epoch, seq, entries }] of heads)
    lines.get(bucketOf(room))?.push(`${room} ${epoch} ${seq} ${entries}`)
  return [...lines].map(([bucket, own]) => ({ bucket, lines: own.join('\n') }))
}
