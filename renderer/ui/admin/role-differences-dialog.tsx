import { Minus, Plus, TriangleAlert } from 'lucide-react'
import type { Permission } from '#common/domain/role.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Button } from '../common/button.tsx'
import { Dialog, DialogButtons } from '../common/dialog.tsx'
import type { DraftWarnings, RoleDifference } from './role-draft.ts'

type RoleDifferencesDialogProps = {
  differences: readonly RoleDifference[]
  warnings: DraftWarnings
  busy: boolean
  onSave(): void
  onClose(): void
}

/** What saving will change, for whom, and what speaks against it: nothing is saved unseen. */
export function RoleDifferencesDialog({ differences, warnings, busy, onSave, onClose }: RoleDifferencesDialogProps) {
  const { t } = useLanguage()
  const people = differences.reduce((sum, { role }) => sum + role.members, 0)
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('admin.roles.differences')}
      description={t('admin.roles.concerns', { count: people })}
    >
      <div className="scrolls flex min-h-0 flex-1 flex-col gap-3 px-5 pb-5">
        {warnings.nobodyLeft ? <Warning text={t('admin.roles.nobody-left')} /> : null}
        {warnings.own.length > 0 ? (
          <Warning
            text={t('admin.roles.own-lost', {
              permissions: warnings.own.map((permission) => t(`permission.${permission}`)).join(', '),
            })}
          />
        ) : null}
        {differences.map(({ role, added, removed }) => (
          <section key={role.id} className="rounded-xl border border-line px-3.5 py-2.5">
            <h3 className="font-semibold">
              {role.name}
              <span className="ml-2 text-small font-normal text-ink-2">
                {t('admin.roles.members', { count: role.members })}
              </span>
            </h3>
            <ul className="mt-1">
              {added.map((permission) => (
                <DifferenceLine key={permission} permission={permission} kind="added" />
              ))}
              {removed.map((permission) => (
                <DifferenceLine key={permission} permission={permission} kind="removed" />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <DialogButtons>
        <Button onClick={onClose}>{t('admin.roles.go-on')}</Button>
        <Button kind="primary" disabled={busy || warnings.nobodyLeft} onClick={onSave}>
          {t('common.save')}
        </Button>
      </DialogButtons>
    </Dialog>
  )
}

function DifferenceLine({ permission, kind }: { permission: Permission; kind: 'added' | 'removed' }) {
  const { t } = useLanguage()
  const Icon = kind === 'added' ? Plus : Minus
  return (
    <li className="flex items-start gap-2 py-0.5">
      <Icon
        size={15}
        strokeWidth={2.5}
        role="img"
        aria-label={t(`admin.roles.${kind}`)}
        className={`mt-[3px] flex-none ${kind === 'added' ? 'text-good' : 'text-bad'}`}
      />
      {t(`permission.${permission}`)}
    </li>
  )
}

function Warning({ text }: { text: string }) {
  return (
    <p role="alert" className="flex items-start gap-2 rounded-lg bg-bad-soft px-3 py-2 font-medium text-bad">
      <TriangleAlert size={17} aria-hidden="true" className="mt-px flex-none" />
      {text}
    </p>
  )
}
