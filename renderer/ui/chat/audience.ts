import type { ChatKind, UserId } from '#common/domain/ids.ts'
import type { Participant } from '#common/domain/message.ts'
import type { Account } from '#common/domain/user.ts'

/** Who reads what is written in a chat. `tone` colours the composer: only a ticket with two chats needs telling them apart. */
export type Audience = {
  tone: 'plain' | ChatKind
  readers: 'customer' | 'team' | 'both' | 'employees' | 'nobody'
  names: string[]
}

type AudienceInput = {
  chat: ChatKind
  /** Messages are split into a team chat and a customer chat. */
  split: boolean
  /** People are named only to who may see the participants. */
  named: boolean
  account: Pick<Account, 'id' | 'kind'>
  participants: Readonly<Record<UserId, Participant>>
  /** The customer's company, '' where not given. */
  company: string
}

/**
 * In the only chat of a ticket a customer reads along, so customers are named first of all; the customer sees which
 * employees read.
 */
export function audienceOf({ chat, split, named, account, participants, company }: AudienceInput): Audience {
  const others = Object.entries(participants).filter(([id]) => id !== account.id)
  const namesOf = (kind: Participant['kind']) =>
    others.filter(([, person]) => person.kind === kind).map(([, person]) => person.name)
  const employees = named ? namesOf('employee') : []
  const customers = named ? namesOf('customer') : []
  const noCustomers: Audience = {
    tone: 'plain',
    readers: others.some(([, person]) => person.kind === 'employee') ? 'employees' : 'nobody',
    names: employees,
  }
  if (account.kind === 'customer') return noCustomers
  if (chat === 'team') return { tone: 'team', readers: 'team', names: employees }
  const tone = split ? 'customer' : 'plain'
  if (customers.length > 0) return { tone, readers: 'customer', names: company ? [...customers, company] : customers }
  // The customer chat is open to the ticket's customer even before anybody of theirs took part in it.
  if (split || company) return { tone, readers: 'customer', names: company ? [company] : [] }
  return others.some(([, person]) => person.kind === 'customer')
    ? { tone, readers: 'customer', names: [] }
    : noCustomers
}

/** Of a message that goes to both chats: whoever the customer chat reaches is what matters. */
export function bothAudiences(customer: Pick<Audience, 'names'>): Audience {
  return { tone: 'customer', readers: 'both', names: customer.names }
}

/** At most three names, and how many more there are. */
export function shortenedNames(names: readonly string[]): { names: string; more: number } {
  return { names: names.slice(0, 3).join(', '), more: Math.max(0, names.length - 3) }
}
