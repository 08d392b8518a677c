import { LockKeyhole } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { assertNever } from '#common/domain/result.ts'
import type { DirectorySnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { classes } from '../common/classes.ts'
import { EmptyState } from '../common/empty-state.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { useReadyMark } from '../common/use-ready-mark.ts'
import { useWatched } from '../common/use-watched.ts'
import { pathOf, type AdminPart } from '../routes.ts'
import { useShell } from '../shell/shell-context.tsx'
import { StatusBars } from '../shell/status-bars.tsx'
import { adminPartsOf } from './admin-parts.ts'
import { ApiKeysPart } from './api-keys-part.tsx'
import { AuditPart } from './audit-part.tsx'
import { OrganisationPart } from './organisation-part.tsx'
import { RolesPart } from './roles-part.tsx'
import { UsersPart } from './users-part.tsx'

/** «Администрирование»: only the parts that the user has a right to. */
export function AdminScreen({ part }: { part: AdminPart | null }) {
  const { t } = useLanguage()
  const { account } = useShell()
  const directory = useWatched('directory', null)
  useReadyMark(directory !== undefined)
  const parts = adminPartsOf(account)
  const shown = parts.find((each) => each === part) ?? (part === null ? parts[0] : undefined)
  return (
    <section aria-label={t('admin.title')} className="flex min-h-0 flex-1 flex-col bg-pane">
      <h1 className="flex-none px-[18px] pt-3.5 pb-1.5 text-heading font-semibold tracking-tight max-medium:px-4">
        {t('admin.title')}
      </h1>
      {parts.length > 0 ? <PartLinks parts={parts} shown={shown} /> : null}
      <StatusBars />
      {shown === undefined ? (
        <EmptyState icon={LockKeyhole} title={t('admin.no-access')} text={t('admin.no-access.text')} />
      ) : directory?.ready ? (
        <Part part={shown} directory={directory} />
      ) : (
        <ListSkeleton />
      )}
    </section>
  )
}

function Part({ part, directory }: { part: AdminPart; directory: DirectorySnapshot }) {
  switch (part) {
    case 'users':
      return <UsersPart directory={directory} />
    case 'roles':
      return <RolesPart directory={directory} />
    case 'organisation':
      return <OrganisationPart organisation={directory.organisation} />
    case 'api-keys':
      return <ApiKeysPart directory={directory} />
    case 'audit':
      return <AuditPart directory={directory} />
    default:
      return assertNever(part)
  }
}

function PartLinks({ parts, shown }: { parts: readonly AdminPart[]; shown: AdminPart | undefined }) {
  const { t } = useLanguage()
  const row = useRef<HTMLElement>(null)
  // On a phone the row is longer than the screen.
  useEffect(() => row.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' }), [shown])
  return (
    <nav
      ref={row}
      aria-label={t('admin.parts')}
      className="flex flex-none gap-0.5 scrolls-unseen border-b border-line px-[18px] max-medium:px-1"
    >
      {parts.map((part) => (
        <Link
          key={part}
          to={pathOf({ section: 'admin', part })}
          aria-current={part === shown ? 'page' : undefined}
          className={classes(
            'flex h-[38px] flex-none items-center rounded-none border-b-[3px] px-3.5 font-[550] whitespace-nowrap -outline-offset-2! max-medium:h-[46px]',
            part === shown ? 'border-accent text-ink' : 'border-transparent text-ink-2 hover:text-ink',
          )}
        >
          {t(`admin.part.${part}`)}
        </Link>
      ))}
    </nav>
  )
}
