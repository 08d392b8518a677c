import { useEffect, useState } from 'react'
import type { ConversationItem } from '../../data/api.ts'

/**
 * What of the start of a list fell out of the next one. The data hands out the newest so many entries: each that arrives
 * pushes the oldest out, which would move everything under the reader's eyes.
 */
export function fallenFromStart<Item extends { id: string }>(before: readonly Item[], after: readonly Item[]): Item[] {
  const first = after[0]
  if (!first) return []
  const place = before.findIndex((item) => item.id === first.id)
  return place > 0 ? before.slice(0, place) : []
}

/** Entries with those that just fell out at the start, until `onNeedMore` has brought them back for good. */
export function useKeptItems(
  items: readonly ConversationItem[],
  onNeedMore: (atLeast: number) => void,
): readonly ConversationItem[] {
  const [state, setState] = useState({ items, shown: items })
  let { shown } = state
  if (state.items !== items) {
    const fallen = fallenFromStart(shown, items)
    shown = fallen.length > 0 ? [...fallen, ...items] : items
    setState({ items, shown })
  }
  const missing = shown.length > items.length
  useEffect(() => {
    if (missing) onNeedMore(shown.length)
  }, [missing, shown, onNeedMore])
  return shown
}
