import { chatRoom, type ChatKind, type RoomName, type UserId } from '#common/domain/ids.ts'
import type { Participant } from '#common/domain/message.ts'
import { baseRoles } from '#common/domain/role.ts'
import type { HistoryEntry, Ticket } from '#common/domain/ticket.ts'
import type { Account } from '#common/domain/user.ts'
import type { Organisation } from '#common/documents/directory-document.ts'
import type {
  ConversationItem,
  Person,
  QueueItem,
  SessionSnapshot,
  ConnectionSnapshot,
  NoticeSnapshot,
} from '#renderer/data/api.ts'
import { createFakeFolder, type FakeFolder } from './fake-folder.ts'
import { createFakeAdmin, type FakeAdmin } from './admin-world.ts'
import { moreTickets, namedTickets, type MessageItem, type TicketSeed } from './world-seeds.ts'

export type FakeTicket = Omit<Ticket, 'number'> & { number: number | null; history: HistoryEntry[]; queued: boolean }
export type FakeChat = {
  room: RoomName
  ticketId: string
  chat: ChatKind
  items: ConversationItem[]
  readSeq: number
  draft: string
  participants: Record<UserId, Participant>
  /** Changes of the participants that wait on this device. */
  changes: Record<UserId, 'adding' | 'removing'>
  present: { userId: UserId; name: string; typing: boolean }[]
  canWrite: boolean
}

/** Everything the fake data shows; tests and the harness change it through the fake's `change`. */
export type World = {
  now: number
  me: Account
  people: Person[]
  tickets: Map<string, FakeTicket>
  chats: Map<RoomName, FakeChat>
  queue: QueueItem[]
  session: SessionSnapshot
  connection: ConnectionSnapshot
  notices: NoticeSnapshot
  organisation: Organisation
  split: boolean
  admin: FakeAdmin
  folder: FakeFolder
}

const minute = 60_000

const people: Person[] = [
  { id: 'u-maria', name: 'Мария Ковалёва', kind: 'employee', detail: 'Диспетчер', active: true },
  { id: 'u-ilya', name: 'Илья Громов', kind: 'employee', detail: 'Сервисный специалист', active: true },
  { id: 'u-timur', name: 'Тимур Асланов', kind: 'employee', detail: 'Сервисный специалист', active: true },
  { id: 'u-pavel', name: 'Павел Дорохов', kind: 'employee', detail: 'Старший инженер', active: true },
  { id: 'u-nina', name: 'Нина Фёдорова', kind: 'employee', detail: 'Диспетчер', active: true },
  { id: 'u-olga', name: 'Ольга Синицына', kind: 'customer', detail: 'ТЦ «Меридиан»', active: true },
  { id: 'u-anton', name: 'Антон Белов', kind: 'customer', detail: 'Завод «Прогресс»', active: true },
  { id: 'u-vera', name: 'Вера Климова', kind: 'customer', detail: 'Клиника «Нева»', active: true },
]

function accountOf(userId: UserId, roleId: string): Account {
  const person = people.find((each) => each.id === userId)
  const role = baseRoles.find((each) => each.id === roleId)
  if (!person || !role) throw new Error(`no ${userId} or ${roleId}`)
  return {
    id: person.id,
    login: roleId,
    name: person.name,
    kind: person.kind,
    roleId,
    permissions: [...role.permissions],
    districts: [],
  }
}

export function personName(userId: UserId | null): string {
  return people.find((each) => each.id === userId)?.name ?? ''
}

/** A message as the conversation shows it; `minutesAgo` before the world's now. */
export function message(
  world: Pick<World, 'now' | 'me'>,
  seq: number | null,
  authorId: UserId,
  minutesAgo: number,
  text: string,
  changes: Partial<MessageItem> = {},
): MessageItem {
  const person = people.find((each) => each.id === authorId)
  const own = authorId === world.me.id
  const at = world.now - minutesAgo * minute
  return {
    kind: 'message',
    id: `m-${seq ?? text.length}-${authorId}-${Math.round(at / 1000)}`,
    seq,
    authorId,
    authorName: person?.name ?? authorId,
    authorDetail: person?.kind === 'customer' ? 'Заказчик' : (person?.detail ?? ''),
    own,
    text,
    deleted: false,
    editedAt: null,
    changing: null,
    attachments: [],
    upload: null,
    replyTo: null,
    crossPost: null,
    alsoIn: null,
    heldUntil: null,
    writtenAt: at,
    at: seq === null ? null : at,
    delivery: own ? (seq === null ? 'queued' : 'read') : null,
    refusal: null,
    readBy: own && seq !== null ? ['Ольга Синицына'] : [],
    ...changes,
  }
}

