import { History } from 'lucide-react'
import type { HistoryEntry } from '#common/domain/ticket.ts'
import type { TicketSnapshot } from '../../data/api.ts'
import { dayOf, dayText, exactTimeText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Avatar } from '../common/avatar.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { useNow } from '../common/use-now.ts'
import { historyLines, isCreation } from './history-words.ts'

type Ticket = NonNullable<TicketSnapshot>

/** «История изменений», the newest first. */
export function TicketHistory({ snapshot }: { snapshot: Ticket }) {
  const { t } = useLanguage()
  const entries = snapshot.history.toReversed()
  if (entries.length === 0) return <EmptyState icon={History} title={t('history.empty')} />
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={t('history.list')}
      className="scrolls min-h-0 flex-1 -outline-offset-2!"
    >
      <ol className="mx-auto max-w-[760px] px-[18px] py-3 max-medium:px-3">
        {entries.map((entry, index) => {
          const previous = entries[index - 1]
          const newDay = previous === undefined || dayOf(previous.at) !== dayOf(entry.at)
          return (
            <HistoryItem
              key={`${entry.commandId} ${entry.at}`}
              entry={entry}
              people={snapshot.people}
              newDay={newDay}
            />
          )
        })}
      </ol>
    </div>
  )
}

type HistoryItemProps = { entry: HistoryEntry; people: Ticket['people']; newDay: boolean }

function HistoryItem({ entry, people, newDay }: HistoryItemProps) {
  const words = useLanguage()
  const { t, language } = words
  const now = useNow()
  const nameOf = (id: string) => people[id]?.name ?? t('history.unknown-person')
  const writtenAt = Date.parse(entry.writtenAt)
  return (
    <li>
      {newDay ? (
        <p className="flex items-center gap-3 pt-3 pb-2 text-note font-semibold text-ink-2 after:h-px after:flex-1 after:bg-line">
          {dayText(words, entry.at, now)}
        </p>
      ) : null}
      <div className="grid grid-cols-[34px_minmax(0,1fr)] gap-2.5 py-2">
        <Avatar id={entry.byId} name={nameOf(entry.byId)} />
        <div className="min-w-0">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <b className="font-[650]">{nameOf(entry.byId)}</b>
            <span className="text-note text-ink-2">
              {t('history.server-time', { time: exactTimeText(language, entry.at, entry.at) })}
              {Number.isNaN(writtenAt)
                ? ''
                : ` · ${t('history.device-time', { time: exactTimeText(language, writtenAt, entry.at) })}`}
            </span>
          </p>
          {isCreation(entry) ? <p className="font-medium">{t('history.created')}</p> : null}
          <ul className="mt-0.5">
            {historyLines({ t, language, nameOf }, entry).map((line) => (
              <li key={line.field} className="wrap-anywhere">
                <span className="text-ink-2">{line.field}: </span>
                {isCreation(entry) ? null : (
                  <>
                    <span className="text-ink-2 line-through decoration-ink-3">{line.from}</span>
                    <span aria-hidden="true"> → </span>
                    <span className="sr-only">, </span>
                  </>
                )}
                <span className="font-medium">{line.to}</span>
              </li>
            ))}
          </ul>
          {entry.reason ? (
            <p className="mt-1 rounded-md bg-hover px-2.5 py-1.5">{t('history.reason', { reason: entry.reason })}</p>
          ) : null}
        </div>
      </div>
    </li>
  )
}
