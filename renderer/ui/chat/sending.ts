import type { ChatKind } from '#common/domain/ids.ts'

/** So long a message to the customer can be taken back before it leaves; ms. */
export const undoMs = 5000

type SendingInput = {
  chat: ChatKind
  /** An employee writes, and the ticket has a team chat and a customer chat. */
  split: boolean
  /** The other chat, if the message is to go there too. */
  also: ChatKind | null
}

export type Sending = {
  to: ChatKind[]
  holdMs: number | undefined
  /** What was written for the team goes to the customer as well: that is asked about each time. */
  asks: boolean
}

/** Where a message goes, and how carefully. The chat that it is written in comes first. */
export function sendingOf({ chat, split, also }: SendingInput): Sending {
  const to = also === null ? [chat] : [chat, also]
  const toCustomer = split && to.includes('customer')
  return { to, holdMs: toCustomer ? undoMs : undefined, asks: toCustomer && chat === 'team' }
}
