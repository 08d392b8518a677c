import { useState, type FormEvent, useRef } from 'react'
import { toast } from 'sonner'
import type { Ticket } from '#common/domain/ticket.ts'
import type { WriteFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Confirm, Dialog, DialogButtons } from '../common/dialog.tsx'
import { LeaveQuestion } from '../common/leave-guard.tsx'
import { writeFailureText } from '../common/refusal-text.ts'
import { useWatched } from '../common/use-watched.ts'
import { TicketFormFields } from './ticket-form-fields.tsx'
import {
  changedFields,
  halfTyped,
  newTicketFields,
  valuesOf,
  type FormError,
  type FormValues,
} from './ticket-form-values.ts'

type TicketFormDialogProps = {
  open: boolean
  onClose(): void
  /** The ticket to change; a new one is made without it. */
  ticket?: Pick<Ticket, 'id' | 'fields' | 'customerId'>
  onCreated?(id: string): void
}

/** New ticket, or other fields for one: works without a network, and never closes over what was typed unasked. */
export function TicketFormDialog({ open, ...rest }: TicketFormDialogProps) {
  return open ? <OpenForm {...rest} /> : null
}

function OpenForm({ onClose, ticket, onCreated }: Omit<TicketFormDialogProps, 'open'>) {
  const { t } = useLanguage()
  const { data } = useApp()
  const offline = useWatched('connection', null)?.state === 'offline'
  const [before] = useState(() =>
    valuesOf({ ...ticket?.fields, ...(ticket?.customerId ? { customerId: ticket.customerId } : {}) }),
  )
  const [values, setValues] = useState(before)
  const [errors, setErrors] = useState<FormError[]>([])
  const [failure, setFailure] = useState<WriteFailure | null>(null)
  const [saving, setSaving] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  /** React hears nothing of a moment that is not typed to its end: the control itself is asked. */
  const entered = (): FormValues => {
    const due = form.current?.elements.namedItem('dueAt')
    return due instanceof HTMLInputElement && due.validity.badInput ? { ...values, dueAt: halfTyped } : values
  }
  const leave = () => {
    // It is not known yet whether it has to stay.
    if (saving) return
    if (JSON.stringify(entered()) === JSON.stringify(before)) onClose()
    else setLeaving(true)
  }

  const fail = (found: FormError[]) => {
    setErrors(found)
    const first = found[0]
    if (first) form.current?.querySelector<HTMLElement>(`[name=${first.field}]`)?.focus()
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    setFailure(null)
    const writing = ticket ? change(ticket.id) : create()
    if (!writing) return
    setSaving(true)
    const result = await writing
    setSaving(false)
    if (!result.ok) setFailure(result.reason)
    else {
      onClose()
      if (!ticket) onCreated?.(result.value.id)
    }
  }

  function create() {
    const fields = newTicketFields(entered())
    if (fields.ok) return data.act.createTicket({ fields: fields.value })
    fail(fields.reason)
    return null
  }

  function change(ticketId: string) {
    const fields = changedFields(before, entered())
    if (!fields.ok) fail(fields.reason)
    else if (fields.value) return data.act.updateTicket({ ticketId, fields: fields.value })
    else {
      toast(t('form.error.nothing'))
      onClose()
    }
    return null
  }

  return (
    <Dialog
      open
      onClose={leave}
      width="broad"
      title={t(ticket ? 'form.edit.title' : 'form.new.title')}
      {...(offline && !ticket ? { description: t('form.new.offline') } : {})}
    >
      <form ref={form} noValidate onSubmit={(event) => void submit(event)} className="flex min-h-0 flex-1 flex-col">
        <div className="scrolls min-h-0 flex-1 px-5 pb-5">
          {/* What is typed while it is being written would be lost. */}
          <fieldset disabled={saving} className="contents">
            <TicketFormFields
              values={values}
              errors={errors}
              onChange={(changed: Partial<FormValues>) => {
                setValues((now) => ({ ...now, ...changed }))
                setErrors((now) => now.filter((error) => !(error.field in changed)))
              }}
            />
          </fieldset>
        </div>
        {failure ? (
          <p role="alert" className="bg-bad-soft px-5 py-2 font-medium text-bad">
            {t('form.not-saved', { detail: writeFailureText(t, failure) })}
          </p>
        ) : null}
        <DialogButtons>
          <Button disabled={saving} onClick={leave}>
            {t('common.cancel')}
          </Button>
          <Button kind="primary" type="submit" disabled={saving}>
            {t(ticket ? 'common.save' : 'form.new.submit')}
          </Button>
        </DialogButtons>
      </form>
      <Confirm
        open={leaving}
        title={t('form.discard.title')}
        text={t('form.discard.text')}
        confirm={t('form.discard.confirm')}
        cancel={t('form.discard.keep')}
        danger
        onConfirm={onClose}
        onCancel={() => setLeaving(false)}
      />
      {/* A new one stays open wherever the window goes. */}
      <LeaveQuestion
        held={ticket !== undefined && JSON.stringify(values) !== JSON.stringify(before)}
        title={t('form.discard.title')}
        text={t('form.discard.text')}
        confirm={t('form.discard.confirm')}
        cancel={t('form.discard.keep')}
      />
    </Dialog>
  )
}
