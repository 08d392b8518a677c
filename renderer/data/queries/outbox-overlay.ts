import { ticketOf, type CommandOf } from '#common/domain/command.ts'
import type { MessageId, RoomName, Seq, TicketId } from '#common/domain/ids.ts'
import { assertNever } from '#common/domain/result.ts'
import type { StoredTicket } from '../store/ports.ts'
import type { ClientCore } from '../client-core.ts'
import { chatsOf } from '../commands/build-command.ts'

export type PendingRow = ReturnType<ClientCore['outbox']['get']>[number]
export type PendingMessage = { row: PendingRow; command: CommandOf<'message.post'> }
export type PendingChange = { row: PendingRow; command: CommandOf<'message.edit' | 'message.delete'> }
export type TicketCommand = CommandOf<'ticket.create' | 'ticket.update' | 'ticket.stage' | 'ticket.assign'>
export type PendingTicketCommand = { row: PendingRow; command: TicketCommand }

type ParticipantsCommand = CommandOf<'participants.add' | 'participants.remove'>
export type PendingParticipants = { row: PendingRow; command: ParticipantsCommand }
type ChatCommand = PendingMessage['command'] | PendingChange['command'] | ParticipantsCommand | CommandOf<'read.mark'>
type AdministrationCommand = CommandOf<
  'organisation.update' | 'role.create' | 'role.update' | 'role.delete' | 'user.create' | 'user.update'
>
export type PendingAdministration = { row: PendingRow; command: AdministrationCommand }

/** What waits in one chat. */
export type ChatOverlay = {
  messages: PendingMessage[]
  changes: Map<MessageId, PendingChange>
  /** Who is to come and to go, in the order of writing; without what was refused. */
  participants: PendingParticipants[]
  /** Highest pending read mark, 0 without one. */
  readSeq: Seq
  /** Commands that the server has not taken nor refused. */
  queued: number
}

/** What this device wrote and the server has not confirmed, by what it is about. */
export type OutboxOverlay = {
  chats: ReadonlyMap<RoomName, ChatOverlay>
  /** In the order of writing. */
  tickets: ReadonlyMap<TicketId, PendingTicketCommand[]>
  created: readonly { row: PendingRow; command: CommandOf<'ticket.create'> }[]
  /** Tickets about which anything waits that is not refused. */
  queuedTickets: ReadonlySet<TicketId>
  /** In the order of writing, refused ones too. */
  administration: readonly PendingAdministration[]
}

export const noOverlay: ChatOverlay = emptyOverlay()

function emptyOverlay(): ChatOverlay {
  return { messages: [], changes: new Map(), participants: [], readSeq: 0, queued: 0 }
}

export function overlayOf(rows: readonly PendingRow[]): OutboxOverlay {
  const chats = new Map<RoomName, ChatOverlay>()
  const tickets = new Map<TicketId, PendingTicketCommand[]>()
  const created: { row: PendingRow; command: CommandOf<'ticket.create'> }[] = []
  const queuedTickets = new Set<TicketId>()
  const administration: PendingAdministration[] = []
  for (const row of rows) {
    const { command } = row
    const ticketId = ticketOf(command)
    if (ticketId !== undefined && row.state === 'queued' && command.type !== 'read.mark') queuedTickets.add(ticketId)
    switch (command.type) {
      case 'message.post':
      case 'message.edit':
      case 'message.delete':
      case 'read.mark':
      case 'participants.add':
      case 'participants.remove':
        addToChats(chats, row, command)
        break
      case 'ticket.create':
        created.push({ row, command })
        append(tickets, command.id, { row, command })
        break
      case 'ticket.update':
      case 'ticket.stage':
      case 'ticket.assign':
        append(tickets, command.ticketId, { row, command })
        break
      case 'organisation.update':
      case 'role.create':
      case 'role.update':
      case 'role.delete':
      case 'user.create':
      case 'user.update':
        administration.push({ row, command })
        break
      default:
        assertNever(command)
    }
  }
  return { chats, tickets, created, queuedTickets, administration }
}

function addToChats(chats: Map<RoomName, ChatOverlay>, row: PendingRow, command: ChatCommand): void {
  const waits = row.state === 'queued'
  for (const room of chatsOf(command)) {
    const overlay = chats.get(room) ?? emptyOverlay()
    chats.set(room, overlay)
    if (waits && command.type !== 'read.mark') overlay.queued++
    if (command.type === 'message.post') overlay.messages.push({ row, command })
    else if (waits) addChange(overlay, row, command)
  }
}

function addChange(overlay: ChatOverlay, row: PendingRow, command: Exclude<ChatCommand, PendingMessage['command']>) {
  switch (command.type) {
    case 'message.edit':
    case 'message.delete':
      return void overlay.changes.set(command.target, { row, command })
    case 'participants.add':
    case 'participants.remove':
      return void overlay.participants.push({ row, command })
    case 'read.mark':
      overlay.readSeq = Math.max(overlay.readSeq, command.seq)
      return
    default:
      assertNever(command)
  }
}

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

export function pendingState(row: PendingRow): 'queued' | 'unsaved' | 'refused' {
  if (row.state === 'refused') return 'refused'
  return row.unsaved ? 'unsaved' : 'queued'
}

export type ShownTicket = Omit<StoredTicket, 'number' | 'history'> & { number: number | null }
type Changeable = Pick<ShownTicket, 'stage' | 'assigneeId' | 'fields'>

/** A ticket as it will be once the server has taken what waits; refused commands change nothing. */
export function withPending<Shown extends Changeable>(ticket: Shown, pending: readonly PendingTicketCommand[]): Shown {
  let shown = ticket
  for (const { row, command } of pending) {
    if (row.state === 'refused') continue
    if (command.type === 'ticket.stage') shown = { ...shown, stage: command.stage }
    if (command.type === 'ticket.assign') shown = { ...shown, assigneeId: command.assigneeId }
    if (command.type === 'ticket.update') shown = { ...shown, fields: { ...shown.fields, ...command.fields } }
  }
  return shown
}

/** A ticket that only this device knows. */
export function createdTicket({ command }: { command: CommandOf<'ticket.create'> }, ownId: string): ShownTicket {
  const writtenAt = Date.parse(command.writtenAt)
  return {
    id: command.id,
    number: null,
    stage: 'new',
    assigneeId: null,
    requesterId: command.fields.requesterId ?? ownId,
    customerId: command.fields.customerId ?? null,
    createdById: ownId,
    createdAt: writtenAt,
    stageAt: writtenAt,
    lastAt: writtenAt,
    fields: command.fields,
  }
}
