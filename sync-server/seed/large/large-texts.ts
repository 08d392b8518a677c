import type { Priority, TicketFields } from '#common/domain/ticket.ts'

/** Words for tickets and messages in bulk. Everything follows from the ticket's index, so two runs are alike. */
const assets = [
  {
    name: 'Насос Wilo IL 50/140',
    work: 'Насосное оборудование',
    fault: 'не держит давление',
    part: 'торцевое уплотнение',
  },
  { name: 'Лифт KONE EcoSpace', work: 'Лифты', fault: 'не закрывает двери', part: 'ролик каретки дверей' },
  {
    name: 'Прибор «Рубеж-2ОП»',
    work: 'Пожарная сигнализация',
    fault: 'показывает неисправность шлейфа',
    part: 'извещатель ДИП-34А',
  },
  {
    name: 'Холодильная витрина Arneg',
    work: 'Холодильное оборудование',
    fault: 'не держит температуру',
    part: 'датчик оттайки',
  },
  { name: 'Турникет PERCo', work: 'Контроль доступа', fault: 'не читает карты', part: 'плата считывателя' },
  {
    name: 'Приточная установка VTS',
    work: 'Вентиляция',
    fault: 'выключается по перегреву',
    part: 'вентилятор преобразователя',
  },
  { name: 'ИБП APC Symmetra', work: 'Электроснабжение', fault: 'перешёл на байпас', part: 'силовой модуль' },
  { name: 'Кондиционер Daikin', work: 'Кондиционирование', fault: 'течёт внутренний блок', part: 'дренажная помпа' },
  { name: 'Тепловой пункт', work: 'Тепловые пункты', fault: 'не греет обратку', part: 'привод клапана' },
  { name: 'Шлагбаум CAME', work: 'Контроль доступа', fault: 'не опускается', part: 'плата петли' },
] as const
const streets = [
  'Савушкина',
  'Пулковское шоссе',
  'Тореза',
  'Комендантский проспект',
  'Обводный канал',
  'Финляндская',
  'Московское шоссе',
  'Академика Павлова',
]
const districts = [
  'Приморский',
  'Московский',
  'Выборгский',
  'Адмиралтейский',
  'Колпинский',
  'Пушкинский',
  'Петроградский',
]
const priorities: readonly Priority[] = ['normal', 'low', 'normal', 'high', 'normal', 'critical']

type Author = 'customer' | 'dispatcher' | 'engineer'
type Template = (words: { asset: string; part: string; number: number; hour: number; room: number }) => string

/** In turns: what customer, dispatcher and engineer say. */
const lines: readonly (readonly [Author, readonly Template[]])[] = [
  [
    'customer',
    [
      ({ asset, room }) => `Добрый день! ${asset} опять барахлит, помещение ${room}. Прошу прислать инженера.`,
      ({ asset, hour }) => `С ${hour}:00 не работает ${asset}. Сами сбросить не смогли.`,
      ({ room, number }) => `Помещение ${room}, на табло код ${number}. Что это значит?`,
    ],
  ],
  [
    'dispatcher',
    [
      ({ hour }) => `Приняли. Инженер будет до ${hour}:00, уточните, пожалуйста, пропуск.`,
      ({ number }) => `Вижу заявку, предыдущая была ${number} дней назад по той же причине?`,
      () => 'Передала инженеру. Если станет хуже, звоните в диспетчерскую.',
    ],
  ],
  [
    'engineer',
    [
      ({ hour, number }) => `Выезжаю, буду к ${hour}:${String(number % 60).padStart(2, '0')}.`,
      ({ part }) => `Похоже, ${part}. Взял с собой.`,
      ({ number }) => `На месте. Замер показал ${number / 10}, проверяю дальше.`,
    ],
  ],
  [
    'customer',
    [
      ({ room }) => `Охрана предупреждена, ключ от ${room} на посту.`,
      ({ number }) => `Сейчас на приборе ${number}, утром было меньше.`,
      () => 'Спасибо, ждём. Арендаторы уже спрашивают.',
    ],
  ],
  [
    'engineer',
    [
      ({ part, number }) => `Заменил: ${part}, № ${1000 + number}. Запускаю на проверку.`,
      ({ number }) => `Работает ${number} минут без замечаний.`,
      ({ part, hour }) => `Нужна деталь: ${part}. Привезу завтра к ${hour}:00.`,
    ],
  ],
  [
    'dispatcher',
    [
      () => 'Хорошо, оставляю на контроле до завтра.',
      ({ number }) => `Акт № ${number} отправила на почту, подпишите, пожалуйста.`,
      ({ hour }) => `Записала на ${hour}:00, предупредите смену.`,
    ],
  ],
]

export function ticketFields(index: number): TicketFields {
  const asset = at(assets, index)
  return {
    title: `${asset.name}: ${asset.fault}, помещение ${100 + (index % 900)}`,
    type: index % 5 === 0 ? 'Плановое обслуживание' : 'Неисправность',
    workType: asset.work,
    priority: at(priorities, index >> 2),
    site: `Объект ${1 + (index % 240)}`,
    address: `Санкт-Петербург, ${at(streets, index >> 1)}, ${1 + (index % 160)}`,
    asset: asset.name,
    district: at(districts, index >> 1),
  }
}

export function messageText(index: number, round: number): { by: Author; text: string } {
  const [by, templates] = at(lines, round)
  const asset = at(assets, index)
  const number = (index * 31 + round * 17) % 480
  const words = { asset: asset.name, part: asset.part, number, hour: 8 + (number % 12), room: 100 + (index % 900) }
  return { by, text: at(templates, index + round)(words) }
}

function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index % values.length]
  if (value === undefined) throw new Error('nothing to choose from')
  return value
}
