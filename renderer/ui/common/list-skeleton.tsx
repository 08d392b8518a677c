import { useLanguage } from '../../i18n/language.tsx'

/** Rows to come, while the first ones are read. */
export function ListSkeleton() {
  const { t } = useLanguage()
  return (
    <div
      role="status"
      aria-busy="true"
      aria-label={t('common.loading')}
      className="min-h-0 flex-1 overflow-hidden pt-1"
    >
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index} className="flex flex-col gap-2 border-b border-line-soft px-6 py-3.5">
          <i className="h-3 rounded bg-line" style={{ width: `${55 + ((index * 17) % 35)}%` }} />
          <i className="h-2.5 w-2/5 rounded bg-line-soft" />
          <i className="h-2.5 w-4/5 rounded bg-line-soft" />
        </div>
      ))}
    </div>
  )
}
