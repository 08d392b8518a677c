import { priorities } from '#common/domain/ticket.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import { ru } from '#renderer/i18n/ru.ts'
import type { ServerFailure } from './import-server.ts'
import type { Reason } from './problem.ts'
import { printable } from './quote.ts'
import type { Texts } from './texts.ts'

const quoted = (text: string): string => `«${printable(text)}»`

function reason(given: Reason): string {
  switch (given.kind) {
    case 'quote':
      return 'кавычка посреди поля: возьмите поле в кавычки целиком, а кавычки внутри него удвойте. Строки ниже не проверены'
    case 'unclosed-quote':
      return 'кавычка открыта и нигде не закрыта. Строки ниже не проверены'
    case 'required':
      return 'не заполнено'
    case 'no-title-column':
      return `нет столбца «${ru['field.title']}»`
    case 'too-few-cells':
      return `полей ${given.cells}, а столбцов ${given.columns}`
    case 'cell-without-column':
      return `${quoted(given.value)} стоит вне столбцов заголовка`
    case 'unknown-column':
      return 'такого столбца нет. Переименуйте его или пропустите: --ignore "имя столбца"'
    case 'same-column':
      return `то же, что столбец ${quoted(given.other)}`
    case 'too-long':
      return `длиннее ${given.limit} знаков: ${given.length}`
    case 'unknown-priority':
      return `${quoted(given.value)} нет среди значений: ${priorities.map((key) => ru[`priority.${key}`]).join(', ')}`
    case 'unknown-stage':
      return `стадии ${quoted(given.value)} нет`
    case 'stage-not-imported':
      return `заявка не может начаться стадией «${ru[`stage.${given.stage}`]}»: только «${ru['stage.new']}» или, с исполнителем, «${ru['stage.assigned']}»`
    case 'assigned-to-nobody':
      return `стадия «${ru['stage.assigned']}», а исполнителя нет`
    case 'new-but-assigned':
      return `стадия «${ru['stage.new']}», а исполнитель есть`
    case 'bad-date':
      return `${quoted(given.value)} не дата: нужно 25.01.2027 18:00 или 2027-01-25T18:00`
    case 'invalid':
      return `${quoted(given.value)} сюда не подходит`
    case 'same-external-id':
      return `${quoted(given.value)} уже есть в строке ${given.firstLine}`
    case 'person':
      return person(given)
    case 'refused':
      return refused(given.refusal)
  }
}

function person({ value, failure }: Extract<Reason, { kind: 'person' }>): string {
  switch (failure.kind) {
    case 'nobody':
      return `нет человека с логином или именем ${quoted(value)}`
    case 'switched-off':
      return `${quoted(value)} отключён`
    case 'not-employee':
      return `${quoted(value)} не сотрудник`
    case 'not-customer':
      return `${quoted(value)} не заказчик`
    case 'ambiguous':
      return `имя ${quoted(value)} у нескольких, напишите логин: ${failure.logins.map(printable).join(', ')}`
  }
}

function refused({ code, field, message }: Refusal): string {
  if (code === 'E_ID_CONFLICT') return 'заявка с этим внешним номером уже импортирована с другим содержанием'
  if (code === 'E_FORBIDDEN' && field === 'assigneeId') return 'этому ключу нельзя назначать исполнителя'
  if (code === 'E_NOT_FOUND') return 'сервер не знает этого человека, или он отключён'
  if (code === 'E_COMMAND_TOO_BIG') return 'заявка слишком велика'
  return `отказ сервера: ${code} ${printable(message)}`
}

function failure(given: ServerFailure): string {
  switch (given.kind) {
    case 'unreachable':
      return `Сервер не отвечает (${printable(given.detail)}). Ничего не импортировано.`
    case 'answer-lost':
      return `Ответ сервера не получен (${printable(given.detail)}): импортировано либо всё, либо ничего. Запустите ещё раз, дважды ничего не появится.`
    case 'key':
      return 'Сервер не принял ключ. Ничего не импортировано.'
    case 'forbidden':
      return 'Роли этого ключа нельзя заводить заявки за других. Ничего не импортировано.'
    case 'too-big':
      return 'Файл слишком велик для одного раза. Разделите его на части. Ничего не импортировано.'
    case 'busy':
      return 'С этим ключом уже идёт импорт. Ничего не импортировано, повторите позже.'
    case 'unavailable':
      return 'Сервер сейчас не может сохранять. Ничего не импортировано, повторите позже.'
    case 'other':
      return `Сервер ответил не так, как Naryad: HTTP ${given.status} ${printable(given.detail)}`.trim()
  }
}

const help = `npm run import -- ФАЙЛ.csv [--dry-run] [--server URL]

  --dry-run             проверить всё, и на сервере тоже, и ничего не импортировать
  --server URL          сервер; без него демонстрационный на этом компьютере
  --key-file ФАЙЛ       файл с ключом API; или переменная NARYAD_API_KEY
  --key КЛЮЧ            ключ API; его видят все программы этого компьютера
  --encoding ИМЯ        utf-8, windows-1251, …; без него определяется сама
  --ignore "СТОЛБЕЦ"    пропустить столбец; можно несколько раз
  --source ИМЯ          из какой системы файл, если систем несколько
  --lang en             in English

Столбцы и пример: docs/import.md`

export const russian: Texts = {
  help,
  at: (line, column) => `строка ${line}${column === undefined ? '' : `, ${quoted(column)}`}`,
  reason,
  failure,
  moreProblems: (count) => `… и ещё ${count}`,
  nothingImported: (count) => `Ошибок: ${count}. Ничего не импортировано.`,
  imported: (count, repeated) => `Импортировано: ${count}. Были импортированы раньше: ${repeated}.`,
  wouldImport: (count, repeated) =>
    `Проверка пройдена, ничего не импортировано. Будет импортировано: ${count}. Были импортированы раньше: ${repeated}.`,
  fileIsRead: (file, { tickets, encoding, zone }) =>
    `${printable(file)}: заявок ${tickets}, кодировка ${encoding}, время ${zone}`,
  noTickets: 'В файле нет ни одной заявки.',
  tooMany: (count, most) =>
    `Заявок в файле ${count}, за один раз можно ${most}. Разделите файл на части. Ничего не импортировано.`,
  fileTooBig: (most) => `Файл больше ${most} МБ. Разделите его на части.`,
  unreadable: (file, detail) => `Файл не читается: ${printable(file)} (${printable(detail)})`,
  decoding: (given) => {
    if (given.kind === 'spreadsheet') return 'Это книга Excel, а не CSV: сохраните её как «CSV UTF-8».'
    if (given.kind === 'binary') return 'Это не текстовый файл.'
    return `Файл не в кодировке ${printable(given.encoding)}, или такой кодировки нет.`
  },
  usage: (detail) => `${printable(detail)}. Как пользоваться: npm run import -- --help`,
  oneFile: 'Нужен один файл',
  keyTwice: 'Ключ задан дважды: --key и --key-file',
  badKey: 'Ключ пуст, или в нём не те знаки',
  noKey: 'Нужен ключ API: переменная NARYAD_API_KEY или --key-file ФАЙЛ',
  badServer: (address) => `Неверный адрес сервера: ${printable(address)}`,
  noDemo: 'Демонстрационный сервер не запускался: запустите npm start или назовите сервер: --server URL',
  keyIsVisible: 'внимание: ключ из --key видят все программы этого компьютера; надёжнее NARYAD_API_KEY или --key-file',
  keyInPlainText: 'внимание: адрес без https, ключ идёт по сети открыто',
}
