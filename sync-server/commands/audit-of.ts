import type { Command } from '#common/domain/command.ts'
import type { Role } from '#common/domain/role.ts'
import type { Ticket } from '#common/domain/ticket.ts'
import type { AuditSubject } from '#common/protocol/http-api.ts'
import type { TicketFacts } from '../policy/facts.ts'
import type { AuditDraft } from '../storage/log-store.ts'
import type { DecisionContext, DirectoryChanges, Effect } from './effects.ts'

type Change = AuditDraft['changes'][number]
type About = { subject: AuditSubject; subjectId: string; subjectName: string; changes: Change[] }

/**
 * The audit's lines of a command that was decided and not yet carried out. What people write to each other and what they
 * read is none of its business: those commands make no line, and no line holds a message.
 */
export function auditOf(context: DecisionContext, command: Command, effects: readonly Effect[]): AuditDraft[] {
  if (command.type.startsWith('message.') || command.type === 'read.mark') return []
  const { facts, viewer, nowMs } = context
  const byName = facts.users.get(viewer.id)?.name ?? ''
  const { writtenAt, type: action } = command
  return effects
    .flatMap((effect) => aboutEffect(context, effect))
    .filter(({ changes }) => changes.length > 0)
    .map((about) => ({ at: nowMs, writtenAt, byId: viewer.id, byName, action, ...about }))
}

function aboutEffect({ facts }: DecisionContext, effect: Effect): About[] {
  switch (effect.type) {
    case 'ticket':
      return [aboutTicket(facts.tickets.get(effect.ticket.id), effect)]
    case 'participants': {
      const known = facts.tickets.get(effect.ticketId)
      return known ? [aboutParticipants(known, effect)] : []
    }
    case 'directory':
      return aboutDirectory(facts, effect.changes)
    case 'entries':
    case 'receipt':
    case 'read-mark':
      return []
  }
}

function aboutTicket(known: TicketFacts | undefined, { ticket, history }: EffectOf<'ticket'>): About {
  const subject = { subject: 'ticket', subjectId: ticket.id, subjectName: numberOf(ticket) } as const
  if (!known) return { ...subject, changes: differences({}, wholeOf(ticket)) }
  const reason = history?.reason === undefined ? [] : [{ field: 'reason', from: null, to: history.reason }]
  return { ...subject, changes: [...(history?.changes ?? []), ...reason] }
}

/** Who came and who left; whose lock moved did neither. `from` and `to` are user ids. */
function aboutParticipants(known: TicketFacts, { room, changes }: EffectOf<'participants'>): About {
  const chat = room.endsWith('.team') ? 'team' : 'customer'
  const field = `participants.${chat}`
  const about = { subject: 'participants', subjectId: known.ticket.id, subjectName: numberOf(known.ticket) } as const
  return {
    ...about,
    changes: [...changes].flatMap(([userId, participant]): Change[] => {
      if (participant === null) return [{ field, from: userId, to: null }]
      return known.participants[chat].has(userId) ? [] : [{ field, from: null, to: userId }]
    }),
  }
}

function aboutDirectory(facts: DecisionContext['facts'], changes: DirectoryChanges): About[] {
  const { organisation, roles = [], deletedRoleIds = [], users = [] } = changes
  const lines: About[] = []
  if (organisation)
    lines.push({
      subject: 'organisation',
      subjectId: 'organisation',
      subjectName: organisation.name,
      changes: differences(facts.organisation, organisation),
    })
  for (const role of roles) lines.push(aboutRole(facts.roles.get(role.id), role))
  for (const roleId of deletedRoleIds) lines.push(aboutRole(facts.roles.get(roleId), undefined, roleId))
  for (const user of users)
    lines.push({
      subject: 'user',
      subjectId: user.id,
      subjectName: user.name,
      changes: differences(facts.users.get(user.id) ?? {}, user),
    })
  return lines
}

/** Each permission that came or went is a change of its own: `from` and `to` tell whether the role has it. */
function aboutRole(before: Role | undefined, after: Role | undefined, roleId = after?.id ?? ''): About {
  const had = new Set(before?.permissions)
  const has = new Set(after?.permissions)
  const names = { field: 'name', from: before?.name ?? null, to: after?.name ?? null }
  return {
    subject: 'role',
    subjectId: roleId,
    subjectName: after?.name ?? before?.name ?? '',
    changes: [
      ...(names.from === names.to ? [] : [names]),
      ...[...had].filter((permission) => !has.has(permission)).map((field) => ({ field, from: true, to: false })),
      ...[...has].filter((permission) => !had.has(permission)).map((field) => ({ field, from: false, to: true })),
    ],
  }
}

/** What a new ticket was opened with; its number and times are the server's and say nothing about a person's doing. */
function wholeOf({ stage, assigneeId, requesterId, customerId, fields }: Ticket): Record<string, unknown> {
  return { ...fields, requesterId, customerId, assigneeId, stage }
}

function differences(before: object, after: object): Change[] {
  const from = new Map<string, unknown>(Object.entries(before))
  const to = new Map<string, unknown>(Object.entries(after))
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((field): Change[] => {
    const change = { field, from: from.get(field) ?? null, to: to.get(field) ?? null }
    return field === 'id' || JSON.stringify(change.from) === JSON.stringify(change.to) ? [] : [change]
  })
}

function numberOf({ number }: Ticket): string {
  return `№ ${number}`
}

type EffectOf<Type extends Effect['type']> = Extract<Effect, { type: Type }>
