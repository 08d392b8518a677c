import { createRxDatabase, type RxCollection, type RxDatabase, type RxJsonSchema } from 'rxdb/plugins/core'
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie'
import type { DexieOptions } from 'dexie'
import {
  rowSchemas,
  writtenSchemas,
  type ChatDocument,
  type DirectoryDocument,
  type DraftDocument,
  type MarkDocument,
  type MembersDocument,
  type MessageDocument,
  type OutboxDocument,
  type TicketDocument,
  type UploadDocument,
  type UserDocument,
} from './schemas.ts'

export type RowCollections = {
  messages: RxCollection<MessageDocument>
  chats: RxCollection<ChatDocument>
  members: RxCollection<MembersDocument>
  tickets: RxCollection<TicketDocument>
  users: RxCollection<UserDocument>
  directory: RxCollection<DirectoryDocument>
}
export type WrittenCollections = {
  outbox: RxCollection<OutboxDocument>
  drafts: RxCollection<DraftDocument>
  uploads: RxCollection<UploadDocument>
  marks: RxCollection<MarkDocument>
}

/** Rows of lists and conversations: fast, not strictly durable, disposable. */
export function openRowDatabase(name: string, options: DexieOptions): Promise<RxDatabase<RowCollections>> {
  return openDatabase<RowCollections>(name, options, 'relaxed', rowSchemas)
}

/** What the user wrote: every transaction is flushed to the disk before it counts as done. */
export function openWrittenDatabase(name: string, options: DexieOptions): Promise<RxDatabase<WrittenCollections>> {
  return openDatabase<WrittenCollections>(name, options, 'strict', writtenSchemas)
}

async function openDatabase<Collections extends Record<string, RxCollection>>(
  name: string,
  options: DexieOptions,
  chromeTransactionDurability: 'relaxed' | 'strict',
  schemas: { [Name in keyof Collections]: unknown },
): Promise<RxDatabase<Collections>> {
  const database = await createRxDatabase<Collections>({
    name,
    storage: getRxStorageDexie({ ...options, chromeTransactionDurability }),
    multiInstance: false,
    eventReduce: true,
    // After a worker was ended the hard way its name is still taken in the same realm.
    closeDuplicates: true,
  })
  try {
    const collections = Object.entries(schemas).map(([key, schema]) => [
      key,
      // Schemas are constants with narrow types; RxDB's generic one does not accept them without help.
      { schema: schema as RxJsonSchema<object> },
    ])
    await database.addCollections(Object.fromEntries(collections))
    return database
  } catch (error) {
    await database.close().catch(() => undefined)
    throw error
  }
}

/** Names of the IndexedDB databases that RxDB makes for a database of that name begin like this. */
export function storagePrefix(name: string): string {
  return `rxdb-dexie-${name}--`
}
