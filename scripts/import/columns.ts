import { priorities, stages, type Priority, type Stage } from '#common/domain/ticket.ts'
import { en } from '#renderer/i18n/en.ts'
import { ru } from '#renderer/i18n/ru.ts'

/** What a column can hold: a field of the ticket, and what becomes its id. */
export const columnKeys = [
  'title',
  'description',
  'type',
  'workType',
  'priority',
  'customerId',
  'company',
  'requesterId',
  'assigneeId',
  'stage',
  'site',
  'address',
  'asset',
  'district',
  'dueAt',
  'contactName',
  'contactPhone',
  'externalId',
] as const
export type ColumnKey = (typeof columnKeys)[number]

/** A column of the file: `name` as its header writes it. */
export type Column = { index: number; key: ColumnKey; name: string }

/** How a word is compared: a header typed by hand has other capitals, spaces and «е» for «ё». */
export function fold(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase().replaceAll('ё', 'е')
}

/** The names of a column: those the app shows, Russian and English, then others. */
export function namesOf(key: ColumnKey): [russian: string, english: string, ...others: string[]] {
  if (key === 'externalId') return ['Внешний номер', 'External id', 'externalId']
  const label = `field.${key}` as const
  const others = key === 'dueAt' ? [ru['field.due.short'], en['field.due.short']] : []
  return [ru[label], en[label], key, ...others]
}

const keyOfName = new Map(columnKeys.flatMap((key) => namesOf(key).map((name) => [fold(name), key] as const)))

export function columnKeyOf(name: string): ColumnKey | undefined {
  return keyOfName.get(fold(name))
}

const priorityOfWord = new Map(
  priorities.flatMap((key) =>
    [ru[`priority.${key}`], en[`priority.${key}`], key].map((word) => [fold(word), key] as const),
  ),
)
const stageOfWord = new Map(
  stages.flatMap((key) => [ru[`stage.${key}`], en[`stage.${key}`], key].map((word) => [fold(word), key] as const)),
)

/** As the app shows it, in either language. */
export function priorityOf(word: string): Priority | undefined {
  return priorityOfWord.get(fold(word))
}

/** As the app shows it, in either language. */
export function stageOf(word: string): Stage | undefined {
  return stageOfWord.get(fold(word))
}
