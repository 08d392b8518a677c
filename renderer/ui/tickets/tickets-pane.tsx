import { ClipboardList, Plus, SearchX } from 'lucide-react'
import { memo, useEffect, useRef, useState } from 'react'
import type { TicketId } from '#common/domain/ids.ts'
import type { TicketListSnapshot, TicketRow } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Button } from '../common/button.tsx'
import { classes } from '../common/classes.ts'
import { EmptyState } from '../common/empty-state.tsx'
import { ListBox, type ListBoxHandle } from '../common/list-box.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { useGrowingLimit } from '../common/use-growing-limit.ts'
import { useReadyMark } from '../common/use-ready-mark.ts'
import { useShortcuts } from '../common/use-shortcuts.ts'
import { useWatched } from '../common/use-watched.ts'
import { useShell } from '../shell/shell-context.tsx'
import { StatusBars } from '../shell/status-bars.tsx'
import type { TicketTab } from '../routes.ts'
import { usePlace } from '../use-place.ts'
import { noFilter, TicketFilters, type TicketFilter } from './ticket-filters.tsx'
import { TicketRowView, wideColumns, WideTicketRow } from './ticket-row.tsx'

const pageSize = 100
/** A pause in typing before the list is asked again; ms. */
const typingPauseMs = 120
const keyOf = (row: TicketRow) => row.id
const noRows: readonly TicketRow[] = []

/** «Заявки». `wide`: no ticket is open and the list has the window for itself. */
export const TicketsPane = memo(function TicketsPane({
  wide,
  filter,
  onFilter,
  onAhead,
}: {
  wide: boolean
  filter: TicketFilter
  onFilter(filter: TicketFilter): void
  /** A ticket that is likely to be opened next. */
  onAhead(ticketId: TicketId, tab: TicketTab): void
}) {
  const { t } = useLanguage()
  const [place, go] = usePlace()
  const tab = place.section === 'tickets' ? place.tab : 'fields'
  const text = useSettled(filter.text)
  const [total, setTotal] = useState<number>()
  const name = JSON.stringify({ ...filter, text })
  const [limit, grow] = useGrowingLimit(name, pageSize, total)
  const found = useWatched('tickets', { ...filter, text, limit }, 'tickets')
  if (found && found.total !== total) setTotal(found.total)
  useReadyMark(found?.ready === true)
  const list = useRef<ListBoxHandle<TicketRow>>(null)
  const rows = found?.rows ?? noRows
  useShortcuts({
    KeyJ: () => move(1),
    KeyK: () => move(-1),
  })
  function move(step: 1 | -1): boolean {
    list.current?.move(step)
    list.current?.focus()
    return true
  }
  const selectedKey = place.section === 'tickets' ? place.ticketId : null
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <TicketsHeader found={found} wide={wide} />
      <TicketFilters filter={filter} onChange={onFilter} wide={wide} />
      {wide ? <StatusBars /> : null}
      {wide && rows.length > 0 ? <WideHeadings /> : null}
      {!found?.ready && rows.length === 0 ? (
        <ListSkeleton />
      ) : rows.length === 0 ? (
        <NothingFound filter={filter} onReset={() => onFilter({ ...noFilter, sort: filter.sort })} />
      ) : (
        <ListBox<TicketRow>
          key={JSON.stringify([filter.stages, filter.assigneeId, filter.sort, wide])}
          ref={list}
          label={t('tickets.list')}
          items={rows}
          total={found?.total ?? rows.length}
          keyOf={keyOf}
          selectedKey={selectedKey}
          onOpen={(row) => go({ section: 'tickets', ticketId: row.id, tab })}
          onPress={(row) => onAhead(row.id, tab)}
          onNearEnd={grow}
          itemSize={wide ? 52 : 80}
          {...(wide ? { className: '[scrollbar-gutter:stable]' } : {})}
        >
          {(row, state) => (wide ? <WideTicketRow row={row} {...state} /> : <TicketRowView row={row} {...state} />)}
        </ListBox>
      )}
    </div>
  )
})

function TicketsHeader({ found, wide }: { found: TicketListSnapshot | undefined; wide: boolean }) {
  const { t } = useLanguage()
  const { account, openNewTicket } = useShell()
  return (
    <div className={classes('flex items-center gap-2.5 pt-3.5 pb-2.5', wide ? 'px-[18px]' : 'px-4')}>
      <h1 className="text-heading font-semibold tracking-tight">{t('tickets.title')}</h1>
      <p role="status" className="min-w-0 flex-1 truncate text-small text-ink-2">
        {found?.ready ? t('tickets.count', { count: found.total }) : ''}
      </p>
      {account.permissions.includes('tickets.create') ? (
        <Button kind="primary" onClick={openNewTicket}>
          <Plus size={16} aria-hidden="true" />
          {t('tickets.new')}
        </Button>
      ) : null}
    </div>
  )
}

/** Names of the columns; each row says its values in full, so a reader of a screen needs them not. */
function WideHeadings() {
  const { t } = useLanguage()
  const cell = 'truncate'
  return (
    <div
      aria-hidden="true"
      className={classes(
        wideColumns,
        'scrolls h-8 flex-none overflow-hidden! border-b border-line text-note font-semibold text-ink-2 [scrollbar-gutter:stable]',
      )}
    >
      <span className={cell}>{t('field.number')}</span>
      <span className={cell}>{t('field.title')}</span>
      <span className={cell}>
        {t('field.stage')}
        <span className="wide:hidden"> · {t('field.due.short')}</span>
      </span>
      <span className={cell}>{t('field.priority')}</span>
      <span className={cell}>{t('field.assigneeId')}</span>
      <span className={classes(cell, 'max-wide:hidden')}>{t('field.due.short')}</span>
      <span className={classes(cell, 'text-right max-wide:hidden')}>{t('field.lastAt')}</span>
    </div>
  )
}

function NothingFound({ filter, onReset }: { filter: TicketFilter; onReset(): void }) {
  const { t } = useLanguage()
  const { account, openNewTicket } = useShell()
  const query = filter.text.trim()
  if (query !== '' || filter.stages.length > 0 || filter.assigneeId !== undefined)
    return (
      <EmptyState
        icon={SearchX}
        title={t('tickets.none-found')}
        text={query ? t('tickets.none-found.text', { query }) : t('tickets.none-found.filters')}
      >
        <Button onClick={onReset}>{t('tickets.reset')}</Button>
      </EmptyState>
    )
  const mayCreate = account.permissions.includes('tickets.create')
  return (
    <EmptyState
      icon={ClipboardList}
      title={t('tickets.empty')}
      text={t(mayCreate ? 'tickets.empty.text' : 'tickets.empty.text.reader')}
    >
      {mayCreate ? (
        <Button kind="primary" onClick={openNewTicket}>
          {t('tickets.new')}
        </Button>
      ) : null}
    </EmptyState>
  )
}

/** The text once typing pauses; emptied at once. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), text === '' ? 0 : typingPauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
