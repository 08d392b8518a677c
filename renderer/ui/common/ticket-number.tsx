import { useLanguage } from '../../i18n/language.tsx'

/** «№ 20418», or that the server has not given a number yet. */
export function TicketNumber({ number }: { number: number | null }) {
  const { t } = useLanguage()
  if (number !== null)
    return <span className="whitespace-nowrap">{t('ticket.number', { number: String(number) })}</span>
  return (
    <span className="whitespace-nowrap text-warn italic" title={t('ticket.no-number.why')}>
      {t('ticket.no-number')}
    </span>
  )
}
