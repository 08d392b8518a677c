import { useEffect } from 'react'

/** Tells whoever measures the start that the first screen with data is drawn: `data-ready` on the document, and when. */
export function useReadyMark(ready: boolean): void {
  useEffect(() => {
    if (!ready) return
    document.documentElement.dataset['ready'] = 'true'
    performance.mark('list-ready')
  }, [ready])
}
