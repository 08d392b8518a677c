import type { ConversationItem } from '#renderer/data/api.ts'
import type { DeliveryState } from '#common/domain/delivery.ts'
import type { ChatKind, UserId } from '#common/domain/ids.ts'
import { priorities, stages, type Priority, type Stage } from '#common/domain/ticket.ts'

export type MessageItem = Extract<ConversationItem, { kind: 'message' }>

type Line = {
  by: UserId
  /** Minutes before now. */
  ago: number
  text: string
  pending?: boolean
  delivery?: DeliveryState
  changes?: Partial<MessageItem>
}
export type TicketSeed = {
  number: number
  title: string
  company: string
  site?: string
  address?: string
  asset?: string
  workType?: string
  description?: string
  stage: Stage
  priority?: Priority
  assigneeId?: UserId
  requesterId: UserId
  ageHours?: number
  /** Minutes from now. */
  dueIn?: number
  lines: Partial<Record<ChatKind, Line[]>>
  unread?: Partial<Record<ChatKind, number>>
  draft?: string
}

const pump: Line[] = [
  { by: 'u-olga', ago: 1560, text: 'Здравствуйте! Вечером насос снова остановился, перезапустили вручную.' },
  { by: 'u-maria', ago: 1550, text: 'Добрый вечер. Заявку завела, инженер будет завтра утром.' },
  {
    by: 'u-olga',
    ago: 95,
    text: 'Добрый день! После утреннего запуска давление снова падает до 2,1 бар. Фото манометра и узла приложу позже.',
  },
  {
    by: 'u-maria',
    ago: 90,
    text: 'Ольга, приняли. Перекройте, пожалуйста, байпас до приезда инженера.',
    changes: { readBy: ['Ольга Синицына', 'Илья Громов'] },
  },
  { by: 'u-olga', ago: 63, text: 'Байпас перекрыли, давление держится 2,4.' },
  { by: 'u-olga', ago: 62, text: 'На охране предупредила, въезд со двора.' },
  { by: 'u-olga', ago: 61, text: 'Во сколько ждать мастера? Позвоните: +7 812 555-01-42' },
  { by: 'u-maria', ago: 59, text: 'Уточняю у инженера, вернусь через пять минут.', pending: true },
]

