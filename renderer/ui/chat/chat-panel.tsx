import { Lock } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { isClosed } from '#common/domain/ticket.ts'
import type { ChatKind } from '#common/domain/ids.ts'
import type { ConversationSnapshot, MembersSnapshot, TicketChat, TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { useShortcuts } from '../common/use-shortcuts.ts'
import { useWatched } from '../common/use-watched.ts'
import { useWindowFocus } from '../common/use-window-focus.ts'
import { DropZone } from '../media/drop-zone.tsx'
import { useAttaching } from '../media/use-attaching.ts'
import { useGallery } from '../media/use-gallery.tsx'
import { ChatComposer, type ChatComposerHandle } from './chat-composer.tsx'
import { Conversation } from './conversation.tsx'
import type { MessageItem } from './conversation-rows.ts'
import { DeleteQuestion } from './delete-question.tsx'
import { useDeleteMessage, useMessageActions } from './message-actions.ts'
import { useSubject, type Subject } from './subjects.ts'
import { takenBackHere } from './taken-back-here.ts'

type ChatPanelProps = {
  snapshot: NonNullable<TicketSnapshot>
  chat: TicketChat
  /** An employee looks at it, and messages are split into a team chat and a customer chat. */
  split: boolean
  /** Of chats beside each other the one that the keys are for. */
  active: boolean
  beside: boolean
  /** A changed value above 0 puts the focus into the field. */
  focusSignal: number
  onSwitch(chat: ChatKind): void
}

/** Entries shown first, and how many more each time. */
export const pageSize = 60
/** Scrolling asks again and again while a page is on its way; ms. */
const growthPauseMs = 250

/** One chat of a ticket with the field to write in. The caller gives a new `key` for another chat. */
export function ChatPanel(props: ChatPanelProps) {
  const { snapshot, chat, active } = props
  const { data } = useApp()
  const [limit, setLimit] = useState(pageSize)
  const ticketId = snapshot.ticket.id
  const conversation = useWatched('conversation', { ticketId, chat: chat.chat, limit }, chat.room)
  const members = useWatched('members', { ticketId, chat: chat.chat })
  const focused = useWindowFocus()
  const lastGrowth = useRef(0)
  const needOlder = useCallback((atLeast = 0) => {
    const now = performance.now()
    if (atLeast === 0 && now - lastGrowth.current < growthPauseMs) return
    lastGrowth.current = now
    setLimit((limit) => Math.max(atLeast, limit + pageSize))
  }, [])

  useEffect(() => {
    if (!focused || !active) return undefined
    void data.act.setFocus({ room: chat.room })
    return () => void data.act.setFocus({ room: null })
  }, [data, chat.room, focused, active])

  if (!conversation?.ready || members === undefined) return <ListSkeleton />
  return <ReadyChat {...props} conversation={conversation} members={members} onNeedOlder={needOlder} />
}

type ReadyChatProps = ChatPanelProps & {
  conversation: ConversationSnapshot
  members: MembersSnapshot
  onNeedOlder(atLeast?: number): void
}

function ReadyChat(props: ReadyChatProps) {
  const { snapshot, chat, split, active, beside, conversation, members, onNeedOlder, onSwitch } = props
  const { ticket } = snapshot
  const [subject, setSubject] = useSubject(chat.room)
  const [ownSignal, setOwnSignal] = useState(0)
  const [removing, setRemoving] = useState<MessageItem | null>(null)
  const composer = useRef<ChatComposerHandle>(null)
  const deleteMessage = useDeleteMessage(ticket.id)
  const queue = useWatched('queue', null)
  const attaching = useAttaching(chat.room)
  const gallery = useGallery({ ticketId: ticket.id, chat: chat.chat, room: chat.room })
  const openMedia = gallery.open
  const focusComposer = useCallback(() => setOwnSignal((count) => count + 1), [])
  const actions = useMessageActions(
    useMemo(() => {
      const begin = (next: Subject) => {
        setSubject(next)
        focusComposer()
      }
      return {
        reply: (item: MessageItem) => begin({ kind: 'reply', item }),
        edit: (item: MessageItem) => begin({ kind: 'edit', item, text: item.text, both: true }),
        remove: setRemoving,
        openMedia: (item: MessageItem, index: number) => openMedia({ messageId: item.id, index }),
        takeBack: (item: MessageItem) => {
          composer.current?.takeBack(item)
          focusComposer()
        },
      }
    }, [setSubject, focusComposer, openMedia]),
  )
  const other = snapshot.chats.find((each) => each.room !== chat.room)
  const writable = !isClosed(ticket.stage) && conversation.canWrite
  const canTakeBack = useCallback(
    (item: MessageItem) => writable && takenBackHere(item, chat.chat, queue ?? []),
    [writable, chat.chat, queue],
  )
  useShortcuts({
    KeyR: () => {
      if (active) focusComposer()
      return active
    },
  })
  useShortcuts(
    {
      '$mod+KeyU': () => {
        const takesFiles = active && writable && subject.kind !== 'edit'
        if (takesFiles) attaching.pick()
        return takesFiles
      },
    },
    { inFields: true },
  )

  return (
    <DropZone chat={chat.chat} split={split} onFiles={writable ? attaching.attach : null}>
      <Conversation
        ticketId={ticket.id}
        chat={chat.chat}
        split={split}
        active={active}
        number={ticket.number}
        conversation={conversation}
        onNeedOlder={onNeedOlder}
        actions={actions}
        canTakeBack={canTakeBack}
      />
      {writable ? (
        <ChatComposer
          ref={composer}
          snapshot={snapshot}
          chat={chat}
          split={split}
          conversation={conversation}
          members={members}
          subject={subject}
          onSubject={setSubject}
          onEditLast={() => {
            const last = lastMessage(conversation, (item) => item.own && !item.deleted && item.seq !== null)
            if (last) actions.edit(last)
          }}
          heldHere={lastMessage(conversation, canTakeBack)}
          focusSignal={ownSignal + props.focusSignal}
          switchTo={beside ? null : (other?.chat ?? null)}
          onSwitch={onSwitch}
          attaching={attaching}
        />
      ) : (
        <NoComposer closed={isClosed(ticket.stage)} />
      )}
      {removing ? (
        <DeleteQuestion
          item={removing}
          chat={chat.chat}
          onDelete={(chats) => {
            deleteMessage(removing, chats)
            setRemoving(null)
          }}
          onCancel={() => setRemoving(null)}
        />
      ) : null}
      {gallery.element}
    </DropZone>
  )
}

function lastMessage({ items }: ConversationSnapshot, wanted: (item: MessageItem) => boolean): MessageItem | null {
  const last = items.findLast((item) => item.kind === 'message' && wanted(item))
  return last?.kind === 'message' ? last : null
}

/** Why nothing can be written. */
function NoComposer({ closed }: { closed: boolean }) {
  const { t } = useLanguage()
  return (
    <p className="mx-[18px] mb-3.5 flex flex-none items-center gap-2.5 rounded-xl bg-hover px-3.5 py-3 text-ink-2 max-medium:mx-2 max-medium:mb-2">
      <Lock size={16} aria-hidden="true" className="flex-none" />
      {t(closed ? 'composer.closed' : 'composer.read-only')}
    </p>
  )
}
