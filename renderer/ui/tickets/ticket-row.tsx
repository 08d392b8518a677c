import { Clock } from 'lucide-react'
import { memo } from 'react'
import type { TicketRow } from '../../data/api.ts'
import { durationText, momentText, rowTimeText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Badge } from '../common/badge.tsx'
import { PriorityMark, StageChip, StageOrDueChip } from '../common/chips.tsx'
import { classes } from '../common/classes.ts'
import { dueOf } from '../common/due.ts'
import { placeText } from '../common/place-text.ts'
import { TicketNumber } from '../common/ticket-number.tsx'
import { useNow } from '../common/use-now.ts'

type TicketRowProps = { row: TicketRow; active: boolean; selected: boolean }

/** Columns of the wide list: number, subject and place, stage, priority, assignee, due date, activity. */
export const wideColumns =
  'grid grid-cols-[92px_minmax(0,1fr)_150px_92px_128px] wide:grid-cols-[92px_minmax(0,1fr)_168px_104px_168px_160px_84px] items-center gap-3 px-[18px]'

const frame = (active: boolean, selected: boolean) =>
  classes(
    'relative border-b border-line-soft',
    selected ? 'bg-selected' : 'hover:bg-hover',
    active && 'outline-2 -outline-offset-2 outline-accent',
  )

/** A ticket on one line, where the list has the window for itself. */
export const WideTicketRow = memo(function WideTicketRow({ row, active, selected }: TicketRowProps) {
  const words = useLanguage()
  const { t } = words
  const now = useNow()
  return (
    <div className={classes(frame(active, selected), wideColumns, 'min-h-[52px] py-1.5')}>
      <span className="flex items-center gap-1.5 text-ink-2">
        <TicketNumber number={row.number} />
        <QueuedMark row={row} />
      </span>
      <span className="min-w-0">
        <span className="flex items-center gap-2">
          <span className={classes('truncate', row.unread > 0 ? 'font-[680]' : 'font-medium')}>{row.title}</span>
          <UnreadMark unread={row.unread} />
        </span>
        <span className="block truncate text-small text-ink-2">{placeText(row.company, row.site, ' · ')}</span>
      </span>
      <span className="min-w-0">
        <StageChip stage={row.stage} />
        {/* Without a column of its own the due date stands under the stage. */}
        <span className="block truncate text-small wide:hidden">
          <DueCell row={row} />
        </span>
      </span>
      <span className="text-small">
        <PriorityMark priority={row.priority} />
      </span>
      <span className={classes('truncate', row.assigneeName ? '' : 'text-ink-2')}>
        {row.assigneeName || t('common.nobody')}
      </span>
      <span className="text-small max-wide:hidden">
        <DueCell row={row} />
      </span>
      <time className="text-right text-note text-ink-2 max-wide:hidden">{rowTimeText(words, row.lastAt, now)}</time>
    </div>
  )
})

function DueCell({ row }: { row: TicketRow }) {
  const { t, language } = useLanguage()
  const now = useNow()
  const due = dueOf(row.dueAt, row.stage, now)
  if (row.dueAt === '') return null
  if (due.state === 'overdue')
    return <span className="font-semibold text-bad">{t('due.overdue', { duration: durationText(t, due.lateMs) })}</span>
  return (
    <span className={due.state === 'soon' ? 'font-semibold text-bad' : 'text-ink-2'}>
      {momentText(language, Date.parse(row.dueAt), now)}
      {due.state === 'soon' ? ` · ${t('due.in', { duration: durationText(t, due.leftMs) })}` : ''}
    </span>
  )
}

/** A ticket on three lines, beside the open one or on a phone. */
export const TicketRowView = memo(function TicketRowView({ row, active, selected }: TicketRowProps) {
  const words = useLanguage()
  const { t } = words
  const now = useNow()
  const place = placeText(row.company, row.site, ' · ')
  return (
    <div className={classes(frame(active, selected), 'grid grid-cols-[10px_minmax(0,1fr)] gap-2 py-2.5 pr-3.5 pl-2')}>
      {selected ? <span aria-hidden="true" className="absolute inset-y-0 left-0 w-[3px] bg-accent" /> : null}
      <span aria-hidden="true" className={classes('mt-1.5 size-2 rounded-full', row.unread > 0 && 'bg-accent')} />
      <div className="min-w-0">
        <div className="flex items-baseline gap-2">
          <span className={classes('min-w-0 flex-1 truncate', row.unread > 0 ? 'font-[680]' : 'font-medium')}>
            {row.title}
          </span>
          <time className={classes('flex-none text-note', selected ? 'text-ink-2' : 'text-ink-3')}>
            {rowTimeText(words, row.lastAt, now)}
          </time>
        </div>
        <div className="mt-px flex items-center gap-1.5 text-small text-ink-2">
          <span className="min-w-0 flex-1 truncate">
            <TicketNumber number={row.number} />
            {place ? ` · ${place}` : ''}
          </span>
          <StageOrDueChip stage={row.stage} dueAt={row.dueAt} />
        </div>
        <div className="mt-[3px] flex min-h-[19px] items-center gap-2 text-small text-ink-2">
          <PriorityMark priority={row.priority} />
          <span aria-hidden="true">·</span>
          <span className="min-w-0 flex-1 truncate">{row.assigneeName || t('common.nobody')}</span>
          <QueuedMark row={row} />
          <UnreadMark unread={row.unread} />
        </div>
      </div>
    </div>
  )
})

function QueuedMark({ row }: { row: TicketRow }) {
  const { t } = useLanguage()
  if (!row.queued) return null
  return <Clock size={14} role="img" aria-label={t('delivery.queued')} className="flex-none text-warn" />
}

function UnreadMark({ unread }: { unread: number }) {
  const { t } = useLanguage()
  if (unread === 0) return null
  return (
    <>
      <Badge count={unread} />
      <span className="sr-only">{t('common.unread', { count: unread })}</span>
    </>
  )
}
