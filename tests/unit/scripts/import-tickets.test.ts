import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseCommand } from '#common/domain/command.ts'
import type { User } from '#common/domain/user.ts'
import { columnKeyOf, columnKeys, fold, namesOf } from '../../../scripts/import/columns.ts'
import { readDueDate } from '../../../scripts/import/due-date.ts'
import { personFinder } from '../../../scripts/import/find-person.ts'
import { readHeader, readTickets } from '../../../scripts/import/read-tickets.ts'
import { english } from '../../../scripts/import/texts-en.ts'
import { russian } from '../../../scripts/import/texts-ru.ts'

const person = (login: string, name: string, more: Partial<User> = {}): User => ({
  id: `id-${login}`,
  login,
  name,
  kind: 'employee',
  roleId: 'role',
  active: true,
  ...more,
})
const people = [
  person('engineer', 'Илья Громов'),
  person('one', 'Иван Семёнов'),
  person('two', 'Иван Семёнов'),
  person('gone', 'Пётр Ушедший', { active: false }),
  person('back', 'Анна Вернувшаяся', { active: false }),
  person('back2', 'Анна Вернувшаяся'),
  person('robot', 'Робот', { integration: true }),
  person('customer', 'Ольга Синицына', { kind: 'customer' }),
]

function read(header: string, ...records: string[]) {
  const row = (text: string, line: number) => ({ line, cells: text.split(';') })
  const head = row(header, 1)
  const { columns } = readHeader(head, () => false)
  const rows = records.map((record, index) => row(record, index + 2))
  return readTickets(rows, { header: head, columns, findPerson: personFinder(people), source: '' })
}
const told = (...file: Parameters<typeof read>) =>
  read(...file).problems.map(({ line, column, reason }) => `${russian.at(line, column)}: ${russian.reason(reason)}`)

let zone: string | undefined
beforeEach(() => {
  zone = process.env['TZ']
  process.env['TZ'] = 'Europe/Moscow'
})
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

describe('columns', () => {
  it('have names of which no two mean different columns', () => {
    const names = columnKeys.flatMap((key) => [...new Set(namesOf(key).map(fold))])
    expect(new Set(names).size).toBe(names.length)
    for (const key of columnKeys)
      for (const name of namesOf(key)) expect(columnKeyOf(` ${name.toUpperCase()} `)).toBe(key)
  })

  it('are all in the documentation, by every name they have', async () => {
    const text = await readFile(new URL('../../../docs/import.md', import.meta.url), 'utf8')
    const lines = text.split('\n').filter((line) => line.includes(' · '))
    const documented = lines.flatMap((line) => {
      const names = line.split('|')[1]?.split(' · ') ?? []
      return [{ key: columnKeyOf(names[0] ?? ''), names: new Set(names.map(fold)) }]
    })
    const expected = columnKeys.map((key) => ({ key, names: new Set(namesOf(key).map(fold)) }))
    const byKey = (list: typeof documented) => new Map(list.map(({ key, names }) => [key, names]))
    expect(byKey(documented)).toEqual(byKey(expected))
  })

  it('that nobody knows, that come twice, or that are missing are named', () => {
    const { problems } = readHeader({ line: 3, cells: ['Номер', 'ТЕМА', 'Subject', '', 'Адрес'] }, () => false)
    expect(problems.map(({ line, column, reason }) => [line, column, reason.kind])).toEqual([
      [3, 'Номер', 'unknown-column'],
      [3, 'Subject', 'same-column'],
    ])
    expect(readHeader({ line: 1, cells: ['Адрес'] }, () => false).problems).toEqual([
      { line: 1, column: undefined, reason: { kind: 'no-title-column' } },
    ])
    expect(readHeader({ line: 1, cells: ['Номер', 'Тема'] }, (name) => name === 'Номер').problems).toEqual([])
  })
})

