import { chatRoom, type ChatKind } from '#common/domain/ids.ts'
import type { QueueItem } from '#renderer/data/api.ts'
import type { FakeData } from './fake-data.ts'
import type { Scene } from './scene.ts'
import type { MessageItem } from './world-seeds.ts'
import { message, type FakeChat, type World } from './world.ts'

const ticketId = 't-20418'
const pump = { team: `/chats/${ticketId}/team`, customer: `/chats/${ticketId}/customer` } as const

function inChat(world: World, chat: ChatKind, alter: (chat: FakeChat) => void): void {
  const found = world.chats.get(chatRoom(ticketId, chat))
  if (found) alter(found)
}

const crossPosted = (seq: number, minutesAgo: number, text: string, delivery: Record<ChatKind, 'sent' | 'read'>) =>
  (['team', 'customer'] as const).map((chat) => ({
    chat,
    item: (world: World): MessageItem =>
      message(world, seq, 'u-maria', minutesAgo, text, {
        id: `cross-${seq}`,
        delivery: delivery[chat],
        crossPost: { id: `cross-${seq}`, with: chatRoom(ticketId, chat === 'team' ? 'customer' : 'team') },
        alsoIn: chat === 'team' ? 'customer' : 'team',
      }),
  }))

/** A message that went to both chats, read by the customer and not yet by the team. */
const crossPosts = ({ change }: FakeData) =>
  change((world) => {
    const copies = crossPosted(20, 14, 'Илья будет на объекте к 16:00.', { customer: 'read', team: 'sent' })
    for (const { chat, item } of copies)
      inChat(world, chat, (found) => {
        found.items = [...found.items.filter((each) => each.seq !== null), item(world)]
        found.readSeq = 20
      })
  })

const held = ({ change }: FakeData) =>
  change((world) =>
    inChat(world, 'customer', (chat) => {
      chat.draft = ''
      chat.readSeq = 20
      chat.items = [
        ...chat.items.filter((each) => each.seq !== null),
        message(world, null, 'u-maria', 0, 'Инженер Илья Громов будет до 16:00.', {
          id: 'held',
          heldUntil: Date.now() + 60_000,
        }),
      ]
    }),
  )

const pendingMembers = ({ change }: FakeData) =>
  change((world) => {
    world.connection = { ...world.connection, state: 'offline', offlineSince: world.now - 600_000 }
    inChat(world, 'customer', (chat) => {
      chat.changes = { 'u-timur': 'adding', 'u-pavel': 'removing' }
    })
  })

const emptyTeam = ({ change }: FakeData) =>
  change((world) =>
    inChat(world, 'team', (chat) => {
      chat.items = []
    }),
  )

const joined = ({ change }: FakeData) =>
  change((world) =>
    inChat(world, 'team', (chat) => {
      const at = world.now - 30 * 60_000
      const told = (kind: 'joined' | 'left', seq: number, byName: string, name: string) =>
        ({ kind, id: `${kind}${seq}`, seq, at: at + seq * 60_000, byName, name }) as const
      chat.items = [
        ...chat.items,
        told('joined', 20, 'Мария Ковалёва', 'Павел Дорохов'),
        told('joined', 21, 'Антон Белов', 'Нина Фёдорова'),
        told('left', 22, 'Ким Чен', 'Тимур Асланов'),
        told('joined', 23, '', 'Тимур Асланов'),
        told('left', 24, 'Нина Фёдорова', 'Нина Фёдорова'),
      ]
    }),
  )

const administrationItem = (item: Partial<QueueItem> & Pick<QueueItem, 'id' | 'type' | 'text'>): QueueItem => ({
  state: 'queued',
  ticketId: null,
  ticketNumber: null,
  ticketTitle: '',
  isTicketHere: true,
  chat: null,
  writtenAt: Date.now() - 120_000,
  refusal: null,
  canEdit: false,
  attachments: 0,
  upload: null,
  ...item,
})

const everyCommand = ({ change }: FakeData) =>
  change((world) => {
    const ofTicket = { ticketId, ticketNumber: 20418, ticketTitle: 'Не держит давление насос ГВС', isTicketHere: true }
    world.queue = [
      administrationItem({
        ...ofTicket,
        id: 'a1',
        type: 'participants.add',
        chat: 'customer',
        text: 'Тимур Асланов, Нина Фёдорова',
      }),
      administrationItem({
        ...ofTicket,
        id: 'a2',
        type: 'participants.remove',
        chat: 'team',
        text: 'Павел Дорохов',
        state: 'refused',
        refusal: { code: 'E_FORBIDDEN', message: '' },
      }),
      administrationItem({
        ...ofTicket,
        id: 'a3',
        type: 'message.post',
        chat: 'customer',
        text: 'Инженер будет до 16:00',
        state: 'held',
        canEdit: true,
      }),
      administrationItem({ id: 'a4', type: 'role.update', text: 'Сервисный специалист' }),
      administrationItem({ id: 'a5', type: 'user.create', text: 'Виктор Лапин' }),
      administrationItem({ id: 'a6', type: 'organisation.update', text: '' }),
    ]
  })

const withSplit = { split: true } as const

/** What a chat with its participants, its other chat and its five seconds can be. */
export const chatScenes: Record<string, Scene> = {
  beside: { path: pump.customer, world: withSplit, settings: { chatsBeside: true } },
  'beside-crossed': {
    path: pump.team,
    world: withSplit,
    settings: { chatsBeside: true, detailsOpen: false },
    prepare: crossPosts,
  },
  'cross-posts': { path: pump.customer, world: withSplit, prepare: crossPosts },
  'cross-posts-team': { path: pump.team, world: withSplit, prepare: crossPosts },
  held: { path: pump.customer, world: withSplit, prepare: held },
  'team-empty': { path: pump.team, world: withSplit, prepare: emptyTeam },
  'members-pending': { path: pump.customer, world: withSplit, prepare: pendingMembers },
  joined: { path: pump.team, world: withSplit, prepare: joined },
  engineer: { path: pump.team, world: { ...withSplit, userId: 'u-ilya', roleId: 'engineer' } },
  'customer-split': {
    path: pump.customer,
    world: { ...withSplit, userId: 'u-olga', roleId: 'customer' },
    prepare: crossPosts,
  },
  'queue-commands': { path: '/queue', world: withSplit, prepare: everyCommand },
}
