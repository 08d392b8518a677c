import { useEffect, useState } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { Logo } from './logo.tsx'
import { TitleBar } from './title-bar.tsx'

/** Words come only when opening takes longer than usual; ms. */
const wordsAfterMs = 600

/** Before it is known who is signed in. */
export function StartingScreen() {
  const { t } = useLanguage()
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), wordsAfterMs)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="flex h-full flex-col">
      <TitleBar />
      <main className="grid flex-1 place-content-center justify-items-center gap-4">
        <Logo size={48} />
        <h1 className="sr-only">{t('app.name')}</h1>
        <p role="status" className="h-5 text-ink-2">
          {slow ? t('app.loading') : ''}
        </p>
      </main>
    </div>
  )
}
