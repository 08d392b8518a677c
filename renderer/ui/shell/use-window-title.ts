import { useEffect } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { useWatched } from '../common/use-watched.ts'

/** The window's title tells the unread messages, as its icon does. */
export function useWindowTitle(): void {
  const { t } = useLanguage()
  const unread = useWatched('inbox', { filter: 'all', limit: 1 })?.unread ?? 0
  useEffect(() => {
    document.title = unread > 0 ? t('app.title.unread', { count: unread }) : t('app.name')
  }, [t, unread])
}
