import type { Clock } from '#common/domain/clock.ts'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import { assertNever } from '#common/domain/result.ts'
import type { Watchables, WatchName } from '../api.ts'
import type { Value } from '../value.ts'
import { type AccountView } from './account-view.ts'
import { followConversation } from './conversation-query.ts'
import { directorySnapshot } from './directory-query.ts'
import { inboxSnapshot, isListable } from './inbox-query.ts'
import { addableSnapshot, membersSnapshot } from './members-query.ts'
import { draftSnapshot, followChatMedia, noDraft } from './media-query.ts'
import { followPresence } from './presence-query.ts'
import { queueSnapshot } from './queue-query.ts'
import { createRefresher } from './refresher.ts'
import type { TicketFacts } from './ticket-facts.ts'
import { ticketSnapshot } from './ticket-query.ts'
import { firstTickets, isServedByIndex, ticketsSnapshot, type SortedTickets } from './tickets-query.ts'

type Disposer = () => void
type Emit<Name extends WatchName> = (snapshot: Watchables[Name]['snapshot']) => void
export type WatchOfAccount = Exclude<WatchName, 'session' | 'connection' | 'notices'>
export type WatchRequest<Name extends WatchName = WatchName> = Name extends WatchName
  ? { name: Name; argument: Watchables[Name]['arguments'] }
  : never

/** What a watch shows while nobody is signed in; undefined: nothing. */
export function signedOutSnapshot(name: WatchOfAccount): unknown {
  switch (name) {
    case 'inbox':
      return { rows: [], total: 0, unread: 0, unreadChats: 0, ready: false }
    case 'tickets':
      return { rows: [], total: 0, ready: false }
    case 'queue':
    case 'people':
    case 'addable':
    case 'present':
      return []
    case 'draft':
      return noDraft
    case 'media':
      return { state: 'absent' }
    case 'chatMedia':
      return { items: [], hasOlder: false, ready: false }
    case 'ticket':
    case 'conversation':
    case 'members':
    case 'directory':
      return undefined
    default:
      return assertNever(name)
  }
}

/** Starts one watch of the signed-in account; the returned function ends it. */
export function startAccountWatch(
  view: AccountView,
  request: WatchRequest<WatchOfAccount>,
  emit: (snapshot: unknown) => void,
): Disposer {
  switch (request.name) {
    case 'inbox':
      return watchInbox(view, request.argument, emit)
    case 'tickets':
      return watchTickets(view, request.argument, emit)
    case 'ticket':
      return watchTicket(view, request.argument, emit)
    case 'conversation':
      return watchConversation(view, request.argument, emit)
    case 'present':
      return followPresence(view, request.argument, emit)
    case 'members':
      return watchPeopleOf(view, request.argument, membersSnapshot, emit)
    case 'draft':
      return watchDraft(view, request.argument, emit)
    case 'queue':
      return watchQueue(view, emit)
    case 'people':
      return follow(view.clock, [view.people], () => {
        if (!view.people.isReady()) return false
        emit(view.people.list())
        return true
      })
    case 'addable':
      return watchPeopleOf(view, request.argument, addableSnapshot, emit)
    case 'media':
      return watchMedia(view, request.argument, emit)
    case 'chatMedia':
      return watchChatMedia(view, request.argument, emit)
    case 'directory':
      return follow(view.clock, [view.overlay, view.people, view.directory, view.standing], () => {
        const snapshot = directorySnapshot(view)
        if (snapshot !== undefined) emit(snapshot)
        return snapshot !== undefined
      })
    default:
      return assertNever(request)
  }
}

type Source = { subscribe(listener: () => void): Disposer }

/** Refreshes now and after each change of `sources`. */
function follow(clock: Clock, sources: readonly Source[], refresh: () => boolean): Disposer {
  const refresher = createRefresher(clock, refresh)
  const stops = sources.map((source) => source.subscribe(() => refresher.invalidate()))
  refresher.invalidate(true)
  return () => {
    refresher.dispose()
    for (const stop of stops) stop()
  }
}

