import { ArrowDown, Undo2 } from 'lucide-react'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import { assertNever } from '#common/domain/result.ts'
import { stages } from '#common/domain/ticket.ts'
import { dayText, timeText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import type { PresenceSnapshot } from '../../data/api.ts'
import { useWatched } from '../common/use-watched.ts'
import { firstName } from '../inbox/snippet.ts'
import type { ConversationRow } from './conversation-rows.ts'
import { genderOf } from './name-gender.ts'

const noPresence: PresenceSnapshot = []

/** Heading of a day. */
export function DayLine({ at, now }: { at: number; now: number }) {
  const words = useLanguage()
  return (
    <div className="flex items-center gap-3 py-2 text-note font-semibold text-ink-2 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      {dayText(words, at, now)}
    </div>
  )
}

/** The day of what is at the top of the view, while its heading is scrolled away. */
export function StickyDay({ at, now }: { at: number; now: number }) {
  const words = useLanguage()
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-x-0 top-2 z-10 flex justify-center">
      <span className="rounded-full border border-line bg-pane px-2.5 py-0.5 text-note font-semibold text-ink-2 shadow-small">
        {dayText(words, at, now)}
      </span>
    </div>
  )
}

/** Where the new messages begin. */
export function NewLine({ count }: { count: number }) {
  const { t } = useLanguage()
  return (
    <div className="flex items-center gap-2.5 py-2 text-note font-[650] text-bad before:h-[1.5px] before:flex-1 before:bg-bad before:opacity-55">
      {t('chat.new', { count })}
    </div>
  )
}

/** Something that happened to the chat or its ticket. */
export function EventLine({ item }: { item: Extract<ConversationRow, { kind: 'event' }>['item'] }) {
  const { t, language } = useLanguage()
  return (
    <p className="py-1.5 text-center text-note text-ink-2">
      {eventText(t, item)} <time className="text-ink-3">{timeText(language, item.at)}</time>
    </p>
  )
}

/** What happened, in words; told of the person who did it where their name gives the form of it. */
function eventText(t: Translate, item: Extract<ConversationRow, { kind: 'event' }>['item']): string {
  switch (item.kind) {
    case 'joined':
    case 'left':
      return item.byName === '' || item.byName === item.name
        ? t(`chat.${item.kind}.self`, { gender: genderOf(item.name), name: item.name })
        : t(`chat.${item.kind}`, { gender: genderOf(item.byName), by: item.byName, name: item.name })
    case 'system': {
      const stage = stages.find((known) => known === item.values['stage'])
      const name = item.values['name']
      if (item.key === 'stage' && stage) return t('chat.system.stage', { stage: t(`stage.${stage}`) })
      if (item.key === 'assigned' && name) return t('chat.system.assigned', { name })
      if (item.key === 'unassigned' || item.key === 'created') return t(`chat.system.${item.key}`)
      return t('chat.system.other')
    }
    default:
      return assertNever(item)
  }
}

type JumpButtonProps = { unread: number; onJump(): void; onBack: (() => void) | null }

/** Back to the newest messages, and to where a quote was opened from. */
export function JumpButtons({ unread, onJump, onBack }: JumpButtonProps) {
  const { t } = useLanguage()
  const looks =
    'appears flex h-8 items-center gap-1.5 rounded-full! border border-line bg-pane pr-3 pl-2.5 text-small font-semibold shadow-pop hover:bg-hover max-medium:h-11'
  return (
    <div className="absolute right-[22px] bottom-7 z-10 flex gap-2 max-medium:right-3">
      {onBack ? (
        <button type="button" onClick={onBack} className={looks}>
          <Undo2 size={15} aria-hidden="true" />
          {t('chat.back')}
        </button>
      ) : null}
      <button
        type="button"
        onClick={onJump}
        aria-label={unread > 0 ? t('chat.jump.new', { count: unread }) : t('chat.jump')}
        className={looks}
      >
        <ArrowDown size={15} aria-hidden="true" />
        {unread > 0 ? t('chat.new', { count: unread }) : null}
      </button>
    </div>
  )
}

/** Others who look at this chat or write in it. The line is there without them: their coming and going moves no message. */
export function PresenceLine(chat: { ticketId: TicketId; chat: ChatKind }) {
  const { t } = useLanguage()
  const present = useWatched('present', chat) ?? noPresence
  const typing = present.filter((person) => person.typing)
  const shown = typing.length > 0 ? typing : present
  const values = { count: shown.length, names: shown.map((person) => firstName(person.name)).join(', ') }
  return (
    <p className="h-5 flex-none truncate px-[30px] text-note leading-5 text-ink-2 max-medium:px-5">
      {shown.length === 0 ? null : t(typing.length > 0 ? 'chat.typing' : 'chat.present', values)}
    </p>
  )
}

/** Name of a conversation for the reader of a screen. */
export function conversationLabel(t: Translate, chat: ChatKind, split: boolean, number: number | null): string {
  const values = { number: number === null ? t('ticket.no-number') : String(number) }
  return split ? t(`chat.label.${chat}`, values) : t('chat.label', values)
}
