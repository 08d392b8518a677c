import { useSyncExternalStore } from 'react'

/** `wide`: list, conversation and details beside each other; `medium`: details in a drawer; `narrow`: one pane at a time. */
export type Layout = 'wide' | 'medium' | 'narrow'

const wide = window.matchMedia('(min-width: 1180px)')
const medium = window.matchMedia('(min-width: 700px)')

function subscribe(listener: () => void): () => void {
  wide.addEventListener('change', listener)
  medium.addEventListener('change', listener)
  return () => {
    wide.removeEventListener('change', listener)
    medium.removeEventListener('change', listener)
  }
}

function current(): Layout {
  return wide.matches ? 'wide' : medium.matches ? 'medium' : 'narrow'
}

export function useLayout(): Layout {
  return useSyncExternalStore(subscribe, current)
}
