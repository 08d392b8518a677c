import * as Y from 'yjs'
import { readOrganisation, readRoles, readUsers } from '#common/documents/directory-document.ts'
import { readEntries, readParticipants, readReceipts } from '#common/documents/chat-document.ts'
import { readMarkOf } from '#common/documents/personal-document.ts'
import { readHistory, readTicket } from '#common/documents/ticket-document.ts'
import {
  parseRoom,
  personalRoom,
  type ChatKind,
  type RoomName,
  type Seq,
  type TicketId,
  type UserId,
} from '#common/domain/ids.ts'
import type { Entry } from '#common/domain/message.ts'
import type { CommandOutcome, FeedEntry, LogStore } from '#server/storage/log-store.ts'
import { CommandRights } from './command-rights.ts'
import { checkLog, type Touched } from './log-rules.ts'
import type { Markers } from './markers.ts'
import type { Report } from './violation.ts'
import { VisibilityOracle, type World } from './visibility-oracle.ts'

type LedgerRoom = { document: Y.Doc; entries: Entry[]; ids: Set<string>; epoch: number; head: number }

const batch = 500

const untouched = (): Touched => ({ tickets: new Set(), directory: false, messages: [] })

/**
 * The durable log read a second time, from its first update on: what really was stored, in which order, and who could see it
 * when. Checks on the way that each chat only grows (P4), that no message stands twice in it (P3), and what `log-rules.ts` says.
 */
export class Ledger {
  readonly rooms = new Map<RoomName, LedgerRoom>()
  readonly visibility = new VisibilityOracle()
  readonly world: World = { splitChats: false, users: new Map(), tickets: new Map() }
  readonly commandRights: CommandRights
  readonly outcomes = new Map<string, CommandOutcome>()
  private readonly markers: Markers
  private readonly report: Report
  private position = 0
  private touched = untouched()

  constructor(markers: Markers, report: Report) {
    this.markers = markers
    this.report = report
    this.commandRights = new CommandRights(report)
  }

  /** Reads what became durable since the last time. */
  async catchUp(store: LogStore): Promise<void> {
    for (;;) {
      const { entries, upTo } = await store.readFeed(this.position, batch, '')
      for (const entry of entries) this.take(entry)
      this.position = Math.max(this.position, upTo)
      if (entries.length < batch) break
    }
    const { touched } = this
    this.touched = untouched()
    checkLog(this.world, this.rooms, touched, this.report)
  }

  recordOutcome(outcome: CommandOutcome): void {
    this.outcomes.set(`${outcome.userId} ${outcome.commandId}`, outcome)
  }

  outcomeOf(userId: UserId, commandId: string): CommandOutcome | undefined {
    return this.outcomes.get(`${userId} ${commandId}`)
  }

  entries(room: RoomName): readonly Entry[] {
    return this.rooms.get(room)?.entries ?? []
  }

  readMark(userId: UserId, room: RoomName): Seq {
    const personal = this.rooms.get(personalRoom(userId))
    return personal ? readMarkOf(personal.document, room) : 0
  }

  roleIds(): string[] {
    return [...(this.rooms.get('directory')?.document.getMap('roles').keys() ?? [])]
  }

  /** Content of a room in one comparable text; an absent room is an empty one. */
  contentOf(room: RoomName): string {
    const document = this.rooms.get(room)?.document
    return document ? describeRoom(room, document) : ''
  }

  private take(entry: FeedEntry): void {
    if (entry.type === 'visibility') return
    const { room, position, update } = entry
    const stored = entry.snapshot ? this.replaced(room) : this.roomNamed(room)
    if (!entry.snapshot && entry.seq !== stored.head + 1)
      this.report('P4', `${room} went from update ${stored.head} to ${entry.seq}`)
    stored.head = entry.seq
    stored.epoch = entry.epoch
    const isChat = parseRoom(room)?.kind === 'chat'
    const stop = isChat ? this.watchEntries(room, stored, position) : undefined
    Y.applyUpdate(stored.document, update)
    stop?.()
    if (stored.document.store.pendingStructs) this.report('P4', `${room} has a hole before update ${entry.seq}`)
    this.follow(room, stored.document, position)
  }

  private roomNamed(room: RoomName): LedgerRoom {
    const stored = this.rooms.get(room) ?? {
      document: new Y.Doc(),
      entries: [],
      ids: new Set(),
      epoch: 1,
      head: 0,
    }
    this.rooms.set(room, stored)
    return stored
  }

  /** A rewritten room is read from its beginning and must come out the same. */
  private replaced(room: RoomName): LedgerRoom {
    const stored = this.roomNamed(room)
    stored.document = new Y.Doc()
    return stored
  }

