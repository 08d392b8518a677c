import type { RxCollection, RxDatabase } from 'rxdb/plugins/core'
import { chunksOf } from '#common/domain/chunks.ts'
import type { MessageId, RoomName, TicketId } from '#common/domain/ids.ts'
import type { RowCollections } from './databases.ts'
import { slotRange } from './inverted.ts'
import { chunkRows, type Pacer } from './pacer.ts'
import type { ChatRow, MessageRow, ProjectionBatch, ProjectionStore } from './ports.ts'
import { erase, eraseAll, readAll, readRange } from './raw-table.ts'
import type { KnownRows } from './replica-store.ts'
import { parseChatRow, parseDirectory, parseMessageRow, parseStoredTicket, parseUser } from './row-parsing.ts'
import {
  chatDocuments,
  messageDocument,
  messageRow,
  storedDirectory,
  storedTicket,
  ticketDocument,
  type ChatDocument,
  type MembersDocument,
} from './schemas.ts'

export type ProjectionStoreNeeds = {
  database: RxDatabase<RowCollections>
  pacer: Pacer
  /** Called after rows of these kinds were written. */
  onRows(kinds: readonly KnownRows[]): Promise<void>
  /** Rooms whose conversation is followed now. */
  followedRooms(): Iterable<RoomName>
}

/** Lines looked at in one step when the newest ones are deleted. */
const newestStep = 20

export function createProjectionStore(needs: ProjectionStoreNeeds): ProjectionStore {
  const { database, pacer } = needs
  const { messages, chats, members, tickets, users, directory } = database.collections

  async function upsert<Row>(collection: RxCollection<Row>, rows: readonly Row[]): Promise<void> {
    for (const chunk of chunksOf(rows, chunkRows)) {
      const { error } = await collection.bulkUpsert(chunk)
      if (error.length > 0) throw new Error(`${collection.name}: ${error.length} rows were not stored`)
      await pacer.giveWay()
    }
  }

  /** Removed for live queries first, then erased: RxDB alone would keep the content of what it marks as deleted. */
  async function remove<Row>(collection: RxCollection<Row>, keys: readonly string[]): Promise<void> {
    for (const chunk of chunksOf(keys, chunkRows)) {
      await collection.bulkRemove(chunk)
      await erase(collection, chunk)
      await pacer.giveWay()
    }
  }

  async function removeMessages(room: RoomName): Promise<void> {
    const rows = await readRange(messages, slotRange(room))
    await remove(
      messages,
      rows.map(({ slot }) => slot),
    )
  }

  async function readChats(rooms: readonly RoomName[]): Promise<Map<RoomName, ChatRow>> {
    const [rows, people] = await Promise.all([chats.findByIds([...rooms]).exec(), members.findByIds([...rooms]).exec()])
    const found = new Map<RoomName, ChatRow>()
    for (const [room, document] of rows) {
      found.set(room, chatRowOf(document.toMutableJSON(), people.get(room)?.toMutableJSON()))
    }
    return found
  }

  return {
    write: (batch) => writeBatch(batch, { upsert, remove, removeMessages, needs }),
    chats: (rooms) => pacer.read(() => readChats(rooms)),
    chatsOfTicket: (ticketId) =>
      pacer.read(async () => {
        const found = await chats.find({ selector: { ticketId } }).exec()
        return [...(await readChats(found.map(({ room }) => room))).values()]
      }),
    ticket: (ticketId) =>
      pacer.read(async () => {
        const document = (await tickets.findByIds([ticketId]).exec()).get(ticketId)
        return document && storedTicket(document.toMutableJSON())
      }),
    messagesById: (room, ids) => pacer.read(() => messagesById(messages, room, ids)),
    countUnread: (room, after, ownId) =>
      pacer.read(async () => {
        const rows = await readRange(messages, slotRange(room, after))
        return rows.filter((row) => row.type === 'message' && !row.isDeleted && row.authorId !== ownId).length
      }),
    newestMessage: (room) => pacer.read(() => newestMessage(messages, room)),
    people: () => pacer.read(async () => (await users.find().exec()).map((document) => document.toMutableJSON())),
    directory: () =>
      pacer.read(async () => {
        const document = (await directory.findByIds(['directory']).exec()).get('directory')
        return document && storedDirectory(document.toMutableJSON())
      }),
    unreadChats: () =>
      pacer.read(async () => {
        const unread: { room: RoomName; ticketId: TicketId; chat: ChatRow['chat']; lastSeq: number }[] = []
        await readAll(chats, (rows) => {
          for (const { room, ticketId, chat, lastSeq, unread: count } of rows)
            if (count > 0) unread.push({ room, ticketId, chat, lastSeq })
        })
        return unread
      }),
    async clear() {
      for (const room of new Set(needs.followedRooms())) await removeMessages(room)
      await eraseAll(messages)
      for (const collection of [chats, members, tickets, users, directory] as RxCollection<unknown>[]) {
        const keys: string[] = []
        await readAll(collection, (rows) => {
          for (const row of rows as Record<string, string>[]) keys.push(row[collection.schema.primaryPath] ?? '')
        })
        await remove(collection, keys)
      }
    },
  }
}

