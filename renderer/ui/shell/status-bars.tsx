import { CircleAlert, Info, LoaderCircle, Lock, WifiOff, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { NoticeSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'
import { failureDetail } from '../common/refusal-text.ts'
import { Marked } from '../common/marked.tsx'
import { useWatched } from '../common/use-watched.ts'
import { usePlace } from '../use-place.ts'
import { useShell } from './shell-context.tsx'
import { useOfflineShown } from './use-offline-shown.ts'

const tones = {
  warn: 'bg-warn-soft border-warn-line text-warn',
  bad: 'bg-bad-soft border-bad/30 text-bad',
  calm: 'bg-selected border-accent-line text-accent',
} as const

type BarProps = {
  tone: keyof typeof tones
  icon: LucideIcon
  spinning?: boolean
  children: ReactNode
  action?: ReactNode
}

function Bar({ tone, icon: Icon, spinning = false, children, action }: BarProps) {
  return (
    <div
      className={classes(
        'flex items-center gap-2.5 border-b px-[18px] py-[7px] text-small max-medium:px-3 max-medium:py-2',
        tones[tone],
      )}
    >
      <Icon size={17} aria-hidden="true" className={classes('flex-none', spinning && 'animate-spin')} />
      <p className="min-w-0 flex-1">{children}</p>
      {action}
    </div>
  )
}

const actionClasses = 'flex-none py-0.5 font-semibold whitespace-nowrap underline underline-offset-2'

/** What the user must know of connection, session and storage: above the pane they work in. */
export function StatusBars() {
  const { data } = useApp()
  const session = useWatched('session', null)
  const connection = useWatched('connection', null)
  const notices = useWatched('notices', null)
  const offline = useOfflineShown(connection)
  const locked = session?.state === 'locked'
  return (
    <div role="status" aria-busy={connection?.syncing !== null} className="flex-none">
      {locked ? <LockedBar reason={session.reason} /> : null}
      {offline && !locked ? <OfflineBar queued={connection?.queued ?? 0} /> : null}
      {connection?.syncing && !offline ? <SyncBar {...connection.syncing} /> : null}
      <RefusedBar count={connection?.refused ?? 0} />
      {notices?.map((notice) => (
        <NoticeBar key={notice.id} notice={notice} onDismiss={() => void data.act.dismissNotice({ id: notice.id })} />
      ))}
    </div>
  )
}

function LockedBar({ reason }: { reason: 'revoked' | 'superseded' | 'sign-in-again' }) {
  const { t } = useLanguage()
  const { signInAgain } = useShell()
  return (
    <Bar
      tone="warn"
      icon={Lock}
      action={
        <button type="button" onClick={signInAgain} className={actionClasses}>
          {t('session.sign-in-again')}
        </button>
      }
    >
      <Marked text={t(`session.locked.${reason}`)} />
    </Bar>
  )
}

function OfflineBar({ queued }: { queued: number }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const [place] = usePlace()
  return (
    <Bar
      tone="warn"
      icon={WifiOff}
      action={
        queued > 0 && place.section !== 'queue' ? (
          <Link to="/queue" className={actionClasses}>
            {t('offline.show-queue')}
          </Link>
        ) : (
          <button type="button" onClick={() => void data.act.reconnectNow(null)} className={actionClasses}>
            {t('offline.reconnect')}
          </button>
        )
      }
    >
      <b className="font-[650]">{t('offline.title')}</b>{' '}
      <span className="max-medium:hidden">{t('offline.can-write')} </span>
      {t('offline.queued', { count: queued })}
    </Bar>
  )
}

function SyncBar({ rooms, messages }: { rooms: number; messages: number }) {
  const { t } = useLanguage()
  return (
    <Bar tone="calm" icon={LoaderCircle} spinning>
      <Marked text={t('sync.progress', { rooms, messages })} />
    </Bar>
  )
}

function RefusedBar({ count }: { count: number }) {
  const { t } = useLanguage()
  const [place] = usePlace()
  if (count === 0 || place.section === 'queue') return null
  return (
    <Bar
      tone="bad"
      icon={CircleAlert}
      action={
        <Link to="/queue" className={actionClasses}>
          {t('offline.show-queue')}
        </Link>
      }
    >
      <Marked text={t('sync.refused', { count })} />
    </Bar>
  )
}

function NoticeBar({ notice, onDismiss }: { notice: NoticeSnapshot[number]; onDismiss(): void }) {
  const { t } = useLanguage()
  return (
    <Bar
      tone={notice.kind === 'not-saved' ? 'bad' : 'calm'}
      icon={notice.kind === 'not-saved' ? CircleAlert : Info}
      action={
        <button type="button" onClick={onDismiss} className={actionClasses}>
          {t('notice.dismiss')}
        </button>
      }
    >
      <Marked text={noticeText(notice)} />
    </Bar>
  )

  function noticeText({ kind, values }: NoticeSnapshot[number]): string {
    if (kind === 'not-saved') return t('notice.not-saved', { detail: failureDetail(t, String(values['detail'] ?? '')) })
    if (kind === 'removed-from-ticket') {
      const number = values['number']
      const title = String(values['title'] ?? '')
      return t('notice.removed-from-ticket', {
        ticket: number === undefined ? title : `${t('ticket.number', { number })} ${title}`.trim(),
      })
    }
    return t(`notice.${kind}`)
  }
}
