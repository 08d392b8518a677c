import { Check, CheckCheck, CircleAlert, Clock, Save } from 'lucide-react'
import type { DeliveryState } from '#common/domain/delivery.ts'
import { assertNever } from '#common/domain/result.ts'
import { useLanguage } from '../../i18n/language.tsx'

/** Icon of a delivery state; named by its word unless the word stands beside it. */
export function DeliveryIcon({ state, size = 15, named }: { state: DeliveryState; size?: number; named: boolean }) {
  const { t } = useLanguage()
  const naming = named
    ? ({ role: 'img', 'aria-label': t(`delivery.${state}`) } as const)
    : ({ 'aria-hidden': true } as const)
  const attributes = { size, strokeWidth: 2, className: 'flex-none', ...naming }
  switch (state) {
    case 'unsaved':
      return <Save {...attributes} className="flex-none text-bad" />
    case 'queued':
      return <Clock {...attributes} className="flex-none text-warn" />
    case 'sent':
      return <Check {...attributes} className="flex-none text-ink-2" />
    case 'delivered':
      return <CheckCheck {...attributes} className="flex-none text-ink-2" />
    case 'read':
      return <CheckCheck {...attributes} className="flex-none text-accent" />
    case 'refused':
      return <CircleAlert {...attributes} className="flex-none text-bad" />
    default:
      return assertNever(state)
  }
}
