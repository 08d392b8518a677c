import type * as Y from 'yjs'
import { readOrganisation, readRoles, readUsers } from '#common/documents/directory-document.ts'
import { lastSeqOf } from '#common/documents/chat-document.ts'
import { readMarksOf } from '#common/documents/personal-document.ts'
import {
  chatRoom,
  ticketRoom,
  type Room,
  type RoomName,
  type Seq,
  type TicketId,
  type UserId,
} from '#common/domain/ids.ts'
import type { ChatRow, MessageRow, ProjectionBatch, ProjectionStore, RoomHead, StoredTicket } from '../store/ports.ts'
import { changeLines, projectChat, readLines, type TextRow } from './project-chat.ts'
import { lastActivity, projectTicket } from './project-ticket.ts'

/**
 * A room's document, how many of its chat entries are projected already, and how many were on this device before: a room
 * that the server rewrote is projected anew and brings no news.
 */
export type ProjectedRoom = { room: RoomName; kind: Room; document: Y.Doc; projected: Seq; known: Seq }

export type Projection = {
  batch: ProjectionBatch
  /** Read marks that moved; theirs to keep once the batch is stored. */
  readMarks: Map<RoomName, Seq>
  /** Others' messages that were not on this device before and are after the read mark. */
  arrived: TextRow[]
  /** sha256 of files that messages showed which are deleted now. */
  unshown: string[]
  /** Ids of the commands whose effect is now here. */
  effects: string[]
  messages: number
}

export type ProjectionContext = {
  ownId: UserId
  store: ProjectionStore
  heads: ReadonlyMap<RoomName, RoomHead>
  /** The user's read marks as far as they are stored. */
  readMarks: ReadonlyMap<RoomName, Seq>
}

export function emptyBatch(): ProjectionBatch {
  return { messages: [], chats: [], tickets: [], people: [], directory: null, removedChats: [], removedTickets: [] }
}

/** Turns documents into rows. Reads from the store only what the documents themselves do not hold. */
export async function projectRooms(rooms: readonly ProjectedRoom[], context: ProjectionContext): Promise<Projection> {
  const readMarks = movedReadMarks(rooms, context.readMarks)
  const projection: Projection = { batch: emptyBatch(), readMarks, arrived: [], unshown: [], effects: [], messages: 0 }
  const tickets = await projectTickets(rooms, context)
  const chats = new Map<RoomName, ChatRow>()
  for (const projected of rooms) {
    const { kind, document, room } = projected
    if (kind.kind === 'directory') {
      projection.batch.people = await changedPeople(document, context.store)
      projection.batch.directory = { roles: readRoles(document), organisation: readOrganisation(document) }
    }
    if (kind.kind === 'ticket') projection.effects.push(...latestCommands(tickets.get(kind.ticketId)))
    if (kind.kind !== 'chat') continue
    const ticket = tickets.get(kind.ticketId)
    const row = projectChat(document, {
      room,
      ticketId: kind.ticketId,
      chat: kind.chat,
      ownId: context.ownId,
      readSeq: readMarks.get(room) ?? context.readMarks.get(room) ?? 0,
      assigneeId: ticket?.assigneeId ?? null,
      createdAt: ticket?.createdAt ?? 0,
    })
    chats.set(room, row)
    await projectLines(projected, row, context, projection)
  }
  await projectNeighbours(rooms, tickets, chats, context)
  await recountMoved(readMarks, chats, context)
  projection.batch.chats = [...chats.values()]
  projection.batch.tickets = [...tickets.values()]
  return projection
}

/** More commands than these can't have come to one ticket since the last batch without its being noticed otherwise. */
const recentCommands = 50

function latestCommands(ticket: StoredTicket | undefined): string[] {
  return ticket?.history.slice(-recentCommands).map(({ commandId }) => commandId) ?? []
}

async function projectLines(
  { room, document, projected, known }: ProjectedRoom,
  row: ChatRow,
  context: ProjectionContext,
  projection: Projection,
): Promise<void> {
  const lines = readLines(document, room, projected)
  const changed: MessageRow[] =
    lines.targets.length > 0
      ? changeLines(document, projected, await context.store.messagesById(room, lines.targets))
      : []
  const rows = [...lines.rows, ...changed]
  projection.batch.messages.push(...rows)
  if (known > 0) projection.unshown.push(...(await unshownFiles(room, rows, context.store)))
  projection.effects.push(...lines.entryIds)
  projection.messages += lastSeqOf(document) - projected
  const seen = Math.max(known, row.readSeq)
  for (const line of lines.rows)
    if (line.type === 'message' && !line.deleted && line.authorId !== context.ownId && line.seq > seen)
      projection.arrived.push(line)
}

