import { CircleAlert, Clock, Save } from 'lucide-react'
import { toast } from 'sonner'
import type { PendingChange } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { refusalText } from '../common/refusal-text.ts'

const icons = { queued: Clock, unsaved: Save, refused: CircleAlert } as const

/** What of this row is not on the server yet, or was refused and why, with the way to take it back. */
export function PendingChanges({ pending }: { pending: readonly PendingChange[] }) {
  if (pending.length === 0) return null
  return (
    <ul className="flex flex-col gap-0.5">
      {pending.map((change) => (
        <PendingLine key={change.id} change={change} />
      ))}
    </ul>
  )
}

function PendingLine({ change }: { change: PendingChange }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const refused = change.state === 'refused'
  const Icon = icons[change.state]
  const takeBack = async () => {
    if (refused) await data.act.discardRefused({ id: change.id })
    else if (!(await data.act.cancelQueued({ id: change.id }))) toast.error(t('queue.too-late'))
  }
  return (
    <li className={`text-small leading-snug ${change.state === 'queued' ? 'text-warn' : 'font-medium text-bad'}`}>
      <Icon size={14} aria-hidden="true" className="mr-1.5 inline align-[-2px]" />
      {t(`admin.pending.${change.state}`)}
      {change.refusal ? `: ${refusalText(t, change.refusal)}` : ''}{' '}
      <button
        type="button"
        onClick={() => void takeBack()}
        className="min-h-6 font-semibold underline underline-offset-2 max-medium:-my-2.5 max-medium:min-h-11 max-medium:min-w-11"
      >
        {t(refused ? 'admin.pending.discard' : 'admin.pending.cancel')}
      </button>
    </li>
  )
}
