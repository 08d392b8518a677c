import { Lock } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { isClosed } from '#common/domain/ticket.ts'
import type { ChatKind } from '#common/domain/ids.ts'
import type { ConversationSnapshot, TicketSnapshot, WriteFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Confirm } from '../common/dialog.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { useShortcuts } from '../common/use-shortcuts.ts'
import { useWatched } from '../common/use-watched.ts'
import { useWindowFocus } from '../common/use-window-focus.ts'
import { useShell } from '../shell/shell-context.tsx'
import { AudienceStrip } from './audience-strip.tsx'
import { audienceOf } from './audience.ts'
import { Composer, type ComposerSubject } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import type { MessageItem } from './conversation-rows.ts'
import { useDeleteMessage, useMessageActions } from './message-actions.ts'
import { useDraft } from './use-draft.ts'
import { useTyping } from './use-typing.ts'

type Ticket = NonNullable<TicketSnapshot>
type ChatPanelProps = {
  snapshot: Ticket
  chat: Ticket['chats'][number]
  onSwitch(chat: ChatKind): void
}

/** Entries shown first, and how many more each time. */
export const pageSize = 60
/** Scrolling asks again and again while a page is on its way; ms. */
const growthPauseMs = 250

/** One chat of a ticket with the field to write in. The caller gives a new `key` for another chat. */
export function ChatPanel({ snapshot, chat, onSwitch }: ChatPanelProps) {
  const { data } = useApp()
  const [limit, setLimit] = useState(pageSize)
  const ticketId = snapshot.ticket.id
  const conversation = useWatched('conversation', { ticketId, chat: chat.chat, limit }, chat.room)
  const focused = useWindowFocus()
  const lastGrowth = useRef(0)
  const needOlder = useCallback((atLeast = 0) => {
    const now = performance.now()
    if (atLeast === 0 && now - lastGrowth.current < growthPauseMs) return
    lastGrowth.current = now
    setLimit((limit) => Math.max(atLeast, limit + pageSize))
  }, [])

  useEffect(() => {
    if (!focused) return undefined
    void data.act.setFocus({ room: chat.room })
    return () => void data.act.setFocus({ room: null })
  }, [data, chat.room, focused])

  if (!conversation?.ready) return <ListSkeleton />
  return (
    <ReadyChat
      snapshot={snapshot}
      chat={chat}
      conversation={conversation}
      onNeedOlder={needOlder}
      onSwitch={onSwitch}
    />
  )
}

type ReadyChatProps = ChatPanelProps & { conversation: ConversationSnapshot; onNeedOlder(atLeast?: number): void }
type Subject =
  { kind: 'new' } | { kind: 'reply'; item: MessageItem } | { kind: 'edit'; item: MessageItem; text: string }

