import { useEffect, useRef, useState, type FormEvent } from 'react'
import type { Actions } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Field } from '../common/field.tsx'
import { invitationErrors, type InvitationEntered } from './invitation-errors.ts'
import { PasswordControl, RememberBox, signInFailureText, TextControl } from './sign-in-controls.tsx'

type Failure = Extract<Awaited<ReturnType<Actions['redeemInvitation']>>, { ok: false }>['reason']

/** A pasted invitation and the password that its owner thinks of. */
export function InvitationForm() {
  const { t } = useLanguage()
  const { data, information } = useApp()
  const [remember, setRemember] = useState(information.keyring)
  const [entered, setEntered] = useState<InvitationEntered>({ link: '', password: '', repeated: '' })
  const [checked, setChecked] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const errors = checked ? invitationErrors(entered) : {}
  const set = (name: keyof InvitationEntered) => (value: string) =>
    setEntered((before) => ({ ...before, [name]: value }))
  const errorText = (name: keyof InvitationEntered) => {
    const error = errors[name]
    return error ? t(`invitation.error.${error}`) : undefined
  }

  const focus = (name: keyof InvitationEntered) =>
    form.current?.querySelector<HTMLInputElement>(`input[name=${name}]`)?.focus()

  useEffect(() => focus('link'), [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    setChecked(true)
    const wrong = (['link', 'password', 'repeated'] as const).find((name) => name in invitationErrors(entered))
    if (wrong) {
      focus(wrong)
      return
    }
    setBusy(true)
    setFailure(null)
    const result = await data.act.redeemInvitation({ link: entered.link.trim(), password: entered.password, remember })
    setBusy(false)
    if (result.ok) return
    setFailure(result.reason)
    // The pressed button was out of use meanwhile, and so has lost the focus.
    focus('link')
  }

  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-3.5">
      <p className="text-ink-2">{t('invitation.text')}</p>
      <Field label={t('invitation.link')} hint={t('invitation.link.hint')} error={errorText('link')}>
        {(attributes) => <TextControl {...attributes} name="link" value={entered.link} onValue={set('link')} />}
      </Field>
      <Field label={t('invitation.password')} hint={t('invitation.password.hint')} error={errorText('password')}>
        {(attributes) => (
          <PasswordControl {...attributes} name="password" isNew value={entered.password} onValue={set('password')} />
        )}
      </Field>
      <Field label={t('invitation.repeated')} error={errorText('repeated')}>
        {(attributes) => (
          <PasswordControl {...attributes} name="repeated" isNew value={entered.repeated} onValue={set('repeated')} />
        )}
      </Field>
      <RememberBox checked={remember} onChange={setRemember} />
      <div aria-live="assertive">
        {failure ? (
          <p className="rounded-lg bg-bad-soft px-3 py-2 font-medium text-bad">{failureText(t, failure)}</p>
        ) : null}
      </div>
      <Button kind="primary" large type="submit" disabled={busy} className="w-full">
        {busy ? t('sign-in.submitting') : t('invitation.submit')}
      </Button>
    </form>
  )
}

/** The server does not tell a used link from an expired one, so that a stranger learns nothing from trying. */
function failureText(t: Translate, failure: Failure): string {
  if (failure.kind === 'bad-link') return t('invitation.error.bad-link')
  const worthless =
    failure.kind === 'refused' && ['E_CREDENTIALS', 'E_TOKEN', 'E_NOT_FOUND'].includes(failure.refusal.code)
  return worthless ? t('invitation.failure.worthless') : signInFailureText(t, failure)
}