describe('a record', () => {
  it('becomes a command the server takes, in either language', () => {
    const russianFile = read(
      'Тема;Описание;Тип заявки;Критичность;Заказчик;Инициатор;Исполнитель;Стадия;Крайний срок;Телефон',
      ' =1+1 ;@SUM(A1) ;Авария;аварийная;Ольга Синицына;ENGINEER;Илья Громов;Назначена;25.01.2027 9:05;+7 1',
    )
    const englishFile = read(
      'Phone;Due date;Stage;Assignee;Requester;Customer;Priority;Type;Description;Subject',
      '+7 1;2027-01-25T06:05Z;assigned;engineer;Илья Громов;customer;Critical;Авария;@SUM(A1);=1+1',
    )
    expect(russianFile.problems).toEqual([])
    expect(russianFile.tickets[0]).toMatchObject({
      assigneeId: 'id-engineer',
      fields: {
        title: '=1+1',
        description: '@SUM(A1)',
        priority: 'critical',
        customerId: 'id-customer',
        requesterId: 'id-engineer',
        dueAt: '2027-01-25T06:05:00.000Z',
        contactPhone: '+7 1',
      },
    })
    expect(englishFile).toEqual(russianFile)
    const { id, fields } = russianFile.tickets[0] ?? {}
    const command = { id, type: 'ticket.create', writtenAt: '2026-01-01T10:00:00Z', fields }
    expect(parseCommand(command)).toMatchObject({ ok: true })
  })

  it('keeps the lines of a description only', () => {
    expect(read('Тема;Описание', 'Насос \n стоит;1\n\n2').tickets[0]?.fields).toEqual({
      title: 'Насос стоит',
      description: '1\n\n2',
    })
  })

  it('has all that is wrong with it told, by line and column', () => {
    const long = 'ы'.repeat(201)
    expect(
      told(
        'Тема;Критичность;Срок;Исполнитель;Заказчик;Стадия',
        ';Срочно;31.02.2027;customer;engineer;Закрыта',
        'x',
        `${long};;;;;`,
      ),
    ).toEqual([
      'строка 2, «Критичность»: «Срочно» нет среди значений: Низкая, Обычная, Высокая, Аварийная',
      'строка 2, «Срок»: «31.02.2027» не дата: нужно 25.01.2027 18:00 или 2027-01-25T18:00',
      'строка 2, «Заказчик»: «engineer» не заказчик',
      'строка 2, «Исполнитель»: «customer» не сотрудник',
      'строка 2, «Стадия»: заявка не может начаться стадией «Закрыта»: только «Новая» или, с исполнителем, «Назначена»',
      'строка 2, «Тема»: не заполнено',
      'строка 3: полей 1, а столбцов 6',
      'строка 4, «Тема»: длиннее 200 знаков: 201',
    ])
  })

  it('with cells outside the header, or a stage that is not its assignee’s, is wrong', () => {
    expect(told('Тема;', 'x;', 'x;y', 'x;;z')).toEqual([
      'строка 3: «y» стоит вне столбцов заголовка',
      'строка 4: «z» стоит вне столбцов заголовка',
    ])
    expect(told('Тема;Стадия;Исполнитель', 'x;Назначена;', 'x;Новая;engineer', 'x;Моя;', 'x;New;')).toEqual([
      'строка 2, «Стадия»: стадия «Назначена», а исполнителя нет',
      'строка 3, «Стадия»: стадия «Новая», а исполнитель есть',
      'строка 4, «Стадия»: стадии «Моя» нет',
    ])
  })

  it('is quoted in a message without anything that steers a terminal', () => {
    const [line] = told('Тема;Критичность', `x;\u001b[31m\u202e${'щ'.repeat(500)}`)
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(line?.length).toBeLessThan(250)
  })
})

describe('people', () => {
  const find = (text: string) => {
    const found = personFinder(people)(text, 'requesterId')
    return found.ok ? found.value : english.reason({ kind: 'person', value: text, failure: found.reason })
  }

  it('are found by login or by a name that one person has', () => {
    expect(find('Engineer')).toBe('id-engineer')
    expect(find('илья  громов')).toBe('id-engineer')
    expect(find('Анна Вернувшаяся')).toBe('id-back2')
  })

  it('are not guessed', () => {
    expect(find('Иван Семенов')).toBe('several people are called “Иван Семенов”, write a login: one, two')
    expect(find('Пётр Ушедший')).toBe('“Пётр Ушедший” is switched off')
    expect(find('gone')).toBe('“gone” is switched off')
    expect(find('robot')).toBe('nobody has the login or name “robot”')
    expect(find('Громов')).toBe('nobody has the login or name “Громов”')
  })
})

describe('readDueDate', () => {
  it.each([
    ['25.01.2027 18:00', '2027-01-25T15:00:00.000Z'],
    ['5.1.2027, 9:07:30', '2027-01-05T06:07:30.000Z'],
    ['25.01.2027', '2027-01-25T20:59:00.000Z'],
    ['2027-01-25', '2027-01-25T20:59:00.000Z'],
    ['2027-01-25 18:00', '2027-01-25T15:00:00.000Z'],
    ['2027-01-25T18:00:00Z', '2027-01-25T18:00:00.000Z'],
    ['2027-01-25T18:00+05:30', '2027-01-25T12:30:00.000Z'],
    ['2028-02-29T00:00:00.000-0100', '2028-02-29T01:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(readDueDate(text)).toBe(expected)
  })

  it.each([
    '29.02.2027',
    '25.13.2027',
    '25.01.27',
    '1/25/2027',
    '25.01.2027 24:00',
    '2027-01-25T10:60',
    'завтра',
    '46047',
  ])('refuses %s', (text) => {
    expect(readDueDate(text)).toBeUndefined()
  })
})

describe('ids', () => {
  const ids = (...file: Parameters<typeof read>) => read(...file).tickets.map(({ id }) => id)

  it('follow the content, not its place in the file', () => {
    const [a, b] = ids('Тема;Адрес', 'a;1', 'b;2')
    expect(ids('Адрес;Тема', '3;c', '2;b', '1;a').slice(1)).toEqual([b, a])
    expect(ids('Тема;Адрес', 'a;other')).not.toContain(a)
  })

  it('tell equal lines apart, the same way each time', () => {
    const twice = ids('Тема', 'a', 'a')
    expect(new Set(twice).size).toBe(2)
    expect(ids('Тема', 'b', 'a', 'a', 'a').slice(1, 3)).toEqual(twice)
  })

  it('follow the external id where there is one, and it must be there once', () => {
    const [id] = ids('Внешний номер;Тема', '17;a')
    expect(ids('Внешний номер;Тема', '17;b')).toEqual([id])
    expect(told('Внешний номер;Тема', '17;a', ';b', '17;c')).toEqual([
      'строка 3, «Внешний номер»: не заполнено',
      'строка 4, «Внешний номер»: «17» уже есть в строке 2',
    ])
  })
})
