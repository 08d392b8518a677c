import type { Stage } from '#common/domain/ticket.ts'
import { durationText, momentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { dueOf } from './due.ts'
import { useNow } from './use-now.ts'

/** A due date and how far away it is: «17:00 · через 2 ч 26 мин». `dueAt` is ISO 8601. */
export function DueText({ dueAt, stage }: { dueAt: string; stage: Stage }) {
  const { t, language } = useLanguage()
  const now = useNow()
  const due = dueOf(dueAt, stage, now)
  const presses = due.state === 'overdue' || due.state === 'soon'
  return (
    <span>
      {momentText(language, Date.parse(dueAt), now)}
      {due.state === 'none' ? null : (
        <span className={`font-semibold ${presses ? 'text-bad' : 'text-good'}`}>
          {' · '}
          {due.state === 'overdue'
            ? t('due.late', { duration: durationText(t, due.lateMs) })
            : t('due.in', { duration: durationText(t, due.leftMs) })}
        </span>
      )}
    </span>
  )
}
