import { Globe, Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ChatKind } from '#common/domain/ids.ts'
import type { TicketChat, TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { ChatPanel } from '../chat/chat-panel.tsx'
import { Badge } from '../common/badge.tsx'
import { classes } from '../common/classes.ts'
import { MembersBar } from '../members/members-bar.tsx'

type TicketChatsProps = {
  snapshot: NonNullable<TicketSnapshot>
  /** The chat that the keys are for. */
  chat: TicketChat
  split: boolean
  /** Both chats in sight. */
  beside: boolean
  /** The chat whose field is to have the focus; a changed count asks anew. */
  focusRequest: { chat: ChatKind; count: number } | null
  /** Turns to a chat and its field. */
  onSwitch(chat: ChatKind): void
  /** The focus or the pointer went into a chat beside the present one. */
  onActivate(chat: ChatKind): void
}

/** The open chat of a ticket, or both beside each other, each with its own field, draft and participants. */
export function TicketChats({ snapshot, chat, split, beside, focusRequest, onSwitch, onActivate }: TicketChatsProps) {
  const panel = (each: TicketChat) => (
    <ChatPanel
      key={each.room}
      snapshot={snapshot}
      chat={each}
      split={split}
      active={each.room === chat.room}
      beside={beside}
      focusSignal={focusRequest?.chat === each.chat ? focusRequest.count : 0}
      onSwitch={onSwitch}
    />
  )
  if (!beside) return panel(chat)
  return (
    <div className="flex min-h-0 flex-1 divide-x divide-line">
      {snapshot.chats.map((each) => (
        <ChatColumn
          key={each.room}
          snapshot={snapshot}
          chat={each}
          onEnter={() => (each.room === chat.room ? undefined : onActivate(each.chat))}
        >
          {panel(each)}
        </ChatColumn>
      ))}
    </div>
  )
}

const columnTones = {
  team: 'border-team bg-linear-to-t from-team-soft to-transparent text-team',
  customer: 'border-customer-button bg-linear-to-t from-customer-soft to-transparent text-customer',
} as const

type ChatColumnProps = Pick<TicketChatsProps, 'snapshot' | 'chat'> & { onEnter(): void; children: ReactNode }

function ChatColumn({ snapshot, chat, onEnter, children }: ChatColumnProps) {
  const { t } = useLanguage()
  const Icon = chat.chat === 'team' ? Lock : Globe
  return (
    <section
      aria-label={t(`ticket.tab.${chat.chat}`)}
      onFocusCapture={onEnter}
      onPointerDownCapture={onEnter}
      className="flex min-h-0 min-w-0 flex-1 basis-0 flex-col"
    >
      <h3
        className={classes(
          'flex h-11 flex-none items-center gap-[7px] border-b-2 pr-2.5 pl-[18px] font-[550] whitespace-nowrap',
          columnTones[chat.chat],
        )}
      >
        <Icon size={16} aria-hidden="true" className="flex-none" />
        {t(`ticket.tab.${chat.chat}`)}
        <Badge count={chat.unread} {...(chat.chat === 'team' ? { className: 'bg-team text-pane' } : {})} />
        {chat.unread > 0 ? <span className="sr-only">{t('common.unread', { count: chat.unread })}</span> : null}
        <span className="ml-auto font-normal text-ink">
          <MembersBar ticketId={snapshot.ticket.id} chat={chat.chat} split compact />
        </span>
      </h3>
      {children}
    </section>
  )
}
