import { CalendarX, Download, ScrollText, SearchX } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { auditSubjects, type AuditEntry } from '#common/protocol/http-api.ts'
import type { DirectorySnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { AskedView } from './asked-view.tsx'
import { auditArguments, halfTyped, isHalfTyped, noAuditFilter, type AuditFilter } from './audit-filter.ts'
import { AuditTable } from './audit-table.tsx'
import { FilterSelect, Scroller, Toolbar } from './controls.tsx'
import { onlineFailureText, useOnline } from './use-online.ts'

/** «Журнал изменений»: who changed what, when, the newest first. Kept on the server only. */
export function AuditPart({ directory }: { directory: DirectorySnapshot }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const [filter, setFilter] = useState(noAuditFilter)
  const name = JSON.stringify(filter)
  const unclear = isHalfTyped(filter)
  const [first, again] = useOnline(name, unclear ? null : () => data.act.readAudit(auditArguments(filter)))
  const filtered = name !== JSON.stringify(noAuditFilter)
  return (
    <>
      <AuditToolbar
        filter={filter}
        directory={directory}
        onFilter={(changes) => setFilter((before) => ({ ...before, ...changes }))}
      />
      {unclear ? (
        <EmptyState icon={CalendarX} title={t('audit.half-typed')} />
      ) : (
        <AskedView asked={first} onRetry={again}>
          {(page) =>
            page.entries.length > 0 ? (
              <AuditList key={`${name} ${page.entries[0]?.id}`} first={page} filter={filter} directory={directory} />
            ) : filtered ? (
              <EmptyState icon={SearchX} title={t('audit.none-found')}>
                <Button onClick={() => setFilter(noAuditFilter)}>{t('tickets.reset')}</Button>
              </EmptyState>
            ) : (
              <EmptyState icon={ScrollText} title={t('audit.empty')} />
            )
          }
        </AskedView>
      )}
    </>
  )
}

type AuditToolbarProps = {
  filter: AuditFilter
  directory: DirectorySnapshot
  onFilter(changes: Partial<AuditFilter>): void
}

function AuditToolbar({ filter, directory, onFilter }: AuditToolbarProps) {
  const { t } = useLanguage()
  const people = directory.users.toSorted((one, other) => one.name.localeCompare(other.name, 'ru'))
  return (
    <Toolbar>
      <DayField label={t('audit.from')} value={filter.from} onChange={(from) => onFilter({ from })} />
      <DayField label={t('audit.to')} value={filter.to} onChange={(to) => onFilter({ to })} />
      <FilterSelect
        label={t('audit.who')}
        value={filter.byId}
        options={[
          { value: '', label: t('audit.who.all') },
          ...people.map((user) => ({ value: user.id, label: user.name })),
        ]}
        onChange={(byId) => onFilter({ byId })}
      />
      <FilterSelect
        label={t('audit.subject')}
        value={filter.subject}
        options={[
          { value: '', label: t('audit.subject.all') },
          ...auditSubjects.map((subject) => ({ value: subject, label: t(`audit.subject.${subject}`) })),
        ]}
        onChange={(subject) => onFilter({ subject })}
      />
      <ExportButton filter={filter} />
    </Toolbar>
  )
}

type DayFieldProps = { label: string; value: string; onChange(day: string): void }

function DayField({ label, value, onChange }: DayFieldProps) {
  const enter = (input: HTMLInputElement) => {
    const entered = input.validity.badInput ? halfTyped : input.value
    if (entered !== value) onChange(entered)
  }
  return (
    <label className="flex items-center gap-1.5 text-small text-ink-2 max-medium:min-w-0 max-medium:flex-[1_1_40%]">
      {label}
      <input
        type="date"
        value={value === halfTyped ? '' : value}
        aria-invalid={value === halfTyped}
        onChange={(event) => enter(event.target)}
        // React hears nothing of a day that is begun in an empty field, nor of one that is emptied from there.
        onBlur={(event) => enter(event.target)}
        className="h-[30px] min-w-0 rounded-[7px] border border-line bg-pane px-2 text-ink aria-[invalid=true]:border-bad max-medium:h-11 max-medium:flex-1"
      />
    </label>
  )
}

/** Everything that the filter lets through, as a file. */
function ExportButton({ filter }: { filter: AuditFilter }) {
  const { t } = useLanguage()
  const { data, platform } = useApp()
  const [busy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    const exported = await data.act.exportAudit(auditArguments(filter))
    // Excel reads a file as UTF-8 only when it begins with this mark.
    const outcome = exported.ok ? await platform.saveText(t('audit.export.file'), `\uFEFF${exported.value}`) : null
    setBusy(false)
    if (!exported.ok) toast.error(onlineFailureText(t, exported.reason))
    else if (outcome === 'saved') toast.success(t('audit.export.saved'))
    else if (outcome === 'failed') toast.error(t('audit.export.failed'))
  }
  return (
    <Button className="ml-auto" disabled={busy || isHalfTyped(filter)} onClick={() => void save()}>
      <Download size={15} aria-hidden="true" />
      {t('audit.export')}
    </Button>
  )
}

type Page = { entries: AuditEntry[]; cursor: string | null }

function AuditList({ first, filter, directory }: { first: Page; filter: AuditFilter; directory: DirectorySnapshot }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const [pages, setPages] = useState([first])
  const [busy, setBusy] = useState(false)
  const cursor = pages.at(-1)?.cursor ?? null
  const more = async (from: string) => {
    setBusy(true)
    const result = await data.act.readAudit({ ...auditArguments(filter), cursor: from })
    setBusy(false)
    if (result.ok) setPages((before) => [...before, result.value])
    else toast.error(onlineFailureText(t, result.reason))
  }
  return (
    <Scroller label={t('audit.list')}>
      <AuditTable entries={pages.flatMap((page) => page.entries)} directory={directory} />
      {cursor === null ? null : (
        <p className="p-3 text-center">
          <Button disabled={busy} onClick={() => void more(cursor)}>
            {t('admin.more')}
          </Button>
        </p>
      )}
    </Scroller>
  )
}
