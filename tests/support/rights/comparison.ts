import { chatRoom, directoryRoom, personalRoom, ticketRoom, type RoomName } from '#common/domain/ids.ts'
import type { Prober } from './core-prober.ts'
import type { Person } from './people.ts'
import { expectedAnswer, generalQuestions, questionsAbout, type Question } from './questions.ts'
import { hasRight, type Right, type Situation } from './rights-table.ts'
import { situationOf, ticketsFor, type TiedTicket } from './tied-tickets.ts'

/** What was compared: one cell is one person, one ticket, one way in. */
export class Comparison {
  cells = 0
  readonly differences: string[] = []
  private readonly allowed = new Map<string, { allowed: number; refused: number }>()

  /** `isAllowed`: what the table says, to show that each way in was seen open and shut. */
  compare(way: string, isAllowed: boolean, where: () => string, expected: unknown, answer: unknown): void {
    this.cells++
    const seen = this.allowed.get(way) ?? { allowed: 0, refused: 0 }
    seen[isAllowed ? 'allowed' : 'refused']++
    this.allowed.set(way, seen)
    if (expected !== answer)
      this.differences.push(`${way}, ${where()}: expected ${String(expected)}, got ${String(answer)}`)
  }

  /** Ways in of which the table never said yes, or never no: nothing was proved about them. */
  oneSided(): string[] {
    return [...this.allowed].flatMap(([way, { allowed, refused }]) => (allowed > 0 && refused > 0 ? [] : [way]))
  }

  summary(): string {
    const ways = [...this.allowed].map(
      ([way, { allowed, refused }]) => `  ${way}: ${allowed} allowed, ${refused} refused`,
    )
    return [`${this.cells} cells, ${this.differences.length} differences`, ...ways].join('\n')
  }
}

/** Ways into a chat that is not there before chats are split (R5): then they are shut for everybody. */
export const shutUntilSplit = ['socket', 'channel', 'FETCH', 'feed'].map((way) => `${way}: read team chat`)

export type Compared = { prober: Prober; people: readonly Person[]; tickets: readonly TiedTicket[]; split: boolean }

const forbidden = '4403 E_ROOM_FORBIDDEN'

const describe = ({ kind, permissions, ties, split }: Situation): string =>
  `${kind} tied by [${[...ties].join(' ')}] with [${[...permissions].join(' ')}], ${split ? 'split' : 'one chat'}`

/** Asks a server everything about everybody. */
export async function compareAll(comparison: Comparison, compared: Compared): Promise<void> {
  for (const person of compared.people) {
    await compareGeneral(comparison, compared, person)
    for (const ticket of ticketsFor(person, compared.tickets)) {
      const situation = situationOf(person, ticket, compared.split)
      await compareCommands(comparison, compared.prober, person, situation, questionsAbout(ticket.id))
      await compareRooms(comparison, compared.prober, person, situation, roomsOf(ticket))
      const isSeen = hasRight(situation, 'see ticket')
      const where = (): string => describe(situation)
      comparison.compare('GET ticket', isSeen, where, isSeen, await compared.prober.reads(person.id, ticket.id))
    }
    await compareLists(comparison, compared, person)
  }
}

type GuardedRoom = { room: RoomName; right: Right }

function roomsOf({ id }: TiedTicket): GuardedRoom[] {
  return [
    { room: ticketRoom(id), right: 'see ticket' },
    { room: chatRoom(id, 'customer'), right: 'read customer chat' },
    { room: chatRoom(id, 'team'), right: 'read team chat' },
  ]
}

async function compareCommands(
  comparison: Comparison,
  prober: Prober,
  person: Person,
  situation: Situation,
  questions: readonly Question[],
): Promise<void> {
  const answers = await Promise.all(questions.map(({ command }) => prober.command(person.id, command)))
  questions.forEach((question, index) => {
    const answer = answers[index] ?? ''
    const { type } = question.command
    const isAllowed = hasRight(situation, question.right)
    const where = (): string => `${question.right}, ${describe(situation)}`
    comparison.compare(`command ${type}`, isAllowed, where, expectedAnswer(question, situation, answer), answer)
  })
}

async function compareRooms(
  comparison: Comparison,
  prober: Prober,
  person: Person,
  situation: Situation,
  guarded: readonly GuardedRoom[],
): Promise<void> {
  const rooms = guarded.map(({ room }) => room)
  const [sockets, channels, fetched] = await Promise.all([
    prober.openRooms(person.id, rooms),
    prober.openChannels(person.id, rooms),
    prober.fetchRooms(person.id, rooms),
  ])
  guarded.forEach(({ right, room }, index) => {
    const isAllowed = hasRight(situation, right)
    const where = (): string => `${right} (${room}), ${describe(situation)}`
    const opened = isAllowed ? 'opened' : forbidden
    comparison.compare(`socket: ${right}`, isAllowed, where, opened, sockets[index])
    comparison.compare(`channel: ${right}`, isAllowed, where, opened, channels[index])
    comparison.compare(`FETCH: ${right}`, isAllowed, where, isAllowed ? 'sent' : 'E_ROOM_FORBIDDEN', fetched[index])
  })
}

/** What has no ticket: the directory, another's personal state, another's outbox, the administration. */
async function compareGeneral(
  comparison: Comparison,
  { prober, split, people }: Compared,
  person: Person,
): Promise<void> {
  const situation: Situation = { kind: person.kind, permissions: person.permissions, ties: new Set(), split }
  await compareCommands(comparison, prober, person, situation, generalQuestions)
  const other = people.find(({ id }) => id !== person.id)?.id ?? ''
  const rooms = [directoryRoom, personalRoom(person.id), personalRoom(other)]
  const isAllowed = [hasRight(situation, 'read directory'), true, false]
  for (const [way, answers] of [
    ['socket', await prober.openRooms(person.id, rooms)],
    ['channel', await prober.openChannels(person.id, rooms)],
  ] as const)
    answers.forEach((answer, index) => {
      const where = (): string => `${rooms[index]}, ${describe(situation)}`
      const allowed = isAllowed[index] === true
      comparison.compare(`${way}: directory and own state`, allowed, where, allowed ? 'opened' : forbidden, answer)
    })
}

/** The feed and the list hold what the person sees of all tickets, and nothing else. */
async function compareLists(
  comparison: Comparison,
  { prober, tickets, split }: Compared,
  person: Person,
): Promise<void> {
  const [feed, list] = [await prober.feed(person.id), await prober.list(person.id)]
  for (const ticket of tickets) {
    const situation = situationOf(person, ticket, split)
    const where = (): string => describe(situation)
    for (const { right, room } of roomsOf(ticket)) {
      const isAllowed = hasRight(situation, right)
      comparison.compare(`feed: ${right}`, isAllowed, where, isAllowed, feed.delete(room))
    }
    const isSeen = hasRight(situation, 'see ticket')
    comparison.compare('GET tickets', isSeen, where, isSeen, list.delete(ticket.id))
  }
  const isEmployee = person.kind === 'employee'
  comparison.compare('feed: directory', isEmployee, () => person.id, isEmployee, feed.delete(directoryRoom))
  feed.delete(personalRoom(person.id))
  for (const room of feed) comparison.differences.push(`the feed of ${person.id} has ${room}, which nobody expected`)
}
