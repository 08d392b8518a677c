import { toast } from 'sonner'
import type { DirectorySnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Confirm } from '../common/dialog.tsx'
import { useReport } from '../common/use-report.ts'
import { InvitationDialog } from './invitation-dialog.tsx'
import { SessionsDialog } from './sessions-dialog.tsx'
import { UserFormDialog } from './user-form-dialog.tsx'

/** What is open above the list of users. */
export type UserLayer = { kind: 'new' } | { kind: 'edit' | 'invite' | 'sessions' | 'state'; userId: string }

type UserDialogsProps = { layer: UserLayer | null; directory: DirectorySnapshot; onClose(): void }

export function UserDialogs({ layer, directory, onClose }: UserDialogsProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useReport()
  const user = layer && layer.kind !== 'new' ? directory.users.find((each) => each.id === layer.userId) : undefined
  if (layer?.kind === 'new') return <UserFormDialog directory={directory} onClose={onClose} />
  if (!layer || !user) return null
  if (layer.kind === 'edit') return <UserFormDialog user={user} directory={directory} onClose={onClose} />
  if (layer.kind === 'invite') return <InvitationDialog user={user} onClose={onClose} />
  if (layer.kind === 'sessions') return <SessionsDialog user={user} onClose={onClose} />
  const change = async () => {
    onClose()
    if (await report(data.act.updateUser({ userId: user.id, active: !user.active })))
      toast.success(t(user.active ? 'admin.user.disabled.done' : 'admin.user.enabled.done', { name: user.name }))
  }
  return (
    <Confirm
      open
      title={t(user.active ? 'admin.user.disable.title' : 'admin.user.enable.title', { name: user.name })}
      text={t(user.active ? 'admin.user.disable.text' : 'admin.user.enable.text')}
      confirm={t(user.active ? 'admin.user.disable' : 'admin.user.enable')}
      danger={user.active}
      onConfirm={() => void change()}
      onCancel={onClose}
    />
  )
}
