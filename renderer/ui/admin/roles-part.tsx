import { Plus } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import type { DirectorySnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { LeaveQuestion } from '../common/leave-guard.tsx'
import { Marked } from '../common/marked.tsx'
import { useReport } from '../common/use-report.ts'
import { useShell } from '../shell/shell-context.tsx'
import { Scroller, Toolbar } from './controls.tsx'
import { RoleDialogs } from './role-dialogs.tsx'
import { RoleDifferencesDialog } from './role-differences-dialog.tsx'
import { countChanges, differences, draftWarnings, permissionsAfter, withBox, type RoleDraft } from './role-draft.ts'
import { RoleMatrix } from './role-matrix.tsx'
import type { RoleLayer } from './role-menu.tsx'

const noDraft: RoleDraft = {}

/** «Роли»: what each role may do. Boxes are set freely; nothing is saved before its differences were seen. */
export function RolesPart({ directory }: { directory: DirectorySnapshot }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const { account } = useShell()
  const report = useReport()
  const [draft, setDraft] = useState(noDraft)
  const [layer, setLayer] = useState<RoleLayer | null>(null)
  const [saving, setSaving] = useState(false)
  const found = differences(draft, directory.roles)
  const count = countChanges(found)

  const save = async () => {
    setSaving(true)
    let saved = true
    for (const { role } of found) {
      // One after another: what the disk does not take stops the rest, and stays in the draft.
      saved = await report(data.act.updateRole({ roleId: role.id, permissions: permissionsAfter(draft, role) }))
      if (!saved) break
      setDraft(({ [role.id]: _saved, ...others }) => others)
    }
    setSaving(false)
    setLayer(null)
    if (saved) toast.success(t('admin.roles.saved'))
  }

  return (
    <>
      <Toolbar>
        <p className="min-w-0 flex-1 text-small text-ink-2 max-medium:flex-none max-medium:basis-full">
          {t('admin.roles.text')}
        </p>
        <Button onClick={() => setLayer({ kind: 'new', copyOf: null })}>
          <Plus size={16} aria-hidden="true" />
          {t('admin.role.new')}
        </Button>
      </Toolbar>
      <Scroller label={t('admin.roles.matrix.region')} className="overflow-x-auto">
        <RoleMatrix
          roles={directory.roles}
          draft={draft}
          onBox={(role, permission, given) => setDraft((before) => withBox(before, role, permission, given))}
          onLayer={setLayer}
        />
      </Scroller>
      <div role="status">
        {count > 0 ? (
          <div className="flex flex-wrap items-center gap-2 border-t border-accent-line bg-selected px-[18px] py-2.5 max-medium:px-3">
            <p className="min-w-0 flex-1">
              <Marked text={t('admin.roles.unsaved', { count })} />
            </p>
            <Button kind="link" className="mx-1.5" onClick={() => setLayer({ kind: 'differences' })}>
              {t('admin.roles.show')}
            </Button>
            <Button onClick={() => setDraft(noDraft)}>{t('common.cancel')}</Button>
            <Button kind="primary" onClick={() => setLayer({ kind: 'differences' })}>
              {t('common.save')}
            </Button>
          </div>
        ) : null}
      </div>
      {layer?.kind === 'differences' && count > 0 ? (
        <RoleDifferencesDialog
          differences={found}
          warnings={draftWarnings(draft, directory, account)}
          busy={saving}
          onSave={() => void save()}
          onClose={() => setLayer(null)}
        />
      ) : null}
      <RoleDialogs layer={layer} roles={directory.roles} onClose={() => setLayer(null)} />
      <LeaveQuestion
        held={count > 0}
        title={t('admin.roles.leave.title')}
        text={t('admin.roles.leave.text', { count })}
        confirm={t('admin.roles.leave.confirm')}
        cancel={t('admin.roles.leave.stay')}
      />
    </>
  )
}