/** What the user writes is shown at once; what leaves the outbox may wait for the row that takes its place. */
function followOwn(outbox: Value<readonly unknown[]>, refresher: { invalidate(now?: boolean): void }): Disposer {
  let known = outbox.get().length
  return outbox.subscribe(() => {
    const count = outbox.get().length
    refresher.invalidate(count >= known)
    known = count
  })
}

type WithTickets<Snapshot> = { snapshot: Snapshot; missing: readonly TicketId[] }

/** Emits once the tickets that a snapshot names were read; each is asked for once. */
function createTicketWait<Snapshot>(view: AccountView, emit: (snapshot: Snapshot) => void, again: () => void) {
  const asked = new Set<TicketId>()
  let disposed = false
  return {
    /** False while tickets are on their way. */
    offer({ snapshot, missing }: WithTickets<Snapshot>): boolean {
      const unasked = missing.filter((ticketId) => !asked.has(ticketId))
      if (unasked.length === 0) {
        emit(snapshot)
        return true
      }
      for (const ticketId of unasked) asked.add(ticketId)
      void view.fetchTickets(unasked).then(() => {
        if (!disposed) again()
      })
      return false
    },
    dispose() {
      disposed = true
    },
  }
}

function watchInbox(view: AccountView, argument: Watchables['inbox']['arguments'], emit: Emit<'inbox'>): Disposer {
  const refresher = createRefresher(view.clock, refresh)
  const tickets = createTicketWait(view, emit, () => refresher.invalidate(true))

  function refresh(): boolean {
    if (view.chats.total() === null || !view.people.isReady()) return false
    if (isListable(view, argument)) return tickets.offer(inboxSnapshot(view, argument))
    view.loadChats()
    return false
  }

  const stops = [
    ...[view.chats, view.tickets, view.people, view.unread, view.core.drafts, view.core.connection].map((source) =>
      source.subscribe(() => refresher.invalidate()),
    ),
    view.standing.subscribe(() => refresher.invalidate(true)),
    followOwn(view.core.outbox, refresher),
  ]
  refresher.invalidate(true)
  return () => {
    tickets.dispose()
    refresher.dispose()
    for (const stop of stops) stop()
  }
}

function watchQueue(view: AccountView, emit: Emit<'queue'>): Disposer {
  const refresher = createRefresher(view.clock, () => tickets.offer(queueSnapshot(view)))
  const tickets = createTicketWait(view, emit, () => refresher.invalidate(true))
  const stops = [view.overlay, view.tickets, view.people, view.directory, view.core.media.uploads].map((source) =>
    source.subscribe(() => refresher.invalidate()),
  )
  refresher.invalidate(true)
  return () => {
    tickets.dispose()
    refresher.dispose()
    for (const stop of stops) stop()
  }
}

function watchTickets(
  view: AccountView,
  argument: Watchables['tickets']['arguments'],
  emit: Emit<'tickets'>,
): Disposer {
  let sorted: SortedTickets = null
  let disposed = false
  let asking = false
  const refresher = createRefresher(view.clock, refresh)

  function refresh(): boolean {
    if (!view.people.isReady() || view.chats.total() === null) return false
    if (view.tickets.isComplete()) {
      const made = ticketsSnapshot(view, argument, sorted)
      sorted = made.sorted
      emit(made.snapshot)
      return true
    }
    if (isServedByIndex(argument) && !asking) void showFirst()
    else void view.tickets.load()
    return false
  }

  async function showFirst(): Promise<void> {
    asking = true
    try {
      const first = await firstTickets(view, argument)
      if (!disposed && !view.tickets.isComplete()) emit(first)
    } finally {
      asking = false
    }
    await view.tickets.load()
  }

  const stops = [
    ...[view.chats, view.tickets, view.people, view.unread, view.core.connection].map((source) =>
      source.subscribe(() => refresher.invalidate()),
    ),
    view.standing.subscribe(() => refresher.invalidate(true)),
    followOwn(view.core.outbox, refresher),
  ]
  refresher.invalidate(true)
  return () => {
    disposed = true
    refresher.dispose()
    for (const stop of stops) stop()
  }
}

