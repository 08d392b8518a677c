import { useState, type FormEvent } from 'react'
import { canManageUser } from '#common/domain/permissions.ts'
import type { DirectorySnapshot, OnlineFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Dialog, DialogButtons } from '../common/dialog.tsx'
import { controlClasses, Field } from '../common/field.tsx'
import { useShell } from '../shell/shell-context.tsx'
import { viewerOf } from './admin-parts.ts'
import { OneTimeSecret } from './one-time-secret.tsx'
import { onlineFailureText } from './use-online.ts'

type ApiKeyDialogProps = { roles: DirectorySnapshot['roles']; onClose(): void; onCreated(): void }

/** A new key with a role; the key itself is shown this once. */
export function ApiKeyDialog({ roles, onClose, onCreated }: ApiKeyDialogProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const { account } = useShell()
  const allowed = roles.filter((role) => canManageUser(viewerOf(account), role))
  const [name, setName] = useState('')
  const [roleId, setRoleId] = useState(allowed[0]?.id ?? '')
  const [error, setError] = useState<string>()
  const [failure, setFailure] = useState<OnlineFailure | null>(null)
  const [busy, setBusy] = useState(false)
  const [key, setKey] = useState<string | null>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (name.trim() === '') return setError(t('admin.key.name.required'))
    setBusy(true)
    setFailure(null)
    const result = await data.act.createApiKey({ name: name.trim(), roleId })
    setBusy(false)
    if (!result.ok) return setFailure(result.reason)
    setKey(result.value.key)
    return onCreated()
  }

  if (key !== null)
    return (
      <Dialog open onClose={onClose} title={t('admin.key.ready', { name: name.trim() })}>
        <div className="px-5 pb-5">
          <OneTimeSecret label={t('admin.key.secret')} secret={key} note={t('admin.key.once')} />
        </div>
        <DialogButtons>
          <Button onClick={onClose}>{t('common.close')}</Button>
        </DialogButtons>
      </Dialog>
    )
  return (
    <Dialog open onClose={onClose} width="narrow" title={t('admin.key.new')}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div className="flex flex-col gap-3.5 px-5 pb-5">
          <Field
            label={t('admin.key.name')}
            hint={t('admin.key.name.hint')}
            error={error}
            required={t('form.required')}
          >
            {(attributes) => (
              <input
                {...attributes}
                value={name}
                maxLength={100}
                autoComplete="off"
                onChange={(event) => {
                  setName(event.target.value)
                  setError(undefined)
                }}
                className={controlClasses}
              />
            )}
          </Field>
          <Field label={t('admin.role')} hint={t('admin.key.role.hint')}>
            {(attributes) => (
              <select
                {...attributes}
                value={roleId}
                onChange={(event) => setRoleId(event.target.value)}
                className={controlClasses}
              >
                {allowed.map((role) => (
                  <option key={role.id} value={role.id}>
                    {role.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {failure ? (
            <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 font-medium text-bad">
              {onlineFailureText(t, failure)}
            </p>
          ) : null}
        </div>
        <DialogButtons>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={busy || roleId === ''}>
            {t('admin.key.create')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
