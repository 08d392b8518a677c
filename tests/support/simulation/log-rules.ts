import { chatRoom, type ChatKind, type RoomName, type TicketId } from '#common/domain/ids.ts'
import type { Entry } from '#common/domain/message.ts'
import type { Report } from './violation.ts'
import { chats, namedIn, type World } from './visibility-oracle.ts'

export type Touched = {
  tickets: Set<TicketId>
  directory: boolean
  messages: { ticketId: TicketId; chat: ChatKind; entry: Extract<Entry, { type: 'message' }> }[]
}

type StoredMessages = ReadonlyMap<RoomName, { entries: readonly Entry[]; ids: ReadonlySet<string> }>

/** What must be true of the log whenever something became durable, whoever asked for it. */
export function checkLog(world: World, rooms: StoredMessages, touched: Touched, report: Report): void {
  for (const ticketId of touched.tickets) for (const chat of chats) checkParticipants(world, ticketId, chat, report)
  for (const message of touched.messages) checkCopies(rooms, message, report)
  if (touched.directory) checkAdministrators(world, report)
}

/** R17, R18: who the ticket names takes part with a lock, nobody else has one, and no customer is where they can not be. */
function checkParticipants(world: World, ticketId: TicketId, chat: ChatKind, report: Report): void {
  const ticket = world.tickets.get(ticketId)
  const participants = ticket?.participants[chat]
  if (!ticket || !participants) return
  const where = chatRoom(ticketId, chat)
  const named = namedIn(world, ticket, chat)
  for (const [userId, lock] of named)
    if (participants.get(userId) !== lock)
      report('R17', `${userId} is the ${lock} and ${participants.has(userId) ? 'not locked' : 'missing'} in ${where}`)
  for (const [userId, lock] of participants) {
    if (lock !== undefined && !named.has(userId)) report('R17', `${userId} is still the ${lock} of ${where}`)
    const person = world.users.get(userId)
    if (person?.kind !== 'customer') continue
    if (chat === 'team') report('P8', `the customer ${userId} takes part in ${where}`)
    else if (lock === undefined && (ticket.company === '' || person.company !== ticket.company))
      report('R18', `${userId} of «${person.company}» takes part in ${where} of «${ticket.company}»`)
  }
}

/** C4: both copies of a cross-post are there and name each other, or there is one message that names none. */
function checkCopies(
  rooms: StoredMessages,
  { ticketId, chat, entry }: Touched['messages'][number],
  report: Report,
): void {
  const room = chatRoom(ticketId, chat)
  const other = chatRoom(ticketId, chat === 'team' ? 'customer' : 'team')
  const twin = rooms.get(other)?.entries.find(({ id, type }) => type === 'message' && id === entry.id)
  const isLinked = entry.crossPost?.with === other && entry.crossPost.id === entry.id
  if (twin === undefined && entry.crossPost !== undefined)
    report('C4', `half a cross-post is durable: ${entry.id} in ${room} without its copy in ${other}`)
  if (twin !== undefined && !isLinked) report('C4', `${entry.id} in ${room} does not name its copy in ${other}`)
}

/** R24. */
function checkAdministrators({ users }: World, report: Report): void {
  const isAdministrator = [...users.values()].some(
    ({ kind, isActive, permissions }) =>
      kind === 'employee' && isActive && permissions.has('admin.users') && permissions.has('admin.roles'),
  )
  if (users.size > 0 && !isAdministrator) report('R24', 'nobody is left who could give rights again')
}
