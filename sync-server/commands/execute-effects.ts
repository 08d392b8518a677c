import { writeParticipant, writeReceipt } from '#common/documents/chat-document.ts'
import { writeReadMark } from '#common/documents/personal-document.ts'
import { writeTicket } from '#common/documents/ticket-document.ts'
import { personalRoom, ticketRoom, type RoomName, type TicketId, type UserId } from '#common/domain/ids.ts'
import { assertNever } from '#common/domain/result.ts'
import type { Ticket } from '#common/domain/ticket.ts'
import { visibilityChanges, type VisibilityFacts } from '../policy/room-access.ts'
import type { Facts, Participants, TicketFacts } from '../policy/facts.ts'
import type { Transaction } from '../rooms/transaction.ts'
import { recordAttachments } from './attachments.ts'
import type { Effect } from './effects.ts'
import { writeDirectoryChanges } from './write-directory.ts'

/** Turns what a command brings about into documents, records and changes of visibility. */
export function executeEffects(transaction: Transaction, effects: readonly Effect[]): void {
  const before = rightsBefore(transaction, effects)
  for (const effect of effects) executeEffect(transaction, effect)
  transaction.visibility(visibilityChanges(before.facts, transaction.facts, before.userIds))
}

function executeEffect(transaction: Transaction, effect: Effect): void {
  const { nowMs } = transaction
  switch (effect.type) {
    case 'ticket': {
      const { ticket, history } = effect
      const { description: _description, ...fields } = ticket.fields
      transaction.record({ kind: 'ticket', key: ticket.id, value: { ...ticket, fields } })
      transaction.record({ kind: 'activity', key: ticket.id, value: nowMs })
      return transaction.change(ticketRoom(ticket.id), ({ document }) => writeTicket(document, ticket, history))
    }
    case 'entries':
      openChat(transaction, effect.ticketId, effect.room)
      transaction.record({ kind: 'activity', key: effect.ticketId, value: nowMs })
      recordAttachments(transaction, effect.room, effect.drafts)
      if (effect.drafts.some(({ type }) => type === 'delete'))
        transaction.record({ kind: 'erasure', key: effect.room, value: nowMs })
      return transaction.append(effect.room, effect.drafts)
    case 'participants':
      return changeParticipants(transaction, effect)
    case 'receipt':
      return transaction.change(effect.room, ({ document, chat }) => {
        writeReceipt(document, effect.userId, effect.receipt)
        chat.setReceipt(effect.userId, effect.receipt)
      })
    case 'read-mark':
      return transaction.change(personalRoom(effect.userId), ({ document }) =>
        writeReadMark(document, effect.room, effect.read),
      )
    case 'directory':
      return writeDirectoryChanges(transaction, effect.changes)
    default:
      return assertNever(effect)
  }
}

function changeParticipants(transaction: Transaction, { room, ticketId, changes }: EffectOf<'participants'>): void {
  const known = openChat(transaction, ticketId, room)
  const participants = new Map(known)
  for (const [userId, participant] of changes) {
    if (participant) participants.set(userId, participant)
    else participants.delete(userId)
  }
  transaction.record({ kind: 'chat', key: room, value: Object.fromEntries(participants) })
  transaction.change(room, ({ document }) => {
    for (const [userId, participant] of changes) writeParticipant(document, userId, participant)
  })
}

/** The first write into a chat puts those into it who belong there by the ticket. Returns who takes part. */
function openChat(transaction: Transaction, ticketId: TicketId, room: RoomName): Participants {
  const { parsed } = transaction.open(room)
  const known = transaction.facts.tickets.get(ticketId)
  if (parsed.kind !== 'chat' || !known) throw new Error(`${room} is no chat of a known ticket`)
  const participants = known.participants[parsed.chat]
  if (known.opened[parsed.chat]) return participants
  transaction.record({ kind: 'chat', key: room, value: Object.fromEntries(participants) })
  transaction.change(room, ({ document }) => {
    for (const [userId, participant] of participants) writeParticipant(document, userId, participant)
  })
  return participants
}

type EffectOf<Type extends Effect['type']> = Extract<Effect, { type: Type }>

/**
 * The tickets that change, as they are now, and the people whose rights to them may change: those named by a relation before
 * or after, and those whose districts the ticket comes to or leaves (R2b). Everybody else's rights come from their role and
 * stay.
 */
function rightsBefore(
  { facts }: Transaction,
  effects: readonly Effect[],
): { facts: VisibilityFacts; userIds: Set<UserId> } {
  const tickets = new Map<TicketId, TicketFacts>()
  const userIds = new Set<UserId>()
  const note = (known: TicketFacts, people: Iterable<UserId | null>): void => {
    tickets.set(known.ticket.id, known)
    for (const userId of people) if (userId !== null) userIds.add(userId)
  }
  for (const effect of effects) {
    if (effect.type !== 'participants' && effect.type !== 'ticket') continue
    const known = facts.tickets.get(effect.type === 'ticket' ? effect.ticket.id : effect.ticketId)
    if (!known) continue
    if (effect.type === 'participants') note(known, effect.changes.keys())
    else
      note(known, [...peopleOf(known.ticket), ...peopleOf(effect.ticket), ...neighbours(facts, known, effect.ticket)])
  }
  const { organisation } = facts
  return { facts: { organisation, tickets, rightsOf: (userId) => facts.rightsOf(userId) }, userIds }
}

function peopleOf({ assigneeId, requesterId, customerId }: Ticket): (UserId | null)[] {
  return [assigneeId, requesterId, customerId]
}

/** People who see the tickets of a district that this ticket leaves or comes to. */
function neighbours(facts: Facts, { access }: TicketFacts, { fields: { district = '' } }: Ticket): UserId[] {
  if (district === access.district) return []
  return [...facts.users.keys()].filter((userId) => {
    const districts = facts.rightsOf(userId)?.districts
    return districts?.has(district) === true || districts?.has(access.district) === true
  })
}
