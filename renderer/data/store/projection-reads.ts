import type { RxCollection, RxDatabase, RxDocument, RxQuery } from 'rxdb/plugins/core'
import type { RoomName, Seq, TicketId, UserId } from '#common/domain/ids.ts'
import type { Stage } from '#common/domain/ticket.ts'
import type { User } from '#common/domain/user.ts'
import type { RowCollections } from './databases.ts'
import { slotOf, slotRange } from './inverted.ts'
import type { Pacer } from './pacer.ts'
import type { MessageRow, StoredDirectory, StoredTicket } from './ports.ts'
import { countRows, readAll, readByIndex, readRange } from './raw-table.ts'
import { chatEntry, ticketEntry, type ChatEntry, type TicketEntry } from './entries.ts'
import { createRowIndex, type Feed, type RowIndex } from './row-index.ts'
import {
  messageRow,
  storedDirectory,
  storedTicket,
  type ChatDocument,
  type MembersDocument,
  type TicketDocument,
} from './schemas.ts'

type Disposer = () => void

/** What lists and conversations read: live, newest first, without ever keeping writers and readers from each other. */
export type ProjectionReads = {
  /** All chats; what lists show first is read as soon as the databases are open: the newest, and all with unread messages. */
  chats: RowIndex<ChatEntry>
  /** Loaded whole only once a list needs it; until then rows come one by one. */
  tickets: RowIndex<TicketEntry>
  members: Feed<MembersDocument>
  /** The newest `limit` lines of a room, newest first. A line that did not change stays the same object. */
  followConversation(room: RoomName, limit: number, listener: (rows: MessageRow[]) => void): Disposer
  followMembers(room: RoomName, listener: (members: MembersDocument | null) => void): Disposer
  followTicket(ticketId: TicketId, listener: (ticket: StoredTicket | null) => void): Disposer
  followPeople(listener: (people: User[]) => void): Disposer
  /** null before the directory has come; for a customer it never does. */
  followDirectory(listener: (directory: StoredDirectory | null) => void): Disposer
  chatAt(room: RoomName): Promise<ChatDocument | undefined>
  ticketsById(ids: readonly TicketId[]): Promise<Map<TicketId, TicketDocument>>
  /** First tickets by last activity, straight from an index. `assigneeId` '' = nobody; undefined = anybody. */
  newestTickets(
    selection: { stage?: Stage | undefined; assigneeId?: UserId | undefined },
    limit: number,
  ): Promise<{ rows: TicketDocument[]; total: number }>
  messagesAt(room: RoomName, seqs: readonly Seq[]): Promise<MessageRow[]>
  /** The newest messages with files, newest first, until there are `limit` files. */
  mediaOf(room: RoomName, limit: number): Promise<RoomMedia>
}

type TextRow = Extract<MessageRow, { type: 'message' }>
export type RoomMedia = { rows: TextRow[]; hasOlder: boolean }

/** Rows of a whole collection read at once: some 15 ms. */
const sliceRows = 500
/** Of the chats these are here first, the newest, and all that have unread messages. */
export const firstChats = 200

/** Lines looked at in one step for messages with files. */
const mediaStep = 500

