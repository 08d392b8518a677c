import { FileQuestion, MessageSquareOff } from 'lucide-react'
import { Activity, memo, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import type { TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { useHeld } from '../common/use-held.ts'
import { useLayout } from '../common/use-layout.ts'
import { useOrganisation } from '../common/use-organisation.ts'
import { useReadyMark } from '../common/use-ready-mark.ts'
import { useShortcuts } from '../common/use-shortcuts.ts'
import { useWatched } from '../common/use-watched.ts'
import type { TicketTab } from '../routes.ts'
import { useShell } from '../shell/shell-context.tsx'
import { StatusBars } from '../shell/status-bars.tsx'
import { useGo } from '../use-place.ts'
import { TicketDetails } from './details-pane.tsx'
import { neededFirst, type TicketPlace } from './ticket-ahead.ts'
import { TicketFieldsTab } from './fields-tab.tsx'
import { TicketChats } from './ticket-chats.tsx'
import { TicketHeader } from './ticket-header.tsx'
import { TicketHistory } from './history-tab.tsx'
import { TicketTabs } from './ticket-tabs.tsx'
import { useBeside } from './use-beside.ts'
import { useDetails } from './use-details.ts'

type Ticket = NonNullable<TicketSnapshot>

type Section = 'chats' | 'tickets'
type TicketPaneProps = {
  ticketId: TicketId | null
  tab: TicketTab
  section: Section
  /** Drawn out of sight: it is likely to be opened next. */
  ahead: TicketPlace | null
  nothingOpen: ReactNode
}

/**
 * One ticket: its fields, its chats, its history; with details beside a chat where there is room. Another ticket takes its
 * place once it is here with its messages.
 */
export function TicketPane({ ticketId, tab, section, ahead, nothingOpen }: TicketPaneProps) {
  const wanted = useMemo(() => (ticketId === null ? null : { ticketId, tab }), [ticketId, tab])
  const isHere = useIsHere(wanted)
  const shown = useHeld(wanted, wanted === null || isHere)
  const isAheadHere = useIsHere(ahead)
  const hidden = isAheadHere && ahead?.ticketId !== shown?.ticketId ? ahead : null
  return (
    <>
      {shown === null ? nothingOpen : null}
      {[shown, hidden].map((place) =>
        place ? (
          <Activity key={place.ticketId} mode={place === shown ? 'visible' : 'hidden'}>
            <Outgoing place={place} next={place === shown ? wanted : place}>
              <ShownTicket {...place} section={section} />
            </Outgoing>
          </Activity>
        ) : null,
      )}
    </>
  )
}

type OutgoingProps = { place: TicketPlace; next: TicketPlace | null; children: ReactNode }

/** What is on its way out takes nothing any more: a quick hand would write to the wrong customer. */
function Outgoing({ place, next, children }: OutgoingProps) {
  const bothChats = useBeside(useWatched('ticket', { ticketId: place.ticketId })).on
  // Of chats beside each other both stay: the field that was turned to keeps the focus.
  const stays = place === next || (bothChats && place.ticketId === next?.ticketId)
  return (
    <div inert={!stays} className="contents">
      {children}
    </div>
  )
}

type ShownTicketProps = TicketPlace & { section: Section }

/** Not drawn anew when it only comes into sight. */
const ShownTicket = memo(function ShownTicket({ ticketId, tab, section }: ShownTicketProps) {
  const snapshot = useWatched('ticket', { ticketId })
  // On a phone there is no list beside it that would say so.
  useReadyMark(useLayout() === 'narrow' && snapshot !== undefined)
  if (snapshot === undefined) return <ListSkeleton />
  if (snapshot === null) return <MissingTicket section={section} />
  return <OpenTicket snapshot={snapshot} tab={tab} section={section} />
})

/** Also what is left of a ticket that one no longer sees: the bars say so. */
function MissingTicket({ section }: { section: Section }) {
  const { t } = useLanguage()
  const go = useGo()
  const narrow = useLayout() === 'narrow'
  return (
    <section className="flex min-h-0 flex-1 flex-col bg-pane">
      <StatusBars />
      <EmptyState icon={FileQuestion} title={t('ticket.missing')} text={t('ticket.missing.text')}>
        {/* A phone shows nothing else that leads away. */}
        {narrow ? (
          <Button onClick={() => go({ section, ticketId: null, tab: 'messages' })}>{t('common.back')}</Button>
        ) : null}
      </EmptyState>
    </section>
  )
}

function OpenTicket({ snapshot: stored, tab, section }: Omit<ShownTicketProps, 'ticketId'> & { snapshot: Ticket }) {
  const { t } = useLanguage()
  const go = useGo()
  const { account } = useShell()
  const split = useOrganisation().splitChats && account.kind === 'employee'
  const snapshot = useMemo(() => shownOf(stored, split), [stored, split])
  const chat = chatOf(snapshot, tab)
  const bothChats = useBeside(snapshot)
  const beside = bothChats.on && chat !== null
  const details = useDetails(beside)
  const [focusRequest, setFocusRequest] = useState<{ chat: ChatKind; count: number } | null>(null)
  const shownTab = chat && (beside || !split) ? 'messages' : chat ? chat.chat : tab
  const openTab = (next: TicketTab) => go({ section, ticketId: snapshot.ticket.id, tab: next }, { replace: true })
  const switchTo = (next: ChatKind) => {
    setFocusRequest((last) => ({ chat: next, count: (last?.count ?? 0) + 1 }))
    openTab(next)
  }
  useChatKeys(snapshot, switchTo)
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <section
        aria-label={t('ticket.label', {
          number: snapshot.ticket.number === null ? t('ticket.no-number') : String(snapshot.ticket.number),
        })}
        className="flex min-h-0 min-w-0 flex-1 flex-col bg-pane"
      >
        <TicketHeader
          snapshot={snapshot}
          section={section}
          chat={chat}
          split={split}
          beside={bothChats}
          details={details}
        />
        <TicketTabs
          snapshot={snapshot}
          tab={shownTab}
          split={split}
          beside={bothChats.on}
          onTab={(next) => {
            setFocusRequest(null)
            openTab(next)
          }}
        />
        <StatusBars />
        <div
          role="tabpanel"
          id="ticket-panel"
          aria-labelledby={`ticket-tab-${shownTab}`}
          className="flex min-h-0 flex-1 flex-col"
        >
          {chat ? (
            <TicketChats
              snapshot={snapshot}
              chat={chat}
              split={split}
              beside={beside}
              focusRequest={focusRequest}
              onSwitch={switchTo}
              onActivate={openTab}
            />
          ) : (
            <TabContent snapshot={snapshot} tab={tab} />
          )}
        </div>
      </section>
      {chat ? <TicketDetails snapshot={snapshot} chat={chat.chat} split={split} details={details} /> : null}
    </div>
  )
}

/**
 * The setting may come a moment before the list of chats that follows from it: the team's chat is never shown as «the
 * messages», which the customer reads.
 */
function shownOf(ticket: Ticket, split: boolean): Ticket {
  return split ? ticket : { ...ticket, chats: ticket.chats.filter(({ chat }) => chat === 'customer') }
}

/** Ctrl+1 and Ctrl+2 turn to the team and to the customer, also while one writes. */
function useChatKeys({ chats }: Ticket, onSwitch: (chat: ChatKind) => void): void {
  const turn = (chat: ChatKind) => () => {
    if (chats.length < 2) return false
    onSwitch(chat)
    return true
  }
  useShortcuts({ '$mod+Digit1': turn('team'), '$mod+Digit2': turn('customer') }, { inFields: true })
}

/** Asks for a ticket together with its chat; true when both are here for the first drawing. */
function useIsHere(place: TicketPlace | null): boolean {
  const { data } = useApp()
  const { subscribe, isHere } = useMemo(() => {
    const needed = place ? neededFirst(data, place.ticketId, place.tab) : []
    return {
      subscribe(listener: () => void) {
        const stops = needed.map((watched) => watched.subscribe(listener))
        return () => stops.forEach((stop) => stop())
      },
      // Of a ticket that is not there (null) nothing else will come.
      isHere: () =>
        place !== null && (needed[0]?.get() === null || needed.every((watched) => watched.get() !== undefined)),
    }
  }, [data, place])
  return useSyncExternalStore(subscribe, isHere)
}

function TabContent({ snapshot, tab }: { snapshot: Ticket; tab: TicketTab }) {
  const { t } = useLanguage()
  if (tab === 'fields') return <TicketFieldsTab snapshot={snapshot} />
  if (tab === 'history') return <TicketHistory snapshot={snapshot} />
  return <EmptyState icon={MessageSquareOff} title={t('ticket.no-chat')} text={t('ticket.no-chat.text')} />
}

/** The chat of a tab; a chat that the ticket does not have gives way to the first one it has. */
function chatOf({ chats }: Ticket, tab: TicketTab): Ticket['chats'][number] | null {
  if (tab === 'fields' || tab === 'history') return null
  return chats.find((each) => each.chat === tab) ?? chats[0] ?? null
}
