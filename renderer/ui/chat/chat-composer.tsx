import { useImperativeHandle, useState, type Ref, type SetStateAction } from 'react'
import { toast } from 'sonner'
import type { ChatKind } from '#common/domain/ids.ts'
import type {
  ConversationSnapshot,
  MembersSnapshot,
  TicketChat,
  TicketSnapshot,
  UnreadyFiles,
  WriteFailure,
} from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { CheckBox } from '../common/check-box.tsx'
import { writeFailureText } from '../common/refusal-text.ts'
import { filesProblem } from '../media/files-problem.ts'
import { RefusedFiles } from '../media/refused-files.tsx'
import { Tray } from '../media/tray.tsx'
import type { Attaching } from '../media/use-attaching.ts'
import { AudienceStrip } from './audience-strip.tsx'
import { Composer, type ComposerSubject } from './composer.tsx'
import type { MessageItem } from './conversation-rows.ts'
import { CrossPostQuestion, useQuestion } from './cross-post-question.tsx'
import { sendingOf, undoMs } from './sending.ts'
import type { Subject } from './subjects.ts'
import { useAudiences } from './use-audiences.ts'
import { useDraft } from './use-draft.ts'
import { useTyping } from './use-typing.ts'

export type ChatComposerHandle = { takeBack(item: MessageItem): void }

type ChatComposerProps = {
  snapshot: NonNullable<TicketSnapshot>
  chat: TicketChat
  split: boolean
  conversation: ConversationSnapshot
  members: MembersSnapshot
  subject: Subject
  onSubject(next: SetStateAction<Subject>): void
  onEditLast(): void
  /** The newest message that can still be taken back; null for none. */
  heldHere: MessageItem | null
  focusSignal: number
  /** The chat one may turn to from the strip; null where it is in sight. */
  switchTo: ChatKind | null
  onSwitch(chat: ChatKind): void
  attaching: Attaching
  ref: Ref<ChatComposerHandle>
}

