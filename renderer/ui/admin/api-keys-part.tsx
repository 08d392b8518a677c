import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import type { ApiKey } from '#common/protocol/http-api.ts'
import type { DirectorySnapshot } from '../../data/api.ts'
import { momentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { Confirm } from '../common/dialog.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { useLayout } from '../common/use-layout.ts'
import { useNow } from '../common/use-now.ts'
import { ApiKeyDialog } from './api-key-dialog.tsx'
import { AskedView } from './asked-view.tsx'
import { bodyCell, card, headCell, Scroller, Toolbar } from './controls.tsx'
import { onlineFailureText, useOnline } from './use-online.ts'

/** «Ключи API»: accounts of other systems. Only the server knows them, so they are for when it can be reached. */
export function ApiKeysPart({ directory }: { directory: DirectorySnapshot }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const [making, setMaking] = useState(false)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const [keys, again] = useOnline('keys', () => data.act.listApiKeys(null))
  const revoke = async (key: ApiKey) => {
    setRevoking(null)
    const result = await data.act.revokeApiKey({ id: key.id })
    if (result.ok) toast.success(t('admin.key.revoked', { name: key.name }))
    else toast.error(onlineFailureText(t, result.reason))
    again()
  }
  return (
    <>
      <Toolbar>
        <p className="min-w-0 flex-1 text-small text-ink-2 max-medium:basis-full">{t('admin.keys.text')}</p>
        <Button kind="primary" disabled={keys.state !== 'answered'} onClick={() => setMaking(true)}>
          <Plus size={16} aria-hidden="true" />
          {t('admin.key.new')}
        </Button>
      </Toolbar>
      <AskedView asked={keys} onRetry={again}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon={KeyRound} title={t('admin.keys.empty')} text={t('admin.keys.empty.text')} />
          ) : (
            <KeyList keys={list} directory={directory} onRevoke={setRevoking} />
          )
        }
      </AskedView>
      {making ? <ApiKeyDialog roles={directory.roles} onClose={() => setMaking(false)} onCreated={again} /> : null}
      <Confirm
        open={revoking !== null}
        title={t('admin.key.revoke.title', { name: revoking?.name ?? '' })}
        text={t('admin.key.revoke.text')}
        confirm={t('admin.key.revoke')}
        danger
        onConfirm={() => (revoking ? void revoke(revoking) : undefined)}
        onCancel={() => setRevoking(null)}
      />
    </>
  )
}

type KeyListProps = { keys: readonly ApiKey[]; directory: DirectorySnapshot; onRevoke(key: ApiKey): void }

function KeyList({ keys, directory, onRevoke }: KeyListProps) {
  const { t, language } = useLanguage()
  const now = useNow()
  const narrow = useLayout() === 'narrow'
  const roleOf = (key: ApiKey) => directory.roles.find((role) => role.id === key.roleId)?.name ?? key.roleId
  const madeBy = (key: ApiKey) =>
    t('admin.key.made', {
      time: momentText(language, key.createdAt, now),
      name: directory.users.find((user) => user.id === key.createdById)?.name ?? t('history.unknown-person'),
    })
  const usedAt = (key: ApiKey) =>
    key.lastUsedAt === null ? t('admin.key.unused') : momentText(language, key.lastUsedAt, now)
  const button = (key: ApiKey) => (
    <Button kind="danger" aria-label={t('admin.key.revoke.label', { name: key.name })} onClick={() => onRevoke(key)}>
      {t('admin.key.revoke')}
    </Button>
  )
  if (narrow)
    return (
      <Scroller label={t('admin.keys.list')}>
        <ul className="flex flex-col gap-2.5 p-3">
          {keys.map((key) => (
            <li key={key.id} className={card}>
              <p className="font-medium wrap-anywhere">{key.name}</p>
              <p className="text-small text-ink-2">
                {roleOf(key)} · {madeBy(key)}
              </p>
              <p className="text-small text-ink-2">
                {t('admin.key.used')}: {usedAt(key)}
              </p>
              <div className="mt-2">{button(key)}</div>
            </li>
          ))}
        </ul>
      </Scroller>
    )
  return (
    <Scroller label={t('admin.keys.list')}>
      <table className="w-full border-separate border-spacing-0">
        <caption className="sr-only">{t('admin.keys.list')}</caption>
        <thead>
          <tr>
            {(['name', 'role', 'created', 'used', 'actions'] as const).map((column) => (
              <th key={column} scope="col" className={headCell}>
                <span className={column === 'actions' ? 'sr-only' : undefined}>{t(`admin.key.${column}`)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id} className="hover:bg-hover">
              <th scope="row" className={`${bodyCell} text-left font-medium wrap-anywhere`}>
                {key.name}
              </th>
              <td className={bodyCell}>{roleOf(key)}</td>
              <td className={bodyCell}>{madeBy(key)}</td>
              <td className={bodyCell}>{usedAt(key)}</td>
              <td className={`${bodyCell} text-right`}>{button(key)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
