import type { AuditEntry } from '#common/protocol/http-api.ts'
import type { DirectorySnapshot } from '../../data/api.ts'
import { exactTimeText, momentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useLayout } from '../common/use-layout.ts'
import { useNow } from '../common/use-now.ts'
import { actionText, auditLines, differingDeviceTime } from './audit-words.ts'
import { bodyCell, card, headCell } from './controls.tsx'

type AuditTableProps = { entries: readonly AuditEntry[]; directory: DirectorySnapshot }

/** Lines of the audit: a table, or cards on a phone. */
export function AuditTable({ entries, directory }: AuditTableProps) {
  const { t } = useLanguage()
  const narrow = useLayout() === 'narrow'
  if (narrow)
    return (
      <ol className="flex flex-col gap-2.5 p-3">
        {entries.map((entry) => (
          <li key={entry.id} className={card}>
            <p className="flex justify-between gap-2 text-small text-ink-2">
              <span className="min-w-0 font-medium wrap-anywhere text-ink">{entry.byName}</span>
              <span className="max-w-3/5 flex-none text-right">
                <Times entry={entry} />
              </span>
            </p>
            <What entry={entry} />
            <Changes entry={entry} directory={directory} />
          </li>
        ))}
      </ol>
    )
  return (
    <table className="w-full table-fixed border-separate border-spacing-0">
      <caption className="sr-only">{t('audit.list')}</caption>
      <thead>
        <tr>
          <th scope="col" className={`${headCell} w-40`}>
            {t('audit.when')}
          </th>
          <th scope="col" className={`${headCell} w-44`}>
            {t('audit.who')}
          </th>
          <th scope="col" className={`${headCell} w-[26%]`}>
            {t('audit.what')}
          </th>
          <th scope="col" className={headCell}>
            {t('audit.changes')}
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id} className="hover:bg-hover">
            <td className={`${bodyCell} align-top! text-small text-ink-2`}>
              <Times entry={entry} />
            </td>
            <td className={`${bodyCell} align-top! wrap-anywhere`}>{entry.byName}</td>
            <td className={`${bodyCell} align-top!`}>
              <What entry={entry} />
            </td>
            <td className={`${bodyCell} align-top!`}>
              <Changes entry={entry} directory={directory} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Times({ entry }: { entry: AuditEntry }) {
  const { t, language } = useLanguage()
  const now = useNow()
  const deviceAt = differingDeviceTime(entry)
  return (
    <>
      <time dateTime={new Date(entry.at).toISOString()} className="block text-ink">
        {momentText(language, entry.at, now)}
      </time>
      {deviceAt === null ? null : (
        <span className="block">{t('history.device-time', { time: exactTimeText(language, deviceAt, entry.at) })}</span>
      )}
    </>
  )
}

function What({ entry }: { entry: AuditEntry }) {
  const { t } = useLanguage()
  return (
    <p className="wrap-anywhere">
      <span className="font-medium">{actionText(t, entry.action)}</span>
      {entry.subjectName ? <span className="block text-ink-2">{entry.subjectName}</span> : null}
    </p>
  )
}

function Changes({ entry, directory }: { entry: AuditEntry; directory: DirectorySnapshot }) {
  const { t, language } = useLanguage()
  const nameOf = (id: string) => directory.users.find((user) => user.id === id)?.name ?? t('history.unknown-person')
  const lines = auditLines({ t, language, nameOf, roles: directory.roles }, entry)
  // What is made has no former values worth crossing out.
  const made = entry.changes.every(({ from }) => from === null || from === false)
  if (lines.length === 0) return null
  return (
    <ul className="text-small max-medium:mt-1.5">
      {lines.map((line) => (
        <li key={`${line.field} ${line.from} ${line.to}`} className="wrap-anywhere">
          <span className="text-ink-2">{line.field}: </span>
          {made || line.from === '' ? null : (
            <>
              <span className="text-ink-2 line-through decoration-ink-3">{line.from}</span>
              <span aria-hidden="true"> → </span>
              <span className="sr-only">, </span>
            </>
          )}
          <span className="font-medium">{line.to}</span>
        </li>
      ))}
    </ul>
  )
}
