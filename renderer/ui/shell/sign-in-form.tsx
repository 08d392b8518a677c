import { useEffect, useRef, useState, type FormEvent } from 'react'
import type { SignInFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Field } from '../common/field.tsx'
import { PasswordControl, RememberBox, signInFailureText, TextControl } from './sign-in-controls.tsx'

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

  const focus = (name: keyof Entered) => form.current?.querySelector<HTMLInputElement>(`input[name=${name}]`)?.focus()

  useEffect(() => {
    const first = [...(form.current?.querySelectorAll('input') ?? [])].find((input) => input.value === '')
    first?.focus()
  }, [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    setChecked(true)
    const missing = (['server', 'login', 'password'] as const).find((name) => entered[name].trim() === '')
    if (missing) {
      focus(missing)
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
    else {
      setFailure(result.reason)
      // The pressed button was out of use meanwhile, and so has lost the focus.
      focus(result.reason.kind === 'refused' || fixedAccount ? 'password' : 'server')
    }
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
        {(attributes) => (
          <PasswordControl {...attributes} name="password" value={entered.password} onValue={set('password')} />
        )}
      </Field>
      <RememberBox checked={remember} onChange={setRemember} />
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
