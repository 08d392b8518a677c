import { useState } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { Confirm } from '../common/dialog.tsx'
import { namesText } from './audience-strip.tsx'

type Question = {
  open: boolean
  /** Resolves with the user's answer. */
  ask(): Promise<boolean>
  answer(agreed: boolean): void
}

/** A question that whoever asks it waits for. */
export function useQuestion(): Question {
  const [answer, setAnswer] = useState<((agreed: boolean) => void) | null>(null)
  return {
    open: answer !== null,
    ask: () => new Promise((resolve) => setAnswer(() => resolve)),
    answer(agreed) {
      answer?.(agreed)
      setAnswer(null)
    },
  }
}

type CrossPostQuestionProps = { question: Question; names: readonly string[]; editing: boolean }

/** Before something written for the team goes to the customer too: names who will see it. */
export function CrossPostQuestion({ question, names, editing }: CrossPostQuestionProps) {
  const { t } = useLanguage()
  const kind = editing ? 'also-edit' : 'also'
  return (
    <Confirm
      open={question.open}
      title={t(`composer.${kind}.title`)}
      text={
        names.length > 0
          ? t(`composer.${kind}.text`, { names: namesText(t, names) })
          : t(`composer.${kind}.text.unnamed`)
      }
      confirm={t(editing ? 'composer.save-edit.both' : 'composer.send.customer')}
      toCustomer
      onConfirm={() => question.answer(true)}
      onCancel={() => question.answer(false)}
    />
  )
}
