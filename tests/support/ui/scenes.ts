import { refusal } from '#common/protocol/refusals.ts'
import type { QueueItem } from '#renderer/data/api.ts'
import type { FakeData } from './fake-data.ts'
import type { WorldOptions } from './world.ts'

type Scene = {
  path: string
  world?: Partial<WorldOptions>
  /** Puts the world into the state that is to be seen. */
  prepare?(data: FakeData): void
}

const queueItem = (item: Partial<QueueItem> & Pick<QueueItem, 'id' | 'text'>): QueueItem => ({
  type: 'message.post',
  state: 'queued',
  ticketId: 't-20418',
  ticketNumber: 20418,
  ticketTitle: 'Не держит давление насос ГВС',
  chat: 'customer',
  writtenAt: Date.now() - 240_000,
  refusal: null,
  canEdit: true,
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
      canEdit: false,
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
        now.session = { state: 'locked', reason: 'sign-in-again', account: now.me, server: 'https://naryad.example.ru' }
      }),
  },
  'signed-out': { path: '/', prepare: ({ change }) => change((now) => (now.session = { state: 'signed-out' })) },
  update: {
    path: '/',
    prepare: ({ change }) =>
      change((now) => (now.session = { state: 'update-required', server: 'https://naryad.example.ru' })),
  },
  large: { path: '/chats', world: { tickets: 20_000 } },
}
