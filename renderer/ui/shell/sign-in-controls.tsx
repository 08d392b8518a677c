import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import type { SignInFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'
import { controlClasses } from '../common/field.tsx'
import { refusalText } from '../common/refusal-text.ts'

type TextControlProps = {
  id: string
  name: string
  value: string
  readOnly?: boolean
  autoComplete?: string
  onValue(value: string): void
}

export function TextControl({ onValue, readOnly = false, ...rest }: TextControlProps) {
  return (
    <input
      {...rest}
      type="text"
      spellCheck={false}
      autoCapitalize="none"
      readOnly={readOnly}
      onChange={(event) => onValue(event.target.value)}
      className={classes(controlClasses, 'h-10', readOnly && 'bg-hover')}
    />
  )
}

type PasswordControlProps = {
  id: string
  name: string
  value: string
  /** It is being thought of, so no stored one is offered. */
  isNew?: boolean
  onValue(value: string): void
}

export function PasswordControl({ onValue, isNew = false, ...rest }: PasswordControlProps) {
  const { t } = useLanguage()
  const [visible, setVisible] = useState(false)
  return (
    <span className="relative">
      <input
        {...rest}
        type={visible ? 'text' : 'password'}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        onChange={(event) => onValue(event.target.value)}
        className={classes(controlClasses, 'h-10 pr-11')}
      />
      <button
        type="button"
        aria-label={t(visible ? 'sign-in.password.hide' : 'sign-in.password.show')}
        aria-pressed={visible}
        onClick={() => setVisible(!visible)}
        className="absolute top-1 right-1 grid size-8 place-items-center rounded-md text-ink-2 hover:bg-hover max-medium:top-0 max-medium:right-0 max-medium:size-11"
      >
        {visible ? <EyeOff size={17} aria-hidden="true" /> : <Eye size={17} aria-hidden="true" />}
      </button>
    </span>
  )
}

/** Why signing in did not work, in the user's words. */
export function signInFailureText(t: Translate, failure: SignInFailure): string {
  if (failure.kind !== 'refused') return t(`sign-in.failure.${failure.kind}`)
  if (failure.refusal.code === 'E_CREDENTIALS') return t('sign-in.failure.credentials')
  if (failure.refusal.code !== 'E_RATE') return refusalText(t, failure.refusal)
  return failure.retryAfterSeconds === undefined
    ? t('sign-in.failure.rate')
    : t('sign-in.failure.rate-wait', { seconds: failure.retryAfterSeconds })
}

/** Whether to stay signed in on this computer, and what that means here. */
export function RememberBox({ checked, onChange }: { checked: boolean; onChange(checked: boolean): void }) {
  const { t } = useLanguage()
  const { information } = useApp()
  return (
    <label className="flex items-start gap-2.5">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-[17px] flex-none accent-accent"
      />
      <span>
        {t('sign-in.remember')}
        {information.keyring ? null : <span className="block text-note text-ink-2">{t('sign-in.no-keyring')}</span>}
      </span>
    </label>
  )
}