/** Tickets of the visual reference. */
export function namedTickets(split: boolean): TicketSeed[] {
  const chat: ChatKind = split ? 'team' : 'customer'
  return [
    {
      number: 20418,
      title: 'Не держит давление насос ГВС',
      company: 'ТЦ «Меридиан»',
      site: 'ИТП-2',
      address: 'Савушкина, 141',
      asset: 'Wilo IL 50/140',
      workType: 'Ремонт насосного оборудования',
      description: 'Давление на подаче падает до 2,1 бар при норме 3,5. Начинается через 20–30 минут после запуска.',
      stage: 'inProgress',
      priority: 'high',
      assigneeId: 'u-ilya',
      requesterId: 'u-olga',
      ageHours: 27,
      dueIn: 146,
      lines: {
        customer: pump,
        team: [
          { by: 'u-ilya', ago: 80, text: 'Выезжаю, буду к 16:00. Запасное уплотнение взял.' },
          { by: 'u-maria', ago: 78, text: 'Хорошо, заказчику напишу.' },
          { by: 'u-pavel', ago: 52, text: 'Проверь обратный клапан, там уже меняли весной.' },
        ],
      },
      unread: { customer: 3, team: 1 },
      draft: 'Инженер будет до 16:00',
    },
    {
      number: 20421,
      title: 'Сработала пожарная сигнализация, этаж 4',
      company: 'БЦ «Лотос»',
      site: 'Щитовая 4 этажа',
      stage: 'accepted',
      priority: 'critical',
      assigneeId: 'u-ilya',
      requesterId: 'u-anton',
      dueIn: 38,
      lines: {
        [chat]: [
          { by: 'u-maria', ago: 71, text: 'Илья, на объекте кто-нибудь есть?' },
          { by: 'u-ilya', ago: 66, text: 'Охрана встречает' },
          { by: 'u-ilya', ago: 64, text: 'доступ в щитовую закрыт' },
        ],
      },
      unread: { [chat]: 2 },
    },
    {
      number: 20397,
      title: 'Замена фильтров приточной установки',
      company: 'Клиника «Нева»',
      site: 'Корпус 2',
      stage: 'new',
      priority: 'normal',
      requesterId: 'u-vera',
      lines: { customer: [{ by: 'u-vera', ago: 87, text: 'Прошу заменить фильтры, перепад уже 280 Па' }] },
      unread: { customer: 1 },
    },
    {
      number: 20389,
      title: 'Лифт № 2 не закрывает двери',
      company: 'ЖК «Парковый»',
      stage: 'inProgress',
      priority: 'high',
      assigneeId: 'u-timur',
      requesterId: 'u-anton',
      dueIn: -72,
      lines: { [chat]: [{ by: 'u-timur', ago: 104, text: 'деталь есть на складе, выезжаю' }] },
      unread: { [chat]: 1 },
    },
    {
      number: 20377,
      title: 'Протечка в помещении серверной',
      company: 'АО «Вектор»',
      stage: 'done',
      priority: 'critical',
      assigneeId: 'u-pavel',
      requesterId: 'u-anton',
      lines: {
        customer: [
          { by: 'u-anton', ago: 290, text: 'Вода на полу у стойки 3, напряжение сняли.' },
          { by: 'u-maria', ago: 202, text: 'Акт во вложении, спасибо!' },
        ],
      },
    },
    {
      number: 20340,
      title: 'Плановое ТО холодильных камер',
      company: '«Свежий рынок»',
      stage: 'inProgress',
      assigneeId: 'u-timur',
      requesterId: 'u-vera',
      dueIn: 1500,
      lines: { [chat]: [{ by: 'u-maria', ago: 218, text: 'Пропуск заказан на завтра', pending: true }] },
    },
    {
      number: 20322,
      title: 'Не работает СКУД на проходной',
      company: 'Завод «Прогресс»',
      stage: 'done',
      assigneeId: 'u-pavel',
      requesterId: 'u-anton',
      ageHours: 60,
      lines: { customer: [{ by: 'u-anton', ago: 1300, text: 'Всё заработало, закрывайте' }] },
    },
    {
      number: 20311,
      title: 'Перегрев частотного преобразователя',
      company: 'ТЦ «Меридиан»',
      stage: 'new',
      priority: 'low',
      requesterId: 'u-olga',
      ageHours: 70,
      lines: { [chat]: [{ by: 'u-pavel', ago: 1420, text: 'Нужна термопаста и вентилятор' }] },
    },
  ]
}

const titles = [
  'Не запускается дизель-генератор',
  'Шум в вентиляционной камере',
  'Замена счётчика воды',
  'Не открываются ворота склада',
  'Проверка тепловой завесы',
  'Сбой контроллера температуры',
  'Утечка хладагента',
  'Ремонт насоса дренажа',
]
const companies = ['ТЦ «Меридиан»', 'БЦ «Лотос»', 'Клиника «Нева»', 'Завод «Прогресс»', 'ЖК «Парковый»', 'АО «Вектор»']
const requesters = ['u-olga', 'u-anton', 'u-vera']
const engineers = ['u-ilya', 'u-timur', 'u-pavel']

const pick = <Value>(values: readonly Value[], index: number): Value => {
  const value = values[index % values.length]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}

/** Tickets that fill the lists: older, all read. */
export function moreTickets(count: number): TicketSeed[] {
  return Array.from({ length: count }, (_, index) => ({
    number: 20_300 - index,
    title: pick(titles, index),
    company: pick(companies, index * 5 + 1),
    site: `Корпус ${1 + (index % 4)}`,
    stage: pick(stages, index),
    priority: pick(priorities, index * 3),
    ...(index % 5 === 0 ? {} : { assigneeId: pick(engineers, index) }),
    requesterId: pick(requesters, index),
    ageHours: 80 + index * 3,
    ...(index % 3 === 0 ? { dueIn: 300 + index * 60 } : {}),
    lines: {
      customer: [
        { by: pick(requesters, index), ago: 2900 + index * 90, text: 'Здравствуйте, когда ждать специалиста?' },
        { by: pick(engineers, index), ago: 2880 + index * 90, text: 'Завтра до обеда.' },
      ],
    },
  }))
}
