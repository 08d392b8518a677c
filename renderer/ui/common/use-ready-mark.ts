import { useEffect } from 'react'

/** Tells whoever measures the start that the first screen with data is drawn: `data-ready` on the document. */
export function useReadyMark(ready: boolean): void {
  useEffect(() => {
    if (ready) document.documentElement.dataset['ready'] = 'true'
  }, [ready])
}
