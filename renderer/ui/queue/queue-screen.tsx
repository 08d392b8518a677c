import { PackageCheck } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { QueueItem } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { TicketNumber } from '../common/ticket-number.tsx'
import { useReadyMark } from '../common/use-ready-mark.ts'
import { useWatched } from '../common/use-watched.ts'
import { pathOf } from '../routes.ts'
import { StatusBars } from '../shell/status-bars.tsx'
import { QueueEditDialog } from './queue-edit-dialog.tsx'
import { QueueEntry } from './queue-entry.tsx'
import { queueGroups } from './queue-groups.ts'

/** «Не доставлено»: everything of this device that the server has not taken, ticket by ticket. */
export function QueueScreen() {
  const { t } = useLanguage()
  const queue = useWatched('queue', null)
  useReadyMark(queue !== undefined)
  // Not of its entry: that goes once the server takes it, and what is being typed would go along.
  const [editing, setEditing] = useState<QueueItem | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const hadFocus = useRef(false)
  // The button that had the focus is gone together with its entry.
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) list.current?.focus()
  }, [queue])
  return (
    <section aria-label={t('queue.title')} className="flex min-h-0 flex-1 flex-col bg-pane">
      <header className="flex-none px-[18px] pt-3.5 pb-3 max-medium:px-4">
        <h1 className="text-heading font-semibold tracking-tight">{t('queue.title')}</h1>
        <p className="mt-0.5 text-ink-2">{t('queue.subtitle')}</p>
      </header>
      <StatusBars />
      {queue === undefined ? (
        <ListSkeleton />
      ) : queue.length === 0 ? (
        <EmptyState icon={PackageCheck} title={t('queue.empty')} text={t('queue.empty.text')} />
      ) : (
        <div
          ref={list}
          onFocus={() => (hadFocus.current = true)}
          onBlur={({ relatedTarget }) => (hadFocus.current = relatedTarget === null)}
          tabIndex={0}
          role="region"
          aria-label={t('queue.count', { count: queue.length })}
          className="scrolls min-h-0 flex-1 border-t border-line -outline-offset-2!"
        >
          <div className="mx-auto flex max-w-[860px] flex-col gap-5 px-[18px] py-4 max-medium:px-3">
            {queueGroups(queue).map((group) => (
              <QueueGroup key={group[0]?.ticketId ?? 'administration'} items={group} onEdit={setEditing} />
            ))}
          </div>
        </div>
      )}
      {editing ? <QueueEditDialog item={editing} onClose={() => setEditing(null)} /> : null}
    </section>
  )
}

function QueueGroup({ items, onEdit }: { items: QueueItem[]; onEdit(item: QueueItem): void }) {
  const { t } = useLanguage()
  const [first] = items
  if (!first) return null
  return (
    <section className="overflow-hidden rounded-xl border border-line">
      <h2 className="flex items-baseline gap-2 border-b border-line bg-list px-3.5 py-2">
        {first.ticketId === null ? (
          <span className="min-w-0 flex-1 truncate font-semibold">{t('queue.administration')}</span>
        ) : (
          <>
            {first.isTicketHere || first.ticketNumber !== null ? (
              <span className="flex-none text-ink-2">
                <TicketNumber number={first.ticketNumber} />
              </span>
            ) : null}
            {first.isTicketHere ? (
              <Link
                to={pathOf({ section: 'tickets', ticketId: first.ticketId, tab: 'fields' })}
                className="min-w-0 flex-1 truncate font-semibold hover:underline"
              >
                {first.ticketTitle}
              </Link>
            ) : (
              <span className="min-w-0 flex-1 truncate font-semibold">{t('ticket.missing')}</span>
            )}
          </>
        )}
        <span className="flex-none text-note text-ink-2">{t('queue.count', { count: items.length })}</span>
      </h2>
      <ul>
        {items.map((item) => (
          <QueueEntry key={item.id} item={item} onEdit={onEdit} />
        ))}
      </ul>
    </section>
  )
}
