import { refusal } from '#common/protocol/refusals.ts'
import type { QueueItem } from '#renderer/data/api.ts'
import type { FakeData } from './fake-data.ts'
import type { MessageItem } from './world-seeds.ts'
import { adminScenes } from './admin-scenes.ts'
import { chatScenes } from './chat-scenes.ts'
import { mediaScenes } from './media-scenes.ts'
import type { Scene } from './scene.ts'
import { message } from './world.ts'

const queueItem = (item: Partial<QueueItem> & Pick<QueueItem, 'id' | 'text'>): QueueItem => ({
  type: 'message.post',
  state: 'queued',
  ticketId: 't-20418',
  ticketNumber: 20418,
  ticketTitle: 'Не держит давление насос ГВС',
  isTicketHere: true,
  chat: 'customer',
  writtenAt: Date.now() - 240_000,
  refusal: null,
  canEdit: true,
  attachments: 0,
  upload: null,
  ...item,
})

function queueOf(): QueueItem[] {
  return [
    queueItem({ id: 'q1', text: 'Уточняю у инженера, вернусь через пять минут.' }),
    queueItem({ id: 'q2', type: 'ticket.stage', text: 'enRoute', chat: null, canEdit: false }),
    queueItem({
      id: 'q3',
      text: 'Пропуск заказан на завтра',
      ticketId: 't-20340',
      ticketNumber: 20340,
      ticketTitle: 'Плановое ТО холодильных камер',
    }),
    queueItem({
      id: 'q4',
      text: 'Акт подписан, спасибо за работу!',
      state: 'refused',
      refusal: refusal('E_STALE'),
      ticketId: 't-20377',
      ticketNumber: 20377,
      ticketTitle: 'Протечка в помещении серверной',
    }),
    queueItem({
      id: 'q5',
      type: 'ticket.create',
      text: 'Заменить лампы аварийного освещения',
      chat: null,
      ticketId: 't-local',
      ticketNumber: null,
      ticketTitle: 'Заменить лампы аварийного освещения',
      canEdit: false,
    }),
  ]
}

const offline = ({ world, change }: FakeData) =>
  change((now) => {
    now.connection = { ...now.connection, state: 'offline', offlineSince: world.now - 600_000 }
    now.queue = queueOf().slice(0, 2)
  })

/** Every state that screenshots and accessibility checks look at. */
export const scenes: Record<string, Scene> = {
  chat: { path: '/chats/t-20418/customer' },
  offline: { path: '/chats/t-20418/customer', prepare: offline },
  team: { path: '/chats/t-20418/team', world: { split: true } },
  split: { path: '/chats/t-20418/customer', world: { split: true }, prepare: offline },
  // Everything that a message can be.
  states: {
    path: '/chats/t-20418/customer',
    prepare: ({ change }) =>
      change((now) => {
        const chat = now.chats.get('chat.t-20418.customer')
        if (!chat) return
        const say = (seq: number | null, by: string, ago: number, text: string, changes: Partial<MessageItem> = {}) =>
          message(now, seq, by, ago, text, changes)
        const late = { writtenAt: now.now - 60 * 60_000, at: now.now - 43 * 60_000 }
        chat.items = [
          { kind: 'system', id: 's1', seq: 1, at: now.now - 70 * 60_000, key: 'stage', values: { stage: 'enRoute' } },
          {
            kind: 'joined',
            id: 's2',
            seq: 2,
            at: now.now - 69 * 60_000,
            name: 'Павел Дорохов',
            byName: 'Мария Ковалёва',
          },
          say(3, 'u-olga', 43, 'Написано в подвале без связи', late),
          say(4, 'u-maria', 40, 'Прочитано', { readBy: ['Ольга Синицына', 'Илья Громов'] }),
          say(5, 'u-maria', 33, 'Доставлено', { delivery: 'delivered' }),
          say(6, 'u-maria', 27, 'Отправлено', { delivery: 'sent' }),
          say(7, 'u-ilya', 26, 'Исправленное сообщение', { editedAt: now.now }),
          say(8, 'u-ilya', 25, '', { deleted: true }),
          say(9, 'u-olga', 24, 'Отвечаю: https://example.ru/схема и help@example.ru', {
            replyTo: { seq: 4, authorName: 'Мария Ковалёва', text: 'Прочитано' },
          }),
          say(10, 'u-maria', 20, 'Правка ещё не ушла', { changing: 'edit', delivery: 'read' }),
          say(null, 'u-maria', 12, 'Ждёт связи'),
          say(null, 'u-maria', 6, 'Сервер не принял', { delivery: 'refused', refusal: refusal('E_STALE') }),
          say(null, 'u-maria', 0, 'Не записано на диск', { delivery: 'unsaved' }),
        ]
        chat.readSeq = 10
        chat.present = [{ userId: 'u-ilya', name: 'Илья Громов', typing: true }]
      }),
  },
  inbox: { path: '/chats' },
  empty: { path: '/chats', world: { tickets: 0 }, prepare: ({ change }) => change((now) => now.chats.clear()) },
  tickets: { path: '/tickets' },
  fields: { path: '/tickets/t-20418/fields' },
  history: { path: '/tickets/t-20418/history' },
  missing: { path: '/tickets/t-1/fields' },
  closed: {
    path: '/chats/t-20322/customer',
    prepare: ({ change }) =>
      change((now) => {
        const ticket = now.tickets.get('t-20322')
        if (ticket) ticket.stage = 'closed'
      }),
  },
  queue: { path: '/queue', prepare: ({ change }) => change((now) => (now.queue = queueOf())) },
  'queue-empty': { path: '/queue' },
  customer: { path: '/chats/t-20418/customer', world: { userId: 'u-olga', roleId: 'customer' } },
  notices: {
    path: '/chats/t-20418/customer',
    prepare: ({ change }) =>
      change((now) => {
        now.connection = { ...now.connection, syncing: { rooms: 412, messages: 5231 } }
        now.notices = [
          { id: 'n1', kind: 'database-rebuilt', values: {} },
          { id: 'n2', kind: 'not-saved', values: { detail: 'disk-full' } },
        ]
        const { me: account, organisation } = now
        now.session = {
          state: 'locked',
          reason: 'sign-in-again',
          account,
          organisation,
          server: 'https://naryad.example.ru',
        }
      }),
  },
  'signed-out': { path: '/', prepare: ({ change }) => change((now) => (now.session = { state: 'signed-out' })) },
  update: {
    path: '/',
    prepare: ({ change }) =>
      change((now) => (now.session = { state: 'update-required', server: 'https://naryad.example.ru' })),
  },
  ...chatScenes,
  ...mediaScenes,
  ...adminScenes,
  large: { path: '/chats', world: { tickets: 20_000 } },
}

const long = new Set(['large', 'photos'])
/** Without those of thousands of rows or photos, over which axe would take minutes. */
export const shortScenes = Object.keys(scenes).filter((scene) => !long.has(scene))
