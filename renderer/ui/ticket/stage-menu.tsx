import { ChevronDown } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { stageNeedsReason, stages, type Stage } from '#common/domain/ticket.ts'
import type { TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { StageChip } from '../common/chips.tsx'
import { Dialog, DialogButtons } from '../common/dialog.tsx'
import { controlClasses, Field } from '../common/field.tsx'
import { LeaveQuestion } from '../common/leave-guard.tsx'
import { Menu, MenuChoice } from '../common/menu.tsx'
import { useReport } from '../common/use-report.ts'

/** The stage of a ticket as a button that offers the others; a refusal asks for its reason first. */
export function StageMenu({ snapshot: { ticket } }: { snapshot: NonNullable<TicketSnapshot> }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useReport()
  const [asking, setAsking] = useState<Stage | null>(null)
  const change = (stage: Stage) => {
    if (stage === ticket.stage) return
    if (stageNeedsReason(stage)) setAsking(stage)
    else void report(data.act.changeStage({ ticketId: ticket.id, stage }))
  }
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            aria-label={`${t('ticket.stage.change')}: ${t(`stage.${ticket.stage}`)}`}
            className="inline-flex min-h-6 flex-none items-center gap-0.5 rounded-md pr-0.5 hover:bg-hover"
          >
            <StageChip stage={ticket.stage} />
            <ChevronDown size={14} aria-hidden="true" />
          </button>
        }
      >
        <MenuChoice
          label={t('field.stage')}
          value={ticket.stage}
          options={stages.map((value) => ({ value, label: t(`stage.${value}`) }))}
          onChange={change}
        />
      </Menu>
      {asking ? (
        <ReasonDialog
          stage={asking}
          onClose={() => setAsking(null)}
          onReason={async (reason) => {
            if (await report(data.act.changeStage({ ticketId: ticket.id, stage: asking, reason }))) setAsking(null)
          }}
        />
      ) : null}
    </>
  )
}

const reasonMaxLength = 1000

type ReasonDialogProps = { stage: Stage; onClose(): void; onReason(reason: string): Promise<void> }

function ReasonDialog({ stage, onClose, onReason }: ReasonDialogProps) {
  const { t } = useLanguage()
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const [saving, setSaving] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (reason.trim() === '') return
    setSaving(true)
    await onReason(reason.trim())
    setSaving(false)
  }
  return (
    <Dialog open onClose={onClose} width="narrow" title={t('ticket.reason.title', { stage: t(`stage.${stage}`) })}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div className="px-5 pb-4">
          <Field
            label={t('ticket.reason.label')}
            required={t('form.required')}
            hint={t('ticket.reason.hint')}
            error={checked && reason.trim() === '' ? t('ticket.reason.required') : undefined}
          >
            {(attributes) => (
              <textarea
                {...attributes}
                rows={3}
                maxLength={reasonMaxLength}
                value={reason}
                readOnly={saving}
                onChange={(event) => setReason(event.target.value)}
                className={`${controlClasses} h-auto! resize-y py-1.5`}
              />
            )}
          </Field>
        </div>
        <DialogButtons>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={saving}>
            {t('ticket.reason.submit')}
          </Button>
        </DialogButtons>
      </form>
      <LeaveQuestion
        held={reason.trim() !== ''}
        title={t('form.discard.title')}
        text={t('form.discard.text')}
        confirm={t('form.discard.confirm')}
        cancel={t('form.discard.keep')}
      />
    </Dialog>
  )
}
