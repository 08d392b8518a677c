import { ArrowLeftRight, CircleAlert } from 'lucide-react'
import { memo, useMemo, useState } from 'react'
import type { RoomName, Seq } from '#common/domain/ids.ts'
import { fullMomentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Avatar } from '../common/avatar.tsx'
import { classes } from '../common/classes.ts'
import { DeliveryIcon } from '../common/delivery-icon.tsx'
import { MediaGrid } from '../media/media-grid.tsx'
import { UploadLine } from '../media/upload-line.tsx'
import { refusalText } from '../common/refusal-text.ts'
import type { ConversationRow, MessageItem } from './conversation-rows.ts'
import { deliveryText, messageTimeText } from './delivery-words.ts'
import type { MessageActions } from './message-actions.ts'
import { HeldLine } from './held-line.tsx'
import { MessageMenu } from './message-menu.tsx'
import { MessageText } from './message-text.tsx'

export type MessageProps = {
  row: Extract<ConversationRow, { kind: 'message' }>
  room: RoomName
  /** Messages in all, -1 where older ones are not loaded. */
  setSize: number
  actions: MessageActions
  canWrite: boolean
  online: boolean
  now: number
  /** Colour of own messages: the audience's, where a ticket has two chats. */
  tone: 'plain' | 'team' | 'customer'
  /** Employees are told of the copy in the other chat; a customer never hears of a team chat. */
  showCrossPost: boolean
  /** It is held, and was written in this chat. */
  canTakeBack: boolean
  pointedOut: boolean
  follow(seq: Seq): (element: HTMLElement | null) => (() => void) | undefined
}

const ownTones = {
  plain: 'bg-selected border-accent-line',
  team: 'bg-team-soft border-team-line',
  customer: 'bg-customer-soft border-customer-line',
} as const

/** One message with its author, its text and how far it has got. */
export const Message = memo(function Message({ row, setSize, pointedOut, follow, ...body }: MessageProps) {
  const { item, startsGroup, endsGroup, endsState, position } = row
  const { t, language } = useLanguage()
  const [menuOpen, setMenuOpen] = useState(false)
  const reading = useMemo(() => (item.seq === null ? undefined : follow(item.seq)), [follow, item.seq])
  return (
    <article
      ref={reading}
      tabIndex={-1}
      data-key={row.key}
      aria-posinset={position}
      aria-setsize={setSize}
      aria-label={`${item.own ? t('common.you') : item.authorName}, ${fullMomentText(language, item.at ?? item.writtenAt)}`}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || event.code !== 'Enter') return
        event.preventDefault()
        setMenuOpen(true)
      }}
      onContextMenu={(event) => {
        if (window.getSelection()?.toString()) return
        event.preventDefault()
        setMenuOpen(true)
      }}
      className={classes(
        'group grid gap-2.5 rounded-lg -outline-offset-1',
        item.own ? 'grid-cols-[minmax(0,1fr)]' : 'grid-cols-[34px_minmax(0,1fr)]',
        startsGroup ? 'pt-1.5' : 'pt-1',
        endsGroup && 'pb-1.5',
        pointedOut && 'pointed-out',
      )}
    >
      <Body
        {...body}
        item={item}
        startsGroup={startsGroup}
        endsState={endsState}
        open={menuOpen}
        onOpen={setMenuOpen}
      />
    </article>
  )
})

type BodyProps = Omit<MessageProps, 'row' | 'setSize' | 'pointedOut' | 'follow'> &
  Pick<MessageProps['row'], 'item' | 'startsGroup' | 'endsState'> & { open: boolean; onOpen(open: boolean): void }

