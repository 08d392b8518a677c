import { X } from 'lucide-react'
import {
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import type { ChatKind } from '#common/domain/ids.ts'
import { messageLimits } from '#common/domain/message.ts'
import type { UnreadyFiles, WriteFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { classes } from '../common/classes.ts'
import { Marked } from '../common/marked.tsx'
import { writeFailureText } from '../common/refusal-text.ts'
import { namesText } from './audience-strip.tsx'
import type { Audience } from './audience.ts'
import { ComposerTools } from '../media/composer-tools.tsx'
import { pastedFiles, type Attaching } from '../media/use-attaching.ts'
import { lengthNote } from './length-note.ts'

export type ComposerSubject = { kind: 'new' } | { kind: 'reply'; authorName: string; text: string } | { kind: 'edit' }

type ComposerProps = {
  chat: ChatKind
  audience: Audience
  strip: ReactNode
  /** The files of a new message, above its text. */
  tray: ReactNode
  /** null where no files can be attached: the text of a message is changed. */
  attaching: Attaching | null
  /** Files that go with the message; `problem` says why they can't yet. */
  files: { count: number; problem: string | null }
  /** Whether the other chat gets it too. */
  options: ReactNode
  subject: ComposerSubject
  text: string
  onText(text: string): void
  /** The stored draft has been read. */
  ready: boolean
  draftSaved: boolean
  /** Writes the message down; null when that worked. */
  onSend(text: string): Promise<WriteFailure | UnreadyFiles | null>
  /** Ends replying or editing. */
  onCancelSubject(): void
  /** ↑ in an empty field. */
  onEditLast(): void
  /** Ctrl+Z in an empty field; whether there was something to take back. */
  onUndo(): boolean
  /** A changed value puts the focus into the field. */
  focusSignal: number
}

const frames = {
  plain: 'border-control-line',
  team: 'border-team',
  customer: 'border-customer-button',
} as const
const sendTones = {
  plain: 'bg-accent text-accent-ink',
  team: 'bg-team text-pane',
  customer: 'bg-customer-button text-customer-ink',
} as const

/** Field for a message: Enter breaks the line, Ctrl+Enter sends. */
export function Composer(props: ComposerProps) {
  const {
    chat,
    audience,
    strip,
    tray,
    attaching,
    files,
    options,
    subject,
    text,
    onText,
    ready,
    draftSaved,
    onSend,
    onCancelSubject,
    onEditLast,
    onUndo,
    focusSignal,
  } = props
  const { t } = useLanguage()
  const field = useRef<HTMLTextAreaElement>(null)
  const [failure, setFailure] = useState<WriteFailure | null>(null)
  const [sending, setSending] = useState(false)
  /** What is being written down, and what stood in the field when the next message, begun meanwhile, was asked for. */
  const sent = useRef<{ text: string; next: string | null }>({ text: '', next: null })
  const noteId = useId()
  const length = lengthNote(text, messageLimits.textCodePoints)
  const isWhole = text.trim() !== '' || files.count > 0
  const sendable = ready && !sending && isWhole && files.problem === null && length.state !== 'over'

  useEffect(() => {
    if (focusSignal > 0) focusAtEnd(field.current)
  }, [focusSignal])
  useLayoutEffect(() => fitHeight(field.current), [text])

  async function send(asked = text) {
    sent.current.next = sending && text !== sent.current.text ? text : null
    if (!sendable) return
    sent.current.text = asked
    setSending(true)
    const failed = await onSend(asked)
    // That files are not ready is told beside the button already.
    setFailure(failed?.kind === 'files' ? null : failed)
    if (failed) sent.current.next = null
    setSending(false)
    // Whoever writes in the chat beside it by now goes on there.
    if (isFree(document.activeElement, field.current?.form)) field.current?.focus()
  }
  const sendNext = useEffectEvent(() => {
    const { text: written, next } = sent.current
    if (next === null) return
    // What is typed behind it since was not asked for.
    const asked = [next.slice(next.startsWith(written) ? written.length : 0), next].find(
      (each) => each !== '' && text.startsWith(each),
    )
    if (asked !== undefined) void send(asked)
  })
  useEffect(() => {
    if (!sending) sendNext()
  }, [sending])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.code === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void send()
    } else if (event.code === 'ArrowUp' && text === '' && subject.kind !== 'edit') {
      event.preventDefault()
      onEditLast()
    } else if (event.code === 'KeyZ' && (event.ctrlKey || event.metaKey) && text === '') {
      if (onUndo()) event.preventDefault()
    } else if (event.code === 'Escape') {
      event.preventDefault()
      if (subject.kind === 'new') leave(field.current)
      else onCancelSubject()
    }
  }

  const action = sendTexts(chat, audience, subject)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      className={classes(
        '@container mx-[18px] mb-3.5 flex-none overflow-hidden rounded-xl border-[1.5px] bg-pane max-medium:mx-2 max-medium:mb-2',
        frames[audience.tone],
      )}
    >
      {strip}
      {subject.kind === 'new' ? null : <SubjectLine subject={subject} onCancel={onCancelSubject} />}
      {failure ? (
        <p role="alert" className="border-b border-line bg-bad-soft px-3.5 py-1.5 text-small text-bad">
          <Marked text={t('composer.not-saved', { detail: writeFailureText(t, failure) })} />
        </p>
      ) : null}
      {tray}
      <textarea
        ref={field}
        value={text}
        readOnly={!ready}
        rows={1}
        aria-label={t(action.label)}
        aria-keyshortcuts="Control+Enter"
        placeholder={t('composer.placeholder')}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const pasted = attaching ? pastedFiles(event.clipboardData) : []
          if (pasted.length === 0) return
          event.preventDefault()
          attaching?.attach(pasted)
        }}
        className="scrolls block max-h-[38vh] min-h-11 w-full resize-none px-3.5 pt-2.5 pb-1.5 outline-none"
      />
      <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1.5 px-2.5 pt-1 pb-2.5">
        {attaching ? <ComposerTools attaching={attaching} /> : null}
        {options ? <div className="min-w-0 pl-1 @max-[520px]:-order-1 @max-[520px]:w-full">{options}</div> : null}
        <p
          id={noteId}
          aria-live="polite"
          className={classes(
            'min-w-0 pl-1 text-note text-ink-3',
            draftSaved && files.problem !== null ? '-order-2 w-full' : 'flex-1 truncate',
          )}
        >
          {!draftSaved ? (
            <span className="font-medium text-bad">{t('composer.draft-not-saved')}</span>
          ) : files.problem !== null ? (
            <span className="text-warn">{files.problem}</span>
          ) : length.state === 'near' || length.state === 'over' ? (
            <span className={length.state === 'over' ? 'font-medium text-bad' : 'text-warn'}>
              {t(length.state === 'over' ? 'composer.over' : 'composer.left', { count: length.count })}
            </span>
          ) : options ? null : (
            <span className="max-medium:hidden @max-[520px]:hidden">{t('composer.hint.newline')}</span>
          )}
        </p>
        <button
          type="submit"
          disabled={!sendable}
          aria-describedby={files.problem === null ? undefined : noteId}
          className={classes(
            'ml-auto flex h-[34px] flex-none items-center gap-2 rounded-lg px-3.5 font-[650] whitespace-nowrap max-medium:h-11',
            'disabled:cursor-not-allowed disabled:opacity-60',
            sendTones[audience.tone],
          )}
        >
          {t(action.send)}
          {audience.tone === 'customer' && subject.kind !== 'edit' && audience.names.length > 0 ? (
            <span className="sr-only">: {namesText(t, audience.names)}</span>
          ) : null}
          <kbd aria-hidden="true" className="max-medium:hidden @max-[400px]:hidden">
            Ctrl ⏎
          </kbd>
        </button>
      </div>
    </form>
  )
}

