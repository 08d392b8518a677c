import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { chatRoom, type ChatKind } from '#common/domain/ids.ts'
import type { TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { MessageText } from '../chat/message-text.tsx'
import { IconButton } from '../common/button.tsx'
import { PriorityMark, StageChip } from '../common/chips.tsx'
import { classes } from '../common/classes.ts'
import { focusFirstField } from '../common/focus-first-field.ts'
import { DueText } from '../common/due-text.tsx'
import { placeText } from '../common/place-text.ts'
import { useFocusReturn } from '../common/use-focus-return.ts'
import { useShortcuts } from '../common/use-shortcuts.ts'
import { MediaSection } from '../media/media-section.tsx'
import { MembersSection } from '../members/members-section.tsx'
import { pathOf } from '../routes.ts'
import { AssignPicker } from './assign-picker.tsx'
import type { DetailsPlace } from './use-details.ts'

type Ticket = NonNullable<TicketSnapshot>
type DetailsProps = { snapshot: Ticket; chat: ChatKind; split: boolean }

/** Fields and participants beside a chat: a pane where there is room, a drawer elsewhere. I opens and closes it. */
export function TicketDetails({ details, ...props }: DetailsProps & { details: DetailsPlace }) {
  const { t } = useLanguage()
  useShortcuts({
    KeyI: () => {
      details.toggle()
      return true
    },
  })
  if (details.place === 'pane')
    return details.open ? (
      <aside
        aria-label={t('ticket.details.label')}
        className="scrolls w-[304px] flex-none border-l border-line bg-list"
      >
        <Details {...props} />
      </aside>
    ) : null
  return details.open ? <Drawer {...props} onClose={details.toggle} /> : null
}

/** Where there is no room beside the chat. */
function Drawer({ onClose, ...props }: DetailsProps & { onClose(): void }) {
  const { t } = useLanguage()
  const returnFocus = useFocusReturn()
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgba(var(--shade),0.35)]" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focusFirstField}
          onCloseAutoFocus={returnFocus}
          className="scrolls fixed inset-y-0 right-0 z-50 w-[320px] max-w-[88vw] border-l border-line bg-list shadow-dialog outline-none"
        >
          <div className="flex items-center border-b border-line py-1.5 pr-2 pl-4">
            <Dialog.Title className="flex-1 font-semibold">{t('ticket.details.label')}</Dialog.Title>
            <IconButton label={t('common.close')} onClick={onClose}>
              <X size={18} aria-hidden="true" />
            </IconButton>
          </div>
          <Details {...props} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Details({ snapshot, chat, split }: DetailsProps) {
  const { t } = useLanguage()
  const { ticket, rights, people } = snapshot
  const { fields } = ticket
  return (
    <>
      <Section
        title={t('ticket.tab.fields')}
        action={
          <Link
            to={pathOf({ section: 'tickets', ticketId: ticket.id, tab: 'fields' })}
            className="text-small font-semibold text-accent hover:underline"
          >
            {t('ticket.details.open')}
          </Link>
        }
      >
        <dl className="grid grid-cols-[96px_minmax(0,1fr)] items-baseline gap-x-2 gap-y-[7px] text-[13px] max-medium:text-body">
          <Line label={t('field.stage')}>
            <StageChip stage={ticket.stage} />
          </Line>
          <Line label={t('field.assigneeId')} button={rights.assign}>
            {rights.assign ? (
              <AssignPicker snapshot={snapshot} />
            ) : ticket.assigneeId ? (
              (people[ticket.assigneeId]?.name ?? '')
            ) : (
              t('common.nobody')
            )}
          </Line>
          <Line label={t('field.due.short')}>
            {fields.dueAt ? <DueText dueAt={fields.dueAt} stage={ticket.stage} /> : null}
          </Line>
          <Line label={t('field.priority')}>
            {fields.priority ? <PriorityMark priority={fields.priority} /> : null}
          </Line>
          <Line label={t('field.site')}>{placeText(fields.company, fields.site)}</Line>
          <Line label={t('field.address')}>{fields.address}</Line>
          <Line label={t('field.asset')}>{fields.asset}</Line>
          <Line label={t('field.contactName')}>{fields.contactName}</Line>
          <Line label={t('field.contactPhone')}>
            {fields.contactPhone ? <MessageText text={fields.contactPhone} /> : null}
          </Line>
        </dl>
      </Section>
      <MembersSection ticketId={ticket.id} chat={chat} split={split} />
      <MediaSection key={chat} ticketId={ticket.id} chat={chat} room={chatRoom(ticket.id, chat)} />
    </>
  )
}

function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-b border-line px-4 py-3.5">
      <h3 className="mb-2 flex items-center justify-between text-[11.5px] font-[650] tracking-wide text-ink-2">
        {title}
        {action}
      </h3>
      {children}
    </section>
  )
}

type LineProps = {
  label: string
  /** The value is a button: higher than words, it reaches into the gaps to its neighbours. */
  button?: boolean
  children: ReactNode
}

/** A field that is given; nothing otherwise. */
function Line({ label, button = false, children }: LineProps) {
  if (children === null || children === undefined || children === '') return null
  return (
    <>
      <dt className={classes('text-ink-2', button && 'self-center')}>{label}</dt>
      <dd className={button ? '-my-1 flex self-center' : 'wrap-anywhere'}>{children}</dd>
    </>
  )
}
