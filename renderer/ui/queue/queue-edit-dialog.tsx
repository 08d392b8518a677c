import { useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import { messageLimits } from '#common/domain/message.ts'
import type { QueueItem } from '../../data/api.ts'
import { lengthNote } from '../chat/length-note.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Dialog, DialogButtons } from '../common/dialog.tsx'
import { controlClasses, Field } from '../common/field.tsx'

type QueueEditDialogProps = { item: QueueItem; onClose(): void }

/**
 * Changes a message before it is sent, at its place in the line; a refused one goes out again with its new text. Never closes
 * over what was not taken.
 */
export function QueueEditDialog({ item, onClose }: QueueEditDialogProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const [text, setText] = useState(item.text)
  const [saving, setSaving] = useState(false)
  const [isTooLate, setIsTooLate] = useState(false)
  const refused = item.state === 'refused'
  const length = lengthNote(text, messageLimits.textCodePoints)
  async function submit(event: FormEvent) {
    event.preventDefault()
    if ((text.trim() === '' && item.attachments === 0) || length.state === 'over') return
    setSaving(true)
    const done = await data.act.editQueued({ id: item.id, text })
    setSaving(false)
    setIsTooLate(!done)
    if (!done) return
    toast.success(t(refused ? 'queue.retried' : 'queue.edited'))
    onClose()
  }
  return (
    <Dialog open onClose={onClose} title={t('queue.edit.title')}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div className="px-5 pb-4">
          <Field
            label={t('queue.edit.label')}
            error={length.state === 'over' ? t('composer.over', { count: length.count }) : undefined}
          >
            {(attributes) => (
              <textarea
                {...attributes}
                rows={6}
                value={text}
                readOnly={saving}
                onChange={(event) => setText(event.target.value)}
                className={`${controlClasses} h-auto! resize-y py-1.5`}
              />
            )}
          </Field>
        </div>
        {isTooLate ? (
          <p role="alert" className="bg-bad-soft px-5 py-2 font-medium text-bad">
            {t('queue.too-late')}
          </p>
        ) : null}
        <DialogButtons>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={saving}>
            {t(refused ? 'queue.edit.resend' : 'common.save')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
