import { ticketOf, type Command, type CommandOf } from '#common/domain/command.ts'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import { assertNever } from '#common/domain/result.ts'
import type { QueueItem, QueueSnapshot } from '../api.ts'
import type { AccountView } from './account-view.ts'
import { listedTicket } from './listed-ticket.ts'
import type { PendingRow } from './outbox-overlay.ts'

/**
 * Everything this device wrote and the server has not taken; read marks are nobody's writing. `missing`: tickets that are not
 * in memory.
 */
export function queueSnapshot(view: AccountView): { snapshot: QueueSnapshot; missing: TicketId[] } {
  const snapshot = view.core.outbox.get().flatMap((row) => (row.command.type === 'read.mark' ? [] : itemOf(view, row)))
  const missing = snapshot.flatMap(({ ticketId, isTicketHere }) => (ticketId === null || isTicketHere ? [] : ticketId))
  return { snapshot, missing: [...new Set(missing)] }
}

function itemOf(view: AccountView, row: PendingRow): QueueItem {
  const { command } = row
  const ticketId = ticketOf(command)
  const ticket = ticketId === undefined ? undefined : listedTicket(view, ticketId)
  return {
    id: row.id,
    type: command.type,
    state: stateOf(row),
    ticketId: ticketId ?? null,
    ticketNumber: ticket?.number ?? row.ticketNumber ?? null,
    ticketTitle: ticket?.fields.title ?? '',
    isTicketHere: ticket !== undefined,
    chat: chatOf(command),
    text: textOf(view, command),
    writtenAt: Date.parse(command.writtenAt),
    refusal: row.refusal,
    attachments: command.type === 'message.post' ? command.attachments.length : 0,
    upload: view.core.media.uploads.get().get(row.id) ?? null,
    canEdit: command.type === 'message.post' && !row.sending,
  }
}

function stateOf(row: PendingRow): QueueItem['state'] {
  if (row.state === 'refused') return 'refused'
  if (row.unsaved) return 'unsaved'
  if (row.heldUntil !== undefined) return 'held'
  return row.sending ? 'sending' : 'queued'
}

function chatOf(command: Command): ChatKind | null {
  if (command.type === 'message.post') return command.to[0] ?? null
  return 'chat' in command ? command.chat : null
}

function textOf(view: AccountView, command: Command): string {
  switch (command.type) {
    case 'message.post':
    case 'message.edit':
      return command.text
    case 'ticket.create':
      return command.fields.title
    case 'ticket.update':
      return Object.values(command.fields).join(', ')
    case 'ticket.stage':
      return command.stage
    case 'ticket.assign':
      return command.assigneeId === null ? '' : view.people.name(command.assigneeId)
    case 'participants.add':
      return command.userIds.map((id) => view.people.name(id)).join(', ')
    case 'participants.remove':
      return view.people.name(command.userId)
    case 'organisation.update':
      return command.name ?? ''
    case 'role.create':
    case 'user.create':
      return command.name
    case 'role.update':
    case 'role.delete':
      return nameOfRole(view, command)
    case 'user.update':
      return command.name ?? view.people.name(command.userId)
    case 'message.delete':
    case 'read.mark':
      return ''
    default:
      return assertNever(command)
  }
}

function nameOfRole({ directory }: AccountView, command: CommandOf<'role.update' | 'role.delete'>): string {
  if (command.type === 'role.update' && command.name !== undefined) return command.name
  return directory.get()?.roles.find(({ id }) => id === command.roleId)?.name ?? ''
}
