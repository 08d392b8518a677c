import { chatRoom, type ChatKind, type TicketId, type UserId } from '#common/domain/ids.ts'
import { asParticipant, lockedMembers } from '#common/domain/membership.ts'
import type { EntryDraft, Participant } from '#common/domain/message.ts'
import { canBeParticipant } from '#common/domain/permissions.ts'
import type { Ticket } from '#common/domain/ticket.ts'
import type { User } from '#common/domain/user.ts'
import type { Participants } from '../policy/facts.ts'
import type { DecisionContext, Effect } from './effects.ts'

const chats: readonly ChatKind[] = ['customer', 'team']

export type MemberChanges = ReadonlyMap<UserId, Participant | null>

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
 * The ticket's people or its company changed: locks move with them. Who loses the lock leaves, who gains one and was not
 * there joins, and a customer who was added from a company that is not the ticket's any more leaves, too. `commandId` makes
 * the entries' ids.
 */
export function moveLocks(context: DecisionContext, before: Ticket, after: Ticket, commandId: string): Effect[] {
  const known = context.facts.tickets.get(before.id)
  if (!known) return []
  return chats.flatMap((chat) => {
    if (chat === 'team' && !known.opened.team && !context.facts.organisation.splitChats) return []
    return membershipEffects(context, before.id, chat, changedMembers(context, before, after, chat), commandId)
  })
}

/** People come to a chat and leave it, and the conversation says so. */
export function membershipEffects(
  { facts, viewer }: DecisionContext,
  ticketId: TicketId,
  chat: ChatKind,
  changes: MemberChanges,
  commandId: string,
): Effect[] {
  if (changes.size === 0) return []
  const room = chatRoom(ticketId, chat)
  const present = facts.tickets.get(ticketId)?.participants[chat] ?? new Map<UserId, Participant>()
  const drafts = entriesOf(changes, present, viewer.id, commandId)
  const effects: Effect[] = [{ type: 'participants', room, ticketId, changes }]
  if (drafts.length > 0) effects.push({ type: 'entries', room, ticketId, drafts })
  return effects
}

/** R18 for one who takes part already: an account that is switched off keeps its place. */
export function mayStay(user: User, company: string, chat: ChatKind): boolean {
  return user.kind === 'employee' || canBeParticipant({ ...user, active: true }, { company }, chat)
}

function changedMembers(
  { facts, viewer, nowMs }: DecisionContext,
  before: Ticket,
  after: Ticket,
  chat: ChatKind,
): MemberChanges {
  const present: Participants = facts.tickets.get(before.id)?.participants[chat] ?? new Map<UserId, Participant>()
  const had = lockedMembers(before, chat, facts.users)
  const has = lockedMembers(after, chat, facts.users)
  const changes = new Map<UserId, Participant | null>()
  for (const userId of present.keys()) {
    const user = facts.users.get(userId)
    const isStranger = user !== undefined && !mayStay(user, after.fields.company ?? '', chat)
    if (!has.has(userId) && (had.has(userId) || isStranger)) changes.set(userId, null)
  }
  for (const [userId, member] of has) {
    const known = present.get(userId)
    if (known?.lock === member.lock) continue
    changes.set(userId, asParticipant(member, known?.addedBy ?? viewer.id, known?.addedAt ?? nowMs))
  }
  return changes
}

function entriesOf(changes: MemberChanges, present: Participants, byId: UserId, commandId: string): EntryDraft[] {
  const drafts: EntryDraft[] = []
  for (const [userId, participant] of changes) {
    const id = `${commandId}-${drafts.length + 1}`
    if (participant === null) drafts.push({ id, type: 'left', userId, byId })
    else if (!present.has(userId)) drafts.push({ id, type: 'joined', userId, byId })
  }
  return drafts
}
