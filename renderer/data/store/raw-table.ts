import { Dexie } from 'dexie'
import type { RxCollection } from 'rxdb/plugins/core'
import type { RxStorageInstanceDexie } from 'rxdb/plugins/storage-dexie'

/**
 * Reading many rows at once below RxDB. RxDB's queries on this storage take one cursor step a row (10,000 rows: 0.8 s);
 * IndexedDB's `getAll` returns the same rows in 0.1 s. Rows read here are not cached and not live; writing goes through RxDB.
 */
async function tableOf<Row>(collection: RxCollection<Row>) {
  // The collections of this folder are made on Dexie storage only (open-databases.ts).
  const storage = collection.storageInstance.originalStorageInstance as unknown as RxStorageInstanceDexie<Row>
  return (await storage.internals).dexieTable
}

type StoredRow<Row> = Row & { _deleted: unknown; _meta: unknown; _rev: unknown; _attachments: unknown }

function withoutBookkeeping<Row>(row: StoredRow<Row>): Row {
  const { _deleted, _meta, _rev, _attachments, ...rest } = row
  return rest as unknown as Row
}

/** How this storage writes `_deleted`. */
const stillThere = '0'
function isDeleted({ _deleted }: { _deleted: unknown }): boolean {
  return _deleted !== stillThere && _deleted !== false
}

function present<Row>(rows: unknown[]): Row[] {
  const stored = rows as StoredRow<Row>[]
  return stored.filter((row) => !isDeleted(row)).map(withoutBookkeeping)
}

/** Rows with `first ≤ primary key ≤ last` in the order of their keys, at most `limit`. */
export async function readRange<Row>(
  collection: RxCollection<Row>,
  { first, last }: { first: string; last: string },
  limit?: number,
): Promise<Row[]> {
  const range = (await tableOf(collection)).where(collection.schema.primaryPath).between(first, last, true, true)
  return present(await (limit === undefined ? range : range.limit(limit)).toArray())
}

/** Rows with `first ≤ field ≤ last` in the order of that field's index, at most `limit`. */
export async function readByIndex<Row>(
  collection: RxCollection<Row>,
  field: keyof Row & string,
  { first, last, limit }: { first: number; last: number; limit?: number },
): Promise<Row[]> {
  // RxDB puts its own mark of deletion before, and the primary key behind what a schema names.
  const index = `[_deleted+${field}+${collection.schema.primaryPath}]`
  const range = (await tableOf(collection))
    .where(index)
    .between([stillThere, first, Dexie.minKey], [stillThere, last, Dexie.maxKey])
  return present(await (limit === undefined ? range : range.limit(limit)).toArray())
}

export async function countRows<Row>(collection: RxCollection<Row>): Promise<number> {
  return (await tableOf(collection)).count()
}

/** All rows in slices of `sliceRows`, so that other work is not kept waiting for long. */
export async function readAll<Row>(
  collection: RxCollection<Row>,
  onSlice: (rows: Row[]) => void | Promise<void>,
  sliceRows = 2_000,
): Promise<void> {
  const table = await tableOf(collection)
  const path = collection.schema.primaryPath
  for (let after = '', isLast = false; !isLast;) {
    const rows = await table.where(path).above(after).limit(sliceRows).toArray()
    isLast = rows.length < sliceRows
    after = String(rows.at(-1)?.[path] ?? '')
    await onSlice(present(rows))
  }
}

export async function hasRows<Row>(collection: RxCollection<Row>): Promise<boolean> {
  return (await (await tableOf(collection)).limit(1).primaryKeys()).length > 0
}

/** Erases rows that RxDB has marked as deleted: it would keep their content. */
export async function erase<Row>(collection: RxCollection<Row>, keys: readonly string[]): Promise<void> {
  await (await tableOf(collection)).bulkDelete([...keys])
}

export async function eraseAll<Row>(collection: RxCollection<Row>): Promise<void> {
  await (await tableOf(collection)).clear()
}
