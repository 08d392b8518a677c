import { createUlidSource, type TicketId } from '#common/domain/ids.ts'
import { company, homeDistrict, otherDistrict, type Person } from './people.ts'
import type { Situation, Tie } from './rights-table.ts'

/** A ticket with what ties people to it. */
export type TiedTicket = { id: TicketId; ties: ReadonlyMap<string, ReadonlySet<Tie>>; inHomeDistrict: boolean }

/** Executes a command as the owner, who may do everything; it must be accepted. */
export type AsOwner = (body: { type: string; [member: string]: unknown }) => Promise<string>

const nextId = createUlidSource(
  () => Date.UTC(2026, 0, 15, 9),
  (bytes) => crypto.getRandomValues(bytes),
)
const addedAtOnce = 50

/** An envelope for a command. */
export const envelope = (): { id: string; writtenAt: string } => ({ id: nextId(), writtenAt: '2026-01-15T09:00:00Z' })

/**
 * Tickets by which everybody gets every tie there is: tickets of nobody and of a district, tickets in whose chats all take
 * part, and for each person one they work on, one they asked for, one they are the customer of. Chats must be split meanwhile.
 */
export async function makeTickets(asOwner: AsOwner, people: readonly Person[]): Promise<TiedTicket[]> {
  const employees = people.filter(({ kind }) => kind === 'employee')
  const customers = people.filter(({ kind }) => kind === 'customer')
  const open = (fields: object): Promise<TicketId> =>
    asOwner({ type: 'ticket.create', fields: { title: 'Не греет котёл', company, district: otherDistrict, ...fields } })
  const tickets: TiedTicket[] = [
    { id: await open({}), ties: new Map(), inHomeDistrict: false },
    { id: await open({ district: homeDistrict }), ties: new Map(), inHomeDistrict: true },
    await withMembers(asOwner, await open({}), 'team', employees),
    await withMembers(asOwner, await open({}), 'customer', people),
  ]
  const both: Tie[] = ['team-chat', 'customer-chat']
  for (const { id } of employees) {
    const ticketId = await open({})
    await asOwner({ type: 'ticket.assign', ticketId, assigneeId: id })
    tickets.push(tiedTo(ticketId, id, ['assignee', ...both]))
    tickets.push(tiedTo(await open({ requesterId: id }), id, ['requester', ...both]))
  }
  for (const { id } of customers) {
    tickets.push(tiedTo(await open({ requesterId: id }), id, ['requester', 'customer-chat']))
    tickets.push(tiedTo(await open({ customerId: id }), id, ['customer', 'customer-chat']))
  }
  // Something to read in each chat: a room without a word is not sent at all.
  for (const { id: ticketId } of tickets)
    await asOwner({ type: 'message.post', ticketId, to: ['customer', 'team'], text: 'Здесь', attachments: [] })
  return tickets
}

export function situationOf(person: Person, { ties, inHomeDistrict }: TiedTicket, split: boolean): Situation {
  const own = new Set(ties.get(person.id))
  if (inHomeDistrict && person.kind === 'employee') own.add('district')
  return { kind: person.kind, permissions: person.permissions, ties: own, split }
}

/** The tickets at which a person's rights are asked for one by one: the shared ones and their own. */
export function ticketsFor(person: Person, tickets: readonly TiedTicket[]): TiedTicket[] {
  return tickets.filter(({ ties }, index) => index < 4 || ties.has(person.id))
}

const tiedTo = (id: TicketId, userId: string, ties: readonly Tie[]): TiedTicket => ({
  id,
  ties: new Map([[userId, new Set(ties)]]),
  inHomeDistrict: false,
})

async function withMembers(
  asOwner: AsOwner,
  ticketId: TicketId,
  chat: 'team' | 'customer',
  members: readonly Person[],
): Promise<TiedTicket> {
  const userIds = members.map(({ id }) => id)
  for (let start = 0; start < userIds.length; start += addedAtOnce)
    await asOwner({
      type: 'participants.add',
      ticketId,
      chat,
      userIds: userIds.slice(start, start + addedAtOnce),
    })
  const tie: Tie = chat === 'team' ? 'team-chat' : 'customer-chat'
  return { id: ticketId, ties: new Map(userIds.map((id) => [id, new Set([tie])])), inHomeDistrict: false }
}
