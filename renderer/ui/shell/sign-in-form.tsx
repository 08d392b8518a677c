import { Eye, EyeOff } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import type { SignInFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { classes } from '../common/classes.ts'
import { controlClasses, Field } from '../common/field.tsx'
import { refusalText } from '../common/refusal-text.ts'

type Entered = { server: string; login: string; password: string }
type SignInFormProps = {
  initial: Entered
  /** The workplace is signed in to that account: only the password is asked. */
  fixedAccount?: boolean
  initialFailure?: SignInFailure | null
  onSignedIn?(): void
}

/** Server, login and password, and what went wrong in words. The caller gives a new `key` for another account. */
export function SignInForm({ initial, fixedAccount = false, initialFailure = null, onSignedIn }: SignInFormProps) {
  const { t } = useLanguage()
  const { data, information } = useApp()
  const [remember, setRemember] = useState(information.keyring)
  const [entered, setEntered] = useState(initial)
  const [checked, setChecked] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<SignInFailure | null>(initialFailure)
  const form = useRef<HTMLFormElement>(null)
  const error = (name: keyof Entered) =>
    checked && entered[name].trim() === '' ? t(`sign-in.required.${name}`) : undefined
  const set = (name: keyof Entered) => (value: string) => setEntered((before) => ({ ...before, [name]: value }))

  useEffect(() => {
    const first = [...(form.current?.querySelectorAll('input') ?? [])].find((input) => input.value === '')
    first?.focus()
  }, [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    setChecked(true)
    const missing = (['server', 'login', 'password'] as const).find((name) => entered[name].trim() === '')
    if (missing) {
      form.current?.querySelector<HTMLInputElement>(`input[name=${missing}]`)?.focus()
      return
    }
    setBusy(true)
    setFailure(null)
    const result = await data.act.signIn({
      server: entered.server.trim(),
      login: entered.login.trim(),
      password: entered.password,
      remember,
    })
    setBusy(false)
    if (result.ok) onSignedIn?.()
    else setFailure(result.reason)
  }

  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-3.5">
      <Field
        label={t('sign-in.server')}
        hint={fixedAccount ? undefined : t('sign-in.server.hint')}
        error={error('server')}
      >
        {(attributes) => (
          <TextControl
            {...attributes}
            name="server"
            value={entered.server}
            readOnly={fixedAccount}
            onValue={set('server')}
          />
        )}
      </Field>
      <Field label={t('sign-in.login')} error={error('login')}>
        {(attributes) => (
          <TextControl
            {...attributes}
            name="login"
            autoComplete="username"
            value={entered.login}
            readOnly={fixedAccount}
            onValue={set('login')}
          />
        )}
      </Field>
      <Field label={t('sign-in.password')} error={error('password')}>
        {(attributes) => <PasswordControl {...attributes} value={entered.password} onValue={set('password')} />}
      </Field>
      <label className="flex items-start gap-2.5">
        <input
          type="checkbox"
          checked={remember}
          onChange={(event) => setRemember(event.target.checked)}
          className="mt-0.5 size-[17px] flex-none accent-accent"
        />
        <span>
          {t('sign-in.remember')}
          {information.keyring ? null : <span className="block text-note text-ink-2">{t('sign-in.no-keyring')}</span>}
        </span>
      </label>
      <div aria-live="assertive">
        {failure ? (
          <p className="rounded-lg bg-bad-soft px-3 py-2 font-medium text-bad">{signInFailureText(t, failure)}</p>
        ) : null}
      </div>
      <Button kind="primary" large type="submit" disabled={busy} className="w-full">
        {busy ? t('sign-in.submitting') : t('sign-in.submit')}
      </Button>
    </form>
  )
}

type TextControlProps = {
  id: string
  name: string
  value: string
  readOnly?: boolean
  autoComplete?: string
  onValue(value: string): void
}

function TextControl({ onValue, readOnly = false, ...rest }: TextControlProps) {
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

function PasswordControl({ onValue, ...rest }: { id: string; value: string; onValue(value: string): void }) {
  const { t } = useLanguage()
  const [visible, setVisible] = useState(false)
  return (
    <span className="relative">
      <input
        {...rest}
        name="password"
        type={visible ? 'text' : 'password'}
        autoComplete="current-password"
        onChange={(event) => onValue(event.target.value)}
        className={classes(controlClasses, 'h-10 pr-11')}
      />
      <button
        type="button"
        aria-label={t(visible ? 'sign-in.password.hide' : 'sign-in.password.show')}
        aria-pressed={visible}
        onClick={() => setVisible(!visible)}
        className="absolute top-1 right-1 grid size-8 place-items-center rounded-md text-ink-2 hover:bg-hover"
      >
        {visible ? <EyeOff size={17} aria-hidden="true" /> : <Eye size={17} aria-hidden="true" />}
      </button>
    </span>
  )
}

function signInFailureText(t: Translate, failure: SignInFailure): string {
  if (failure.kind !== 'refused') return t(`sign-in.failure.${failure.kind}`)
  if (failure.refusal.code === 'E_CREDENTIALS') return t('sign-in.failure.credentials')
  if (failure.refusal.code !== 'E_RATE') return refusalText(t, failure.refusal)
  return failure.retryAfterSeconds === undefined
    ? t('sign-in.failure.rate')
    : t('sign-in.failure.rate-wait', { seconds: failure.retryAfterSeconds })
}