function ReadyChat({ snapshot, chat, conversation, onNeedOlder, onSwitch }: ReadyChatProps) {
  const { t } = useLanguage()
  const { ticket, chats } = snapshot
  const [subject, setSubject] = useState<Subject>({ kind: 'new' })
  const [focusSignal, setFocusSignal] = useState(0)
  const [removing, setRemoving] = useState<MessageItem | null>(null)
  const deleteMessage = useDeleteMessage(ticket.id, chat.chat)
  const focusComposer = () => setFocusSignal((count) => count + 1)
  const begin = useCallback((next: Subject) => {
    setSubject(next)
    setFocusSignal((count) => count + 1)
  }, [])
  const actions = useMessageActions(
    useMemo(
      () => ({
        reply: (item: MessageItem) => begin({ kind: 'reply', item }),
        edit: (item: MessageItem) => begin({ kind: 'edit', item, text: item.text }),
        remove: setRemoving,
      }),
      [begin],
    ),
  )
  const split = chats.length > 1
  const other = chats.find((each) => each.room !== chat.room)
  useShortcuts({
    KeyR: () => {
      focusComposer()
      return true
    },
  })
  useShortcuts(
    {
      '$mod+Digit1': () => switchTo('team'),
      '$mod+Digit2': () => switchTo('customer'),
    },
    { inFields: true },
  )
  function switchTo(kind: ChatKind): boolean {
    if (other?.chat === kind) onSwitch(kind)
    return split
  }

  return (
    <>
      <Conversation
        ticketId={ticket.id}
        chat={chat.chat}
        split={split}
        number={ticket.number}
        conversation={conversation}
        onNeedOlder={onNeedOlder}
        actions={actions}
      />
      {isClosed(ticket.stage) || !conversation.canWrite ? (
        <p className="mx-[18px] mb-3.5 max-medium:mx-2 max-medium:mb-2 flex flex-none items-center gap-2.5 rounded-xl bg-hover px-3.5 py-3 text-ink-2">
          <Lock size={16} aria-hidden="true" className="flex-none" />
          {t(isClosed(ticket.stage) ? 'composer.closed' : 'composer.read-only')}
        </p>
      ) : (
        <ChatComposer
          snapshot={snapshot}
          chat={chat}
          conversation={conversation}
          subject={subject}
          onSubject={setSubject}
          onEditLast={() => {
            const last = conversation.items.findLast(
              (item) => item.kind === 'message' && item.own && !item.deleted && item.seq !== null,
            )
            if (last?.kind === 'message') actions.edit(last)
          }}
          focusSignal={focusSignal}
          other={other?.chat ?? null}
          onSwitch={onSwitch}
        />
      )}
      <Confirm
        open={removing !== null}
        title={t('chat.delete.title')}
        text={t('chat.delete.text')}
        confirm={t('common.delete')}
        danger
        onConfirm={() => {
          if (removing) deleteMessage(removing)
          setRemoving(null)
        }}
        onCancel={() => setRemoving(null)}
      />
    </>
  )
}

type ChatComposerProps = Pick<ReadyChatProps, 'snapshot' | 'chat' | 'conversation' | 'onSwitch'> & {
  subject: Subject
  onSubject(subject: Subject): void
  onEditLast(): void
  focusSignal: number
  other: ChatKind | null
}

function ChatComposer(props: ChatComposerProps) {
  const { snapshot, chat, conversation, subject, onSubject, onEditLast, focusSignal, other, onSwitch } = props
  const { data } = useApp()
  const { account } = useShell()
  const ticketId = snapshot.ticket.id
  const draft = useDraft(chat.room)
  const latestText = useRef(draft.text)
  useEffect(() => {
    latestText.current = draft.text
  })
  const typing = useTyping(ticketId, chat.chat)
  const audience = audienceOf({
    chat: chat.chat,
    split: snapshot.chats.length > 1,
    account,
    participants: conversation.participants,
    company: snapshot.ticket.fields.company ?? '',
  })

  async function send(text: string): Promise<WriteFailure | null> {
    typing(false)
    const result =
      subject.kind === 'edit'
        ? await data.act.editMessage({ ticketId, chat: chat.chat, target: subject.item.id, text })
        : await data.act.postMessage({
            ticketId,
            to: [chat.chat],
            text,
            ...(subject.kind === 'reply' && subject.item.seq !== null ? { replyTo: subject.item.seq } : {}),
          })
    if (!result.ok) return result.reason
    // Somebody who types fast has begun the next message while this one was written to the disk.
    if (subject.kind !== 'edit')
      draft.setText(latestText.current.startsWith(text) ? latestText.current.slice(text.length) : '')
    onSubject({ kind: 'new' })
    return null
  }

  const shown: ComposerSubject =
    subject.kind === 'reply'
      ? { kind: 'reply', authorName: subject.item.authorName, text: subject.item.text }
      : { kind: subject.kind }
  return (
    <Composer
      audience={audience}
      strip={<AudienceStrip audience={audience} other={other} onSwitch={() => (other ? onSwitch(other) : undefined)} />}
      subject={shown}
      text={subject.kind === 'edit' ? subject.text : draft.text}
      onText={(text) => {
        if (subject.kind === 'edit') onSubject({ ...subject, text })
        else {
          typing(text !== '')
          draft.setText(text)
        }
      }}
      ready={subject.kind === 'edit' || draft.ready}
      draftSaved={subject.kind === 'edit' || draft.saved}
      onSend={send}
      onCancelSubject={() => onSubject({ kind: 'new' })}
      onEditLast={onEditLast}
      focusSignal={focusSignal}
    />
  )
}
