import type { CommandOf } from '#common/domain/command.ts'
import { chatRoom } from '#common/domain/ids.ts'
import { fail, succeed } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import { ticketWithChat } from './checks.ts'
import type { Decision, DecisionContext, Effect } from './effects.ts'

/**
 * Moves the reader's own mark forward, for their other devices and for the others' ticks. A mark behind the present one
 * changes nothing: devices send theirs in any order.
 */
export function decideReadMark(context: DecisionContext, command: CommandOf<'read.mark'>): Decision {
  const found = ticketWithChat(context, command.ticketId, command.chat, 'read')
  if (!found.ok) return found
  const room = chatRoom(command.ticketId, command.chat)
  const chat = context.chat(room)
  if (command.seq > chat.lastSeq) return fail(refusal('E_COMMAND_INVALID', 'seq'))
  const userId = context.viewer.id
  const effects: Effect[] = []
  if (command.seq > context.readMark(userId, room)) effects.push({ type: 'read-mark', room, userId, read: command.seq })
  const receipt = chat.receipt(userId)
  if (command.seq > receipt.read) {
    const delivered = Math.max(receipt.delivered, command.seq)
    effects.push({ type: 'receipt', room, userId, receipt: { delivered, read: command.seq } })
  }
  return succeed(effects)
}
