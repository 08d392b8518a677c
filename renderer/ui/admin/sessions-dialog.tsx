import { MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import type { User } from '#common/domain/user.ts'
import { momentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Confirm, Dialog, DialogButtons } from '../common/dialog.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { useNow } from '../common/use-now.ts'
import { useShell } from '../shell/shell-context.tsx'
import { AskedView } from './asked-view.tsx'
import { onlineFailureText, useOnline } from './use-online.ts'

/** Devices on which a user is signed in; all of them can be signed out at once. */
export function SessionsDialog({ user, onClose }: { user: User; onClose(): void }) {
  const { t, language } = useLanguage()
  const { data } = useApp()
  const { account } = useShell()
  const now = useNow()
  const [asking, setAsking] = useState(false)
  const [sessions, again] = useOnline(user.id, () => data.act.sessionsOf({ userId: user.id }))
  const revoke = async () => {
    setAsking(false)
    const result = await data.act.revokeSessions({ userId: user.id })
    if (result.ok) toast.success(t('admin.sessions.revoked', { name: user.name }))
    else toast.error(onlineFailureText(t, result.reason))
    again()
  }
  return (
    <Dialog open onClose={onClose} title={t('admin.sessions.title', { name: user.name })}>
      <div className="scrolls flex min-h-40 flex-col px-5 pb-4">
        <AskedView asked={sessions} onRetry={again}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState icon={MonitorSmartphone} title={t('admin.sessions.empty')} />
            ) : (
              <ul aria-label={t('admin.sessions.list')} className="flex flex-col">
                {list.map((session) => (
                  <li
                    key={session.id}
                    className="flex items-center gap-3 border-b border-line-soft py-2 last:border-b-0"
                  >
                    <MonitorSmartphone size={18} aria-hidden="true" className="flex-none text-ink-3" />
                    <div className="min-w-0 leading-tight">
                      <p className="truncate font-medium">{session.deviceName || t('admin.sessions.unnamed')}</p>
                      <p className="text-small text-ink-2">
                        {t('admin.sessions.times', {
                          created: momentText(language, session.createdAt, now),
                          used: momentText(language, session.refreshedAt, now),
                        })}
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
            )
          }
        </AskedView>
      </div>
      <DialogButtons>
        <Button onClick={onClose}>{t('common.close')}</Button>
        {sessions.state === 'answered' && sessions.value.length > 0 ? (
          <Button kind="danger" onClick={() => setAsking(true)}>
            {t('admin.sessions.revoke')}
          </Button>
        ) : null}
      </DialogButtons>
      <Confirm
        open={asking}
        title={t('admin.sessions.revoke.title')}
        text={t(user.id === account.id ? 'admin.sessions.revoke.own' : 'admin.sessions.revoke.text')}
        confirm={t('admin.sessions.revoke')}
        danger
        onConfirm={() => void revoke()}
        onCancel={() => setAsking(false)}
      />
    </Dialog>
  )
}
