import type { Command, CommandOf } from '#common/domain/command.ts'
import { chatRoom, type MessageId, type RoomName, type Seq, type TicketId } from '#common/domain/ids.ts'
import type { DeliveryState } from '#common/domain/delivery.ts'
import { assertNever } from '#common/domain/result.ts'
import type { StoredTicket } from '../store/ports.ts'
import type { ClientCore } from '../client-core.ts'

export type PendingRow = ReturnType<ClientCore['outbox']['get']>[number]
export type PendingMessage = { row: PendingRow; command: CommandOf<'message.post'> }
export type PendingChange = { row: PendingRow; command: CommandOf<'message.edit' | 'message.delete'> }
export type TicketCommand = CommandOf<'ticket.create' | 'ticket.update' | 'ticket.stage' | 'ticket.assign'>
export type PendingTicketCommand = { row: PendingRow; command: TicketCommand }

/** What waits in one chat. */
export type ChatOverlay = {
  messages: PendingMessage[]
  changes: Map<MessageId, PendingChange>
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
}

export const noOverlay: ChatOverlay = { messages: [], changes: new Map(), readSeq: 0, queued: 0 }

export function ticketOf(command: Command): TicketId {
  return command.type === 'ticket.create' ? command.id : command.ticketId
}

export function overlayOf(rows: readonly PendingRow[]): OutboxOverlay {
  const chats = new Map<RoomName, ChatOverlay>()
  const tickets = new Map<TicketId, PendingTicketCommand[]>()
  const created: { row: PendingRow; command: CommandOf<'ticket.create'> }[] = []
  const queuedTickets = new Set<TicketId>()
  const overlayFor = (room: RoomName): ChatOverlay => {
    const known = chats.get(room)
    if (known) return known
    const fresh: ChatOverlay = { messages: [], changes: new Map(), readSeq: 0, queued: 0 }
    chats.set(room, fresh)
    return fresh
  }
  for (const row of rows) {
    const { command } = row
    const waits = row.state === 'queued'
    if (waits && command.type !== 'read.mark') queuedTickets.add(ticketOf(command))
    switch (command.type) {
      case 'message.post':
        for (const chat of command.to) {
          const overlay = overlayFor(chatRoom(command.ticketId, chat))
          overlay.messages.push({ row, command })
          if (waits) overlay.queued++
        }
        break
      case 'message.edit':
      case 'message.delete': {
        const overlay = overlayFor(chatRoom(command.ticketId, command.chat))
        if (waits) overlay.changes.set(command.target, { row, command })
        if (waits) overlay.queued++
        break
      }
      case 'read.mark': {
        const overlay = overlayFor(chatRoom(command.ticketId, command.chat))
        if (waits) overlay.readSeq = Math.max(overlay.readSeq, command.seq)
        break
      }
      case 'ticket.create':
        created.push({ row, command })
        append(tickets, command.id, { row, command })
        break
      case 'ticket.update':
      case 'ticket.stage':
      case 'ticket.assign':
        append(tickets, command.ticketId, { row, command })
        break
      default:
        assertNever(command)
    }
  }
  return { chats, tickets, created, queuedTickets }
}

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

export function pendingDelivery(row: PendingRow): DeliveryState {
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
