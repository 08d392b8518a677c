import type { CommandOf } from '#common/domain/command.ts'
import { chatRoom, type ChatKind, type UserId } from '#common/domain/ids.ts'
import type { EntryDraft } from '#common/domain/message.ts'
import { canReadChat } from '#common/domain/permissions.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { TicketFacts } from '../policy/facts.ts'
import { attachmentsOf } from './attachments.ts'
import { refusedWhenClosed, staleness, ticketWithChat } from './checks.ts'
import type { Decision, DecisionContext, Effect } from './effects.ts'

/**
 * A message to one chat, or to both or none. `replyTo` and `expects.chatSeq` are numbers of the first chat of `to`: the one
 * in which the writer wrote.
 */
export function decideMessagePost(context: DecisionContext, command: CommandOf<'message.post'>): Decision {
  const found = writableTicket(context, command)
  if (!found.ok) return found
  const [first] = command.to
  const refused = refusedWhenClosed(found.value) ?? (first && staleness(context, found.value, first, command.expects))
  if (refused) return fail(refused)
  const attachments = attachmentsOf(context, command.attachments)
  if (!attachments) return fail(refusal('E_MEDIA_MISSING', 'attachments'))
  const rooms = command.to.map((chat) => chatRoom(command.ticketId, chat))
  if (rooms.some((room) => context.chat(room).message(command.id))) return fail(refusal('E_ID_CONFLICT', 'id'))
  if (command.replyTo !== undefined && rooms[0] && !context.chat(rooms[0]).messageAt(command.replyTo))
    return fail(refusal('E_NOT_FOUND', 'replyTo'))
  const readers = command.to.map((chat) => readersAmong(context, found.value, chat, command.mentions ?? []))
  if (command.mentions?.some((userId) => !readers.some((users) => users.includes(userId))))
    return fail(refusal('E_NOT_FOUND', 'mentions'))

  return succeed(
    command.to.flatMap((chat, index): Effect[] => {
      const mentions = readers[index] ?? []
      const other = rooms[1 - index]
      const draft: EntryDraft = {
        id: command.id,
        type: 'message',
        authorId: context.viewer.id,
        writtenAt: command.writtenAt,
        text: command.text,
        ...(attachments.length > 0 && { attachments }),
        ...(index === 0 && command.replyTo !== undefined && { replyTo: command.replyTo }),
        ...(mentions.length > 0 && { mentions }),
        ...(other !== undefined && { crossPost: { id: command.id, with: other } }),
      }
      const { ticketId } = command
      return [
        ...joiningAuthor(context, found.value, chat),
        { type: 'entries', room: chatRoom(ticketId, chat), ticketId, drafts: [draft] },
      ]
    }),
  )
}

/** Every chat of `to` must be writable; the first that is not tells why. */
function writableTicket(context: DecisionContext, command: CommandOf<'message.post'>): Result<TicketFacts> {
  let found: Result<TicketFacts> = fail(refusal('E_COMMAND_INVALID', 'to'))
  for (const chat of command.to) {
    found = ticketWithChat(context, command.ticketId, chat, 'write')
    if (!found.ok) return found.reason.field === 'chat' ? fail(refusal(found.reason.code, 'to')) : found
  }
  return found
}

function readersAmong(
  { facts }: DecisionContext,
  { access }: TicketFacts,
  chat: ChatKind,
  userIds: readonly UserId[],
): UserId[] {
  return [...new Set(userIds)].filter((userId) => {
    const viewer = facts.viewer(userId)
    return viewer !== undefined && canReadChat(viewer, access, chat, facts.organisation)
  })
}

/** Who reads the chats of all tickets takes part from the first message on: receipts and notifications go by participants. */
function joiningAuthor({ facts, viewer, nowMs }: DecisionContext, known: TicketFacts, chat: ChatKind): Effect[] {
  const user = facts.users.get(viewer.id)
  if (!user || user.integration || known.participants[chat].has(viewer.id)) return []
  const participant = { name: user.name, kind: user.kind, addedBy: viewer.id, addedAt: nowMs }
  const { id: ticketId } = known.ticket
  return [
    { type: 'participants', room: chatRoom(ticketId, chat), ticketId, changes: new Map([[viewer.id, participant]]) },
  ]
}
