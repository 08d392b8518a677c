import { useState } from 'react'
import type { User } from '#common/domain/user.ts'
import type { OnlineFailure } from '../../data/api.ts'
import { longMomentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Dialog, DialogButtons } from '../common/dialog.tsx'
import { OneTimeSecret } from './one-time-secret.tsx'
import { onlineFailureText } from './use-online.ts'

/** A one-time link by which the user sets a password: the first one, or a new one for a forgotten one. */
export function InvitationDialog({ user, onClose }: { user: User; onClose(): void }) {
  const { t, language } = useLanguage()
  const { data } = useApp()
  const [made, setMade] = useState<{ link: string; expiresAt: number } | null>(null)
  const [failure, setFailure] = useState<OnlineFailure | null>(null)
  const [busy, setBusy] = useState(false)
  const make = async () => {
    setBusy(true)
    setFailure(null)
    const result = await data.act.invite({ userId: user.id })
    setBusy(false)
    if (result.ok) setMade(result.value)
    else setFailure(result.reason)
  }
  return (
    <Dialog open onClose={onClose} title={t('admin.invite.title', { name: user.name })}>
      <div className="flex flex-col gap-3 px-5 pb-5">
        <p className="text-ink-2">{t('admin.invite.text', { login: user.login })}</p>
        {made ? (
          <OneTimeSecret
            label={t('admin.invite.link')}
            secret={made.link}
            note={t('admin.invite.expires', { time: longMomentText(language, made.expiresAt) })}
          />
        ) : null}
        {failure ? (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 font-medium text-bad">
            {onlineFailureText(t, failure)}
          </p>
        ) : null}
      </div>
      <DialogButtons>
        <Button onClick={onClose}>{t('common.close')}</Button>
        {made ? null : (
          <Button kind="primary" disabled={busy} onClick={() => void make()}>
            {t('admin.invite.make')}
          </Button>
        )}
      </DialogButtons>
    </Dialog>
  )
}
