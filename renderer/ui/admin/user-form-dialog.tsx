import { useRef, useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import { canManageUser } from '#common/domain/permissions.ts'
import type { User } from '#common/domain/user.ts'
import type { DirectorySnapshot, WriteFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Confirm, Dialog, DialogButtons } from '../common/dialog.tsx'
import { controlClasses, Field } from '../common/field.tsx'
import { writeFailureText } from '../common/refusal-text.ts'
import { useShell } from '../shell/shell-context.tsx'
import { viewerOf } from './admin-parts.ts'
import { changedUser, newUser, userValues, type UserError, type UserValues } from './user-form-values.ts'
import { isLastAdministrator } from './user-rules.ts'

type UserFormDialogProps = {
  /** The user to change; a new one is made without it. */
  user?: User
  directory: DirectorySnapshot
  onClose(): void
}

/** New user, or another name, role and place for one. Works without a network. */
export function UserFormDialog({ user, directory, onClose }: UserFormDialogProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const [before] = useState(() => userValues(user))
  const [values, setValues] = useState(before)
  const [errors, setErrors] = useState<UserError[]>([])
  const [failure, setFailure] = useState<WriteFailure | null>(null)
  const [saving, setSaving] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const dirty = JSON.stringify(values) !== JSON.stringify(before)
  const leave = () => (dirty ? setLeaving(true) : onClose())

  function begin() {
    const others = directory.users.filter((each) => each.id !== user?.id).map((each) => each.login)
    const wanted = user ? changedUser(user, values, others) : newUser(values, others)
    if (!wanted.ok) {
      setErrors(wanted.reason)
      form.current?.querySelector<HTMLElement>(`[name=${wanted.reason[0]?.field}]`)?.focus()
      return null
    }
    if (wanted.value === null) {
      toast(t('form.error.nothing'))
      onClose()
      return null
    }
    return 'userId' in wanted.value ? data.act.updateUser(wanted.value) : data.act.createUser(wanted.value)
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    setFailure(null)
    const writing = begin()
    if (!writing) return
    setSaving(true)
    const result = await writing
    setSaving(false)
    if (!result.ok) setFailure(result.reason)
    else {
      onClose()
      toast.success(t(user ? 'admin.user.saved' : 'admin.user.created', { name: values.name.trim() }))
    }
  }

  return (
    <Dialog
      open
      onClose={leave}
      title={t(user ? 'admin.user.edit.title' : 'admin.users.new')}
      {...(user ? {} : { description: t('admin.user.new.text') })}
    >
      <form ref={form} noValidate onSubmit={(event) => void submit(event)} className="flex min-h-0 flex-1 flex-col">
        <div className="scrolls min-h-0 flex-1 px-5 pb-5">
          <UserFields
            user={user}
            directory={directory}
            values={values}
            errors={errors}
            onChange={(changed) => {
              setValues((now) => ({ ...now, ...changed }))
              setErrors((now) => now.filter((error) => !(error.field in changed)))
            }}
          />
        </div>
        {failure ? (
          <p role="alert" className="bg-bad-soft px-5 py-2 font-medium text-bad">
            {t('form.not-saved', { detail: writeFailureText(t, failure) })}
          </p>
        ) : null}
        <DialogButtons>
          <Button onClick={leave}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={saving}>
            {t(user ? 'common.save' : 'admin.user.create')}
          </Button>
        </DialogButtons>
      </form>
      <Confirm
        open={leaving}
        title={t('form.discard.title')}
        text={t('form.discard.text')}
        confirm={t('form.discard.confirm')}
        cancel={t('form.discard.keep')}
        danger
        onConfirm={onClose}
        onCancel={() => setLeaving(false)}
      />
    </Dialog>
  )
}

type UserFieldsProps = {
  user: User | undefined
  directory: DirectorySnapshot
  values: UserValues
  errors: readonly UserError[]
  onChange(changed: Partial<UserValues>): void
}

function UserFields({ user, directory, values, errors, onChange }: UserFieldsProps) {
  const { t } = useLanguage()
  const { account } = useShell()
  const viewer = viewerOf(account)
  const last = user !== undefined && isLastAdministrator(user.id, directory)
  const roles = directory.roles.filter((role) => role.id === values.roleId || canManageUser(viewer, role))
  const errorText = (field: UserError['field']) => {
    const error = errors.find((each) => each.field === field)
    return error ? t(`admin.user.error.${error.kind}`) : undefined
  }
  const text = (
    name: 'name' | 'login' | 'company' | 'position' | 'districts',
    notes: { required?: boolean; error?: string | undefined; hint?: string } = {},
  ) => (
    <Field
      label={t(`admin.user.${name}`)}
      error={notes.error}
      hint={notes.hint}
      required={notes.required ? t('form.required') : undefined}
    >
      {(attributes) => (
        <input
          {...attributes}
          name={name}
          value={values[name]}
          autoComplete="off"
          {...(name === 'login' ? { spellCheck: false, autoCapitalize: 'none' } : {})}
          onChange={(event) => onChange({ [name]: event.target.value })}
          className={controlClasses}
        />
      )}
    </Field>
  )
  return (
    <div className="grid gap-x-4 gap-y-3.5 medium:grid-cols-2">
      {text('name', { required: true, error: errorText('name') })}
      {text('login', { required: true, error: errorText('login'), hint: t('admin.user.login.hint') })}
      <Field label={t('admin.user.kind')} hint={user ? t('admin.user.kind.fixed') : undefined}>
        {(attributes) => (
          <select
            {...attributes}
            value={values.kind}
            disabled={user !== undefined}
            onChange={(event) =>
              onChange(
                event.target.value === 'customer'
                  ? { kind: 'customer', roleId: 'customer' }
                  : { kind: 'employee', roleId: 'dispatcher' },
              )
            }
            className={controlClasses}
          >
            <option value="employee">{t('people.employee')}</option>
            <option value="customer">{t('people.customer')}</option>
          </select>
        )}
      </Field>
      <Field label={t('admin.role')} hint={last ? t('admin.user.last.role') : undefined}>
        {(attributes) => (
          <select
            {...attributes}
            value={values.roleId}
            disabled={last}
            onChange={(event) => onChange({ roleId: event.target.value })}
            className={controlClasses}
          >
            {roles.map((role) => (
              <option key={role.id} value={role.id}>
                {role.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {values.kind === 'customer' ? (
        text('company', { hint: t('admin.user.company.hint') })
      ) : (
        <>
          {text('position')}
          {text('districts', { hint: t('admin.user.districts.hint') })}
        </>
      )}
    </div>
  )
}
