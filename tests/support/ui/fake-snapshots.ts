import { chatRoom, type ChatKind } from '#common/domain/ids.ts'
import type { Permission } from '#common/domain/role.ts'
import { isClosed } from '#common/domain/ticket.ts'
import type {
  ChatMember,
  MembersSnapshot,
  InboxRow,
  InboxSnapshot,
  PendingChange,
  Person,
  QueueItem,
  TicketListArguments,
  TicketListSnapshot,
  TicketRow,
  TicketSnapshot,
  Watchables,
  WatchName,
} from '#renderer/data/api.ts'
import { chatMedia, draftFilesOf, mediaSnapshot } from './fake-files.ts'
import { directoryOf } from './fake-admin.ts'
import { personName, type FakeChat, type FakeTicket, type World } from './world.ts'

const priorityOrder = ['critical', 'high', 'normal', 'low']

export function unreadOf(chat: FakeChat): number {
  return chat.items.filter((item) => item.kind === 'message' && !item.own && (item.seq ?? 0) > chat.readSeq).length
}

function inboxRow(world: World, chat: FakeChat): InboxRow {
  const ticket = ticketOf(world, chat.ticketId)
  const last = chat.items.findLast((item) => item.kind === 'message')
  const at = last ? (last.at ?? last.writtenAt) : ticket.createdAt
  return {
    room: chat.room,
    ticketId: ticket.id,
    chat: chat.chat,
    number: ticket.number,
    title: ticket.fields.title,
    company: ticket.fields.company ?? '',
    site: ticket.fields.site ?? '',
    stage: ticket.stage,
    dueAt: ticket.fields.dueAt ?? '',
    last: last
      ? {
          authorId: last.authorId,
          authorName: last.authorName,
          own: last.own,
          text: last.deleted ? '' : last.text,
          attachments: last.attachments.length,
          at,
          delivery: last.delivery,
        }
      : null,
    lastAt: at,
    unread: unreadOf(chat),
    draft: chat.draft,
    draftFiles: draftFilesOf(world, chat.room).files.length,
    queued: chat.items.filter((item) => item.kind === 'message' && item.delivery === 'queued').length,
  }
}

function inbox(world: World, { filter, limit }: Watchables['inbox']['arguments']): InboxSnapshot {
  const all = [...world.chats.values()]
    .filter((chat) => !world.split || chat.items.length > 0)
    .filter((chat) => may(world, `messages.${chat.chat}.read`))
    .map((chat) => inboxRow(world, chat))
  const rows = all
    .filter((row) => filter === 'all' || (filter === 'unread' ? row.unread > 0 : isMine(world, row)))
    .sort((one, other) => other.lastAt - one.lastAt)
  return {
    rows: rows.slice(0, limit),
    total: rows.length,
    unread: all.reduce((sum, row) => sum + row.unread, 0),
    unreadChats: all.filter((row) => row.unread > 0).length,
    ready: true,
  }
}

function isMine(world: World, row: InboxRow): boolean {
  return world.chats.get(row.room)?.participants[world.me.id] !== undefined
}

function ticketRow(world: World, ticket: FakeTicket): TicketRow {
  const chats = [...world.chats.values()].filter((chat) => chat.ticketId === ticket.id)
  return {
    id: ticket.id,
    stage: ticket.stage,
    assigneeId: ticket.assigneeId,
    createdAt: ticket.createdAt,
    number: ticket.number,
    title: ticket.fields.title,
    company: ticket.fields.company ?? '',
    site: ticket.fields.site ?? '',
    priority: ticket.fields.priority ?? 'normal',
    dueAt: ticket.fields.dueAt ?? '',
    assigneeName: personName(ticket.assigneeId),
    lastAt: Math.max(ticket.createdAt, ...chats.map((chat) => inboxRow(world, chat).lastAt)),
    unread: chats.reduce((sum, chat) => sum + unreadOf(chat), 0),
    queued: ticket.queued,
  }
}

function tickets(world: World, wanted: TicketListArguments): TicketListSnapshot {
  const text = wanted.text.trim().toLowerCase()
  const rows = [...world.tickets.values()]
    .map((ticket) => ticketRow(world, ticket))
    .filter((row) => wanted.stages.length === 0 || wanted.stages.includes(row.stage))
    .filter((row) => wanted.assigneeId === undefined || row.assigneeId === wanted.assigneeId)
    .filter((row) => `${row.number ?? ''} ${row.title} ${row.company}`.toLowerCase().includes(text))
    .sort((one, other) => {
      if (wanted.sort === 'number') return (other.number ?? 0) - (one.number ?? 0)
      if (wanted.sort === 'due') return (one.dueAt || '9').localeCompare(other.dueAt || '9')
      if (wanted.sort === 'priority') return priorityOrder.indexOf(one.priority) - priorityOrder.indexOf(other.priority)
      return other.lastAt - one.lastAt
    })
  return { rows: rows.slice(0, wanted.limit), total: rows.length, ready: true }
}

