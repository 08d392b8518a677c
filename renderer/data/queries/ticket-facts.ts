import { chatRoom, type ChatKind, type TicketId, type UserId } from '#common/domain/ids.ts'
import type { StoredTicket } from '../store/ports.ts'
import type { MembersDocument } from '../store/schemas.ts'
import type { ProjectionReads } from '../store/projection-reads.ts'
import type { Value } from '../value.ts'
import {
  createdTicket,
  withPending,
  type OutboxOverlay,
  type PendingTicketCommand,
  type ShownTicket,
} from './outbox-overlay.ts'

type Disposer = () => void

/** One ticket with those who take part in its chats, followed in the database. */
export type TicketFacts = {
  /** The ticket and both chats have been looked up. */
  isReady(): boolean
  stored(): StoredTicket | null
  /** Without what waits on this device; what it wrote itself while the server does not know the ticket. */
  unchanged(): ShownTicket | null
  /** With what waits on this device; null when neither the server nor this device knows it. */
  shown(): ShownTicket | null
  pending(): readonly PendingTicketCommand[]
  /** As the server told; null when this device has nothing of the chat. */
  members(chat: ChatKind): MembersDocument | null
  dispose: Disposer
}

/** Facts of tickets on the screen: what shows the same ticket at the same time shares them. */
export type SharedTicketFacts = { follow(ticketId: TicketId, changed: () => void): TicketFacts }

type FactsView = { ownId: UserId; overlay: Value<OutboxOverlay>; reads: ProjectionReads }
type Shared = { facts: TicketFacts; listeners: Set<() => void> }

export function shareTicketFacts(view: FactsView): SharedTicketFacts {
  const shared = new Map<TicketId, Shared>()

  function open(ticketId: TicketId): Shared {
    const listeners = new Set<() => void>()
    const facts = followTicket(view, ticketId, () => {
      for (const listener of listeners) listener()
    })
    const opened = { facts, listeners }
    shared.set(ticketId, opened)
    return opened
  }

  return {
    follow(ticketId, changed) {
      const { facts, listeners } = shared.get(ticketId) ?? open(ticketId)
      const own = (): void => changed()
      listeners.add(own)
      // What others follow already may never change again.
      if (facts.isReady()) own()
      return {
        ...facts,
        dispose() {
          if (!listeners.delete(own) || listeners.size > 0) return
          shared.delete(ticketId)
          facts.dispose()
        },
      }
    },
  }
}

function followTicket(view: FactsView, ticketId: TicketId, changed: () => void): TicketFacts {
  let stored: StoredTicket | null | undefined
  const members = new Map<ChatKind, MembersDocument | null>()
  const disposers = [
    view.reads.followTicket(ticketId, (ticket) => {
      stored = ticket
      changed()
    }),
    ...(['team', 'customer'] as const).map((chat) =>
      view.reads.followMembers(chatRoom(ticketId, chat), (row) => {
        members.set(chat, row)
        changed()
      }),
    ),
  ]
  const pending = (): readonly PendingTicketCommand[] => view.overlay.get().tickets.get(ticketId) ?? []

  function unchanged(): ShownTicket | null {
    if (stored) {
      const { history: _history, ...ticket } = stored
      return ticket
    }
    const created = view.overlay.get().created.find(({ command }) => command.id === ticketId)
    return created ? createdTicket(created, view.ownId) : null
  }

  return {
    isReady: () => stored !== undefined && members.size === 2,
    stored: () => stored ?? null,
    unchanged,
    shown() {
      const ticket = unchanged()
      return ticket && withPending(ticket, pending())
    },
    pending,
    members: (chat) => members.get(chat) ?? null,
    dispose() {
      for (const dispose of disposers) dispose()
    },
  }
}
