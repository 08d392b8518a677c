import { ClipboardList, CloudOff, CloudUpload, MessageSquare, RefreshCw, Settings, type LucideIcon } from 'lucide-react'
import { Link } from 'wouter'
import { useLanguage } from '../../i18n/language.tsx'
import { adminPartsOf } from '../admin/admin-parts.ts'
import { Badge } from '../common/badge.tsx'
import { classes } from '../common/classes.ts'
import { useWatched } from '../common/use-watched.ts'
import { usePlace } from '../use-place.ts'
import { AccountMenu } from './account-menu.tsx'
import { useShell } from './shell-context.tsx'

/** Sections of the app: beside the panes, or under them on a phone. */
export function Rail() {
  const { t } = useLanguage()
  const { account } = useShell()
  const [place] = usePlace()
  const inbox = useWatched('inbox', { filter: 'all', limit: 1 })
  const unread = inbox?.unread ?? 0
  return (
    <nav
      aria-label={t('nav.label')}
      className={classes(
        'flex flex-none items-center bg-rail text-rail-ink',
        'medium:w-16 medium:flex-col medium:gap-0.5 medium:pt-1.5 medium:pb-3',
        'max-medium:order-last max-medium:h-14 max-medium:justify-around max-medium:px-2',
        // On a phone an open ticket has the screen for itself.
        'ticketId' in place && place.ticketId !== null && 'max-medium:hidden',
      )}
    >
      {account.permissions.includes('messages.menu') ? (
        <RailLink
          to="/chats"
          icon={MessageSquare}
          label={t('nav.messages')}
          current={place.section === 'chats'}
          count={unread}
          countLabel={t('common.unread', { count: unread })}
        />
      ) : null}
      <RailLink to="/tickets" icon={ClipboardList} label={t('nav.tickets')} current={place.section === 'tickets'} />
      <span className="flex-1 max-medium:hidden" />
      <QueueLink current={place.section === 'queue'} />
      {adminPartsOf(account).length > 0 ? (
        <RailLink
          to="/admin"
          icon={Settings}
          label={t('nav.admin.short')}
          title={t('nav.admin')}
          current={place.section === 'admin'}
        />
      ) : null}
      <AccountMenu />
    </nav>
  )
}

type RailLinkProps = {
  to: string
  icon: LucideIcon
  label: string
  title?: string
  current: boolean
  count?: number
  countLabel?: string
  tone?: string
}

function RailLink({ to, icon: Icon, label, title, current, count = 0, countLabel, tone }: RailLinkProps) {
  return (
    <Link
      to={to}
      title={title}
      aria-current={current ? 'page' : undefined}
      className={classes(
        'relative grid h-[50px] w-[60px] place-content-center justify-items-center gap-[3px] rounded-[10px] text-[10.5px] tracking-[-0.01em] hover:text-white max-medium:w-20',
        current ? 'bg-white/12 text-white' : tone,
      )}
    >
      <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      <span className="max-w-[62px] truncate">{label}</span>
      {count > 0 ? (
        <span className="absolute top-[3px] right-[7px]">
          <Badge count={count} className="h-4! min-w-[17px]! bg-badge text-[10px]! text-white" />
          {countLabel ? <span className="sr-only">, {countLabel}</span> : null}
        </span>
      ) : null}
    </Link>
  )
}

/** Way to what is not delivered; there only while there is something, or no connection. */
function QueueLink({ current }: { current: boolean }) {
  const { t } = useLanguage()
  const connection = useWatched('connection', null)
  if (!connection) return null
  const waiting = connection.queued + connection.refused
  if (waiting === 0 && connection.state === 'online' && !current) return null
  const icon = connection.state === 'offline' ? CloudOff : connection.state === 'connecting' ? RefreshCw : CloudUpload
  return (
    <RailLink
      to="/queue"
      icon={icon}
      label={t('nav.queue.short')}
      title={t('nav.queue')}
      current={current}
      count={waiting}
      countLabel={t('nav.queue.count', { count: waiting })}
      tone="text-[#e3b341]"
    />
  )
}