function chatOf(world: World, ticket: FakeTicket, chat: ChatKind, seed: TicketSeed): FakeChat {
  const lines = seed.lines[chat] ?? []
  let seq = 0
  const items = lines.map((line) =>
    message(world, line.pending ? null : ++seq, line.by, line.ago, line.text, {
      ...(line.delivery ? { delivery: line.delivery } : {}),
      ...line.changes,
    }),
  )
  const participants: Record<UserId, Participant> = {}
  const add = (id: UserId | null, lock?: 'assignee' | 'requester') => {
    const person = people.find((each) => each.id === id)
    if (person && !participants[person.id])
      participants[person.id] = {
        name: person.name,
        kind: person.kind,
        ...(lock ? { lock } : {}),
        addedBy: 'u-maria',
        addedAt: ticket.createdAt,
      }
  }
  if (chat === 'customer') add(ticket.requesterId, 'requester')
  add(ticket.assigneeId, 'assignee')
  add('u-maria')
  add('u-pavel')
  return {
    room: chatRoom(ticket.id, chat),
    ticketId: ticket.id,
    chat,
    items,
    readSeq: seq - (seed.unread?.[chat] ?? 0),
    draft: seed.draft && chat === 'customer' ? seed.draft : '',
    participants,
    changes: {},
    present: [],
    canWrite: true,
  }
}

/** Adds a ticket with its chats. */
function addTicket(world: World, seed: TicketSeed): void {
  const createdAt = world.now - (seed.ageHours ?? 6) * 60 * minute
  const ticket: FakeTicket = {
    id: `t-${seed.number}`,
    number: seed.number,
    stage: seed.stage,
    assigneeId: seed.assigneeId ?? null,
    requesterId: seed.requesterId,
    customerId: seed.requesterId.startsWith('u-') ? seed.requesterId : null,
    createdById: seed.requesterId,
    createdAt,
    stageAt: createdAt,
    queued: false,
    fields: {
      title: seed.title,
      description: seed.description ?? '',
      priority: seed.priority ?? 'normal',
      company: seed.company,
      site: seed.site ?? '',
      address: seed.address ?? '',
      asset: seed.asset ?? '',
      workType: seed.workType ?? '',
      dueAt: seed.dueIn === undefined ? '' : new Date(world.now + seed.dueIn * minute).toISOString(),
      contactName: personName(seed.requesterId),
      contactPhone: '+7 812 555-01-42',
    },
    history: [
      {
        at: createdAt,
        writtenAt: new Date(createdAt - 4000).toISOString(),
        byId: seed.requesterId,
        commandId: `c-${seed.number}-1`,
        changes: [{ field: 'stage', from: null, to: 'new' }],
      },
      {
        at: createdAt + 11 * minute,
        writtenAt: new Date(createdAt + 11 * minute - 2000).toISOString(),
        byId: 'u-maria',
        commandId: `c-${seed.number}-2`,
        changes: [
          { field: 'assigneeId', from: null, to: seed.assigneeId ?? 'u-ilya' },
          { field: 'stage', from: 'new', to: 'assigned' },
        ],
      },
      {
        at: createdAt + 40 * minute,
        writtenAt: new Date(createdAt + 22 * minute).toISOString(),
        byId: 'u-ilya',
        commandId: `c-${seed.number}-3`,
        changes: [
          { field: 'priority', from: 'normal', to: seed.priority ?? 'high' },
          { field: 'dueAt', from: '', to: new Date(world.now + 150 * minute).toISOString() },
        ],
        reason: 'По договору: четыре часа на аварию',
      },
    ],
  }
  world.tickets.set(ticket.id, ticket)
  for (const chat of world.split ? (['team', 'customer'] as const) : (['customer'] as const)) {
    const made = chatOf(world, ticket, chat, seed)
    world.chats.set(made.room, made)
  }
}

export type WorldOptions = { now: number; split?: boolean; userId?: UserId; roleId?: string; tickets?: number }

/** Eight tickets that the visual reference shows, and more like them up to `tickets`. */
export function createWorld({
  now,
  split = false,
  userId = 'u-maria',
  roleId = 'dispatcher',
  tickets = 40,
}: WorldOptions): World {
  const me = accountOf(userId, roleId)
  const organisation = { name: 'Наряд-Сервис', splitChats: split }
  const world: World = {
    now,
    me,
    people,
    tickets: new Map(),
    chats: new Map(),
    queue: [],
    session: { state: 'signed-in', account: me, organisation, server: 'https://naryad.example.ru' },
    connection: { state: 'online', offlineSince: null, caughtUpAt: now, syncing: null, queued: 0, refused: 0 },
    notices: [],
    organisation,
    split,
    admin: createFakeAdmin(now, people, me),
    folder: createFakeFolder(),
  }
  for (const seed of [...namedTickets(split), ...moreTickets(Math.max(0, tickets - 8))]) addTicket(world, seed)
  return world
}
