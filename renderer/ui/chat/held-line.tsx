import { Hourglass } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import type { MessageItem } from './conversation-rows.ts'

/** The seconds are counted on this often; ms. */
const tickMs = 200

/** Whole seconds until a moment, 0 once it has passed. */
function useSecondsLeft(untilMs: number): number {
  const [seconds, setSeconds] = useState(() => secondsUntil(untilMs))
  useEffect(() => {
    const timer = setInterval(() => {
      const left = secondsUntil(untilMs)
      setSeconds(left)
      if (left === 0) clearInterval(timer)
    }, tickMs)
    return () => clearInterval(timer)
  }, [untilMs])
  return seconds
}

function secondsUntil(momentMs: number): number {
  return Math.max(0, Math.ceil((momentMs - Date.now()) / 1000))
}

type HeldLineProps = {
  heldUntil: number
  item: MessageItem
  /** Absent on the copy in the other chat: the text goes back where it was written. */
  onTakeBack: ((item: MessageItem) => void) | undefined
}

/** «Отправится через 4 с · Отменить»: a message to the customer before it has left. */
export function HeldLine({ heldUntil, item, onTakeBack }: HeldLineProps) {
  const { t } = useLanguage()
  const seconds = useSecondsLeft(heldUntil)
  return (
    <span className="inline-flex items-center gap-1.5 text-[11.5px] text-customer">
      <Hourglass size={13} aria-hidden="true" />
      {/* The numbers run for the eye only: the field has told it once. */}
      <span aria-hidden="true" className="tabular">
        {seconds > 0 ? t('chat.held', { seconds }) : t('chat.held.going')}
      </span>
      <span className="sr-only">{t('chat.held.label')}</span>
      {onTakeBack && seconds > 0 ? (
        <>
          <span aria-hidden="true">·</span>
          <button
            type="button"
            aria-label={t('chat.held.undo.label')}
            onClick={() => onTakeBack(item)}
            className="min-h-6 font-semibold underline underline-offset-2 max-medium:min-h-11 max-medium:px-2"
          >
            {t('chat.held.undo')}
          </button>
        </>
      ) : null}
    </span>
  )
}