/** The field of one chat with its draft, its audience, and where what is written in it goes. */
export function ChatComposer(props: ChatComposerProps) {
  const { snapshot, chat, split, conversation, members, subject, onSubject, heldHere, switchTo, onSwitch, ref } = props
  const { t } = useLanguage()
  const { data } = useApp()
  const ticketId = snapshot.ticket.id
  const draft = useDraft(chat.room)
  const typing = useTyping(ticketId, chat.chat)
  const question = useQuestion()
  const [alsoTicked, setAlsoTicked] = useState(false)
  const [status, setStatus] = useState('')
  const audiences = useAudiences({ snapshot, chat: chat.chat, split, members })
  const also = alsoTarget(props, alsoTicked)
  const isNew = subject.kind !== 'edit'
  const files = isNew ? draft.files : []
  const audience = also.chat === null ? audiences.here : audiences.both
  const sending = sendingOf({ chat: chat.chat, split, also: also.chat })

  async function write(text: string): Promise<WriteFailure | UnreadyFiles | null> {
    const result =
      subject.kind === 'edit'
        ? await data.act.editMessage({ ticketId, chats: sending.to, target: subject.item.id, text })
        : await data.act.postMessage({
            ticketId,
            to: sending.to,
            text,
            ...(subject.kind === 'reply' && subject.item.seq !== null ? { replyTo: subject.item.seq } : {}),
            ...(sending.holdMs === undefined ? {} : { holdMs: sending.holdMs }),
            ...(files.length === 0 ? {} : { files: files.map(({ id }) => id) }),
          })
    // Somebody who types fast has begun the next message while this one was written to the disk, behind it or in its place.
    const now = draft.latestText()
    if (!result.ok) {
      if (isNew && !now.startsWith(text)) draft.setText(above(text, now))
      // Beside the field nobody would see it.
      if (draft.hasLeft() && result.reason.kind !== 'files')
        toast.error(t('queue.not-saved', { detail: writeFailureText(t, result.reason) }))
      return result.reason
    }
    if (isNew && now.startsWith(text)) draft.setText(now.slice(text.length))
    setAlsoTicked(false)
    endSubject({ kind: 'new' })
    const held = isNew && sending.holdMs !== undefined
    setStatus(held ? t('chat.held.announce', { seconds: undoMs / 1000 }) : '')
    return null
  }

  async function send(text: string): Promise<WriteFailure | UnreadyFiles | null> {
    typing(false)
    if (sending.asks && !(await question.ask())) return null
    return write(text)
  }

  /** Unless another one was begun meanwhile, or the text of this one changed. */
  function endSubject(next: Subject): void {
    onSubject((now) => (now === subject ? next : now))
  }

  /** What was begun meanwhile stays, below the text that comes back. */
  async function takeBack(item: MessageItem) {
    const text = above(item.text, draft.latestText())
    if (!(await data.act.takeBack({ id: item.id, text }))) {
      toast.error(t('queue.too-late'))
      return
    }
    // The field may show the stored text by now, or what was typed since.
    const now = draft.latestText()
    draft.setText(now === text ? text : above(item.text, now))
    setStatus(t('chat.held.returned'))
    const quoted = conversation.items.find((each) => each.kind === 'message' && each.seq === item.replyTo?.seq)
    endSubject(quoted?.kind === 'message' && item.replyTo ? { kind: 'reply', item: quoted } : { kind: 'new' })
  }
  useImperativeHandle(ref, () => ({ takeBack: (item) => void takeBack(item) }))

  return (
    <>
      <Composer
        chat={chat.chat}
        audience={audience}
        strip={
          <AudienceStrip
            audience={audience}
            other={switchTo}
            onSwitch={() => (switchTo ? onSwitch(switchTo) : undefined)}
          />
        }
        tray={
          isNew ? (
            <>
              <RefusedFiles room={chat.room} refused={draft.refused} />
              <Tray room={chat.room} files={draft.files} originals={draft.originals} onAdd={props.attaching.pick} />
            </>
          ) : null
        }
        attaching={isNew ? props.attaching : null}
        files={{ count: files.length, problem: filesProblem(t, files) }}
        options={
          also.offered === null ? null : (
            <CheckBox
              checked={also.chat !== null}
              tone={also.offered}
              onChange={(on) => (subject.kind === 'edit' ? onSubject({ ...subject, both: on }) : setAlsoTicked(on))}
            >
              {t(subject.kind === 'edit' ? 'composer.both-chats' : `composer.also.${also.offered}`)}
            </CheckBox>
          )
        }
        subject={shownSubject(subject)}
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
        onEditLast={props.onEditLast}
        onUndo={() => {
          if (heldHere) void takeBack(heldHere)
          return heldHere !== null
        }}
        focusSignal={props.focusSignal}
      />
      <p role="status" className="sr-only">
        {status}
      </p>
      <CrossPostQuestion question={question} names={audiences.both.names} editing={subject.kind === 'edit'} />
    </>
  )
}

/**
 * The other chat that a message may go to as well (`offered`), and the one it goes to. An answer stays where the message it
 * quotes is: what the team wrote must not come to the customer in a quote.
 */
function alsoTarget(
  { snapshot, chat, split, subject }: ChatComposerProps,
  ticked: boolean,
): { offered: ChatKind | null; chat: ChatKind | null } {
  if (subject.kind === 'edit') return { offered: subject.item.alsoIn, chat: subject.both ? subject.item.alsoIn : null }
  const other = snapshot.chats.find((each) => each.room !== chat.room && each.canWrite)
  if (!split || !other || subject.kind === 'reply') return { offered: null, chat: null }
  return { offered: other.chat, chat: ticked ? other.chat : null }
}

function above(text: string, below: string): string {
  return [text, below].filter(Boolean).join('\n')
}

function shownSubject(subject: Subject): ComposerSubject {
  if (subject.kind === 'reply') return { kind: 'reply', authorName: subject.item.authorName, text: subject.item.text }
  return { kind: subject.kind }
}
