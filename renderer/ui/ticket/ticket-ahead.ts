import { chatRoom, type ChatKind, type TicketId } from '#common/domain/ids.ts'
import { useCallback, useEffect, useState } from 'react'
import type { NaryadData, Watched } from '../../data/api.ts'
import { pageSize } from '../chat/chat-panel.tsx'
import { useApp } from '../common/app-context.tsx'
import type { TicketTab } from '../routes.ts'

/** Who has not opened it so long after is about to do something else; ms. */
const keptMs = 1000

/** A ticket, and the part of it that is shown. */
export type TicketPlace = { ticketId: TicketId; tab: TicketTab }

/** What the first drawing of a ticket needs: the ticket itself, and of the chat that its tab shows the messages, the people and the draft. */
export function neededFirst(data: NaryadData, ticketId: TicketId, tab: TicketTab): Watched<unknown>[] {
  const ticket = data.watch('ticket', { ticketId })
  if (tab === 'fields' || tab === 'history') return [ticket]
  const chat: ChatKind = tab === 'team' ? 'team' : 'customer'
  return [
    ticket,
    data.watch('conversation', { ticketId, chat, limit: pageSize }),
    data.watch('members', { ticketId, chat }),
    data.watch('draft', { room: chatRoom(ticketId, chat) }),
  ]
}

/**
 * The ticket that is likely to be opened next, as one whose row is being pressed, and the function to tell it with. It is
 * asked for at once, and can be drawn out of sight while the finger is still down. Null once it is the one that is open.
 */
export function useAhead(openId: TicketId | null): [TicketPlace | null, (ticketId: TicketId, tab: TicketTab) => void] {
  const { data } = useApp()
  const [ahead, setAhead] = useState<TicketPlace | null>(null)
  if (ahead !== null && ahead.ticketId === openId) setAhead(null)
  useEffect(() => {
    if (ahead === null) return undefined
    const timer = setTimeout(() => setAhead(null), keptMs)
    return () => clearTimeout(timer)
  }, [ahead])
  const prepare = useCallback(
    (ticketId: TicketId, tab: TicketTab) => {
      // Not only once it is drawn: what is asked for is kept for about a second.
      for (const watched of neededFirst(data, ticketId, tab)) watched.subscribe(() => {})()
      setAhead({ ticketId, tab })
    },
    [data],
  )
  return [ahead, prepare]
}
