import { Clock } from 'lucide-react'
import { memo } from 'react'
import type { InboxRow } from '../../data/api.ts'
import { rowTimeText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import { Badge } from '../common/badge.tsx'
import { ChatChip, StageOrDueChip } from '../common/chips.tsx'
import { classes } from '../common/classes.ts'
import { DeliveryIcon } from '../common/delivery-icon.tsx'
import { TicketNumber } from '../common/ticket-number.tsx'
import { useNow } from '../common/use-now.ts'
import { snippetOf } from './snippet.ts'

type InboxRowViewProps = { row: InboxRow; active: boolean; selected: boolean; showChat: boolean }

/** One chat of the list. `showChat`: tickets have two chats, so each row says which it is. */
export const InboxRowView = memo(function InboxRowView({ row, active, selected, showChat }: InboxRowViewProps) {
  const words = useLanguage()
  const { t } = words
  const now = useNow()
  const unread = row.unread > 0
  return (
    <div
      className={classes(
        'relative grid grid-cols-[10px_minmax(0,1fr)] gap-2 border-b border-line-soft py-2.5 pr-3.5 pl-2',
        selected ? 'bg-selected' : 'hover:bg-hover',
        active && 'outline-2 -outline-offset-2 outline-accent',
      )}
    >
      {selected ? <span aria-hidden="true" className="absolute inset-y-0 left-0 w-[3px] bg-accent" /> : null}
      <span aria-hidden="true" className={classes('mt-1.5 size-2 rounded-full', unread && 'bg-accent')} />
      <div className="min-w-0">
        <div className="flex items-baseline gap-2">
          <span className={classes('min-w-0 flex-1 truncate', unread ? 'font-[680]' : 'font-medium')}>{row.title}</span>
          <time
            className={classes(
              'flex-none text-note',
              unread ? 'font-semibold text-accent' : selected ? 'text-ink-2' : 'text-ink-3',
            )}
          >
            {rowTimeText(words, row.last?.at ?? row.lastAt, now)}
          </time>
        </div>
        <div className="mt-px flex items-center gap-1.5 text-small text-ink-2">
          <span className="min-w-0 flex-1 truncate">
            <TicketNumber number={row.number} />
            {row.company ? ` · ${row.company}` : ''}
          </span>
          <StageOrDueChip stage={row.stage} dueAt={row.dueAt} />
        </div>
        <div className="mt-[3px] flex min-h-[19px] items-center gap-1.5 text-ink-2">
          {showChat ? <ChatChip chat={row.chat} /> : null}
          <span className={classes('min-w-0 flex-1 truncate', unread && 'text-ink')}>
            {row.draft || row.draftFiles > 0 ? (
              <>
                <b className="font-semibold text-bad">{t('inbox.draft')}</b> {draftText(t, row)}
              </>
            ) : (
              snippetOf(t, row)
            )}
          </span>
          <RowMark row={row} />
        </div>
      </div>
    </div>
  )
})

/** The beginning of an unsent draft, and how many files it has. */
function draftText(t: Translate, { draft, draftFiles }: InboxRow): string {
  const files = draftFiles > 0 ? t('inbox.attachments', { count: draftFiles }) : ''
  return [draft.replace(/\s+/g, ' ').trim(), files].filter(Boolean).join(' · ')
}

/** Unread count, else the queue's clock, else how far the own newest message has got. */
function RowMark({ row }: { row: InboxRow }) {
  const { t } = useLanguage()
  if (row.unread > 0)
    return (
      <>
        <Badge count={row.unread} />
        <span className="sr-only">{t('common.unread', { count: row.unread })}</span>
      </>
    )
  if (row.queued > 0)
    return (
      <Clock
        size={15}
        role="img"
        aria-label={t('inbox.queued', { count: row.queued })}
        className="flex-none text-warn"
      />
    )
  if (row.last?.own && row.last.delivery) return <DeliveryIcon state={row.last.delivery} named />
  return null
}
