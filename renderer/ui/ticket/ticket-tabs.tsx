import { ClipboardList, Globe, History, Lock, MessageSquare, type LucideIcon } from 'lucide-react'
import { useRef, type KeyboardEvent } from 'react'
import type { TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Badge } from '../common/badge.tsx'
import { classes } from '../common/classes.ts'
import { useLayout } from '../common/use-layout.ts'
import type { TicketTab } from '../routes.ts'

type Ticket = NonNullable<TicketSnapshot>
type Tab = { tab: TicketTab; label: string; icon: LucideIcon; unread: number; note: string }

const tones: Partial<Record<TicketTab, string>> = {
  team: 'text-team! border-team! bg-linear-to-t from-team-soft to-transparent',
  customer: 'text-customer! border-customer-button! bg-linear-to-t from-customer-soft to-transparent',
}

/** Заявка, Сообщения (or the two chats), История изменений. */
export function TicketTabs({
  snapshot,
  tab,
  split,
  beside,
  onTab,
}: {
  snapshot: Ticket
  tab: TicketTab
  split: boolean
  /** Both chats stand beside each other: they share a tab. */
  beside: boolean
  onTab(tab: TicketTab): void
}) {
  const { t } = useLanguage()
  const layout = useLayout()
  const tabs = useTabs(snapshot, split, beside)
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.code === 'ArrowRight' ? 1 : event.code === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const index = (tabs.findIndex((each) => each.tab === tab) + step + tabs.length) % tabs.length
    const next = tabs[index]
    if (!next) return
    onTab(next.tab)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus()
  }
  return (
    <div
      ref={list}
      role="tablist"
      aria-label={t('ticket.tabs')}
      onKeyDown={onKeyDown}
      className="flex flex-none gap-0.5 scrolls-unseen border-b border-line px-[18px] max-medium:px-0"
    >
      {tabs.map((each) => {
        const on = each.tab === tab
        const Icon = each.icon
        return (
          <button
            key={each.tab}
            type="button"
            role="tab"
            id={`ticket-tab-${each.tab}`}
            aria-selected={on}
            aria-controls="ticket-panel"
            tabIndex={on ? 0 : -1}
            onClick={() => onTab(each.tab)}
            className={classes(
              'flex h-[38px] flex-none items-center gap-[7px] rounded-none border-b-[3px] px-3.5 font-[550] whitespace-nowrap -outline-offset-2! max-medium:h-[46px] max-medium:flex-1 max-medium:justify-center max-medium:px-2',
              on ? (tones[each.tab] ?? 'border-accent text-ink') : 'border-transparent text-ink-2 hover:text-ink',
            )}
          >
            <Icon size={16} aria-hidden="true" className="max-medium:hidden" />
            {each.label}
            <Badge count={each.unread} {...(each.tab === 'team' ? { className: 'bg-team text-pane' } : {})} />
            {each.unread > 0 ? <span className="sr-only">{t('common.unread', { count: each.unread })}</span> : null}
            {layout === 'wide' && each.note ? (
              <small className="text-note font-[450] text-ink-2">{each.note}</small>
            ) : null}
          </button>
        )
      })}
    </div>
  )
}

function useTabs({ ticket, chats }: Ticket, split: boolean, beside: boolean): Tab[] {
  const { t } = useLanguage()
  const narrow = useLayout() === 'narrow'
  const company = ticket.fields.company
  const oneTab: Tab = {
    tab: 'messages',
    label: t('ticket.tab.messages'),
    icon: MessageSquare,
    unread: chats.reduce((sum, chat) => sum + chat.unread, 0),
    note: '',
  }
  const chatTabs = chats.map((chat): Tab => ({
    tab: chat.chat,
    label: t(`ticket.tab.${chat.chat}`),
    icon: chat.chat === 'team' ? Lock : Globe,
    unread: chat.unread,
    note: chat.chat === 'customer' && company ? t('ticket.tab.customer.who', { company }) : '',
  }))
  return [
    { tab: 'fields', label: t('ticket.tab.fields'), icon: ClipboardList, unread: 0, note: '' },
    ...(split && !beside ? chatTabs : chats.length > 0 ? [oneTab] : []),
    {
      tab: 'history',
      label: t(narrow ? 'ticket.tab.history.short' : 'ticket.tab.history'),
      icon: History,
      unread: 0,
      note: '',
    },
  ]
}
