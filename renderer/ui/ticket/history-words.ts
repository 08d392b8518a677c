import { priorities, stages } from '#common/domain/ticket.ts'
import type { Language } from '#common/ipc.ts'
import type { HistoryEntry } from '#common/domain/ticket.ts'
import { longMomentText } from '../../i18n/dates.ts'
import type { Translate } from '../../i18n/messages.ts'
import { fieldText } from '../common/refusal-text.ts'

type Words = { t: Translate; language: Language; nameOf(userId: string): string }

export type HistoryLine = { field: string; from: string; to: string }

const peopleFields = ['assigneeId', 'requesterId', 'customerId', 'createdById']

/** The first entry of a ticket: nothing was there before it. */
export function isCreation(entry: HistoryEntry): boolean {
  return (
    entry.changes.every((change) => isEmpty(change.from)) && entry.changes.some((change) => change.field === 'stage')
  )
}

/** Changes of an entry in display words; stored values never reach the screen as they are. */
export function historyLines(words: Words, entry: Pick<HistoryEntry, 'changes'>): HistoryLine[] {
  return entry.changes.map(({ field, from, to }) => {
    const name = field.split('.').at(-1) ?? field
    return { field: fieldText(words.t, name), from: valueText(words, name, from), to: valueText(words, name, to) }
  })
}

function valueText({ t, language, nameOf }: Words, field: string, value: unknown): string {
  if (isEmpty(value)) return field === 'assigneeId' ? t('common.nobody') : t('history.empty-value')
  if (typeof value !== 'string') return typeof value === 'number' ? String(value) : JSON.stringify(value)
  if (peopleFields.includes(field)) return nameOf(value)
  if (field === 'stage') {
    const stage = stages.find((known) => known === value)
    return stage ? t(`stage.${stage}`) : value
  }
  if (field === 'priority') {
    const priority = priorities.find((known) => known === value)
    return priority ? t(`priority.${priority}`) : value
  }
  if (field === 'dueAt') return Number.isNaN(Date.parse(value)) ? value : longMomentText(language, Date.parse(value))
  return value
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