/** What does not change when older messages come, which give all others another number: their pictures are not drawn anew. */
const Body = memo(function Body(props: BodyProps) {
  const { item, startsGroup, actions, canWrite, open, onOpen } = props
  return (
    <>
      {item.own ? null : startsGroup ? <Avatar id={item.authorId} name={item.authorName} /> : <span />}
      <div className={classes('flex min-w-0 flex-col', item.own ? 'items-end' : 'items-start')}>
        {startsGroup && !item.own ? <AuthorLine item={item} now={props.now} /> : null}
        <div className={classes('flex max-w-full items-start gap-1', item.own && 'flex-row-reverse')}>
          <Content item={item} actions={actions} tone={props.tone} room={props.room} />
          <MessageMenu
            item={item}
            actions={actions}
            canWrite={canWrite}
            canTakeBack={props.canTakeBack}
            open={open}
            onOpenChange={onOpen}
          />
        </div>
        {item.upload ? <UploadLine id={item.id} upload={item.upload} online={props.online} /> : null}
        <MetaLine {...props} />
        {item.refusal ? <RefusedLine item={item} actions={actions} /> : null}
      </div>
    </>
  )
})

function AuthorLine({ item, now }: { item: MessageItem; now: number }) {
  const words = useLanguage()
  return (
    <div className="flex max-w-full items-baseline gap-[7px] pb-[3px]">
      <b className="min-w-0 truncate font-[650]">{item.authorName}</b>
      {item.authorDetail ? (
        // Who wrote matters more than their job: the title gives way before the name loses a letter.
        <span className="min-w-0 shrink-[1000] truncate text-note text-ink-3">{item.authorDetail}</span>
      ) : null}
      <time
        dateTime={new Date(item.at ?? item.writtenAt).toISOString()}
        title={fullMomentText(words.language, item.at ?? item.writtenAt)}
        className="flex-none text-note text-ink-3"
      >
        {messageTimeText(words, item, now)}
      </time>
    </div>
  )
}

type ContentProps = Pick<MessageProps, 'actions' | 'tone' | 'room'> & { item: MessageItem }

/** What was written, and the pictures that came with it. */
function Content({ item, actions, tone, room }: ContentProps) {
  const hasPictures = !item.deleted && item.attachments.length > 0
  if (!hasPictures) return <Bubble item={item} actions={actions} tone={tone} />
  return (
    <div className={classes('flex max-w-full min-w-0 flex-col gap-[5px]', item.own ? 'items-end' : 'items-start')}>
      {item.text === '' && !item.replyTo ? null : <Bubble item={item} actions={actions} tone={tone} />}
      <MediaGrid
        room={room}
        attachments={item.attachments}
        onOpen={(index) => actions.openMedia(item, index)}
        faded={item.changing === 'delete'}
      />
    </div>
  )
}

function Bubble({ item, actions, tone }: Omit<ContentProps, 'room'>) {
  const { t } = useLanguage()
  if (item.deleted)
    return (
      <p className="rounded-xl border border-dashed border-control-line px-[11px] py-[6px] text-ink-2 italic">
        {t('chat.deleted')}
      </p>
    )
  return (
    <div
      className={classes(
        'max-w-[560px] min-w-0 px-[11px] py-[6px]',
        item.own
          ? `rounded-[12px_4px_12px_12px] border ${ownTones[tone]}`
          : 'rounded-[4px_12px_12px_12px] bg-bubble py-[7px]',
        item.changing === 'delete' && 'opacity-60',
        item.delivery === 'unsaved' && 'border-dashed border-bad!',
      )}
    >
      {item.replyTo ? <Quote replyTo={item.replyTo} onOpen={() => actions.jumpTo(item.replyTo?.seq ?? 0)} /> : null}
      <MessageText text={item.text} />
    </div>
  )
}

function Quote({ replyTo, onOpen }: { replyTo: NonNullable<MessageItem['replyTo']>; onOpen(): void }) {
  const { t } = useLanguage()
  return (
    <button
      type="button"
      tabIndex={-1}
      onClick={onOpen}
      className="mb-1 block w-full rounded-md border-l-[3px] border-accent bg-[rgba(var(--shade),0.05)] px-2 py-1 text-left text-small"
    >
      <span className="sr-only">{t('chat.reply-to')} </span>
      <b className="block truncate font-semibold">{replyTo.authorName}</b>
      <span className="line-clamp-2 text-ink-2">{replyTo.text || t('chat.reply-to.deleted')}</span>
    </button>
  )
}