function watchTicket(
  view: AccountView,
  { ticketId }: Watchables['ticket']['arguments'],
  emit: Emit<'ticket'>,
): Disposer {
  const refresher = createRefresher(view.clock, () => {
    if (!facts.isReady() || !view.people.isReady() || view.chats.total() === null) return false
    emit(ticketSnapshot(view, facts))
    return true
  })
  const facts = view.ticketFacts.follow(ticketId, () => refresher.invalidate())
  const stops = [
    view.chats.subscribe((keys) => {
      if (keys.length === 0 || keys.some((room) => room.includes(ticketId))) refresher.invalidate()
    }),
    ...[view.people, view.unread].map((source) => source.subscribe(() => refresher.invalidate())),
    view.standing.subscribe(() => refresher.invalidate(true)),
    followOwn(view.core.outbox, refresher),
  ]
  return () => {
    refresher.dispose()
    facts.dispose()
    for (const stop of stops) stop()
  }
}

function watchConversation(
  view: AccountView,
  argument: Watchables['conversation']['arguments'],
  emit: Emit<'conversation'>,
): Disposer {
  const refresher = createRefresher(view.clock, () => {
    const snapshot = conversation.snapshot()
    if (snapshot === undefined) return false
    emit(snapshot)
    return true
  })
  const conversation = followConversation(view, argument, () => refresher.invalidate())
  const stops = [
    view.chats.subscribe((keys) => {
      if (keys.length === 0 || keys.some((room) => room.includes(argument.ticketId))) refresher.invalidate()
    }),
    ...[view.people, view.unread, view.core.connection, view.core.media.uploads].map((source) =>
      source.subscribe(() => refresher.invalidate()),
    ),
    view.standing.subscribe(() => refresher.invalidate(true)),
    followOwn(view.core.outbox, refresher),
  ]
  return () => {
    refresher.dispose()
    conversation.dispose()
    for (const stop of stops) stop()
  }
}

/** What follows from the facts of a ticket and the people. */
function watchPeopleOf<Snapshot>(
  view: AccountView,
  { ticketId, chat }: Watchables['members']['arguments'],
  snapshotOf: (view: AccountView, facts: TicketFacts, chat: ChatKind) => Snapshot,
  emit: (snapshot: Snapshot) => void,
): Disposer {
  const refresher = createRefresher(view.clock, () => {
    if (!facts.isReady() || !view.people.isReady()) return false
    emit(snapshotOf(view, facts, chat))
    return true
  })
  const facts = view.ticketFacts.follow(ticketId, () => refresher.invalidate())
  const stops = [view.people, view.standing, view.overlay].map((source) =>
    source.subscribe(() => refresher.invalidate(true)),
  )
  return () => {
    refresher.dispose()
    facts.dispose()
    for (const stop of stops) stop()
  }
}

function watchDraft(view: AccountView, { room }: Watchables['draft']['arguments'], emit: Emit<'draft'>): Disposer {
  const refresh = (): void => emit(draftSnapshot(view, room))
  refresh()
  const stops = [view.core.drafts, view.core.media.refused].map((source) => source.subscribe(refresh))
  return () => {
    for (const stop of stops) stop()
  }
}

function watchMedia(view: AccountView, argument: Watchables['media']['arguments'], emit: Emit<'media'>): Disposer {
  const { value, dispose } = view.core.media.watch(argument)
  emit(value.get())
  const stop = value.subscribe(() => emit(value.get()))
  return () => {
    stop()
    dispose()
  }
}

function watchChatMedia(
  view: AccountView,
  argument: Watchables['chatMedia']['arguments'],
  emit: Emit<'chatMedia'>,
): Disposer {
  const refresher = createRefresher(view.clock, () => {
    const snapshot = media.snapshot()
    if (snapshot === undefined) return false
    emit(snapshot)
    return true
  })
  const media = followChatMedia(view, argument, () => refresher.invalidate())
  const stops = [view.people, view.standing, view.overlay].map((source) =>
    source.subscribe(() => refresher.invalidate()),
  )
  return () => {
    refresher.dispose()
    media.dispose()
    for (const stop of stops) stop()
  }
}