function ticket(world: World, ticketId: string): TicketSnapshot {
  const found = world.tickets.get(ticketId)
  if (!found) return null
  const { history, queued: _queued, ...rest } = found
  return {
    ticket: rest,
    people: Object.fromEntries(world.people.map((person) => [person.id, person])),
    history,
    pending: world.queue
      .filter((item) => item.ticketId === ticketId && item.type.startsWith('ticket.'))
      .map((item) => ({ id: item.id, type: item.type, state: pendingState(item) })),
    rights: {
      edit: may(world, 'tickets.edit') && !isClosed(found.stage),
      assign: may(world, 'tickets.assign') && !isClosed(found.stage),
      stage: may(world, 'tickets.stage'),
    },
    chats: [...world.chats.values()]
      .filter((chat) => chat.ticketId === ticketId && may(world, `messages.${chat.chat}.read`))
      .map((chat) => ({ chat: chat.chat, room: chat.room, unread: unreadOf(chat), canWrite: chat.canWrite })),
  }
}

function may(world: World, permission: Permission): boolean {
  return world.me.permissions.includes(permission)
}

function pendingState({ state }: QueueItem): PendingChange['state'] {
  return state === 'sending' || state === 'held' ? 'queued' : state
}

const lockOrder = ['assignee', 'requester']

function membersOf(world: World, chat: FakeChat): ChatMember[] {
  if (!may(world, 'messages.participants.view')) return []
  const place = ({ lock }: ChatMember) => (lock ? lockOrder.indexOf(lock) : lockOrder.length)
  return world.people
    .flatMap((person): ChatMember[] => {
      const participant = chat.participants[person.id]
      const change = chat.changes[person.id] ?? null
      return participant || change ? [{ person, lock: participant?.lock ?? null, change }] : []
    })
    .sort((one, other) => place(one) - place(other) || one.person.name.localeCompare(other.person.name, 'ru'))
}

function members(world: World, ticketId: string, chat: ChatKind): MembersSnapshot {
  const found = world.chats.get(chatRoom(ticketId, chat))
  return {
    participants: found?.participants ?? {},
    members: found ? membersOf(world, found) : [],
    rights: {
      see: may(world, 'messages.participants.view'),
      add: may(world, 'messages.participants.add'),
      remove: may(world, 'messages.participants.remove'),
    },
  }
}

function addable(world: World, ticketId: string, chat: ChatKind): Person[] {
  const found = world.chats.get(chatRoom(ticketId, chat))
  const { company } = ticketOf(world, ticketId).fields
  return world.people.filter(
    (person) =>
      !found?.participants[person.id] &&
      !found?.changes[person.id] &&
      (person.kind === 'employee' || (chat === 'customer' && person.detail === company)),
  )
}

function conversation(
  world: World,
  { ticketId, chat, limit }: Watchables['conversation']['arguments'],
): Watchables['conversation']['snapshot'] {
  const found = [...world.chats.values()].find((each) => each.ticketId === ticketId && each.chat === chat)
  if (!found) throw new Error(`no chat ${chat} of ${ticketId}`)
  return {
    items: found.items.slice(-limit),
    hasOlder: found.items.length > limit,
    lastSeq: found.items.reduce((last, item) => Math.max(last, item.seq ?? 0), 0),
    readSeq: found.readSeq,
    unread: unreadOf(found),
    canWrite: found.canWrite,
    ready: true,
  }
}

export function ticketOf(world: World, ticketId: string): FakeTicket {
  const found = world.tickets.get(ticketId)
  if (!found) throw new Error(`no ticket ${ticketId}`)
  return found
}

/** The snapshot of anything watched, from the world as it is. */
export function snapshotOf<Name extends WatchName>(
  world: World,
  name: Name,
  argument: Watchables[Name]['arguments'],
): Watchables[Name]['snapshot'] {
  const makers: { [Each in WatchName]: (argument: Watchables[Each]['arguments']) => Watchables[Each]['snapshot'] } = {
    session: () => world.session,
    connection: () => world.connection,
    notices: () => world.notices,
    inbox: (wanted) => inbox(world, wanted),
    tickets: (wanted) => tickets(world, wanted),
    ticket: ({ ticketId }) => ticket(world, ticketId),
    conversation: (wanted) => conversation(world, wanted),
    present: ({ ticketId, chat }) => world.chats.get(chatRoom(ticketId, chat))?.present ?? [],
    members: ({ ticketId, chat }) => members(world, ticketId, chat),
    draft: ({ room }) => ({ text: world.chats.get(room)?.draft ?? '', saved: true, ...draftFilesOf(world, room) }),
    media: ({ sha256, variant }) => mediaSnapshot(world, sha256, variant),
    chatMedia: ({ ticketId, chat, limit }) => chatMedia(world.chats.get(chatRoom(ticketId, chat)), limit),
    queue: () => world.queue,
    people: () => world.people,
    directory: () => directoryOf(world),
    addable: ({ ticketId, chat }) => addable(world, ticketId, chat),
  }
  return makers[name](argument)
}
