import { useCallback } from 'react'
import { toast } from 'sonner'
import type { Written } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { writeFailureText } from './refusal-text.ts'

/** Tells when something could not be written down on this device; answers whether it was. */
export function useReport(): (writing: Promise<Written>) => Promise<boolean> {
  const { t } = useLanguage()
  return useCallback(
    async (writing) => {
      const result = await writing
      if (!result.ok) toast.error(t('queue.not-saved', { detail: writeFailureText(t, result.reason) }))
      return result.ok
    },
    [t],
  )
}