  private watchEntries(room: RoomName, stored: LedgerRoom, position: number): () => void {
    const before = stored.document.getArray('entries').length
    const array = stored.document.getArray('entries')
    const observer = (event: Y.YArrayEvent<unknown>): void => {
      const isGrowth = event.delta.every(
        ({ retain, insert }, index) => insert !== undefined || (index === 0 && retain === before),
      )
      if (!isGrowth) this.report('P4', `entries of ${room} were changed: ${JSON.stringify(event.delta)}`)
      this.append(room, stored, readEntries(stored.document, stored.entries.length), position)
    }
    array.observe(observer)
    return () => array.unobserve(observer)
  }

  private append(room: RoomName, stored: LedgerRoom, entries: Entry[], position: number): void {
    for (const entry of entries) {
      if (entry.seq !== stored.entries.length + 1) this.report('P4', `${room} has a gap before seq ${entry.seq}`)
      if (stored.ids.has(entry.id)) this.report('P3', `${entry.type} ${entry.id} stands twice in ${room}`)
      stored.ids.add(entry.id)
      stored.entries.push(entry)
      const parsed = parseRoom(room)
      if (entry.type === 'message' && parsed?.kind === 'chat')
        this.touched.messages.push({ ticketId: parsed.ticketId, chat: parsed.chat, entry })
      if (entry.type === 'message' || entry.type === 'edit') this.markers.place(entry.text, room, position)
    }
  }

  /** Keeps up with what rights depend on. */
  private follow(name: RoomName, document: Y.Doc, position: number): void {
    const room = parseRoom(name)
    if (room?.kind === 'directory') return this.followDirectory(document, position)
    if (room?.kind === 'ticket') this.followTicket(room.ticketId, document, name, position)
    else if (room?.kind === 'chat') this.followChat(room.ticketId, room.chat, document, position)
  }

  private followDirectory(document: Y.Doc, position: number): void {
    this.world.splitChats = readOrganisation(document).splitChats
    const roles = new Map(readRoles(document).map((role) => [role.id, new Set<string>(role.permissions)]))
    for (const { id, kind, roleId, active, districts = [], company = '' } of readUsers(document))
      this.world.users.set(id, {
        kind,
        roleId,
        permissions: roles.get(roleId) ?? new Set(),
        isActive: active,
        districts: new Set(districts),
        company,
      })
    this.touched.directory = true
    this.commandRights.learn(this.world)
    // A company that changed concerns every chat of a customer.
    for (const ticketId of this.world.tickets.keys()) this.touched.tickets.add(ticketId)
    this.visibility.update(this.world, position)
  }

  private followTicket(ticketId: TicketId, document: Y.Doc, room: RoomName, position: number): void {
    const ticket = readTicket(document)
    if (ticket === undefined) return this.report('P5', `${room} holds no ticket`)
    const { assigneeId, requesterId, customerId } = ticket
    const { district = '', company = '' } = ticket.fields
    const changes = readHistory(document).map(({ commandId }) => commandId)
    if (new Set(changes).size !== changes.length) this.report('P3', `a change stands twice in ${room}`)
    const participants = this.world.tickets.get(ticketId)?.participants ?? { team: undefined, customer: undefined }
    this.world.tickets.set(ticketId, { assigneeId, requesterId, customerId, district, company, participants })
    this.touched.tickets.add(ticketId)
    this.visibility.update(this.world, position, [ticketId])
    this.markers.place(JSON.stringify(ticket.fields), room, position)
  }

  private followChat(ticketId: TicketId, chat: ChatKind, document: Y.Doc, position: number): void {
    const ticket = this.world.tickets.get(ticketId)
    if (ticket === undefined) return
    const participants = new Map([...readParticipants(document)].map(([userId, { lock }]) => [userId, lock]))
    const known = ticket.participants[chat]
    if (known && JSON.stringify([...known]) === JSON.stringify([...participants])) return
    ticket.participants[chat] = participants
    this.touched.tickets.add(ticketId)
    this.visibility.update(this.world, position, [ticketId])
  }
}

/** All that a room says, in one text: equal texts are equal content. */
export function describeRoom(name: RoomName, document: Y.Doc): string {
  switch (parseRoom(name)?.kind) {
    case 'chat':
      return canonical({
        entries: document.getArray('entries').toJSON(),
        receipts: [...readReceipts(document)],
        participants: [...readParticipants(document)],
      })
    case 'ticket':
      return canonical({ ticket: readTicket(document), history: readHistory(document) })
    case 'me':
      return canonical(document.getMap('chats').toJSON())
    case 'directory':
      return canonical(['users', 'roles', 'organisation', 'templates'].map((map) => document.getMap(map).toJSON()))
    default:
      return ''
  }
}

/** JSON with sorted keys: two documents that say the same give the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (Array.isArray(part) && part.every((item) => Array.isArray(item) && typeof item[0] === 'string'))
      return Object.fromEntries([...(part as [string, unknown][])].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
