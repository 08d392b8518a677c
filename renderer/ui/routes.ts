import type { TicketId } from '#common/domain/ids.ts'
import { isId } from '#common/domain/ids.ts'

/** Parts of a ticket. `messages` is the first chat that the user may read. */
export const ticketTabs = ['fields', 'messages', 'team', 'customer', 'history'] as const
export type TicketTab = (typeof ticketTabs)[number]

/** What the window shows. */
export type Place = { section: 'chats' | 'tickets'; ticketId: TicketId | null; tab: TicketTab } | { section: 'queue' }

/**
 * Reads a path of the app: `/chats`, `/chats/<ticketId>/<tab>`, `/tickets/…`, `/queue`. It may come from a notification or
 * a stored setting, so anything else leads to the messages.
 */
export function placeOf(path: string): Place {
  const [section, ticketId, tab] = path.split(/[?#]/, 1)[0]?.split('/').filter(Boolean) ?? []
  if (section === 'queue') return { section }
  if (section !== 'chats' && section !== 'tickets') return { section: 'chats', ticketId: null, tab: 'messages' }
  return {
    section,
    ticketId: ticketId !== undefined && isId(ticketId) ? ticketId : null,
    tab: ticketTabs.find((known) => known === tab) ?? (section === 'chats' ? 'messages' : 'fields'),
  }
}

export function pathOf(place: Place): string {
  if (place.section === 'queue') return '/queue'
  if (place.ticketId === null) return `/${place.section}`
  return `/${place.section}/${place.ticketId}/${place.tab}`
}
