import type { TicketId, UserId } from '#common/domain/ids.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Commands that their sender has no right to, mostly. */
export function forgedCommand(userId: UserId, ticketId: TicketId, chance: SeededRandom): object {
  const id = '01JZZZZZZZZZZZZZZZZZZZZZ' + String(10 + chance.below(80))
  const envelope = { id, writtenAt: '2026-01-01T00:00:00Z' }
  const about = { ...envelope, ticketId }
  const chat = chance.pick(['team', 'customer'])
  const message = { ...about, type: 'message.post', text: 'hostile', attachments: [] }
  return chance.pick<object>([
    { ...message, to: ['team'] },
    { ...message, to: ['customer', 'team'] },
    { ...message, to: ['customer'], authorId: 'dispatcher' },
    { ...about, type: 'ticket.assign', assigneeId: userId },
    { ...about, type: 'ticket.stage', stage: 'closed' },
    { ...about, type: 'ticket.update', fields: { requesterId: userId, customerId: userId } },
    { ...about, type: 'read.mark', chat: 'customer', seq: 5 },
    { ...about, type: 'participants.add', chat, userIds: [userId] },
    { ...about, type: 'participants.remove', chat, userId: chance.pick(['engineer', 'dispatcher', 'customer']) },
    { ...envelope, type: 'user.update', userId, roleId: 'admin' },
    { ...envelope, type: 'user.update', userId: 'admin', active: false },
    { ...envelope, type: 'role.update', roleId: 'customer', permissions: ['messages.team.read', 'messages.all'] },
    { ...envelope, type: 'organisation.update', splitChats: chance.chance(0.5) },
    { ...about, type: 'nonsense' },
  ])
}
