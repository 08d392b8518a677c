import { CircleAlert, Clock, Pencil } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { UserId } from '#common/domain/ids.ts'
import type { TicketSnapshot } from '../../data/api.ts'
import { longMomentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { MessageText } from '../chat/message-text.tsx'
import { Button } from '../common/button.tsx'
import { PriorityMark, StageChip, StatusChip } from '../common/chips.tsx'
import { DueText } from '../common/due-text.tsx'
import { TicketNumber } from '../common/ticket-number.tsx'
import { TicketFormDialog } from '../tickets/ticket-form-dialog.tsx'
import { AssignPicker } from './assign-picker.tsx'
import { StageMenu } from './stage-menu.tsx'

type Ticket = NonNullable<TicketSnapshot>

/** «Заявка»: every field, and what may be changed of them. */
export function TicketFieldsTab({ snapshot }: { snapshot: Ticket }) {
  const { t, language } = useLanguage()
  const [editing, setEditing] = useState(false)
  const { ticket, people, rights } = snapshot
  const { fields } = ticket
  const nameOf = (id: UserId | null | undefined) => (id ? (people[id]?.name ?? '') : '')
  return (
    <div
      tabIndex={0}
      aria-label={t('ticket.tab.fields')}
      role="region"
      className="scrolls min-h-0 flex-1 -outline-offset-2!"
    >
      <div className="mx-auto flex max-w-[920px] flex-col gap-6 px-[18px] py-5 max-medium:px-3">
        <PendingNotes pending={snapshot.pending} />
        <div className="flex items-start gap-4">
          <div className="min-w-0 flex-1">
            <h3 className="text-[11.5px] font-[650] tracking-wide text-ink-2">{t('field.description')}</h3>
            {fields.description ? (
              <p className="mt-1.5 max-w-[70ch]">
                <MessageText text={fields.description} />
              </p>
            ) : (
              <p className="mt-1.5 text-ink-3">{t('common.none')}</p>
            )}
          </div>
          {rights.edit ? (
            <Button onClick={() => setEditing(true)}>
              <Pencil size={15} aria-hidden="true" />
              {t('common.edit')}
            </Button>
          ) : null}
        </div>
        <div className="grid gap-x-10 gap-y-6 medium:grid-cols-2">
          <Group title={t('ticket.group.what')}>
            <Line label={t('field.number')}>
              <TicketNumber number={ticket.number} />
            </Line>
            <Line label={t('field.stage')}>
              {rights.stage ? <StageMenu snapshot={snapshot} /> : <StageChip stage={ticket.stage} />}
            </Line>
            <Line label={t('field.status')}>
              <StatusChip stage={ticket.stage} />
            </Line>
            <Line label={t('field.priority')}>
              {fields.priority ? <PriorityMark priority={fields.priority} /> : null}
            </Line>
            <Line label={t('field.type')}>{fields.type}</Line>
            <Line label={t('field.workType')}>{fields.workType}</Line>
          </Group>
          <Group title={t('ticket.group.who')}>
            <Line label={t('field.assigneeId')}>
              {rights.assign ? <AssignPicker snapshot={snapshot} /> : nameOf(ticket.assigneeId) || t('common.nobody')}
            </Line>
            <Line label={t('field.requesterId')}>{nameOf(ticket.requesterId)}</Line>
            <Line label={t('field.customerId')}>{nameOf(ticket.customerId)}</Line>
            <Line label={t('field.contactName')}>{fields.contactName}</Line>
            <Line label={t('field.contactPhone')}>
              {fields.contactPhone ? <MessageText text={fields.contactPhone} /> : null}
            </Line>
          </Group>
          <Group title={t('ticket.group.where')}>
            <Line label={t('field.company')}>{fields.company}</Line>
            <Line label={t('field.site')}>{fields.site}</Line>
            <Line label={t('field.address')}>{fields.address}</Line>
            <Line label={t('field.asset')}>{fields.asset}</Line>
            <Line label={t('field.district')}>{fields.district}</Line>
          </Group>
          <Group title={t('ticket.group.dates')}>
            <Line label={t('field.dueAt')}>
              {fields.dueAt ? <DueText dueAt={fields.dueAt} stage={ticket.stage} /> : null}
            </Line>
            <Line label={t('field.createdAt')}>{longMomentText(language, ticket.createdAt)}</Line>
            <Line label={t('field.createdById')}>{nameOf(ticket.createdById)}</Line>
          </Group>
        </div>
      </div>
      <TicketFormDialog open={editing} onClose={() => setEditing(false)} ticket={ticket} />
    </div>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 border-b border-line pb-1.5 text-[11.5px] font-[650] tracking-wide text-ink-2">{title}</h3>
      <dl className="grid grid-cols-[148px_minmax(0,1fr)] items-center gap-x-3 max-medium:grid-cols-[118px_minmax(0,1fr)]">
        {children}
      </dl>
    </section>
  )
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  const { t } = useLanguage()
  const empty = children === null || children === undefined || children === ''
  return (
    <>
      <dt className="py-[5px] text-ink-2">{label}</dt>
      <dd className="flex min-h-[34px] min-w-0 items-center py-0.5 wrap-anywhere">
        {empty ? <span className="text-ink-3">{t('common.none')}</span> : children}
      </dd>
    </>
  )
}

/** Changes of this device that the server has not taken, with the way to them. */
function PendingNotes({ pending }: { pending: Ticket['pending'] }) {
  const { t } = useLanguage()
  const refused = pending.filter((each) => each.state === 'refused').length
  const waiting = pending.length - refused
  return (
    <>
      {waiting > 0 ? (
        <p className="-mb-2 flex items-center gap-2 rounded-lg bg-warn-soft px-3 py-2 text-small text-warn">
          <Clock size={15} aria-hidden="true" className="flex-none" />
          <span className="flex-1">{t('ticket.pending', { count: waiting })}</span>
          <QueueLink />
        </p>
      ) : null}
      {refused > 0 ? (
        <p className="-mb-2 flex items-center gap-2 rounded-lg bg-bad-soft px-3 py-2 text-small text-bad">
          <CircleAlert size={15} aria-hidden="true" className="flex-none" />
          <span className="flex-1">{t('ticket.refused', { count: refused })}</span>
          <QueueLink />
        </p>
      ) : null}
    </>
  )
}

function QueueLink() {
  const { t } = useLanguage()
  return (
    <Link to="/queue" className="flex-none font-semibold underline underline-offset-2">
      {t('offline.show-queue')}
    </Link>
  )
}
