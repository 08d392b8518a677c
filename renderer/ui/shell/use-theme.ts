import { useEffect, useSyncExternalStore } from 'react'
import type { Theme } from '#common/ipc.ts'

const darkSystem = window.matchMedia('(prefers-color-scheme: dark)')

function subscribe(listener: () => void): () => void {
  darkSystem.addEventListener('change', listener)
  return () => darkSystem.removeEventListener('change', listener)
}

/** The theme that is to be seen: the chosen one, or the system's. */
function shownTheme(theme: Theme): 'light' | 'dark' {
  return theme === 'system' ? (darkSystem.matches ? 'dark' : 'light') : theme
}

/** Puts the theme on the document and follows the system's when that was chosen. */
export function useTheme(theme: Theme): 'light' | 'dark' {
  const shown = useSyncExternalStore(subscribe, () => shownTheme(theme))
  useEffect(() => {
    document.documentElement.dataset['theme'] = shown
  }, [shown])
  return shown
}
