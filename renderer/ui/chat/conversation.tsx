import { Lock, MessageSquareDashed } from 'lucide-react'
import { useCallback, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { chatRoom, type ChatKind, type Seq, type TicketId } from '#common/domain/ids.ts'
import type { ConversationSnapshot } from '../../data/api.ts'
import { dayOf } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import { useApp } from '../common/app-context.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { useNow } from '../common/use-now.ts'
import { useShortcuts } from '../common/use-shortcuts.ts'
import { useWatched } from '../common/use-watched.ts'
import { useShell } from '../shell/shell-context.tsx'
import { Announcer } from './announcer.tsx'
import {
  conversationLabel,
  DayLine,
  EventLine,
  JumpButtons,
  NewLine,
  PresenceLine,
  StickyDay,
} from './conversation-lines.tsx'
import { conversationRows, timeOf, type ConversationRow, type MessageItem } from './conversation-rows.ts'
import { useKeptItems } from './kept-items.ts'
import { Message } from './message.tsx'
import type { MessageActions } from './message-actions.ts'
import { MessageList, type MessageListHandle } from './message-list.tsx'
import { useDivider } from './use-divider.ts'
import { useJump } from './use-jump.ts'
import { useReading } from './use-reading.ts'

type ConversationProps = {
  ticketId: TicketId
  chat: ChatKind
  split: boolean
  active: boolean
  number: number | null
  conversation: ConversationSnapshot
  /** The caller asks for more entries of the chat. */
  onNeedOlder(atLeast?: number): void
  actions: Omit<MessageActions, 'jumpTo'>
  canTakeBack(item: MessageItem): boolean
}

/** Everything written in one chat. The caller gives a new `key` for another chat. */
export function Conversation(props: ConversationProps) {
  const { ticketId, chat, split, active, number, conversation, onNeedOlder, actions, canTakeBack } = props
  const { t } = useLanguage()
  const { data } = useApp()
  const { account } = useShell()
  const now = useNow()
  const online = useWatched('connection', null)?.state === 'online'
  const list = useRef<MessageListHandle>(null)
  const [atEnd, setAtEnd] = useState(true)
  const [firstVisible, setFirstVisible] = useState<string | null>(null)
  const [scrolling, setScrolling] = useState(false)
  const [focusedKey, setFocusedKey] = useState<string | null>(null)
  const divider = useDivider(conversation)
  const items = useKeptItems(conversation.items, onNeedOlder)
  const rows = useMemo(() => conversationRows(items, divider), [items, divider])
  const [openAt] = useState(() => (divider === null ? null : (rows.find((row) => row.kind === 'new')?.key ?? null)))
  const jump = useJump({ list, rows, conversation, onNeedOlder })
  const jumpTo = jump.jumpTo
  const allActions = useMemo(() => ({ ...actions, jumpTo }), [actions, jumpTo])
  const reading = useReading(
    useCallback((seq: Seq) => void data.act.markRead({ ticketId, chat, seq }), [data, ticketId, chat]),
  )
  useShortcuts({
    End: () => {
      if (active) list.current?.scrollToEnd()
      return active
    },
  })

  const messages = rows.filter((row) => row.kind === 'message').length
  const setSize = conversation.hasOlder ? -1 : messages
  const stickyDay = scrolling ? dayAbove(rows, firstVisible) : null
  const tone = split ? chat : 'plain'

  if (rows.length === 0)
    return (
      <div className="relative flex min-h-0 flex-1 flex-col">
        <EmptyState
          icon={split && chat === 'team' ? Lock : MessageSquareDashed}
          {...emptyTexts(t, chat, split, conversation.canWrite)}
        />
        <PresenceLine ticketId={ticketId} chat={chat} />
        <Announcer items={conversation.items} />
      </div>
    )
  return (
    <div className="@container relative flex min-h-0 flex-1 flex-col">
      {stickyDay === null ? null : <StickyDay at={stickyDay} now={now} />}
      <MessageList
        ref={list}
        rows={rows}
        label={conversationLabel(t, chat, split, number)}
        openAt={openAt}
        keptKey={focusedKey}
        hasOlder={conversation.hasOlder}
        onNeedOlder={onNeedOlder}
        onAtEnd={setAtEnd}
        onFirstVisible={setFirstVisible}
        onScrolling={setScrolling}
        onKeyDown={(event) => moveBetweenMessages(event, setFocusedKey)}
        scrollerRef={reading.setRoot}
      >
        {(row) => {
          switch (row.kind) {
            case 'day':
              return <DayLine at={row.at} now={now} />
            case 'new':
              return <NewLine count={row.count} />
            case 'event':
              return <EventLine item={row.item} />
            case 'message':
              return (
                <Message
                  row={row}
                  room={chatRoom(ticketId, chat)}
                  setSize={setSize}
                  actions={allActions}
                  canWrite={conversation.canWrite}
                  online={online}
                  now={dayOf(now)}
                  tone={tone}
                  showCrossPost={account.kind === 'employee'}
                  canTakeBack={canTakeBack(row.item)}
                  pointedOut={jump.pointedOut === row.key}
                  follow={reading.follow}
                />
              )
          }
        }}
      </MessageList>
      <PresenceLine ticketId={ticketId} chat={chat} />
      {atEnd && !jump.back ? null : (
        <JumpButtons
          unread={conversation.unread}
          onJump={() => {
            jump.forget()
            list.current?.scrollToEnd()
          }}
          onBack={jump.back}
        />
      )}
      <Announcer items={conversation.items} />
    </div>
  )
}

/** What stands in a chat without messages; of two chats it says which one this is. */
function emptyTexts(t: Translate, chat: ChatKind, split: boolean, canWrite: boolean): { title: string; text?: string } {
  if (split) return { title: t(`chat.empty.${chat}`), text: t(`chat.empty.${chat}.text`) }
  return canWrite ? { title: t('chat.empty'), text: t('chat.empty.text') } : { title: t('chat.empty') }
}

/** Day of the first row in view, unless its own heading is that row. */
function dayAbove(rows: readonly ConversationRow[], key: string | null): number | null {
  const row = rows.find((each) => each.key === key)
  if (!row || row.kind === 'day' || row.kind === 'new') return null
  return dayOf(timeOf(row.item))
}

/** Arrow keys go from message to message. */
function moveBetweenMessages(event: KeyboardEvent, onFocused: (key: string | null) => void): void {
  const feed = event.currentTarget
  const target = event.target instanceof HTMLElement ? event.target : null
  const current = target?.closest('article') ?? null
  const step =
    event.code === 'ArrowDown' || event.code === 'PageDown'
      ? 1
      : event.code === 'ArrowUp' || event.code === 'PageUp'
        ? -1
        : 0
  if (step === 0 || (target !== current && target !== feed)) return
  const articles = [...feed.querySelectorAll<HTMLElement>('article')]
  const next = current ? articles[articles.indexOf(current) + step] : articles.at(step > 0 ? 0 : -1)
  if (!next) return
  event.preventDefault()
  onFocused(next.dataset['key'] ?? null)
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
}