async function unshownFiles(room: RoomName, rows: readonly MessageRow[], store: ProjectionStore): Promise<string[]> {
  const deleted = rows.flatMap((row) => (row.type === 'message' && row.deleted ? [row.id] : []))
  if (deleted.length === 0) return []
  const before = await store.messagesById(room, deleted)
  return [...before.values()].flatMap((row) =>
    row.type === 'message' ? row.attachments.map(({ sha256 }) => sha256) : [],
  )
}

function movedReadMarks(rooms: readonly ProjectedRoom[], stored: ReadonlyMap<RoomName, Seq>): Map<RoomName, Seq> {
  const moved = new Map<RoomName, Seq>()
  const personal = rooms.find(({ kind }) => kind.kind === 'me')
  if (personal === undefined) return moved
  for (const [room, seq] of readMarksOf(personal.document)) if ((stored.get(room) ?? 0) !== seq) moved.set(room, seq)
  return moved
}

/** Tickets that are among the rooms, and those of the chats among them, as stored. */
async function projectTickets(
  rooms: readonly ProjectedRoom[],
  { store, heads }: ProjectionContext,
): Promise<Map<TicketId, StoredTicket>> {
  const tickets = new Map<TicketId, StoredTicket>()
  for (const { kind, document } of rooms) {
    if (kind.kind !== 'ticket') continue
    const ticket = projectTicket(document, [])
    if (ticket) tickets.set(kind.ticketId, ticket)
  }
  for (const { kind } of rooms) {
    if (kind.kind !== 'chat' || tickets.has(kind.ticketId) || !heads.has(ticketRoom(kind.ticketId))) continue
    const ticket = await store.ticket(kind.ticketId)
    if (ticket) tickets.set(kind.ticketId, ticket)
  }
  return tickets
}

/** A ticket and its chats show each other's facts: time of the last activity, the assignee's chats as «Мои». */
async function projectNeighbours(
  rooms: readonly ProjectedRoom[],
  tickets: Map<TicketId, StoredTicket>,
  chats: Map<RoomName, ChatRow>,
  { store, heads, ownId }: ProjectionContext,
): Promise<void> {
  const changed = new Set(rooms.flatMap(({ kind }) => (kind.kind === 'ticket' ? [kind.ticketId] : [])))
  const roomsOf = (ticketId: TicketId) => [chatRoom(ticketId, 'customer'), chatRoom(ticketId, 'team')]
  const wanted = [...tickets.keys()].flatMap(roomsOf).filter((room) => heads.has(room) && !chats.has(room))
  const stored = wanted.length > 0 ? await store.chats(wanted) : new Map<RoomName, ChatRow>()
  for (const [ticketId, ticket] of tickets) {
    const all = roomsOf(ticketId).flatMap((room) => chats.get(room) ?? stored.get(room) ?? [])
    tickets.set(ticketId, { ...ticket, lastAt: lastActivity(ticket, all) })
    for (const chat of all) {
      if (chats.has(chat.room) || !changed.has(ticketId)) continue
      const mine = chat.participants[ownId] !== undefined || ticket.assigneeId === ownId
      const lastAt = chat.last?.at ?? ticket.createdAt
      if (mine !== chat.mine || lastAt !== chat.lastAt) chats.set(chat.room, { ...chat, mine, lastAt })
    }
  }
}

/** Chats among the rooms were counted from their documents; the others whose mark moved are counted from what is stored. */
async function recountMoved(
  moved: ReadonlyMap<RoomName, Seq>,
  chats: Map<RoomName, ChatRow>,
  { store, heads, ownId }: ProjectionContext,
): Promise<void> {
  const rooms = [...moved.keys()].filter((room) => heads.has(room))
  if (rooms.length === 0) return
  for (const [room, stored] of await store.chats(rooms)) {
    const readSeq = moved.get(room) ?? 0
    const chat = chats.get(room) ?? stored
    if (chat.readSeq !== readSeq)
      chats.set(room, { ...chat, readSeq, unread: await store.countUnread(room, readSeq, ownId) })
  }
}

async function changedPeople(document: Y.Doc, store: ProjectionStore) {
  const stored = new Map((await store.people()).map((user) => [user.id, JSON.stringify(user)]))
  return readUsers(document).filter((user) => stored.get(user.id) !== JSON.stringify(user))
}
