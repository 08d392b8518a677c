import { RefreshCw } from 'lucide-react'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { TitleBar } from './title-bar.tsx'

/** The server speaks a newer protocol: nothing can be done here until the app is updated. */
export function UpdateRequiredScreen({ server }: { server: string }) {
  const { t } = useLanguage()
  const { data } = useApp()
  return (
    <div className="flex h-full flex-col">
      <TitleBar />
      <main className="flex flex-1">
        <EmptyState
          titleAs="h1"
          icon={RefreshCw}
          title={t('session.update.title')}
          text={t('session.update.text', { server })}
        >
          <Button className="mt-2" onClick={() => void data.act.reconnectNow(null)}>
            {t('session.update.retry')}
          </Button>
        </EmptyState>
      </main>
    </div>
  )
}
