import { chatRoom, type ChatKind, type UserId } from '#common/domain/ids.ts'
import type { EntryDraft, Participant } from '#common/domain/message.ts'
import type { Ticket } from '#common/domain/ticket.ts'
import type { Participants } from '../policy/facts.ts'
import { asParticipant, lockedMembers, type Membership } from '#common/domain/membership.ts'
import type { DecisionContext, Effect } from './effects.ts'

const chats: readonly ChatKind[] = ['customer', 'team']

/** Chats of a new ticket with those who belong to it. Nobody «joins»: they were there from the start. */
export function openChats({ facts, viewer, nowMs }: DecisionContext, ticket: Ticket): Effect[] {
  return chats
    .filter((chat) => chat === 'customer' || facts.organisation.splitChats)
    .map((chat): Effect => {
      const members = lockedMembers(ticket, chat, facts.users)
      const changes = new Map([...members].map(([id, member]) => [id, asParticipant(member, viewer.id, nowMs)]))
      return { type: 'participants', room: chatRoom(ticket.id, chat), ticketId: ticket.id, changes }
    })
}

/**
 * The ticket's people changed (assignee, requester, customer): locks move with them. Who loses the lock leaves; who gains
 * one and was not there joins. `commandId` makes the entries' ids.
 */
export function moveLocks(context: DecisionContext, before: Ticket, after: Ticket, commandId: string): Effect[] {
  const known = context.facts.tickets.get(before.id)
  if (!known) return []
  const effects: Effect[] = []
  for (const chat of chats) {
    if (chat === 'team' && !known.opened.team && !context.facts.organisation.splitChats) continue
    const changes = changedMembers(context, before, after, chat, known.participants[chat])
    if (changes.size === 0) continue
    const room = chatRoom(before.id, chat)
    effects.push({ type: 'participants', room, ticketId: before.id, changes })
    const drafts = entriesOf(changes, known.participants[chat], context.viewer.id, commandId)
    if (drafts.length > 0) effects.push({ type: 'entries', room, ticketId: before.id, drafts })
  }
  return effects
}

function changedMembers(
  { facts, viewer, nowMs }: DecisionContext,
  before: Ticket,
  after: Ticket,
  chat: ChatKind,
  present: Participants,
): Map<UserId, Participant | null> {
  const had: Membership = lockedMembers(before, chat, facts.users)
  const has: Membership = lockedMembers(after, chat, facts.users)
  const changes = new Map<UserId, Participant | null>()
  for (const userId of had.keys()) if (!has.has(userId) && present.has(userId)) changes.set(userId, null)
  for (const [userId, member] of has) {
    const known = present.get(userId)
    if (known?.lock === member.lock) continue
    changes.set(userId, asParticipant(member, known?.addedBy ?? viewer.id, known?.addedAt ?? nowMs))
  }
  return changes
}

function entriesOf(
  changes: ReadonlyMap<UserId, Participant | null>,
  present: Participants,
  byId: UserId,
  commandId: string,
): EntryDraft[] {
  const drafts: EntryDraft[] = []
  for (const [userId, participant] of changes) {
    const id = `${commandId}-${drafts.length + 1}`
    if (participant === null) drafts.push({ id, type: 'left', userId, byId })
    else if (!present.has(userId)) drafts.push({ id, type: 'joined', userId, byId })
  }
  return drafts
}