/** What is replied to or edited, and the way out of it. */
function SubjectLine({ subject, onCancel }: { subject: ComposerSubject; onCancel(): void }) {
  const { t } = useLanguage()
  return (
    <div className="flex items-center gap-2 border-b border-line-soft py-1.5 pr-2 pl-3">
      <div className="min-w-0 flex-1 border-l-[3px] border-accent pl-2.5 text-small">
        <b className="block truncate font-semibold text-accent">
          {subject.kind === 'reply' ? t('composer.reply', { name: subject.authorName }) : t('composer.editing')}
        </b>
        {subject.kind === 'reply' ? <span className="block truncate text-ink-2">{subject.text}</span> : null}
      </div>
      <button
        type="button"
        onClick={onCancel}
        aria-label={t(subject.kind === 'edit' ? 'composer.editing.cancel' : 'composer.reply.remove')}
        className="grid size-7 flex-none place-items-center rounded-md text-ink-2 hover:bg-hover max-medium:size-11"
      >
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  )
}

function sendTexts(chat: ChatKind, { tone, readers }: Audience, subject: ComposerSubject) {
  const both = readers === 'both'
  const label = tone === 'plain' ? ('composer.label' as const) : (`composer.label.${both ? 'both' : tone}` as const)
  if (subject.kind === 'edit')
    return { label, send: both ? ('composer.save-edit.both' as const) : ('composer.save-edit' as const) }
  if (tone === 'plain') return { label, send: 'composer.send' as const }
  return { label, send: both && chat === 'team' ? ('composer.send.both' as const) : (`composer.send.${tone}` as const) }
}

/** Esc gives the focus back to the messages above the field. */
function leave(field: HTMLTextAreaElement | null): void {
  const messages = field?.closest('[role="tabpanel"]')?.querySelector<HTMLElement>('[role="feed"]')
  if (messages) messages.focus()
  else field?.blur()
}

/** The focus is nowhere, or in this form already. */
function isFree(focused: Element | null, form: HTMLFormElement | null | undefined): boolean {
  return focused === null || focused === document.body || form?.contains(focused) === true
}

function focusAtEnd(field: HTMLTextAreaElement | null): void {
  field?.focus()
  field?.setSelectionRange(field.value.length, field.value.length)
}

/** As high as its text; `field-sizing` is younger than the oldest runtime we support. */
function fitHeight(field: HTMLTextAreaElement | null): void {
  if (!field) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}
