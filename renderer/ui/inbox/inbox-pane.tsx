import { CheckCheck, Inbox, MailCheck, ShieldOff, UserRound } from 'lucide-react'
import { memo, useEffect, useMemo, useRef, useState } from 'react'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import type { InboxFilter, InboxRow, InboxSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { ListBox, type ListBoxHandle } from '../common/list-box.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { Segments } from '../common/segments.tsx'
import { useGrowingLimit } from '../common/use-growing-limit.ts'
import { useReadyMark } from '../common/use-ready-mark.ts'
import { useLayout } from '../common/use-layout.ts'
import { useWatched } from '../common/use-watched.ts'
import { useShell } from '../shell/shell-context.tsx'
import { usePlace } from '../use-place.ts'
import { InboxRowView } from './inbox-row.tsx'
import { useHeldOrder } from './use-held-order.ts'
import { useInboxShortcuts } from './use-inbox-shortcuts.ts'

const filters: readonly InboxFilter[] = ['all', 'unread', 'mine']
const pageSize = 100
const keyOf = (row: InboxRow) => row.room
const noRows: readonly InboxRow[] = []

type InboxPaneProps = {
  /** A chat that is likely to be opened next. */
  onAhead(ticketId: TicketId, chat: ChatKind): void
}

/** «Сообщения»: every chat the user may see, the newest first. */
export const InboxPane = memo(function InboxPane({ onAhead }: InboxPaneProps) {
  const { account } = useShell()
  const { t } = useLanguage()
  if (!account.permissions.includes('messages.menu'))
    return <EmptyState icon={ShieldOff} title={t('inbox.no-access')} text={t('inbox.no-access.text')} />
  return <InboxList onAhead={onAhead} />
})

function InboxList({ onAhead }: InboxPaneProps) {
  const { t } = useLanguage()
  const [place, go] = usePlace()
  const [filter, setFilter] = useState<InboxFilter>('all')
  const [total, setTotal] = useState<number>()
  const [limit, grow] = useGrowingLimit(filter, pageSize, total)
  const inbox = useWatched('inbox', { filter, limit }, 'inbox')
  if (inbox && inbox.total !== total) setTotal(inbox.total)
  const { shown, handlers } = useHeldOrder(inbox?.rows ?? noRows, keyOf, filter)
  const list = useRef<ListBoxHandle<InboxRow>>(null)
  // Only an organisation with split chats has team chats; then each row says which chat it is.
  const split = useMemo(() => shown.some((row) => row.chat === 'team'), [shown])
  const selected = useSelectedRoom(shown)
  const isReady = inbox?.ready === true
  useReadyMark(isReady)
  const isNothingOpen = place.section === 'chats' && place.ticketId === null
  useFirstAhead(isReady && isNothingOpen ? shown[0] : undefined, onAhead)

  const open = (row: InboxRow) => go({ section: 'chats', ticketId: row.ticketId, tab: row.chat })
  useInboxShortcuts({ list, rows: shown, selected, open })

  return (
    <div className="flex min-h-0 flex-1 flex-col" {...handlers}>
      <InboxHeader inbox={inbox} />
      <div className="border-b border-line">
        <Segments<InboxFilter>
          label={t('inbox.filter')}
          value={filter}
          options={filters.map((value) => ({
            value,
            label: t(`inbox.filter.${value}`),
            ...(value === 'unread' && inbox ? { count: inbox.unread } : {}),
          }))}
          onChange={setFilter}
        />
      </div>
      {!inbox?.ready && shown.length === 0 ? (
        <ListSkeleton />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={filter === 'unread' ? MailCheck : filter === 'mine' ? UserRound : Inbox}
          title={t(`inbox.empty.${filter}`)}
          text={t(`inbox.empty.${filter}.text`)}
        />
      ) : (
        <ListBox<InboxRow>
          key={filter}
          ref={list}
          label={t('inbox.list')}
          items={shown}
          total={inbox?.total ?? shown.length}
          keyOf={keyOf}
          selectedKey={place.section === 'chats' ? (selected?.room ?? null) : null}
          onOpen={open}
          onPress={(row) => onAhead(row.ticketId, row.chat)}
          onNearEnd={grow}
          itemSize={80}
          className="pt-1"
        >
          {(row, state) => <InboxRowView row={row} {...state} showChat={split} />}
        </ListBox>
      )}
      <KeyHints />
    </div>
  )
}

/** Whoever has just come has opened nothing yet: the newest chat is made ready once there is nothing else to do. */
function useFirstAhead(first: InboxRow | undefined, onAhead: InboxPaneProps['onAhead']): void {
  const isDone = useRef(false)
  const { ticketId, chat } = first ?? {}
  useEffect(() => {
    if (isDone.current || ticketId === undefined || chat === undefined) return undefined
    const request = requestIdleCallback(() => {
      isDone.current = true
      onAhead(ticketId, chat)
    })
    return () => cancelIdleCallback(request)
  }, [ticketId, chat, onAhead])
}

/** The row whose chat is open; «messages» stands for the first chat of its ticket. */
function useSelectedRoom(rows: readonly InboxRow[]): InboxRow | null {
  const [place] = usePlace()
  if (place.section !== 'chats' || place.ticketId === null) return null
  const ofTicket = rows.filter((row) => row.ticketId === place.ticketId)
  return ofTicket.find((row) => row.chat === place.tab) ?? ofTicket[0] ?? null
}

function InboxHeader({ inbox }: { inbox: InboxSnapshot | undefined }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const nothingUnread = (inbox?.unread ?? 0) === 0
  return (
    <div className="flex items-center gap-2 px-4 pt-3.5 pb-2.5">
      <h1 className="text-heading font-semibold tracking-tight">{t('inbox.title')}</h1>
      <Button
        className="ml-auto border-transparent! bg-transparent! text-ink-2 hover:bg-hover!"
        disabled={nothingUnread}
        onClick={() => void data.act.markAllRead(null)}
      >
        <CheckCheck size={16} aria-hidden="true" />
        {t('inbox.read-all')}
      </Button>
    </div>
  )
}

function KeyHints() {
  const { t } = useLanguage()
  if (useLayout() === 'narrow') return null
  return (
    <p className="flex gap-3.5 overflow-hidden border-t border-line px-3.5 py-2 text-note whitespace-nowrap text-ink-3">
      <span>
        <kbd>J</kbd> <kbd>K</kbd> {t('hint.list')}
      </span>
      <span>
        <kbd>N</kbd> {t('hint.next-unread')}
      </span>
      <span className="max-wide:hidden">
        <kbd>E</kbd> {t('hint.read')}
      </span>
    </p>
  )
}