type Tools = {
  upsert<Row>(collection: RxCollection<Row>, rows: readonly Row[]): Promise<void>
  remove<Row>(collection: RxCollection<Row>, keys: readonly string[]): Promise<void>
  removeMessages(room: RoomName): Promise<void>
  needs: ProjectionStoreNeeds
}

async function writeBatch(batch: ProjectionBatch, { upsert, remove, removeMessages, needs }: Tools): Promise<void> {
  const { messages, chats, members, tickets, users, directory } = needs.database.collections
  const lines = batch.messages.map(parseMessageRow).map(messageDocument)
  const pairs = batch.chats.map(parseChatRow).map(chatDocuments)
  const ticketRows = batch.tickets.map(parseStoredTicket).map(ticketDocument)
  const people = batch.people.map(parseUser)
  const directories = batch.directory ? [parseDirectory(batch.directory)] : []

  for (const room of batch.removedChats) await removeMessages(room)
  await remove(members, batch.removedChats)
  await remove(chats, batch.removedChats)
  await remove(tickets, batch.removedTickets)
  // Tickets and lines before the chats that lead to them: a list never shows what can't be opened.
  await upsert(users, people)
  await upsert(
    directory,
    directories.map((row) => ({ ...row, id: 'directory' as const })),
  )
  await upsert(tickets, ticketRows)
  await upsert(messages, lines)
  await upsert(
    members,
    pairs.map(([, document]) => document),
  )
  await upsert(
    chats,
    pairs.map(([document]) => document),
  )

  const kinds: KnownRows[] = []
  if (lines.length > 0) kinds.push('messages')
  if (pairs.length > 0) kinds.push('chats')
  if (ticketRows.length > 0) kinds.push('tickets')
  await needs.onRows(kinds)
}

function chatRowOf(document: ChatDocument, people: MembersDocument | undefined): ChatRow {
  const { nlast: _nlast, lastDelivery: _lastDelivery, ...row } = document
  return { ...row, participants: people?.participants ?? {}, receipts: people?.receipts ?? {} }
}

async function messagesById(
  messages: RowCollections['messages'],
  room: RoomName,
  ids: readonly MessageId[],
): Promise<Map<MessageId, MessageRow>> {
  const found = new Map<MessageId, MessageRow>()
  for (const chunk of chunksOf(ids, 50)) {
    const answers = await Promise.all(chunk.map((id) => messages.find({ selector: { id } }).exec()))
    // A cross-post has the same id in two rooms.
    for (const document of answers.flat())
      if (document.room === room) found.set(document.id, messageRow(document.toMutableJSON()))
  }
  return found
}

async function newestMessage(messages: RowCollections['messages'], room: RoomName) {
  const { first, last } = slotRange(room)
  for (let from = first; ;) {
    const rows = await readRange(messages, { first: from, last }, newestStep)
    for (const row of rows) {
      const line = messageRow(row)
      if (line.type === 'message' && !line.deleted) return line
    }
    const end = rows.at(-1)
    if (end === undefined || rows.length < newestStep) return undefined
    // The smallest key above the last one that was read.
    from = `${end.slot} `
  }
}