export function createProjectionReads(
  { collections }: RxDatabase<RowCollections>,
  pacer: Pacer,
  followed: Set<{ room: RoomName }>,
): ProjectionReads {
  const { chats, directory, members, messages, tickets, users } = collections
  const lineOf = keepingIdentity(
    (document: RxDocument<RowCollections['messages'] extends RxCollection<infer Row> ? Row : never>) =>
      messageRow(document.toJSON() as Parameters<typeof messageRow>[0]),
  )

  /** Writers give way until the first answer is here. */
  function follow<Row, Result>(query: RxQuery<Row, Result>, listener: (result: Result) => void): Disposer {
    const endReading = pacer.begin()
    const subscription = query.$.subscribe((result) => {
      endReading()
      listener(result)
    })
    return () => {
      endReading()
      subscription.unsubscribe()
    }
  }

  const chatFeed = { ...feedOf(chats, pacer), readFirst: () => pacer.read(() => readFirstChats(chats)) }
  const chatIndex = createRowIndex(chatFeed, ({ room }) => room, chatEntry)
  // Whoever needs them asks again after a failure.
  chatIndex.begin().catch(() => undefined)
  // Every list names people; whoever follows them later has this answer at once.
  const people = users.find()
  pacer.read(() => people.exec()).catch(() => undefined)

  return {
    chats: chatIndex,
    tickets: createRowIndex(feedOf(tickets, pacer), ({ id }) => id, ticketEntry),
    members: feedOf(members, pacer),
    followConversation(room, limit, listener) {
      const { first, last } = slotRange(room)
      const query = messages.find({
        selector: { slot: { $gte: first, $lte: last } },
        sort: [{ slot: 'asc' }],
        index: ['slot'],
        limit,
      })
      const entry = { room }
      followed.add(entry)
      const stop = follow(query, (documents) => listener(documents.map(lineOf)))
      return () => {
        followed.delete(entry)
        stop()
      }
    },
    followMembers: (room, listener) =>
      follow(members.findOne(room), (document) => listener(document ? document.toMutableJSON() : null)),
    followTicket: (ticketId, listener) =>
      follow(tickets.findOne(ticketId), (document) =>
        listener(document ? storedTicket(document.toMutableJSON()) : null),
      ),
    followPeople: (listener) =>
      follow(people, (documents) => listener(documents.map((document) => document.toMutableJSON()))),
    followDirectory: (listener) =>
      follow(directory.findOne('directory'), (document) =>
        listener(document ? storedDirectory(document.toMutableJSON()) : null),
      ),
    chatAt: (room) => pacer.read(async () => (await readRange(chats, { first: room, last: room })).at(0)),
    ticketsById: (ids) =>
      pacer.read(async () => {
        const found = await tickets.findByIds([...ids]).exec()
        return new Map([...found].map(([id, document]) => [id, document.toJSON() as TicketDocument]))
      }),
    newestTickets: ({ stage, assigneeId }, limit) =>
      pacer.read(async () => {
        const selector = {
          ...(stage === undefined ? {} : { stage }),
          ...(assigneeId === undefined ? {} : { assigneeId }),
        }
        const page = tickets.find({ selector, sort: [{ nlast: 'asc' }], limit })
        const [documents, total] = await Promise.all([page.exec(), tickets.count({ selector }).exec()])
        return { rows: documents.map((document) => document.toJSON() as TicketDocument), total }
      }),
    messagesAt: (room, seqs) =>
      pacer.read(async () => {
        const found = await messages.findByIds(seqs.map((seq) => slotOf(room, seq))).exec()
        return [...found.values()].map(lineOf)
      }),
    mediaOf: (room, limit) => pacer.read(() => readMedia(messages, room, limit)),
  }
}

async function readFirstChats(chats: RowCollections['chats']): Promise<{ rows: ChatDocument[]; total: number }> {
  const [newest, unread, total] = await Promise.all([
    readByIndex(chats, 'nlast', { first: 0, last: Number.MAX_SAFE_INTEGER, limit: firstChats }),
    readByIndex(chats, 'unread', { first: 1, last: Number.MAX_SAFE_INTEGER }),
    countRows(chats),
  ])
  return { rows: [...newest, ...unread], total }
}

async function readMedia(messages: RowCollections['messages'], room: RoomName, limit: number): Promise<RoomMedia> {
  const { first, last } = slotRange(room)
  const rows: TextRow[] = []
  let files = 0
  for (let from = first; ;) {
    const lines = await readRange(messages, { first: from, last }, mediaStep)
    for (const line of lines) {
      const row = messageRow(line)
      if (row.type !== 'message' || row.deleted || row.attachments.length === 0) continue
      if (files >= limit) return { rows, hasOlder: true }
      rows.push(row)
      files += row.attachments.length
    }
    const end = lines.at(-1)
    if (end === undefined || lines.length < mediaStep) return { rows, hasOlder: false }
    // The smallest key above the last one that was read.
    from = `${end.slot} `
  }
}

function feedOf<Row>(collection: RxCollection<Row>, pacer: Pacer): Feed<Row> {
  return {
    readAll: (onSlice) =>
      readAll(
        collection,
        async (rows) => {
          onSlice(rows)
          // Who opens a chat meanwhile does not wait for all of these.
          await pacer.giveWay()
        },
        sliceRows,
      ),
    onChange(listener) {
      const subscription = collection.eventBulks$.subscribe(({ events }) =>
        listener(
          events.map(({ documentId, operation, documentData }) => ({
            key: documentId,
            row: operation === 'DELETE' ? null : (documentData as Row),
          })),
        ),
      )
      return () => subscription.unsubscribe()
    },
  }
}

/** RxDB hands out the same document object until the document changes, so what was made of it can stay the same too. */
function keepingIdentity<Source extends object, Made>(make: (source: Source) => Made): (source: Source) => Made {
  const made = new WeakMap<Source, Made>()
  return (source) => {
    const known = made.get(source)
    if (known !== undefined) return known
    const fresh = make(source)
    made.set(source, fresh)
    return fresh
  }
}
