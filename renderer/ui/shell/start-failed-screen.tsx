import { CircleAlert } from 'lucide-react'
import { LanguageProvider, useLanguage } from '../../i18n/language.tsx'
import { EmptyState } from '../common/empty-state.tsx'

/** Nothing could be started, not even the settings could be read: the language is guessed from the system's. */
export function StartFailedScreen() {
  return (
    <LanguageProvider language={navigator.language.startsWith('ru') ? 'ru' : 'en'}>
      <main className="flex h-full bg-pane">
        <Words />
      </main>
    </LanguageProvider>
  )
}

function Words() {
  const { t } = useLanguage()
  return <EmptyState titleAs="h1" icon={CircleAlert} title={t('app.failed.title')} text={t('app.failed.text')} />
}
