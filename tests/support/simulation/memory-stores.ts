import type { Cursor } from '#common/protocol/control-frames.ts'
import type { CommandId, MessageId, RoomName, TicketId } from '#common/domain/ids.ts'
import type { User } from '#common/domain/user.ts'
import { isEmptyDraft, type Draft } from '#renderer/data/media/kept-file.ts'
import type {
  AccountStores,
  BegunUpload,
  ChatRow,
  MessageRow,
  OutboxRow,
  OutboxStore,
  ProjectionStore,
  ReplicaStore,
  RoomState,
  StoredDirectory,
  StoredTicket,
} from '#renderer/data/store/ports.ts'

/** The databases of one account in memory; they live as long as this object. */
export function createMemoryStores(): AccountStores {
  return {
    replica: memoryReplica(),
    projection: memoryProjection(),
    outbox: memoryOutbox(),
    close: () => Promise.resolve(),
  }
}

function memoryReplica(): ReplicaStore {
  const rooms = new Map<RoomName, RoomState>()
  let stored: Cursor | null = null
  return {
    cursor: async () => stored,
    heads: async () => new Map([...rooms].map(([room, { epoch, seq, entries }]) => [room, { epoch, seq, entries }])),
    load: async (names) =>
      new Map(names.flatMap((room) => (rooms.has(room) ? [[room, rooms.get(room)!] as const] : []))),
    save: async (states, cursor) => {
      for (const state of states) rooms.set(state.room, { ...state })
      if (cursor !== undefined) stored = cursor
    },
    remove: async (names) => names.forEach((room) => rooms.delete(room)),
    clear: async () => {
      rooms.clear()
      stored = null
    },
  }
}

function memoryProjection(): ProjectionStore {
  const messages = new Map<RoomName, Map<MessageId, MessageRow>>()
  const chats = new Map<RoomName, ChatRow>()
  const tickets = new Map<TicketId, StoredTicket>()
  const people = new Map<string, User>()
  let directory: StoredDirectory | undefined
  const rowsOf = (room: RoomName): MessageRow[] => [...(messages.get(room)?.values() ?? [])]
  const textRows = (room: RoomName) =>
    rowsOf(room).flatMap((row) => (row.type === 'message' && !row.deleted ? [row] : []))
  return {
    write: async (batch) => {
      for (const room of batch.removedChats) {
        messages.delete(room)
        chats.delete(room)
      }
      for (const ticketId of batch.removedTickets) tickets.delete(ticketId)
      for (const row of batch.messages) {
        const ofRoom = messages.get(row.room) ?? new Map<MessageId, MessageRow>()
        messages.set(row.room, ofRoom)
        ofRoom.set(row.id, row)
      }
      for (const row of batch.chats) chats.set(row.room, row)
      for (const ticket of batch.tickets) tickets.set(ticket.id, ticket)
      for (const user of batch.people) people.set(user.id, user)
      directory = batch.directory ?? directory
    },
    chats: async (rooms) =>
      new Map(rooms.flatMap((room) => (chats.has(room) ? [[room, chats.get(room)!] as const] : []))),
    chatsOfTicket: async (ticketId) => [...chats.values()].filter((row) => row.ticketId === ticketId),
    ticket: async (ticketId) => tickets.get(ticketId),
    messagesById: async (room, ids) =>
      new Map(
        ids.flatMap((id) => {
          const row = messages.get(room)?.get(id)
          return row ? [[id, row] as const] : []
        }),
      ),
    countUnread: async (room, after, ownId) =>
      textRows(room).filter((row) => row.seq > after && row.authorId !== ownId).length,
    newestMessage: async (room) => textRows(room).sort((one, other) => other.seq - one.seq)[0],
    people: async () => [...people.values()],
    directory: async () => directory,
    unreadChats: async () =>
      [...chats.values()]
        .filter(({ unread }) => unread > 0)
        .map(({ room, ticketId, chat, lastSeq }) => ({ room, ticketId, chat, lastSeq })),
    clear: async () => {
      for (const rows of [messages, chats, tickets, people]) rows.clear()
      directory = undefined
    },
  }
}

function memoryOutbox(): OutboxStore {
  const rows = new Map<CommandId, OutboxRow>()
  const drafts = new Map<RoomName, Draft>()
  const uploads = new Map<string, BegunUpload>()
  let mark: { generation: number; items: number } | null = null
  return {
    rows: async () => [...rows.values()].sort((one, other) => one.order - other.order),
    put: async (written) => written.forEach((row) => rows.set(row.id, row)),
    remove: async (ids) => ids.forEach((id) => rows.delete(id)),
    drafts: async () => new Map(drafts),
    putDraft: async (room, draft) => void (isEmptyDraft(draft) ? drafts.delete(room) : drafts.set(room, draft)),
    begunUploads: async () => [...uploads.values()],
    putBegunUpload: async (upload) => void uploads.set(upload.key, upload),
    removeBegunUpload: async (key) => void uploads.delete(key),
    journalMark: async () => mark,
    setJournalMark: async (next) => void (mark = next),
  }
}
