import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('focus', listener)
  window.addEventListener('blur', listener)
  document.addEventListener('visibilitychange', listener)
  return () => {
    window.removeEventListener('focus', listener)
    window.removeEventListener('blur', listener)
    document.removeEventListener('visibilitychange', listener)
  }
}

/** Whether the user has this window before them. */
export function isWindowFocused(): boolean {
  return document.hasFocus() && document.visibilityState === 'visible'
}

export function useWindowFocus(): boolean {
  return useSyncExternalStore(subscribe, isWindowFocused)
}
