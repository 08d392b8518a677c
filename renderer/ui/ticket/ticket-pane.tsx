import { FileQuestion, MessageSquareOff } from 'lucide-react'
import { useEffect } from 'react'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import type { TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { ChatPanel, pageSize } from '../chat/chat-panel.tsx'
import { useApp } from '../common/app-context.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { useLayout } from '../common/use-layout.ts'
import { useReadyMark } from '../common/use-ready-mark.ts'
import { useWatched } from '../common/use-watched.ts'
import type { TicketTab } from '../routes.ts'
import { StatusBars } from '../shell/status-bars.tsx'
import { usePlace } from '../use-place.ts'
import { TicketDetails } from './details-pane.tsx'
import { TicketFieldsTab } from './fields-tab.tsx'
import { TicketHeader } from './ticket-header.tsx'
import { TicketHistory } from './history-tab.tsx'
import { TicketTabs } from './ticket-tabs.tsx'

type Ticket = NonNullable<TicketSnapshot>

/** One ticket: its fields, its chats, its history; with details beside a chat where there is room. */
export function TicketPane({
  ticketId,
  tab,
  section,
}: {
  ticketId: TicketId
  tab: TicketTab
  section: 'chats' | 'tickets'
}) {
  const { t } = useLanguage()
  const [, go] = usePlace()
  const snapshot = useWatched('ticket', { ticketId })
  useChatAhead(ticketId, tab)
  // On a phone there is no list beside it that would say so.
  useReadyMark(useLayout() === 'narrow' && snapshot !== undefined)
  if (snapshot === undefined) return <ListSkeleton />
  if (snapshot === null)
    return <EmptyState icon={FileQuestion} title={t('ticket.missing')} text={t('ticket.missing.text')} />
  const chat = chatOf(snapshot, tab)
  const shownTab = chat ? (snapshot.chats.length > 1 ? chat.chat : 'messages') : tab
  const openTab = (next: TicketTab) => go({ section, ticketId, tab: next }, { replace: true })
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <section
        aria-label={t('ticket.label', {
          number: snapshot.ticket.number === null ? t('ticket.no-number') : String(snapshot.ticket.number),
        })}
        className="flex min-h-0 min-w-0 flex-1 flex-col bg-pane"
      >
        <TicketHeader snapshot={snapshot} section={section} />
        <TicketTabs snapshot={snapshot} tab={shownTab} onTab={openTab} />
        <StatusBars />
        <div
          role="tabpanel"
          id="ticket-panel"
          aria-labelledby={`ticket-tab-${shownTab}`}
          className="flex min-h-0 flex-1 flex-col"
        >
          <TabContent snapshot={snapshot} tab={tab} chat={chat} onSwitch={openTab} />
        </div>
      </section>
      {chat ? <TicketDetails snapshot={snapshot} chat={chat.chat} /> : null}
    </div>
  )
}

/** The chat is asked for together with its ticket, not after it: both are here for the first drawing. */
function useChatAhead(ticketId: TicketId, tab: TicketTab): void {
  const { data } = useApp()
  useEffect(() => {
    if (tab === 'fields' || tab === 'history') return undefined
    const chat = tab === 'team' ? 'team' : 'customer'
    return data.watch('conversation', { ticketId, chat, limit: pageSize }).subscribe(() => {})
  }, [data, ticketId, tab])
}

type TabContentProps = {
  snapshot: Ticket
  tab: TicketTab
  chat: Ticket['chats'][number] | null
  onSwitch(chat: ChatKind): void
}

function TabContent({ snapshot, tab, chat, onSwitch }: TabContentProps) {
  const { t } = useLanguage()
  if (tab === 'fields') return <TicketFieldsTab snapshot={snapshot} />
  if (tab === 'history') return <TicketHistory snapshot={snapshot} />
  if (chat) return <ChatPanel key={chat.room} snapshot={snapshot} chat={chat} onSwitch={onSwitch} />
  return <EmptyState icon={MessageSquareOff} title={t('ticket.no-chat')} text={t('ticket.no-chat.text')} />
}

/** The chat of a tab; a chat that the ticket does not have gives way to the first one it has. */
function chatOf({ chats }: Ticket, tab: TicketTab): Ticket['chats'][number] | null {
  if (tab === 'fields' || tab === 'history') return null
  return chats.find((each) => each.chat === tab) ?? chats[0] ?? null
}
