import { createContext, use, useMemo, type ReactNode } from 'react'
import type { Language } from '#common/ipc.ts'
import type { Translate } from './messages.ts'
import { createTranslator } from './translator.ts'

type LanguageValue = { language: Language; t: Translate }

const LanguageContext = createContext<LanguageValue | null>(null)

export function LanguageProvider({ language, children }: { language: Language; children: ReactNode }) {
  const value = useMemo(() => ({ language, t: createTranslator(language) }), [language])
  return <LanguageContext value={value}>{children}</LanguageContext>
}

/** The language of the interface and the function that words its keys. */
export function useLanguage(): LanguageValue {
  const value = use(LanguageContext)
  if (!value) throw new Error('useLanguage is used outside LanguageProvider')
  return value
}
