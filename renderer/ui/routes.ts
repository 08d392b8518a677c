import type { TicketId } from '#common/domain/ids.ts'
import { isId } from '#common/domain/ids.ts'

/** Parts of a ticket. `messages` is the first chat that the user may read. */
export const ticketTabs = ['fields', 'messages', 'team', 'customer', 'history'] as const
export type TicketTab = (typeof ticketTabs)[number]

/** Parts of the administration, in the order of their tabs. */
export const adminParts = ['users', 'roles', 'organisation', 'api-keys', 'audit'] as const
export type AdminPart = (typeof adminParts)[number]

/** What the window shows. Without `part`: the first part of the administration that the user may open. */
export type Place =
  | { section: 'chats' | 'tickets'; ticketId: TicketId | null; tab: TicketTab }
  | { section: 'queue' }
  | { section: 'admin'; part: AdminPart | null }

/**
 * Reads a path of the app: `/chats`, `/chats/<ticketId>/<tab>`, `/tickets/…`, `/queue`, `/admin/<part>`. It may come from a notification or
 * a stored setting, so anything else leads to the messages.
 */
export function placeOf(path: string): Place {
  const [section, ticketId, tab] = path.split(/[?#]/, 1)[0]?.split('/').filter(Boolean) ?? []
  if (section === 'queue') return { section }
  if (section === 'admin') return { section, part: adminParts.find((known) => known === ticketId) ?? null }
  if (section !== 'chats' && section !== 'tickets') return { section: 'chats', ticketId: null, tab: 'messages' }
  return {
    section,
    ticketId: ticketId !== undefined && isId(ticketId) ? ticketId : null,
    tab: ticketTabs.find((known) => known === tab) ?? (section === 'chats' ? 'messages' : 'fields'),
  }
}

export function pathOf(place: Place): string {
  if (place.section === 'queue') return '/queue'
  if (place.section === 'admin') return place.part === null ? '/admin' : `/admin/${place.part}`
  if (place.ticketId === null) return `/${place.section}`
  return `/${place.section}/${place.ticketId}/${place.tab}`
}
