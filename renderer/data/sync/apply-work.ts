import * as Y from 'yjs'
import { lastSeqOf, readEntries } from '#common/documents/chat-document.ts'
import { parseRoom, ticketRoom, type RoomName, type TicketId, type UserId } from '#common/domain/ids.ts'
import { emptyBatch, projectRooms } from '../projection/project-batch.ts'
import type { TextRow } from '../projection/project-chat.ts'
import type { AccountStores, ProjectionBatch, RoomHead, RoomState } from '../store/ports.ts'
import { openRooms, type OpenRoom } from './open-rooms.ts'
import type { PersonalRoom, StoredPersonal } from './personal-room.ts'
import type { FeedWork } from './room-work.ts'

/** What this device knows of its stored rooms; changed only once a change is stored. */
export type Replica = {
  ownId: UserId
  stores: Pick<AccountStores, 'replica' | 'projection'>
  heads: Map<RoomName, RoomHead>
  personal: PersonalRoom
  /** Received pictures and videos of chats that the user may not read any more, and of deleted messages. Never rejects. */
  forgetFiles?(sha256s: string[]): Promise<void>
}

export type LostTicket = { ticketId: TicketId; number: number; title: string }

export type Applied = {
  /** Rooms whose content could not be used. */
  spoiled: RoomName[]
  /** Others' new messages; `isNew` tells that the chat was not on this device before. */
  arrived: { message: TextRow; isNew: boolean }[]
  effects: string[]
  lost: LostTicket[]
  rooms: number
  messages: number
}

/**
 * Stores one portion of the feed: first the rows, then the documents' states with the cursor. A crash in between costs
 * nothing but doing it again, because the cursor tells the server where to go on and every write may be repeated.
 */
export async function applyWork(work: FeedWork, replica: Replica): Promise<Applied> {
  const { stores, heads, ownId } = replica
  const lost = await revoke(work, replica)
  const personal = work.rooms.size > 0 ? await replica.personal.open() : nothingPersonal()
  const held = new Map(personal.document && [[replica.personal.name, personal.document]])
  const known = [...work.rooms].filter(([room, { base }]) => base === 'stored' && !held.has(room)).map(([room]) => room)
  const stored = known.length > 0 ? await stores.replica.load(known) : new Map<RoomName, RoomState>()
  const { opened, spoiled } = openRooms(work.rooms, stored, heads, held)
  const ownRoom = opened.find(({ room }) => room === replica.personal.name)
  // Until it is stored, the open document is ahead of what is stored.
  if (work.rooms.has(replica.personal.name)) replica.personal.forget()
  try {
    const { readMarks } = personal
    const projection = await projectRooms(opened, { ownId, store: stores.projection, heads, readMarks })
    // Before the rows: what they showed is known from them only.
    if (projection.unshown.length > 0) await replica.forgetFiles?.(projection.unshown)
    await replaceOld(opened, replica)
    await stores.projection.write(projection.batch)
    const states = opened.map(stateOf)
    // A cursor is kept only when everything before it is: spoiled rooms are asked for again first.
    const cursor = spoiled.length === 0 ? work.cursor : undefined
    if (states.length > 0 || cursor !== undefined) await stores.replica.save(states, cursor)
    const wasHere = new Set(opened.filter(({ room }) => heads.has(room)).map(({ room }) => room))
    for (const { room, epoch, seq, entries } of states) heads.set(room, { epoch, seq, entries })
    for (const [room, seq] of projection.readMarks) readMarks.set(room, seq)
    if (ownRoom) replica.personal.keep(ownRoom.document, readMarks)
    return {
      spoiled,
      arrived: projection.arrived.map((message) => ({ message, isNew: !wasHere.has(message.room) })),
      effects: projection.effects,
      lost,
      rooms: states.length,
      messages: projection.messages,
    }
  } finally {
    for (const { document } of opened) if (document !== ownRoom?.document) document.destroy()
  }
}

function nothingPersonal(): StoredPersonal {
  return { document: undefined, readMarks: new Map() }
}

function stateOf({ room, kind, document, work }: OpenRoom): RoomState {
  const entries = kind.kind === 'chat' ? lastSeqOf(document) : 0
  return { room, epoch: work.epoch, seq: work.seq, entries, state: Y.encodeStateAsUpdate(document) }
}

/**
 * Chats that came whole and shorter than they were: the old rows go before the new ones come, so that none of them stays.
 * Any other row is written over, which those who look at the chat do not see.
 */
async function replaceOld(opened: readonly OpenRoom[], { stores }: Replica): Promise<void> {
  const isShorter = ({ kind, known, document }: OpenRoom) => kind.kind === 'chat' && known > lastSeqOf(document)
  const removedChats = opened.filter(isShorter).map(({ room }) => room)
  if (removedChats.length > 0) await stores.projection.write({ ...emptyBatch(), removedChats })
}

/** Before the chats themselves: what they showed is known from them only. */
async function forgetFiles(revoked: ReadonlySet<RoomName>, { stores, forgetFiles: forget }: Replica): Promise<void> {
  if (forget === undefined) return
  const chats = [...revoked].filter((room) => parseRoom(room)?.kind === 'chat')
  for (const [room, { state }] of await stores.replica.load(chats)) {
    const document = new Y.Doc({ guid: room })
    Y.applyUpdate(document, state)
    const files = readEntries(document).flatMap((entry) => (entry.type === 'message' ? (entry.attachments ?? []) : []))
    document.destroy()
    if (files.length > 0) await forget(files.map(({ sha256 }) => sha256))
  }
}

/** Removes what the user may not see any more. What they wrote there stays in the outbox and in the drafts. */
async function revoke({ revoked }: FeedWork, replica: Replica): Promise<LostTicket[]> {
  if (revoked.size === 0) return []
  const { stores, heads } = replica
  await forgetFiles(revoked, replica)
  const batch: ProjectionBatch = emptyBatch()
  const lost = new Map<TicketId, LostTicket>()
  for (const room of revoked) {
    const parsed = parseRoom(room)
    if (parsed?.kind === 'chat') batch.removedChats.push(room)
    if (parsed?.kind === 'ticket') batch.removedTickets.push(parsed.ticketId)
    if ((parsed?.kind !== 'chat' && parsed?.kind !== 'ticket') || !heads.has(room)) continue
    const ticket = heads.has(ticketRoom(parsed.ticketId)) ? await stores.projection.ticket(parsed.ticketId) : undefined
    const { ticketId } = parsed
    lost.set(ticketId, { ticketId, number: ticket?.number ?? 0, title: ticket?.fields.title ?? '' })
  }
  await stores.projection.write(batch)
  await stores.replica.remove([...revoked])
  for (const room of revoked) heads.delete(room)
  return [...lost.values()]
}