/** Time and delivery in icon and words, and what was done to the message since. */
function MetaLine({ item, endsState, now, online, showCrossPost, canTakeBack, actions }: BodyProps) {
  const words = useLanguage()
  const { t, language } = words
  const notes = [
    item.editedAt !== null && !item.deleted ? t('chat.edited') : '',
    item.changing ? t(`chat.changing.${item.changing}`) : '',
  ].filter(Boolean)
  const waiting = item.delivery === 'queued' || item.delivery === 'unsaved' || item.delivery === 'refused'
  const shown = item.own ? endsState || waiting || notes.length > 0 : notes.length > 0
  const crossPost = showCrossPost && !item.deleted ? item.crossPost : null
  if (!shown && !crossPost) return null
  const time = item.own ? messageTimeText(words, item, now) : ''
  // The line of the upload says how far it is.
  const uploads = item.upload !== null
  const state = item.own && item.delivery && !uploads ? deliveryText(t, item.delivery, online) : ''
  return (
    <div className={classes('mt-[3px] flex flex-col gap-0.5', item.own ? 'items-end' : 'items-start')}>
      {item.heldUntil !== null ? (
        <HeldLine heldUntil={item.heldUntil} item={item} onTakeBack={canTakeBack ? actions.takeBack : undefined} />
      ) : shown ? (
        <span
          title={[fullMomentText(language, item.at ?? item.writtenAt), readersText()].filter(Boolean).join('\n')}
          className={classes(
            'inline-flex items-center gap-1 text-[11.5px]',
            item.delivery === 'queued' && !uploads
              ? 'text-warn'
              : item.delivery === 'unsaved' || item.refusal
                ? 'text-bad'
                : 'text-ink-2',
          )}
        >
          {item.delivery === 'queued' && !uploads ? <DeliveryIcon state="queued" size={13} named={false} /> : null}
          {[time, ...notes, state].filter(Boolean).join(' · ')}
          {item.own && item.delivery && item.delivery !== 'queued' ? (
            <DeliveryIcon state={item.delivery} size={15} named={false} />
          ) : null}
        </span>
      ) : null}
      {crossPost ? <CrossPostMark toTeam={crossPost.with.endsWith('.team')} /> : null}
    </div>
  )

  function readersText(): string {
    return item.own && item.readBy.length > 0 ? t('chat.read-by', { names: item.readBy.join(', ') }) : ''
  }
}

/** «Также в чат команды», in the colour of that chat. */
function CrossPostMark({ toTeam }: { toTeam: boolean }) {
  const { t } = useLanguage()
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1 text-[11.5px] font-semibold',
        toTeam ? 'text-team' : 'text-customer',
      )}
    >
      <ArrowLeftRight size={13} aria-hidden="true" />
      {t(toTeam ? 'chat.cross-post.team' : 'chat.cross-post.customer')}
    </span>
  )
}

/** Why a message was not taken, and what can be done about it. */
function RefusedLine({ item, actions }: { item: MessageItem; actions: MessageActions }) {
  const { t } = useLanguage()
  const buttonClasses = 'min-h-6 font-semibold underline underline-offset-2'
  return (
    <div className="mt-0.5 flex flex-wrap items-center justify-end gap-x-3 text-[11.5px] text-bad">
      {item.refusal ? (
        <span className="inline-flex items-center gap-1">
          <CircleAlert size={13} aria-hidden="true" />
          {refusalText(t, item.refusal)}
        </span>
      ) : null}
      <button type="button" className={buttonClasses} onClick={() => actions.retry(item)}>
        {t('common.retry')}
      </button>
      <button type="button" className={buttonClasses} onClick={() => actions.copy(item)}>
        {t('common.copy')}
      </button>
      <button type="button" className={buttonClasses} onClick={() => actions.discard(item)}>
        {t('common.delete')}
      </button>
    </div>
  )
}
