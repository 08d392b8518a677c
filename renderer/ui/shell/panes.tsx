import { MessagesSquare } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { AdminScreen } from '../admin/admin-screen.tsx'
import { useApp } from '../common/app-context.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { PaneResizer } from '../common/pane-resizer.tsx'
import { useLayout } from '../common/use-layout.ts'
import { InboxPane } from '../inbox/inbox-pane.tsx'
import { QueueScreen } from '../queue/queue-screen.tsx'
import { useAhead } from '../ticket/ticket-ahead.ts'
import { TicketPane } from '../ticket/ticket-pane.tsx'
import { noFilter } from '../tickets/ticket-filters.tsx'
import { TicketsPane } from '../tickets/tickets-pane.tsx'
import { usePlace } from '../use-place.ts'
import { listWidth, listWidths } from './list-width.ts'
import { useShell } from './shell-context.tsx'
import { StatusBars } from './status-bars.tsx'
import { useRememberedPlace } from './use-remembered-place.ts'
import { useWindowTitle } from './use-window-title.ts'

/** List and content of the present section, beside each other or, on a phone, one at a time. */
export function Panes() {
  const { t } = useLanguage()
  const { account } = useShell()
  const [place] = usePlace()
  useWindowTitle()
  useRememberedPlace(
    account.permissions.includes('messages.menu')
      ? { section: 'chats', ticketId: null, tab: 'messages' }
      : { section: 'tickets', ticketId: null, tab: 'fields' },
  )
  const openId = place.section === 'chats' || place.section === 'tickets' ? place.ticketId : null
  const [ahead, setAhead] = useAhead(openId)
  const narrow = useLayout() === 'narrow'
  // The filter outlives leaving the section for another.
  const [filter, setFilter] = useState(noFilter)
  if (place.section === 'queue')
    return (
      <Main>
        <QueueScreen />
      </Main>
    )
  if (place.section === 'admin')
    return (
      <Main>
        <AdminScreen part={place.part} />
      </Main>
    )
  const { section, ticketId, tab } = place
  const listWide = section === 'tickets' && ticketId === null && !narrow
  const showList = !narrow || ticketId === null
  const showContent = !listWide && (!narrow || ticketId !== null)
  return (
    <>
      {showList ? (
        <ListPane section={section} wide={listWide}>
          {narrow ? <StatusBars /> : null}
          {section === 'chats' ? (
            <InboxPane onAhead={setAhead} />
          ) : (
            <TicketsPane wide={listWide} filter={filter} onFilter={setFilter} onAhead={setAhead} />
          )}
        </ListPane>
      ) : null}
      {showContent ? (
        <Main>
          {showList ? null : <h1 className="sr-only">{t(section === 'chats' ? 'inbox.title' : 'tickets.title')}</h1>}
          <TicketPane ticketId={ticketId} tab={tab} section={section} ahead={ahead} nothingOpen={<NothingOpen />} />
        </Main>
      ) : null}
    </>
  )
}

function Main({ children }: { children: ReactNode }) {
  return <main className="flex min-h-0 min-w-0 flex-1 flex-col">{children}</main>
}

type ListPaneProps = { section: 'chats' | 'tickets'; wide: boolean; children: ReactNode }

function ListPane({ section, wide, children }: ListPaneProps) {
  const { t } = useLanguage()
  const { settings, changeSettings } = useApp()
  const layout = useLayout()
  const [dragged, setDragged] = useState<number | null>(null)
  const label = t(section === 'chats' ? 'inbox.list' : 'tickets.list')
  // The list is what the window is about while nothing else is open.
  if (wide || layout === 'narrow')
    return (
      <main aria-label={label} className="flex min-h-0 min-w-0 flex-1 flex-col bg-pane">
        {children}
      </main>
    )
  const width = dragged ?? listWidth(settings.listWidth, layout)
  return (
    <aside
      aria-label={label}
      className="relative flex min-h-0 min-w-0 flex-none flex-col border-r border-line bg-list"
      style={{ width }}
    >
      {children}
      <PaneResizer
        label={t('pane.resize')}
        width={width}
        min={listWidths.min}
        max={listWidths.max}
        onResize={setDragged}
        onDone={(listWidth) => {
          setDragged(null)
          changeSettings({ listWidth })
        }}
      />
    </aside>
  )
}

function NothingOpen() {
  const { t } = useLanguage()
  return (
    <section className="flex min-h-0 flex-1 flex-col bg-pane">
      <StatusBars />
      <EmptyState icon={MessagesSquare} title={t('inbox.nothing-open')} text={t('inbox.nothing-open.text')} />
    </section>
  )
}
