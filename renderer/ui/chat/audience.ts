import type { ChatKind, UserId } from '#common/domain/ids.ts'
import type { Participant } from '#common/domain/message.ts'
import type { Account } from '#common/domain/user.ts'

/** Who reads what is written in a chat. `tone` colours the composer: only a ticket with two chats needs telling them apart. */
export type Audience = {
  tone: 'plain' | ChatKind
  readers: 'customer' | 'team' | 'employees' | 'nobody'
  names: string[]
}

type AudienceInput = {
  chat: ChatKind
  /** The ticket has a team chat and a customer chat. */
  split: boolean
  account: Pick<Account, 'id' | 'kind'>
  participants: Readonly<Record<UserId, Participant>>
  /** The customer's company, '' where not given. */
  company: string
}

/**
 * In the only chat of a ticket a customer reads along, so customers are named first of all; the customer sees which
 * employees read.
 */
export function audienceOf({ chat, split, account, participants, company }: AudienceInput): Audience {
  const others = Object.entries(participants).filter(([id]) => id !== account.id)
  const customers = others.filter(([, person]) => person.kind === 'customer').map(([, person]) => person.name)
  const employees = others.filter(([, person]) => person.kind === 'employee').map(([, person]) => person.name)
  if (account.kind === 'customer')
    return { tone: 'plain', readers: employees.length > 0 ? 'employees' : 'nobody', names: employees }
  if (chat === 'team') return { tone: 'team', readers: 'team', names: employees }
  const tone = split ? 'customer' : 'plain'
  if (customers.length > 0) return { tone, readers: 'customer', names: company ? [...customers, company] : customers }
  // The customer chat is open to the ticket's customer even before anybody of theirs took part in it.
  if (split || company) return { tone, readers: 'customer', names: company ? [company] : [] }
  return { tone, readers: employees.length > 0 ? 'employees' : 'nobody', names: employees }
}

/** At most three names, and how many more there are. */
export function shortenedNames(names: readonly string[]): { names: string; more: number } {
  return { names: names.slice(0, 3).join(', '), more: Math.max(0, names.length - 3) }
}
