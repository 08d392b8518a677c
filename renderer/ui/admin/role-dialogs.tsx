import { useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import type { DirectorySnapshot, WriteFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Confirm, Dialog, DialogButtons } from '../common/dialog.tsx'
import { controlClasses, Field } from '../common/field.tsx'
import { writeFailureText } from '../common/refusal-text.ts'
import { useReport } from '../common/use-report.ts'
import type { RoleLayer } from './role-menu.tsx'

type Role = DirectorySnapshot['roles'][number]
type RoleDialogsProps = { layer: RoleLayer | null; roles: readonly Role[]; onClose(): void }

/** Making, renaming and deleting of roles. */
export function RoleDialogs({ layer, roles, onClose }: RoleDialogsProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useReport()
  if (!layer || layer.kind === 'differences') return null
  if (layer.kind === 'new') return <RoleForm copyOf={layer.copyOf} roles={roles} onClose={onClose} />
  const role = roles.find((each) => each.id === layer.roleId)
  if (!role) return null
  if (layer.kind === 'rename') return <RoleForm role={role} copyOf={null} roles={roles} onClose={onClose} />
  return (
    <Confirm
      open
      title={t('admin.role.delete.title', { name: role.name })}
      text={t('admin.role.delete.text')}
      confirm={t('common.delete')}
      danger
      onConfirm={() => {
        onClose()
        void report(data.act.deleteRole({ roleId: role.id }))
      }}
      onCancel={onClose}
    />
  )
}

/** A new role, as another or empty; or another name for one. */
function RoleForm({
  role,
  copyOf,
  roles,
  onClose,
}: {
  role?: Role
  copyOf: string | null
  roles: readonly Role[]
  onClose(): void
}) {
  const { t } = useLanguage()
  const { data } = useApp()
  const source = roles.find((each) => each.id === copyOf)
  const [name, setName] = useState(role?.name ?? (source ? t('admin.role.copy.name', { name: source.name }) : ''))
  const [likeId, setLikeId] = useState(copyOf ?? '')
  const [error, setError] = useState<string>()
  const [failure, setFailure] = useState<WriteFailure | null>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    const given = name.trim()
    const same = (other: Role) => other.name.trim().toLocaleLowerCase('ru') === given.toLocaleLowerCase('ru')
    if (given === '') return setError(t('admin.role.name.required'))
    if (roles.some((other) => other.id !== role?.id && same(other))) return setError(t('admin.role.name.taken'))
    if (given === role?.name) return onClose()
    const result = await (role
      ? data.act.updateRole({ roleId: role.id, name: given })
      : data.act.createRole({
          name: given,
          permissions: roles.find((each) => each.id === likeId)?.permissions ?? [],
        }))
    if (!result.ok) return setFailure(result.reason)
    if (!role) toast.success(t('admin.role.created', { name: given }))
    return onClose()
  }

  return (
    <Dialog open onClose={onClose} width="narrow" title={t(role ? 'admin.role.rename.title' : 'admin.role.new')}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div className="flex flex-col gap-3.5 px-5 pb-5">
          <Field label={t('admin.role.name')} error={error} required={t('form.required')}>
            {(attributes) => (
              <input
                {...attributes}
                value={name}
                maxLength={200}
                autoComplete="off"
                onChange={(event) => {
                  setName(event.target.value)
                  setError(undefined)
                }}
                className={controlClasses}
              />
            )}
          </Field>
          {role ? null : (
            <Field label={t('admin.role.like')} hint={t('admin.role.like.hint')}>
              {(attributes) => (
                <select
                  {...attributes}
                  value={likeId}
                  onChange={(event) => setLikeId(event.target.value)}
                  className={controlClasses}
                >
                  <option value="">{t('admin.role.like.empty')}</option>
                  {roles.map((each) => (
                    <option key={each.id} value={each.id}>
                      {each.name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          {failure ? (
            <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 font-medium text-bad">
              {t('form.not-saved', { detail: writeFailureText(t, failure) })}
            </p>
          ) : null}
        </div>
        <DialogButtons>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit">
            {t(role ? 'common.save' : 'admin.role.create')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
